"""Describes a class to the other process: its name, its bases and the special methods of its own."""

from bench_boundary.coding import ERROR_MODULES
from bench_boundary.plain import MUTABLE, NATIVE_BASES
from bench_boundary.proxy import SPECIALS

BASE_OF_MUTABLE = (list, dict, set, bytearray)


def like_of(kind):
    """Returns the mutable container type that a class derives from, or None."""
    return next((each for each in kind.__mro__ if each in BASE_OF_MUTABLE), None)


def class_descriptor(kind, writing):
    like = like_of(kind)
    return {
        "name": kind.__name__,
        "module": kind.__module__,
        "qualname": kind.__qualname__,
        "doc": kind.__doc__ if isinstance(kind.__doc__, str) else None,
        "bases": [writing.value(base) for base in kind.__bases__ if is_described(base)],
        "specials": sorted(name for name in SPECIALS if is_own(kind, name)),
        "hash": hash_of(kind),
        "collection": hasattr(type(kind), "__iter__"),
        "like": None if like is None else like.__name__,
    }


def is_described(base):
    """Tells whether a base is part of the description: a class of the solution, an exception, a number or a text."""
    if base is object or base in MUTABLE:
        return False
    return base in NATIVE_BASES.values() or base.__module__ != "typing"


def owner_of(kind, name):
    return next((each for each in kind.__mro__ if name in each.__dict__), object)


def is_own(kind, name):
    """Tells whether a class defines a special method itself; those of exceptions, numbers and texts are known in both processes."""
    owner = owner_of(kind, name)
    if owner is object or owner in NATIVE_BASES.values() or (issubclass(owner, BaseException) and owner.__module__ in ERROR_MODULES):
        return False
    return owner.__dict__[name] is not None


def hash_of(kind):
    owner = owner_of(kind, "__hash__")
    if owner.__dict__["__hash__"] is None:
        return "none"
    return "own" if is_own(kind, "__hash__") else "identity"
