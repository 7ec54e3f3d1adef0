"""Describes objects of this side that stay here."""

import functools
import inspect
import sys
import types
from collections import UserDict, UserList

from bench_boundary.atoms import NATIVE_SET, native_base
from bench_boundary.containers import BASES
from bench_boundary.errors import ERROR_MODULES, args_of, error_name, fields_of
from bench_boundary.specials import CLASS_ITEM, SPECIALS
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
