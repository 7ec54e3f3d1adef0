"""What each side lets the other do with what is its own."""

import io
import types
import unittest.mock

from bench_boundary.peer import FUNCTIONS
from bench_boundary.stand_in import SPECIALS, FarMethod, NotCrossed

# Objects of the standard library that tests hand over to be used.
OPEN_TYPES = (io.StringIO, io.BytesIO, types.SimpleNamespace, unittest.mock.NonCallableMock)
FOR_ITERATORS = ("__iter__", "__next__")
OF_GENERATORS = ("send", "close", "throw")


class SolutionGuard:
    """The solution's own side: the tests may do all with it."""

    one_thread = True

    def allow(self, do, on, name):
        pass

    def show(self, value):
        # What is shown is kept, and a traceback would keep all that was at work.
        if isinstance(value, BaseException):
            value.__traceback__ = None

    def attribute(self, peer, on, name):
        return FarMethod(peer, on, name) if id(on) in peer.foreign else getattr(on, name)

    def raised(self, error):
        return error.with_traceback(None)


class TestGuard:
    """The tests' side: the solution may call what it was given, and use what the tests have made for it, by public names."""

    one_thread = False

    def __init__(self, test_modules):
        self.test_modules = test_modules

    def is_made_by_test(self, value):
        return type(value).__module__ in self.test_modules

    def is_open(self, value):
        return self.is_made_by_test(value) or isinstance(value, OPEN_TYPES)

    def allow(self, do, on, name):
        if not self.allows(do, on, name):
            raise AttributeError(f"{type(on).__name__!r} object has no attribute {name!r} here")

    def allows(self, do, on, name):
        is_iterator = hasattr(type(on), "__next__")
        if do == "call":
            own_class = isinstance(on, type) and on.__module__ in self.test_modules
            return isinstance(on, FUNCTIONS) or own_class or self.is_open(on)
        if do == "special":
            is_function = isinstance(on, FUNCTIONS) and name == "__call__"
            return name in SPECIALS and (self.is_open(on) or is_function or (is_iterator and name in FOR_ITERATORS))
        if do in ("get", "invoke"):
            if type(name) is not str or name.startswith("_"):
                return False
            own_class = isinstance(on, type) and on.__module__ in self.test_modules
            return self.is_open(on) or own_class or (isinstance(on, types.GeneratorType) and do == "invoke" and name in OF_GENERATORS)
        if do in ("set", "delete"):
            return type(name) is str and not name.startswith("_") and self.is_open(on)
        return do == "plain" and self.is_made_by_test(on)

    def show(self, value):
        is_known = isinstance(value, (type, BaseException, *FUNCTIONS)) or hasattr(type(value), "__next__") or self.is_open(value)
        if not is_known:
            raise NotCrossed(f"a value of type {type(value).__name__} cannot cross the boundary; use boundary: none for this task")

    def attribute(self, peer, on, name):
        if id(on) in peer.foreign:
            return FarMethod(peer, on, str(name))
        self.allow("get", on, name)
        return getattr(on, name)

    def raised(self, error):
        # Either would end the run of the tests instead of one of them.
        if isinstance(error, (KeyboardInterrupt, GeneratorExit)):
            return RuntimeError(f"{type(error).__name__} in the solution")
        return error.with_traceback(None)
