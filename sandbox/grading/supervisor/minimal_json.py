"""Reads and writes JSON with the C parts of the module json, without its imports, which take as long as a short test."""

try:
    from _json import encode_basestring_ascii, make_encoder, make_scanner
except ImportError:
    make_scanner = None

INFINITE = float("inf")


class Reading:
    """Settings of the scanner: how to make each kind of value. NaN and infinities, which are not JSON, become None."""

    strict = True
    object_hook = object_pairs_hook = None
    parse_int = int
    memo = {}

    @staticmethod
    def parse_float(text):
        return finite(float(text))

    @staticmethod
    def parse_constant(_):
        return None


def finite(number):
    return number if -INFINITE < number < INFINITE else None


def loads(data):
    """Reads a JSON text given as bytes; raises ValueError or RecursionError when it is not JSON."""
    if make_scanner is None:
        import json

        return json.loads(data, parse_float=Reading.parse_float, parse_constant=Reading.parse_constant)
    text = data.decode().strip()
    try:
        value, end = make_scanner(Reading)(text, 0)
    except StopIteration:
        raise ValueError("no JSON value") from None
    if end != len(text):
        raise ValueError("more than one JSON value")
    return value


def dumps(value):
    """Writes a value as JSON, in bytes."""
    if make_scanner is None:
        import json

        return json.dumps(value).encode()
    encode = make_encoder({}, refuse, encode_basestring_ascii, None, ": ", ", ", False, False, True)
    return "".join(encode(value, 0)).encode()


def refuse(value):
    raise TypeError(f"{type(value).__name__} is not a JSON value")
