"""What classes that derive from a data type have of it, so that their objects equal, hold and evaluate to the value that crossed."""

from bench_boundary.atoms import NATIVE_SET
from bench_boundary.containers import BASES
from bench_boundary.specials import SPECIALS, SPECIALS_OF_DATA


def native_of(bases):
    """Returns the data type that one of the bases is or derives from."""
    return next(each for base in bases for each in base.__mro__ if each in NATIVE_SET or each in BASES)


def pinned(theirs, native):
    """
    Returns the special methods that a class has of its data type, whatever its other bases say: those could otherwise decide what it equals. `theirs` are the
    names that these define.

    An operation that the data type does not have is none of the class either.
    """
    return {name: truth_of(native) if name == "__bool__" else getattr(native, name, None) for name in theirs & (SPECIALS - SPECIALS_OF_DATA)}


def truth_of(native):
    own = getattr(native, "__bool__", None)
    if own is not None:
        return own
    length = getattr(native, "__len__", None)
    return (lambda self: True) if length is None else lambda self: length(self) != 0


def unless_plain(name, native, ask):
    """Returns a method that asks the other process, but for an object that has to be plain data: that answers as its data type does."""
    own = getattr(native, name, None)
    if own is None or name == "__missing__":
        return ask

    def method(self, *args, **named):
        return (own if type(self).__peer__.is_plain(self) else ask)(self, *args, **named)

    method.__name__ = name
    return method
