import random

import pytest

from csvstream.dialect import CsvError, Dialect
from csvstream.reader import CsvReader


def read(text, **options):
    """Reads a text in one piece, and checks that other pieces give the same."""
    whole = outcome([text], options)
    assert outcome(list(text), options) == whole, "one character at a time"
    for seed in range(4):
        cuts = random.Random(seed)
        pieces, rest = [], text
        while rest:
            length = cuts.randint(0, 5)
            pieces.append(rest[:length])
            rest = rest[length:]
        assert outcome(pieces, options) == whole, f"pieces {pieces}"
    if isinstance(whole, tuple):
        raise CsvError("as read", *whole[:2], whole[2])
    return whole


def outcome(pieces, options):
    reader, records = CsvReader(Dialect(**options)), []
    try:
        for piece in pieces:
            records += reader.feed(piece)
        return records + reader.close()
    except CsvError as error:
        return error.line, error.column, records + error.records


def fault(text, **options):
    with pytest.raises(CsvError) as caught:
        read(text, **options)
    return caught.value.line, caught.value.column


def test_plain_records():
    records = read("a,b\nc,d,e\n")
    assert records == [["a", "b"], ["c", "d", "e"]]
    assert records != [["a", "b"], ["c", "d"]]
    assert type(records[0]) is list and type(records[0][0]) is str


def test_empty_fields():
    assert read(",\na,\n,,b\n") == [["", ""], ["a", ""], ["", "", "b"]]


def test_last_line_without_end():
    assert read("a\nb,c") == [["a"], ["b", "c"]]
    assert read("a,") == [["a", ""]]
    assert read("") == []
    assert read("a\n") == [["a"]]


def test_all_line_ends():
    assert read("a\nb\r\nc\rd") == [["a"], ["b"], ["c"], ["d"]]
    assert read("a\r\n\rb\n\r", keep_empty_lines=True) == [["a"], [""], ["b"], [""]]


def test_a_record_is_returned_by_the_piece_that_ends_it():
    reader = CsvReader()
    assert reader.feed("a,b\r") == [["a", "b"]]
    assert reader.feed("\nc") == []
    assert reader.feed("") == []
    assert reader.feed("\n") == [["c"]]
    assert reader.feed('"d"') == []
    assert reader.close() == [["d"]]


def test_a_return_between_pieces_does_not_make_an_empty_line():
    reader = CsvReader(Dialect(keep_empty_lines=True))
    assert reader.feed("a\r") == [["a"]]
    assert reader.feed("\n") == []
    assert reader.feed("\n") == [[""]]


def test_empty_lines():
    text = '\na\n\n\r\n""\nb\n\n'
    assert read(text) == [["a"], [""], ["b"]]
    assert read(text, keep_empty_lines=True) == [[""], ["a"], [""], [""], [""], ["b"], [""]]


def test_lines_of_spaces_are_empty_only_when_trimmed():
    assert read(" \na\n\t \n") == [[" "], ["a"], ["\t "]]
    assert read(" \na\n\t \n", trim=True) == [["a"]]
    assert read(" \na\n\t ", trim=True, keep_empty_lines=True) == [[""], ["a"], [""]]
    assert read(' "" \n', trim=True) == [[""]]
    assert read(" , \n", trim=True) == [["", ""]]


def test_quoted_fields():
    assert read('"a,b",c,"d\ne"\n"f\r\ng"\n') == [["a,b", "c", "d\ne"], ["f\r\ng"]]
    assert read('"",""\n') == [["", ""]]
    assert read('" a "\n') == [[" a "]]


def test_doubled_quotes():
    assert read('"say ""hi""",""""\n"a"""') == [['say "hi"', '"'], ['a"']]


def test_other_special_characters():
    assert read("'a;b';c''\n".replace("''", ""), delimiter=";", quote="'") == [["a;b", "c"]]
    assert read('a\t"b\tc"\n', delimiter="\t") == [["a", "b\tc"]]


def test_comments():
    text = '# a, "b\nc,#d\n#\n  #e\n"f\n#g"\n#last'
    assert read(text, comment="#") == [["c", "#d"], ["  #e"], ["f\n#g"]]
    assert read("#a\n") == [["#a"]]
    assert read("#a\r\n#b\rc", comment="#", keep_empty_lines=True) == [["c"]]


def test_a_comment_must_be_the_very_first_character():
    assert read(" #a\n", comment="#", trim=True) == [["#a"]]
    assert read('"#a"\n', comment="#") == [["#a"]]


def test_byte_order_mark():
    assert read("\ufeffa,\ufeffb\n\ufeffc\n") == [["a", "\ufeffb"], ["\ufeffc"]]
    assert read('\ufeff"a"\n') == [["a"]]
    assert read("\ufeff#a\nb", comment="#") == [["b"]]
    assert read("\ufeff", keep_empty_lines=True) == []
    assert fault('\ufeffab"') == (1, 3)


def test_escapes_in_unquoted_fields():
    assert read('a\\,b,\\"c,d\\\\\n\\#e\n', escape="\\", comment="#") == [["a,b", '"c', "d\\"], ["#e"]]
    assert read("a\\\nb\n", escape="\\") == [["a\nb"]]
    assert read("a\\b\n") == [["a\\b"]]


def test_an_escaped_return_and_newline_are_literal_as_a_whole():
    assert read("a\\\r\nb\r\nc", escape="\\") == [["a\r\nb"], ["c"]]
    assert read("a\\\rb\n", escape="\\") == [["a\rb"]]
    assert read("a\\\r\\\nb\n", escape="\\") == [["a\r\nb"]]
    assert read("a\\\r\n\nb\n", escape="\\") == [["a\r\n"], ["b"]]


def test_escapes_in_quoted_fields():
    assert read('"a\\"b","c\\\\"\n', escape="\\") == [['a"b', "c\\"]]
    assert read('"a\\nb"\n', escape="\\") == [["anb"]]
    assert fault('"a""b"\n', escape="\\") == (1, 4)


def test_trimming():
    assert read(' a b\t, "c " ,\td\n', trim=True) == [["a b", "c ", "d"]]
    assert read(" a ,b \n") == [[" a ", "b "]]
    assert read("\u00a0a\u00a0,\x0bb\n", trim=True) == [["\u00a0a\u00a0", "\x0bb"]]


def test_the_delimiter_is_not_trimmed():
    assert read("a\t\tb \t\n", delimiter="\t", trim=True) == [["a", "", "b", ""]]
    assert read("a  b\t\n", delimiter=" ", trim=True) == [["a", "", "b"]]


def test_escaped_characters_are_not_trimmed():
    assert read(" \\ a\\ ,b \\\t \n", escape="\\", trim=True) == [[" a ", "b \t"]]
    assert read(" \\ \n", escape="\\", trim=True) == [[" "]]


def test_text_after_a_quoted_field_is_a_fault():
    assert fault('a,"b"c\n') == (1, 6)
    assert fault('"a" ,b\n') == (1, 4)
    assert fault('"a" b\n', trim=True) == (1, 5)
    assert fault('"a"\\,\n', escape="\\") == (1, 4)


def test_a_quote_inside_an_unquoted_field_is_a_fault():
    assert fault('a,b"c"\n') == (1, 4)
    assert fault(' "a"\n') == (1, 2)
    assert fault('a "b"\n', trim=True) == (1, 3)
    assert fault('\\x"\n', escape="\\") == (1, 3)


def test_a_quoted_field_without_end_is_a_fault_of_its_opening():
    assert fault('a\nb,"c\nd,e\n') == (2, 3)
    assert fault('"a""') == (1, 1)


def test_an_escape_with_nothing_behind_is_a_fault():
    assert fault("a\nbc\\", escape="\\") == (2, 3)
    assert fault('"ab\\', escape="\\") == (1, 4)


def test_lines_are_physical_lines():
    assert fault('"a\nb\r\nc\rd",e"') == (4, 5)
    assert fault('a\r\n\r\nb"') == (3, 2)
    assert fault('#x\n\n"y"z', comment="#") == (3, 4)
    assert fault('a\\\r\nb\\\nc"', escape="\\") == (3, 2)
    assert fault('a\n\rb"') == (3, 2)


def test_an_error_brings_the_records_before_it():
    reader = CsvReader()
    assert reader.feed("a\nb") == [["a"]]
    with pytest.raises(CsvError) as caught:
        reader.feed('\nc\nd"\ne\n')
    assert caught.value.records == [["b"], ["c"]]
    assert isinstance(caught.value, ValueError)


def test_an_error_is_raised_again():
    reader = CsvReader()
    with pytest.raises(CsvError) as first:
        reader.feed('a\nb"')
    for again in [lambda: reader.feed("c\n"), lambda: reader.feed(""), reader.close]:
        with pytest.raises(CsvError) as caught:
            again()
        assert (caught.value.line, caught.value.column, caught.value.records) == (2, 2, [])
        assert str(caught.value) == str(first.value)


def test_a_closed_reader_takes_no_more():
    reader = CsvReader()
    reader.feed("a")
    assert reader.close() == [["a"]]
    assert reader.close() == []
    with pytest.raises(RuntimeError):
        reader.feed("b")


def test_readers_do_not_share_anything():
    first, second = CsvReader(), CsvReader()
    first.feed("a,")
    assert second.feed("b\n") == [["b"]]
    assert first.feed("c\n") == [["a", "c"]]


def test_unusable_dialects_are_refused():
    bad = [
        {"delimiter": ""},
        {"delimiter": ";;"},
        {"delimiter": "\n"},
        {"delimiter": '"'},
        {"quote": "\r"},
        {"quote": " "},
        {"quote": ""},
        {"escape": ","},
        {"escape": ""},
        {"comment": "##"},
        {"comment": "!", "escape": "!"},
    ]
    for options in bad:
        with pytest.raises(ValueError):
            CsvReader(Dialect(**options))
    CsvReader(Dialect(delimiter=" ", escape="\\", comment="#"))
