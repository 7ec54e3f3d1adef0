"""Makes stand-ins for objects of the other side, as their entries describe them."""

import collections.abc
import sys
import types

from bench_boundary.atoms import Invalid, native_base, of
from bench_boundary.classes import RemoteType, make_class
from bench_boundary.containers import BASES, kind_of
from bench_boundary.described import NATIVES, text
from bench_boundary.errors import error_name, make_error, may_set
from bench_boundary.plain import unless_plain
from bench_boundary.specials import CLASS_ITEM, SPECIALS
from bench_boundary.standins import RemoteAwaitable, RemoteFunction, RemoteIterator, RemoteModule, make_function

# Modules whose classes a stand-in may be an instance of: what it says of itself is still the solution's word.
SHOWN_LIBRARY = frozenset((
    "argparse", "_io", "io", "sqlite3", "threading", "logging", "http", "socket", "socketserver", "configparser", "xml", "subprocess", "concurrent", "asyncio",
    "_asyncio", "queue", "_queue", "string", "zipfile", "tarfile", "tempfile", "email", "urllib", "hashlib", "_hashlib", "csv", "_csv", "json", "html",
    "struct",
    "_struct", "random", "sched", "graphlib", "shelve", "textwrap", "selectors", "contextlib",
))
MAX_NAME = 200


def name_from(value):
    """Returns a name that can be given to a class or function: text without anything odd, of limited length."""
    return value[:MAX_NAME] if type(value) is str and value[:MAX_NAME].replace(".", "").replace("<", "").replace(">", "").isidentifier() else "unnamed"


def class_from(peer, parts, reading):
    """Makes the stand-in for a class that the other side described."""
    _, _, names, bases, specials, overrides, hashing, is_collection, is_enumeration, fields, abstract = parts
    name, module, qualname, doc = of(list, names)
    kinds = [reading.slot(base) for base in of(list, bases)]
    if not all(is_known(base) for base in kinds) or hashing not in ("none", "own", "identity"):
        raise Invalid("a class of another form")
    made = make_class(
        peer, (name_from(name), name_from(module), name_from(qualname), text(doc)), distinct(kinds),
        [each for each in of(list, specials) if type(each) is str and (each in SPECIALS or each == CLASS_ITEM)],
        (hashing, is_collection is True, is_enumeration is True, fields_from(fields), library_class(module, name)),
    )
    for each in of(list, abstract):
        if of(str, each) in collections.abc.__all__:
            getattr(collections.abc, each).register(made)
    native = native_base(made) or next((base for base in BASES if issubclass(made, base)), None)
    for each in of(list, overrides):
        if native is not None and type(each) is str and not each.startswith("_") and hasattr(native, each):
            type.__setattr__(made, each, unless_plain(each, native, Override(each)))
    return made


def fields_from(fields):
    """Reads the fields of a data class."""
    if fields is None:
        return None
    return [(of(str, name), is_init is True) for name, is_init in of(list, fields) if of(str, name).isidentifier() and not name.startswith("__")]


def library_class(module, name):
    """Returns the class of the standard library that a stand-in is for, so that it is an instance of it here as there; None for most."""
    if type(module) is not str or module.partition(".")[0] not in SHOWN_LIBRARY or type(name) is not str:
        return None
    found = vars(sys.modules[module]).get(name) if module in sys.modules else None
    if not isinstance(found, type) or found.__module__ != module or issubclass(found, (BaseException, *NATIVES)):
        return None
    return found


def is_known(kind):
    """Tells whether a value from the wire is a class that both sides know: a stand-in, a data type, or a standard exception. Classes of this side are not."""
    return isinstance(kind, RemoteType) or (type(kind) is type and (kind in NATIVES or kind is object or kind is type or error_name_of(kind)))


def error_name_of(kind):
    return issubclass(kind, BaseException) and error_name(kind) is not None


class Override:
    """A method of a data type that a subclass defines anew: called where the class was made, on an object or on the class."""

    def __init__(self, name):
        self.name = name

    def __get__(self, on, kind=None):
        on = kind if on is None else on
        return lambda *args, **named: kind.__peer__.ask("method", on, self.name, args, named)


def distinct(kinds):
    """Drops a base that another base derives from already, and `object`, so that the order of the bases can be resolved."""
    found = list(dict.fromkeys(each for each in kinds if each is not object))
    return [each for each in found if not any(other is not each and issubclass(other, each) for other in found)]


def function_from(peer, parts):
    _, _, name, module, doc, is_async, has_more = parts
    name, module, doc = name_from(name), name_from(module), text(doc)
    return RemoteFunction(peer, name, module, doc) if has_more is True else make_function(peer, name, module, doc, is_async is True)


def object_from(parts, reading):
    _, _, kind, native = parts
    kind = reading.slot(kind)
    if not isinstance(kind, RemoteType) and kind is not object:
        raise Invalid("an object of an unknown class")
    base = native_base(kind)
    if base is None:
        if kind_of(kind) is not None or issubclass(kind, BaseException):
            raise Invalid("an object of another form")
        return object.__new__(kind)
    value = reading.slot(native)
    return remake(base, kind, value)


def remake(base, kind, value):
    """Makes an instance of a subclass of a data type that equals a plain value of it."""
    if type(value) is not base and not isinstance(value, base):
        raise Invalid("a value of another type")
    reduced = value.__reduce_ex__(2) if base.__module__ in ("datetime", "fractions", "uuid") else None
    if base.__module__ == "datetime":
        return base.__new__(kind, *reduced[1]) if base.__name__ == "timedelta" else base.__new__(kind, *date_parts(base, value))
    if base.__module__ == "fractions":
        return base.__new__(kind, value.numerator, value.denominator)
    if base.__module__ == "uuid":
        made = object.__new__(kind)
        for name in ("int", "is_safe"):
            object.__setattr__(made, name, getattr(value, name))
        return made
    return base.__new__(kind, value)


def date_parts(base, value):
    if base.__name__ == "date":
        return value.year, value.month, value.day
    clock = (value.hour, value.minute, value.second, value.microsecond, value.tzinfo)
    return clock if base.__name__ == "time" else (value.year, value.month, value.day, *clock)


def error_from(peer, parts, reading):
    _, _, kind, args, shown_text, cause, notes, fields, context, is_suppressed = parts
    kind = reading.slot(kind)
    if not (is_known(kind) and issubclass(kind, BaseException)):
        raise Invalid("an error of another form")
    is_native = type(kind) is type
    made = make_error(kind, is_native, [reading.slot(each) for each in of(list, args)])
    if type(shown_text) is str:
        peer.error_texts[id(made)] = shown_text
    cause = reading.slot(cause)
    if isinstance(cause, BaseException):
        BaseException.__setattr__(made, "__cause__", cause)
    context = reading.slot(context)
    if isinstance(context, BaseException) and (id(context) in peer.their_numbers or id(context) in peer.numbers):
        BaseException.__setattr__(made, "__context__", context)
    elif isinstance(cause, BaseException):
        BaseException.__setattr__(made, "__context__", cause)
    if is_suppressed is True:
        BaseException.__setattr__(made, "__suppress_context__", True)
    for note in of(list, notes):
        BaseException.add_note(made, of(str, note))
    pairs = of(list, fields)
    for name, value in zip(pairs[::2], pairs[1::2]):
        if may_set(made, name):
            set_field(made, name, reading.slot(value))
    return made


def set_field(error, name, value):
    try:
        BaseException.__setattr__(error, name, value)
    except (TypeError, AttributeError, ValueError):
        pass


def make(peer, tag, parts, reading):
    """Makes the stand-in that an entry of a table describes."""
    if tag == "function":
        return function_from(peer, parts)
    if tag == "object":
        return object_from(parts, reading)
    if tag == "error":
        return error_from(peer, parts, reading)
    if tag == "module":
        _, _, name, file = parts
        module = RemoteModule(name_from(name))
        object.__setattr__(module, "__file__", text(file))
        object.__setattr__(module, "__peer__", peer)
        return module
    if tag == "iterator":
        _, _, kind, is_generator = parts
        return RemoteIterator(peer, name_from(kind), is_generator is True)
    if tag == "awaitable":
        _, _, kind = parts
        return RemoteAwaitable(peer, name_from(kind))
    raise Invalid("an unknown entry")


def kind_of_standin(value):
    """Tells what a stand-in stands for."""
    for kind, name in STANDINS:
        if isinstance(value, kind):
            return name
    return "based" if getattr(type(value), "__is_data__", False) else "object"


STANDINS = (
    (type, "class"), (types.FunctionType, "function"), (RemoteFunction, "function"), (RemoteIterator, "iterator"), (RemoteAwaitable, "awaitable"),
    (RemoteModule, "module"), (BaseException, "error"),
)
