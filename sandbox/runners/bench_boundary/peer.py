"""One side of a boundary: asks the other side, and answers while it waits."""

import functools
import importlib
import threading
import types

from bench_boundary.coding import ERROR_MODULES, Reading, Writing, error_type, native_error
from bench_boundary.plain import NATIVE_BASES, contents, differs, refill
from bench_boundary.shape import class_shape, like_of
from bench_boundary.stand_in import FarFunction, FarMethod, FarModule, NotCrossed, make_class, make_object
from bench_boundary.wire import Gone

FUNCTIONS = (
    types.FunctionType, types.BuiltinFunctionType, types.MethodType, types.MethodWrapperType, types.WrapperDescriptorType, types.MethodDescriptorType,
    functools.partial, type(functools.lru_cache(len)),
)


class Peer:
    """Holds what was shown to the other side, and what stands here for what the other side has shown."""

    def __init__(self, wire, guard):
        self.wire, self.guard = wire, guard
        self.shown, self.numbers = {}, {}
        self.near, self.foreign = {}, {}
        self.shaped, self.said = set(), {}
        self.lock, self.owner = threading.RLock(), threading.get_ident()

    def ask(self, do, on, name=None, args=(), named=None):
        """Has the other side do something and gives what came of it, or raises it."""
        if self.guard.one_thread and threading.get_ident() != self.owner:
            raise RuntimeError("what belongs to the tests can only be used in the first thread")
        with self.lock:
            writing = Writing(self)
            request = {
                "do": do, "on": writing.value(on), "name": name, "args": [writing.value(each) for each in args],
                "named": [[key, writing.value(value)] for key, value in (named or {}).items()],
            }
            self.wire.send(request)
            self.shaped |= writing.shaped
            while "do" in (answer := self.wire.receive()):
                self.answer(answer)
            return self.take(answer, Reading(self, writing.mine))

    def answer(self, request):
        """Does what the other side asks for and tells it what came of it."""
        reading = Reading(self)
        key, value, before = self.serve(request, reading)
        try:
            self.reply(key, value, reading.containers, before)
        except (TypeError, ValueError, RecursionError) as error:
            self.reply("error", TypeError(f"the result cannot cross the boundary: {error}"), [], [])

    def reply(self, key, value, containers, before):
        writing = Writing(self, containers)
        message = {key: writing.value(value)}
        message["changed"] = [[number, writing.items(each)] for number, each in enumerate(containers) if differs(before[number], contents(each))]
        self.wire.send(message)
        self.shaped |= writing.shaped

    def take(self, answer, reading):
        is_error = "error" in answer
        value = reading.value(answer.get("error" if is_error else "value"))
        if is_error and not isinstance(value, BaseException):
            raise Gone("the process of the solution sends what is no error")
        try:
            changes = [(number, items) for number, items in answer["changed"]]
            held = [(reading.mine[number], reading.items(type(reading.mine[number]), items)) for number, items in changes]
        except (KeyError, IndexError, TypeError, ValueError):
            raise Gone("the process of the solution sends what is no answer") from None
        for container, items in held:
            refill(container, items)
        if is_error:
            raise self.guard.raised(value)
        return value

    def serve(self, request, reading):
        """What came of a request, and what the containers that came with it held before."""
        try:
            on, do, name = reading.value(request["on"]), request["do"], request["name"]
            args = [reading.value(each) for each in request["args"]]
            named = {str(key): reading.value(value) for key, value in request["named"]}
        except (KeyError, TypeError, ValueError):
            raise Gone("the process of the solution sends what is no request") from None
        before = [contents(each) for each in reading.containers]
        try:
            self.guard.allow(do, on, name)
            return "value", self.perform(do, on, name, args, named), before
        except (Gone, NotCrossed):
            raise
        except BaseException as error:
            return "error", error, before

    def perform(self, do, on, name, args, named):
        if do == "get":
            found = getattr(on, name)
            is_own_method = isinstance(found, types.MethodType) and found.__self__ is on and not isinstance(on, type)
            return FarMethod(self, on, name) if is_own_method else found
        if do == "invoke":
            return getattr(on, name)(*args, **named)
        if do == "call":
            return on(*args, **named)
        if do == "special":
            return getattr(type(on), name)(on, *args, **named)
        if do == "set":
            return setattr(on, name, args[0])
        if do == "delete":
            return delattr(on, name)
        if do == "names":
            return sorted(dir(on))
        if do == "public":
            return list(getattr(on, "__all__", [each for each in vars(on) if not each.startswith("_")]))
        if do == "plain":
            return like_of(type(on))(on)
        if do == "import":
            module = importlib.import_module(name)
            return (module, hasattr(module, "__path__"))
        raise TypeError(f"there is no {do}")

    def reference(self, value, writing):
        """Writes something that does not cross by value."""
        if type(value) is FarMethod:
            return {"t": "attribute", "on": writing.value(value.owner), "name": value.__name__}
        if id(value) in self.foreign:
            return {"t": "yours", "n": self.foreign[id(value)]}
        self.guard.show(value)
        number = self.numbers.get(id(value))
        if number is None:
            number = self.numbers[id(value)] = len(self.shown)
            self.shown[number] = value
        return {"n": number, **self.outline(value, number, writing)}

    def outline(self, value, number, writing):
        if isinstance(value, types.ModuleType):
            return {"t": "module", "name": value.__name__}
        if isinstance(value, type):
            writing.shaped.add(number)
            return {"t": "class", "shape": None if number in self.shaped else class_shape(value, writing)}
        if isinstance(value, FUNCTIONS):
            inner = value.func if isinstance(value, functools.partial) else value
            name, module = getattr(inner, "__name__", None), getattr(inner, "__module__", None)
            return {"t": "function", "shape": {"name": str(name), "module": str(module), "doc": getattr(value, "__doc__", None)}}
        if isinstance(value, BaseException):
            return self.error_outline(value, writing)
        base = next((each for each in type(value).__mro__ if each in NATIVE_BASES.values()), None)
        return {"t": "object", "class": writing.value(type(value)), "as": None if base is None else writing.value(base(value))}

    def error_outline(self, error, writing):
        kind = type(error)
        own = {"m": kind.__module__, "v": kind.__name__} if kind.__module__ in ERROR_MODULES else {"class": writing.value(kind)}
        cause = None if error.__cause__ is None else writing.value(error.__cause__)
        return {"t": "error", **own, "args": [writing.value(each) for each in error.args], "text": str(error), "cause": cause}

    def dereference(self, tag, data, reading):
        """Reads what `reference` wrote: something of one's own, or what stands in for something of the other side."""
        if tag == "yours":
            return self.shown[data["n"]]
        if tag == "attribute":
            return self.guard.attribute(self, reading.value(data["on"]), data["name"])
        known = self.near.get(data["n"])
        if known is None:
            known = self.make(tag, data, reading)
            self.near[data["n"]] = known
            self.foreign[id(known)] = data["n"]
        return known

    def make(self, tag, data, reading):
        if tag == "module":
            return self.module(data["name"])
        if tag == "function":
            return FarFunction(self, data["shape"])
        if tag == "class":
            shape = data["shape"]
            return make_class(self, shape, [reading.value(each) for each in shape["bases"]])
        if tag == "object":
            return make_object(reading.value(data["class"]), reading.value(data["as"]))
        if tag == "error":
            return self.error(data, reading)
        raise ValueError(tag)

    def module(self, name):
        found = FarModule(name)
        object.__setattr__(found, "__peer__", self)
        return found

    def error(self, data, reading):
        args = [reading.value(each) for each in data["args"]]
        if "class" in data:
            kind = reading.value(data["class"])
            made = kind.__new__(kind, *args)
        else:
            made = native_error(error_type(data["m"], data["v"]), args)
        self.said[id(made)] = str(data["text"])
        if data["cause"] is not None:
            BaseException.__setattr__(made, "__cause__", reading.value(data["cause"]))
        return made
