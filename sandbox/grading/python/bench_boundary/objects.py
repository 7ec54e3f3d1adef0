"""Describes objects of this side that stay here, and makes stand-ins for those of the other side."""

import collections.abc
import functools
import inspect
import sys
import types
from collections import UserDict, UserList

from bench_boundary.atoms import NATIVE_SET, Invalid, native_base, of
from bench_boundary.containers import BASES, kind_of
from bench_boundary.errors import ERROR_MODULES, args_of, error_name, fields_of, make_error, may_set
from bench_boundary.plain import unless_plain
from bench_boundary.specials import CLASS_ITEM, SPECIALS
from bench_boundary.standins import RemoteAwaitable, RemoteFunction, RemoteIterator, RemoteModule, RemoteType, make_class, make_function
from bench_boundary.writing import base_of

FUNCTIONS = (
    types.FunctionType, types.BuiltinFunctionType, types.MethodType, types.MethodWrapperType, types.WrapperDescriptorType, types.MethodDescriptorType,
    functools.partial,
)
ITERATORS = frozenset(
    (
        types.GeneratorType, map, filter, zip, enumerate, reversed, type(iter([])), type(iter(())), type(iter({})), type(iter({}.values())),
        type(iter({}.items())), type(iter(set())), type(iter("")), type(iter(b"")), type(iter(range(0))), type(iter(range(1 << 70))), type(reversed([])),
        type(iter(int, 0)), type(reversed({})),
    )
)
# Modules whose classes a stand-in may be an instance of: what it says of itself is still the solution's word.
SHOWN_LIBRARY = frozenset((
    "argparse", "_io", "io", "sqlite3", "threading", "logging", "http", "socket", "socketserver", "configparser", "xml", "subprocess", "concurrent", "asyncio",
    "_asyncio", "queue", "_queue", "string", "zipfile", "tarfile", "tempfile", "email", "urllib", "hashlib", "_hashlib", "csv", "_csv", "json", "html",
    "struct",
    "_struct", "random", "sched", "graphlib", "shelve", "textwrap", "selectors", "contextlib",
))
MAX_NAME = 200
MAX_CAUSES = 10
NATIVES = (*BASES, *NATIVE_SET, UserDict, UserList)


def is_iterator(value):
    return type(value) in ITERATORS or (type(value).__module__ == "itertools" and hasattr(type(value), "__next__"))


def text(value):
    return value if type(value) is str else None


def function_entry(number, value):
    inner = value.func if isinstance(value, functools.partial) else value
    has_more = type(value) is types.FunctionType and bool(value.__dict__)
    return [
        "function", number, text(getattr(inner, "__name__", None)), text(getattr(inner, "__module__", None)), text(getattr(value, "__doc__", None)),
        inspect.iscoroutinefunction(value), has_more,
    ]


def class_entry(number, kind, writing):
    """Describes a class: its names, the bases and special methods that the other side can know, and how its objects are hashed."""
    bases = [writing.slot(base) for base in described_bases(kind)]
    own = [name for name in sorted(SPECIALS) if is_own(kind, name)]
    overrides = sorted(name for name in overridden(kind))
    names = [text(kind.__name__), text(kind.__module__), text(kind.__qualname__), text(kind.__doc__)]
    own += [CLASS_ITEM] if hasattr(kind, CLASS_ITEM) else []
    return ["class", number, names, bases, own, overrides, hash_of(kind), hasattr(type(kind), "__iter__"), is_enum(kind), data_fields(kind), interfaces(kind)]


def interfaces(kind):
    """Names the classes of collections.abc that a class derives from."""
    return [each.__name__ for each in kind.__mro__ if each.__module__ == "collections.abc"]


def data_fields(kind):
    """Lists the fields of a data class, each with whether its constructor takes it; None for any other class."""
    fields = getattr(kind, "__dataclass_fields__", None)
    if type(fields) is not dict or "dataclasses" not in sys.modules:
        return None
    return [[name, field.init is True] for name, field in fields.items() if field._field_type is sys.modules["dataclasses"]._FIELD]


def is_enum(kind):
    enum = sys.modules.get("enum")
    return enum is not None and issubclass(kind, enum.Enum)


def described_bases(kind):
    """Lists the bases that the other side can know: data types, exceptions, and classes that do not come with Python."""
    if kind in (UserDict, UserList):
        return [dict if kind is UserDict else list]
    found = []
    for base in kind.__bases__:
        if issubclass(base, (UserDict, UserList)) and base.__module__ == "collections":
            found.append(dict if base is UserDict else list)
        elif base in NATIVES or issubclass(base, BaseException) or base.__module__.partition(".")[0] not in sys.stdlib_module_names:
            found.append(base)
        elif (native := native_base(base)) is not None:
            found.append(native)
    return found


def overridden(kind):
    """Names the methods of a data type that a subclass defines anew."""
    native = native_base(kind) or next((base for base in BASES if issubclass(kind, base)), None)
    if native is None:
        return ()
    above = kind.__mro__[: kind.__mro__.index(native)]
    return {name for each in above for name in vars(each) if not name.startswith("_") and hasattr(native, name)}


def owner_of(kind, name):
    return next((each for each in kind.__mro__ if name in each.__dict__), object)


def is_own(kind, name):
    """Tells whether a class defines a special method itself; those of data types and standard exceptions are known in both processes."""
    owner = owner_of(kind, name)
    if owner is object or owner in NATIVES or (issubclass(owner, BaseException) and owner.__module__ in ERROR_MODULES):
        return False
    return owner.__dict__[name] is not None


def hash_of(kind):
    owner = owner_of(kind, "__hash__")
    if owner.__dict__["__hash__"] is None:
        return "none"
    return "own" if is_own(kind, "__hash__") else "identity"


def error_entry(number, error, writing, depth):
    kind = type(error)
    named = error_name(kind)
    cause = error.__cause__
    return [
        "error", number, ["errortype", *named] if named else writing.slot(kind), [writing.slot(each) for each in args_of(error)], shown(error),
        writing.slot(cause) if cause is not None and depth < MAX_CAUSES else None,
        [note for note in getattr(error, "__notes__", ()) if type(note) is str],
        [part for name, value in fields_of(error).items() for part in (name, writing.peer.slot_or_none(value, writing))],
        context_slot(error, writing), error.__suppress_context__ is True,
    ]


def context_slot(error, writing):
    """Describes what was handled when an error was raised, a few errors deep."""
    context = error.__context__
    if context is None or context is error.__cause__ or writing.errors >= MAX_CAUSES:
        return None
    writing.errors += 1
    return writing.slot(context)


def shown(error):
    try:
        return text(str(error)) or ""
    except Exception:
        return ""


def object_entry(number, value, writing):
    base, native = base_of(value)
    return ["object", number, writing.peer.describe_class(type(value), writing), None if base is None else writing.slot(native)]


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
