"""What the solution may do with objects of the tests: call what it was passed, and nothing that leads further."""

import functools
import io
import logging
import queue
import random
import sys
import threading
import types

from bench_boundary.described import FUNCTIONS, is_iterator
from bench_boundary.specials import SPECIALS

LIBRARY_CALLABLES = (types.FunctionType, types.BuiltinFunctionType, type, types.MethodDescriptorType, functools._lru_cache_wrapper)
# Objects of the standard library whose public methods may be called; none of them loads code or reads files by a name it is given.
OPEN = (
    io.StringIO, io.BytesIO, io.TextIOWrapper, io.BufferedReader, io.BufferedWriter, io.BufferedRandom, io.FileIO, random.Random, queue.Queue,
    queue.SimpleQueue,
    threading.Event, threading.Condition, threading.Semaphore, threading.Barrier, type(threading.Lock()), type(threading.RLock()), types.SimpleNamespace,
    logging.LoggerAdapter, logging.Logger,
)
LOGGING = frozenset(("debug", "info", "warning", "error", "critical", "exception", "log", "isEnabledFor", "getEffectiveLevel"))
OF_GENERATORS = ("send", "throw", "close")
OF_ITERATORS = ("__iter__", "__next__")
CONTENT = ("__iter__", "__next__", "__len__", "__getitem__", "__contains__", "__enter__", "__exit__", "__aenter__", "__aexit__")
CLOSED_MODULES = ("_pytest", "pluggy", "bench_judge", "bench_boundary")
# Modules of which all classes are open.
OPEN_MODULES = ("asyncio.queues", "asyncio.locks")
# What asynchronous generators give for each step.
STEPS_OF_GENERATORS = ("async_generator_asend", "async_generator_athrow")
HOLDERS = (("argparse", "Namespace"), ("subprocess", "CompletedProcess"))
MISSING = object()


class OwnMethod:
    """A method of an object of the tests that the solution asked for by name."""

    def __init__(self, on, name):
        self.on, self.name = on, name

    def __call__(self, *args, **named):
        return find_method(self.on, self.name)(*args, **named)


def is_mock(value):
    """Tells whether a value is a mock; without the module of mocks being loaded there are none."""
    module = sys.modules.get("unittest.mock")
    return module is not None and isinstance(value, module.NonCallableMock)


@functools.lru_cache(maxsize=None)
def mock_names():
    """Names what mocks have themselves, by which a test steers and checks them."""
    module = sys.modules["unittest.mock"]
    return frozenset(dir(module.MagicMock)) | frozenset(dir(module.AsyncMock()))


def is_awaitable(on):
    """Tells whether an object of the tests may be awaited for the solution: a step of an asynchronous generator, or of a class of theirs."""
    kind = type(on)
    return kind.__name__ in STEPS_OF_GENERATORS or (hasattr(kind, "__await__") and not is_of_library(kind))


def is_open_object(value):
    """Tells whether a value is of a class of the library whose public methods may be called."""
    return isinstance(value, OPEN) or type(value).__module__ in OPEN_MODULES


def holds_data(kind):
    """Tells whether a class of the library only holds what was put into it: its attributes can be read."""
    return kind is types.SimpleNamespace or (kind.__module__, kind.__qualname__) in HOLDERS


def is_of_library(kind):
    """Tells whether a class comes with Python or with pytest, and not with the tests."""
    module = kind.__module__.partition(".")[0]
    return module in sys.stdlib_module_names or module in CLOSED_MODULES


def library_name(value):
    """Returns [module, name] of a function or class of the standard library, which each process has for itself; None for anything else."""
    if not isinstance(value, LIBRARY_CALLABLES):
        return None
    owner = getattr(value, "__objclass__", None)
    module = value.__module__ if owner is None else owner.__module__
    name = getattr(value, "__qualname__", None)
    if type(module) is not str or type(name) is not str or module.partition(".")[0] not in sys.stdlib_module_names or "<" in name or module == "__main__":
        return None
    found = sys.modules.get(module)
    for part in name.split("."):
        found = getattr(found, part, None)
    return [module, name] if found is value else None


def require_passable(value):
    """Raises TypeError for objects that lead to the inside of the test run."""
    kind = type(value)
    if kind.__module__.partition(".")[0] in CLOSED_MODULES or isinstance(value, (types.FrameType, types.CodeType, types.TracebackType)):
        raise TypeError(f"a value of type {kind.__name__} cannot cross the boundary; use isolation: none for this task")
    is_known = (
        holds_data(kind)
        or (kind.__module__, kind.__name__) == ("unittest.mock", "_SentinelObject")
        or isinstance(value, (type, BaseException, types.AsyncGeneratorType, *FUNCTIONS))
        or is_open_object(value)
        or is_mock(value)
        or is_iterator(value)
        or hasattr(kind, "__await__")
    )
    if not is_known and is_of_library(kind) and not hasattr(kind, "__next__") and kind is not object:
        raise TypeError(f"a value of type {kind.__name__} cannot cross the boundary; use isolation: none for this task")


def find_call(on):
    """Returns what a call of an object of the tests runs."""
    if isinstance(on, FUNCTIONS) or (is_mock(on) and callable(on)):
        return on
    if isinstance(on, type):
        return refuse(on, "__call__") if is_of_library(on) else on
    return find_special(on, "__call__")


def find_special(on, name):
    """Returns a special method, bound to an object of the tests that has it by its own class."""
    kind = type(on)
    if name not in SPECIALS or isinstance(on, (type, *FUNCTIONS)):
        refuse(on, name)
    if is_mock(on):
        return getattr(on, name, None) if name in CONTENT or name == "__call__" else refuse(on, name)
    if ((is_iterator(on) or hasattr(kind, "__next__")) and name in OF_ITERATORS) or (is_open_object(on) and name in CONTENT):
        return functools.partial(getattr(kind, name, None) or refuse(on, name), on)
    if kind is types.AsyncGeneratorType and name in ("__aiter__", "__anext__"):
        return getattr(on, name)
    owner = next((each for each in kind.__mro__ if name in vars(each)), object)
    if is_of_library(owner) or not isinstance(vars(owner)[name], (types.FunctionType, staticmethod, classmethod)):
        refuse(on, name)
    return getattr(on, name)


def find_method(on, name):
    """Returns a public method of an object that was passed."""
    if type(name) is not str or name.startswith("_"):
        refuse(on, name)
    if isinstance(on, types.GeneratorType):
        return getattr(on, name) if name in OF_GENERATORS else refuse(on, name)
    if is_mock(on):
        return getattr(on, name) if name not in mock_names() else refuse(on, name)
    if isinstance(on, (types.ModuleType, *FUNCTIONS)):
        refuse(on, name)
    if isinstance(on, (logging.Logger, logging.LoggerAdapter)) and name not in LOGGING:
        refuse(on, name)
    found = own_attribute(on, name)
    return found if callable(found) else refuse(on, name)


def own_attribute(on, name):
    """Returns an attribute that an object has by its own dictionary, or a method or property by a class of the tests or an open one."""
    kind = on if isinstance(on, type) else type(on)
    held = {} if isinstance(on, type) else own_dictionary(on)
    if name in held:
        return held[name] if not is_of_library(kind) or holds_data(kind) else refuse(on, name)
    owner = next((each for each in kind.__mro__ if name in vars(each)), None)
    is_open = owner is not None and (issubclass(owner, OPEN) or any(issubclass(each, owner) for each in OPEN if isinstance(on, each)))
    is_open = is_open or (not isinstance(on, type) and owner is not None and type(on).__module__ in OPEN_MODULES)
    if owner is None or (is_of_library(owner) and not is_open):
        refuse(on, name)
    found = vars(owner)[name]
    if isinstance(on, type) and not isinstance(found, (staticmethod, classmethod, types.FunctionType)):
        refuse(on, name)
    return getattr(on, name)


def find_attribute(on, name):
    """Returns the value of a public attribute of an object of the tests' own classes: plain data, or something that can be called or passed itself."""
    is_closed = isinstance(on, (types.ModuleType, BaseException, *FUNCTIONS)) and not is_own_error(on)
    if type(name) is not str or name.startswith("_") or is_closed:
        refuse(on, name)
    if is_mock(on):
        return getattr(on, name) if name not in mock_names() else refuse(on, name)
    return own_attribute(on, name)


def is_own_error(on):
    return isinstance(on, BaseException) and not is_of_library(type(on))


def own_dictionary(on):
    try:
        return object.__getattribute__(on, "__dict__")
    except AttributeError:
        return {}


def refuse(on, name):
    raise AttributeError(f"{type(on).__name__!r} object has no attribute {name!r} here")
