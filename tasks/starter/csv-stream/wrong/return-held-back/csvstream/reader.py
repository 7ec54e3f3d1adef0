"""Reads CSV piece by piece."""

from csvstream.dialect import CsvError, Dialect


class CsvReader:
    """Turns pieces of text into records."""

    def __init__(self, dialect: Dialect = Dialect()) -> None:
        _check(dialect)
        self._dialect = dialect
        self._trimmable = {" ", "\t"} - {dialect.delimiter} if dialect.trim else set()
        self._state = self._line_start
        self._record: list[str] = []
        self._field: list[str] = []
        self._solid = 0
        """How much of the field trimming must leave."""
        self._line, self._column = 1, 0
        self._previous = ""
        self._at_text_start = True
        self._line_has_characters = False
        self._opening = (0, 0)
        self._escape_place: tuple[int, int] | None = None
        self._resume = self._state
        self._escaped_return = False
        self._error: CsvError | None = None
        self._closed = False
        self._held = ""

    def feed(self, chunk: str) -> list[list[str]]:
        """Take the next piece and return the records that it completes."""
        self._raise_again()
        if self._closed:
            raise RuntimeError("the reader is closed")
        self._records: list[list[str]] = []
        chunk = self._held + chunk
        # A newline may follow in the next piece.
        self._held = "\r" if chunk.endswith("\r") else ""
        for character in chunk.removesuffix("\r"):
            if self._at_text_start:
                self._at_text_start = False
                if character == "\ufeff":
                    continue
            self._take(character)
        return self._records

    def close(self) -> list[list[str]]:
        """Say that there is no more, and return the last record, if there is one."""
        self._raise_again()
        if self._closed:
            return []
        self._records = []
        if self._held:
            self._take(self._held)
        if self._escape_place:
            self._fail("nothing follows the escape", *self._escape_place)
        if self._state == self._quoted:
            self._fail("the quoted field has no end", *self._opening)
        self._closed = True
        if self._line_has_characters:
            self._end_line()
        return self._records

    def _take(self, character: str) -> None:
        second_half = character == "\n" and self._previous == "\r"
        if not second_half and self._previous in ("\r", "\n"):
            self._line, self._column = self._line + 1, 0
        self._column += 1
        self._previous = character
        if second_half and self._state == self._line_start:
            return
        if second_half and self._escaped_return:
            self._add(character)
        else:
            self._line_has_characters = True
            self._state(character)
        self._escaped_return = self._escaped_return and character == "\r"

    def _line_start(self, character: str) -> None:
        if character == self._dialect.comment:
            self._state = self._comment
        else:
            self._field_start(character)

    def _field_start(self, character: str) -> None:
        if character == self._dialect.quote:
            self._opening = (self._line, self._column)
            self._state = self._quoted
        elif character in self._trimmable:
            self._state = self._field_start
        else:
            self._unquoted(character)

    def _unquoted(self, character: str) -> None:
        self._state = self._unquoted
        if character == self._dialect.escape:
            self._begin_escape()
        elif character == self._dialect.quote:
            self._fail("a quote inside an unquoted field", self._line, self._column)
        elif not self._end_of_field(character):
            self._add(character, solid=character not in self._trimmable)

    def _quoted(self, character: str) -> None:
        if character == self._dialect.escape:
            self._begin_escape()
        elif character == self._dialect.quote:
            self._state = self._after_quoted if self._dialect.escape else self._quote_in_quoted
        else:
            self._add(character)

    def _quote_in_quoted(self, character: str) -> None:
        if character == self._dialect.quote:
            self._add(character)
            self._state = self._quoted
        else:
            self._after_quoted(character)

    def _after_quoted(self, character: str) -> None:
        self._state = self._after_quoted
        if character not in self._trimmable and not self._end_of_field(character):
            self._fail("text after the end of a quoted field", self._line, self._column)

    def _comment(self, character: str) -> None:
        if character in "\r\n":
            self._begin_line()

    def _escaped(self, character: str) -> None:
        self._escape_place = None
        self._state = self._resume
        self._escaped_return = character == "\r"
        self._add(character)

    def _begin_escape(self) -> None:
        self._escape_place = (self._line, self._column)
        self._resume = self._state
        self._state = self._escaped

    def _add(self, character: str, solid: bool = True) -> None:
        self._field.append(character)
        if solid:
            self._solid = len(self._field)

    def _end_of_field(self, character: str) -> bool:
        if character == self._dialect.delimiter:
            self._finish_field()
            self._state = self._field_start
            return True
        if character in "\r\n":
            self._end_line()
            return True
        return False

    def _finish_field(self) -> None:
        self._record.append("".join(self._field[: self._solid]))
        self._field, self._solid = [], 0

    def _end_line(self) -> None:
        quoted = self._state in (self._after_quoted, self._quote_in_quoted)
        if self._state != self._comment:
            empty = not self._record and not self._solid and not quoted
            self._finish_field()
            if not empty or self._dialect.keep_empty_lines:
                self._records.append(self._record)
        self._begin_line()

    def _begin_line(self) -> None:
        self._record = []
        self._state = self._line_start
        self._line_has_characters = False

    def _fail(self, message: str, line: int, column: int) -> None:
        self._error = CsvError(message, line, column, self._records)
        self._message = message
        raise self._error

    def _raise_again(self) -> None:
        if self._error:
            raise CsvError(self._message, self._error.line, self._error.column, [])


def _check(dialect: Dialect) -> None:
    special = [dialect.delimiter, dialect.quote, *(c for c in (dialect.escape, dialect.comment) if c is not None)]
    for character in special:
        if not isinstance(character, str) or len(character) != 1 or character in "\r\n":
            raise ValueError(f"not a usable character: {character!r}")
    if len(set(special)) < len(special):
        raise ValueError("two special characters are the same")
    if dialect.quote in " \t":
        raise ValueError("the quote may not be a space or a tab")
