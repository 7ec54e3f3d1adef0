import random

import pytest

from duration.text import format_duration, parse_duration

TEXTS = {"45s": 45, "2m": 120, "3h": 10800, "4d": 345600, "1w": 604800, "1w2d3h4m5s": 788645, "2d 5m": 173100}


def assert_refused(*texts):
    for text in texts:
        with pytest.raises(ValueError):
            pytest.fail(f"{text!r} was read as {parse_duration(text)!r}")


def test_parses_components():
    for text, seconds in TEXTS.items():
        value = parse_duration(text)
        assert value == seconds
        assert value != seconds + 1
        assert type(value) is int


def test_units_may_be_upper_case():
    assert parse_duration("1H 30M") == 5400
    assert parse_duration("1W 1d") == 691200


def test_numbers_may_be_large_or_have_leading_zeros():
    assert parse_duration("90m") == 5400
    assert parse_duration("007s") == 7
    assert parse_duration("100000000000w") == 60480000000000000


def test_white_space_around_and_between_components():
    assert parse_duration("  1h\t30m \n") == 5400
    assert parse_duration("1h    5s") == 3605


def test_minus_negates_the_whole():
    assert parse_duration("-1h30m") == -5400
    assert parse_duration("  -2s ") == -2


def test_zero():
    for text in ["0", " 0 ", "0s", "-0m", "00h0s"]:
        value = parse_duration(text)
        assert value == 0
        assert type(value) is int


def test_refuses_what_is_no_duration():
    assert_refused("-", "h", "5x", "1.5h", "+1h", "1h,30m", "1h and 30m", "h1", "1hm", "1h5")


def test_refuses_empty_text():
    assert_refused("", "   ", "\n")


def test_refuses_numbers_without_a_unit():
    assert_refused("90", "00", "-0", "1h 0", "0 0")


def test_refuses_units_out_of_order():
    assert_refused("30m 1h", "5s4m", "1d1w")


def test_refuses_a_repeated_unit():
    assert_refused("1h 1h", "2m3m", "1H1h")


def test_refuses_misplaced_space_or_sign():
    assert_refused("1 h", "- 1h", "1h -30m", "--1h", "1h-", "1h 5 m", "1 0h")


def test_refuses_digits_beyond_ascii():
    assert_refused("\u0661h", "\uff11\uff10m", "\u00b2s")


def test_message_names_the_text():
    with pytest.raises(ValueError) as caught:
        parse_duration(" 1 hour\n")
    assert repr(" 1 hour\n") in str(caught.value)


def test_parse_refuses_what_is_not_text():
    for value in [None, 5, b"1h", ["1h"]]:
        with pytest.raises(TypeError):
            parse_duration(value)


def test_formats():
    expected = {0: "0s", 1: "1s", 60: "1m", 3661: "1h 1m 1s", 86400: "1d", 788645: "1w 2d 3h 4m 5s", 6048000: "10w", 3605: "1h 5s"}
    for seconds, text in expected.items():
        result = format_duration(seconds)
        assert result == text
        assert result != text + " "
        assert type(result) is str


def test_formats_negative_durations():
    assert format_duration(-5400) == "-1h 30m"
    assert format_duration(-1) == "-1s"
    assert format_duration(-604800) == "-1w"


def test_max_parts_keeps_the_first_components():
    assert format_duration(788645, 2) == "1w 2d"
    assert format_duration(788645, 5) == "1w 2d 3h 4m 5s"
    assert format_duration(788645, max_parts=99) == "1w 2d 3h 4m 5s"
    assert format_duration(0, 1) == "0s"


def test_max_parts_cuts_without_rounding():
    assert format_duration(3599, 1) == "59m"
    assert format_duration(-3599, 1) == "-59m"


def test_max_parts_counts_printed_components_only():
    assert format_duration(3605, 2) == "1h 5s"
    assert format_duration(604801, 2) == "1w 1s"


def test_format_refuses_what_is_no_int():
    for value in [1.0, "5", None]:
        with pytest.raises(TypeError):
            format_duration(value)


def test_format_refuses_bool():
    for value in [True, False]:
        with pytest.raises(TypeError):
            format_duration(value)


def test_format_refuses_fewer_than_one_part():
    for parts in [0, -1]:
        with pytest.raises(ValueError):
            format_duration(10, parts)


def test_text_leads_back_to_the_same_number():
    numbers = random.Random(7)
    for value in [numbers.randint(-(10**7), 10**7) for _ in range(300)] + list(range(-70, 70)):
        assert parse_duration(format_duration(value)) == value
