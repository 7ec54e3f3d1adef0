"""Values that hold no others: how each is written as a short list of JSON values, and how it is made again from one."""

import binascii
import datetime
import decimal
import fractions
import pathlib
import re
import uuid
from operator import index

SCALARS = frozenset((type(None), bool, float, str))
JSON_SCALARS = SCALARS | {int}
# Integers beyond this are written in hexadecimal: Python refuses to read very long decimals.
BIG = 1 << 63
MAX_PATTERN = 10_000

# Types that may cross by name, for arguments such as "a value of this type".
NAMED_TYPES = {
    each.__name__: each
    for each in (
        bool, int, float, complex, str, bytes, bytearray, list, tuple, dict, set, frozenset, object, type, type(None), range,
        decimal.Decimal, fractions.Fraction, datetime.date, datetime.datetime, datetime.time, datetime.timedelta, datetime.timezone,
        uuid.UUID, pathlib.Path,
    )
}
TYPE_NAMES = {each: name for name, each in NAMED_TYPES.items()}


class Invalid(ValueError):
    """Raised for a message that is not in the grammar of the boundary."""


def of(kind, value):
    """Returns a value if its type is exactly that one, else raises Invalid."""
    if type(value) is not kind:
        raise Invalid(f"a {kind.__name__} is missing")
    return value


def big(text):
    return int(of(str, text), 16)


def zone_to(zone, moment):
    """Writes a time zone: by its key, else as the offset it has at that moment."""
    if zone is None:
        return []
    key = getattr(zone, "key", None)
    if type(zone).__module__.startswith("zoneinfo") and type(key) is str:
        return [key]
    offset = zone.utcoffset(moment)
    if offset is None:
        return []
    return [offset.days, offset.seconds, offset.microseconds, zone.tzname(moment) if type(zone) is not datetime.timezone else None]


def zone_from(parts):
    if not parts:
        return None
    if len(parts) == 1:
        from zoneinfo import ZoneInfo  # few values need it

        return ZoneInfo(of(str, parts[0]))
    days, seconds, microseconds, name = parts
    offset = datetime.timedelta(of(int, days), of(int, seconds), of(int, microseconds))
    return datetime.timezone(offset) if name is None else datetime.timezone(offset, of(str, name))


def datetime_to(value):
    return [value.year, value.month, value.day, value.hour, value.minute, value.second, value.microsecond, value.fold, *zone_to(value.tzinfo, value)]


def datetime_from(*parts):
    *whole, fold = (of(int, each) for each in parts[:8])
    return datetime.datetime(*whole, fold=fold, tzinfo=zone_from(parts[8:]))


def time_to(value):
    return [value.hour, value.minute, value.second, value.microsecond, value.fold, *zone_to(value.tzinfo, None)]


def time_from(*parts):
    *whole, fold = (of(int, each) for each in parts[:5])
    return datetime.time(*whole, fold=fold, tzinfo=zone_from(parts[5:]))


def pattern_from(pattern, flags):
    if type(pattern) is list:
        pattern = bytes_from(*pattern)
    if len(pattern) > MAX_PATTERN:
        raise Invalid("a pattern is too long")
    return re.compile(pattern, of(int, flags))


def bytes_to(value):
    return [binascii.b2a_base64(value, newline=False).decode()]


def bytes_from(text):
    return binascii.a2b_base64(of(str, text).encode())


def text_from(make):
    return lambda text: make(of(str, text))


def bound_to(value):
    """Writes a bound of a slice: nothing, a text, or an integer. Raises TypeError for any other."""
    return value if value is None else f"'{value}" if type(value) is str else hex(index(value))


def bound_from(text):
    return None if text is None else text[1:] if of(str, text).startswith("'") else big(text)


# Tag: the type, how its parts are written, how it is made from them.
ATOMS = {
    "int": (int, lambda value: [hex(value)], big),
    "bytes": (bytes, bytes_to, bytes_from),
    "complex": (complex, lambda value: [value.real, value.imag], lambda real, imag: complex(of(float, real), of(float, imag))),
    "range": (range, lambda value: [hex(value.start), hex(value.stop), hex(value.step)], lambda *parts: range(*map(big, parts))),
    "decimal": (decimal.Decimal, lambda value: [str(value)], text_from(decimal.Decimal)),
    "fraction": (
        fractions.Fraction,
        lambda value: [hex(value.numerator), hex(value.denominator)],
        lambda above, below: fractions.Fraction(big(above), big(below)),
    ),
    "date": (datetime.date, lambda value: [value.year, value.month, value.day], lambda *parts: datetime.date(*(of(int, each) for each in parts))),
    "timedelta": (
        datetime.timedelta,
        lambda value: [value.days, value.seconds, value.microseconds],
        lambda *parts: datetime.timedelta(*(of(int, each) for each in parts)),
    ),
    "datetime": (datetime.datetime, datetime_to, datetime_from),
    "time": (datetime.time, time_to, time_from),
    "timezone": (datetime.timezone, lambda value: zone_to(value, None), lambda *parts: zone_from(parts)),
    "uuid": (uuid.UUID, lambda value: [value.hex], text_from(uuid.UUID)),
    "path": (type(pathlib.Path()), lambda value: [str(value)], text_from(pathlib.Path)),
    "purepath": (pathlib.PurePosixPath, lambda value: [str(value)], text_from(pathlib.PurePosixPath)),
    "windowspath": (pathlib.PureWindowsPath, lambda value: [str(value)], text_from(pathlib.PureWindowsPath)),
    "pattern": (
        re.Pattern,
        lambda value: [bytes_to(value.pattern) if type(value.pattern) is bytes else value.pattern, value.flags & ~re.DEBUG],
        pattern_from,
    ),
    "slice": (
        slice,
        lambda value: [bound_to(value.start), bound_to(value.stop), bound_to(value.step)],
        lambda *parts: slice(*map(bound_from, parts)),
    ),
    "ellipsis": (type(...), lambda value: [], lambda: ...),
    "notimplemented": (type(NotImplemented), lambda value: [], lambda: NotImplemented),
}
ATOM_OF = {kind: (tag, write) for tag, (kind, write, _) in ATOMS.items()}

# Types whose subclasses compare by their native value.
NATIVE_BASES = (
    int, float, complex, str, bytes, tuple, frozenset, decimal.Decimal, fractions.Fraction, datetime.datetime, datetime.date, datetime.time,
    datetime.timedelta, uuid.UUID, pathlib.Path, pathlib.PurePosixPath,
)


def native_base(kind):
    """Returns the immutable data type that a class derives from, or None."""
    if kind is bool:
        return None
    return next((each for each in kind.__mro__ if each in NATIVE_SET), None)


NATIVE_SET = frozenset(NATIVE_BASES)


def native_value(base, value):
    """Returns the plain value of an instance of a subclass of `base`."""
    if base in (datetime.datetime, datetime.date, datetime.time, datetime.timedelta, fractions.Fraction, uuid.UUID):
        _, write, read = ATOMS[ATOM_OF[base][0]]
        return read(*write(value))
    if base in (pathlib.Path, pathlib.PurePosixPath):
        return base(str(value))
    if base is tuple or base is frozenset:
        return base(base.__iter__(value))
    if base is str:
        return str.__str__(value)
    if base is bytes:
        return bytes.__getitem__(value, slice(None))
    if base is int:
        return int.__int__(value)
    if base is float:
        return float.__float__(value)
    return base(value)
