"""Values that cross by value: how each is written as JSON and made again from it."""

import base64
import datetime
import decimal
import fractions
import pathlib
import re
import uuid
import zoneinfo
from collections import Counter, OrderedDict, deque

MAX_JSON_INT = 1 << 63

# Types that may cross by name, for arguments such as "a value of this type".
NAMED_TYPES = {
    each.__name__: each
    for each in (
        bool, int, float, complex, str, bytes, bytearray, list, tuple, dict, set, frozenset, object, type(None),
        decimal.Decimal, fractions.Fraction, datetime.date, datetime.datetime, datetime.time, datetime.timedelta,
    )
}
TYPE_NAMES = {each: name for name, each in NAMED_TYPES.items()}

# Types whose subclasses compare by their native value.
NATIVE_BASES = {each.__name__: each for each in (int, float, complex, str, bytes, tuple, frozenset)}

MUTABLE = (list, dict, set, bytearray, OrderedDict, Counter, deque)


def text_of_bytes(value):
    return base64.b64encode(value).decode()


def zone_text(zone):
    if zone is None:
        return None
    if isinstance(zone, zoneinfo.ZoneInfo):
        return ["zone", zone.key]
    if type(zone) is datetime.timezone:
        return ["offset", zone.utcoffset(None).total_seconds()]
    raise TypeError(f"a time zone of type {type(zone).__name__} cannot cross the boundary")


def zone_from(text):
    if text is None:
        return None
    kind, value = text
    return zoneinfo.ZoneInfo(value) if kind == "zone" else datetime.timezone(datetime.timedelta(seconds=value))


# Types that hold no other values: the type, how to write it as JSON, and how to read it.
ATOMS = {
    "bytes": (bytes, text_of_bytes, base64.b64decode),
    "complex": (complex, lambda value: [value.real, value.imag], lambda data: complex(*data)),
    "range": (range, lambda value: [str(value.start), str(value.stop), str(value.step)], lambda data: range(*map(int, data))),
    "decimal": (decimal.Decimal, str, decimal.Decimal),
    "fraction": (fractions.Fraction, str, fractions.Fraction),
    "date": (datetime.date, datetime.date.isoformat, datetime.date.fromisoformat),
    "timedelta": (datetime.timedelta, lambda value: [value.days, value.seconds, value.microseconds], lambda data: datetime.timedelta(*data)),
    "datetime": (
        datetime.datetime,
        lambda value: [value.replace(tzinfo=None).isoformat(), value.fold, zone_text(value.tzinfo)],
        lambda data: datetime.datetime.fromisoformat(data[0]).replace(fold=data[1], tzinfo=zone_from(data[2])),
    ),
    "time": (
        datetime.time,
        lambda value: [value.replace(tzinfo=None).isoformat(), value.fold, zone_text(value.tzinfo)],
        lambda data: datetime.time.fromisoformat(data[0]).replace(fold=data[1], tzinfo=zone_from(data[2])),
    ),
    "timezone": (datetime.timezone, zone_text, zone_from),
    "zone": (zoneinfo.ZoneInfo, lambda value: value.key, zoneinfo.ZoneInfo),
    "path": (pathlib.PosixPath, str, pathlib.PosixPath),
    "uuid": (uuid.UUID, str, uuid.UUID),
    "pattern": (re.Pattern, lambda value: [value.pattern, value.flags], lambda data: re.compile(*data)),
    "ellipsis": (type(...), lambda value: 0, lambda data: ...),
    "notimplemented": (type(NotImplemented), lambda value: 0, lambda data: NotImplemented),
}
ATOM_OF = {kind: (name, write) for name, (kind, write, _) in ATOMS.items()}


def is_simple(value):
    """Tells whether JSON can hold the value as it is."""
    kind = type(value)
    return value is None or kind in (bool, float, str) or (kind is int and -MAX_JSON_INT < value < MAX_JSON_INT)


def contents(value):
    """Lists what a mutable container holds now, so that two moments can be compared."""
    return list(value.items()) if isinstance(value, dict) else list(value)


def differs(before, now):
    """Tells whether a container holds other objects than before; a change inside one of them does not count."""
    if len(before) != len(now):
        return True
    for one, other in zip(before, now):
        if type(one) is tuple and type(other) is tuple and len(one) == len(other) == 2:
            if one[0] is not other[0] or one[1] is not other[1]:
                return True
        elif one is not other:
            return True
    return False


def refill(container, items):
    """Replaces the contents of a container and keeps its identity."""
    container.clear()
    if isinstance(container, Counter):
        for key, value in items:
            container[key] = value
    elif isinstance(container, (dict, set)):
        container.update(items)
    else:
        container.extend(items)
