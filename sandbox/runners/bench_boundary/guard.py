"""Rules for what each process lets the other do with its objects."""

import io
import types
import unittest.mock

from bench_boundary.proxy import SPECIALS, NotCrossed, RemoteMethod
from bench_boundary.rpc import FUNCTIONS

# Objects of the standard library that tests pass to the solution.
OPEN_TYPES = (io.StringIO, io.BytesIO, types.SimpleNamespace, unittest.mock.NonCallableMock)
FOR_ITERATORS = ("__iter__", "__next__")
OF_GENERATORS = ("send", "close", "throw")


class SolutionGuard:
    """Rules in the solution's process: the tests may do everything with its objects."""

    one_thread = True

    def allow(self, do, on, name):
        pass

    def show(self, value):
        # A shown value is kept, and its traceback would keep every frame alive.
        if isinstance(value, BaseException):
            value.__traceback__ = None

    def attribute(self, rpc, on, name):
        return RemoteMethod(rpc, on, name) if id(on) in rpc.remote_numbers else getattr(on, name)

    def raised(self, error):
        return error.with_traceback(None)


class TestGuard:
    """Rules in the tests' process: the solution may call what it was passed, and use objects made by the tests through their public names."""

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

    def attribute(self, rpc, on, name):
        if id(on) in rpc.remote_numbers:
            return RemoteMethod(rpc, on, str(name))
        self.allow("get", on, name)
        return getattr(on, name)

    def raised(self, error):
        # Either would end the whole test run instead of one test.
        if isinstance(error, (KeyboardInterrupt, GeneratorExit)):
            return RuntimeError(f"{type(error).__name__} in the solution")
        return error.with_traceback(None)
