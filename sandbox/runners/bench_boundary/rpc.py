"""Remote calls between the tests' process and the solution's: each side sends requests, and serves those of the other while it waits."""

import functools
import importlib
import threading
import types

from bench_boundary.coding import ERROR_MODULES, Reading, Writing, error_type, native_error
from bench_boundary.descriptor import class_descriptor, like_of
from bench_boundary.plain import NATIVE_BASES, contents, differs, refill
from bench_boundary.proxy import NotCrossed, RemoteFunction, RemoteMethod, RemoteModule, make_class, make_object
from bench_boundary.transport import Gone

FUNCTIONS = (
    types.FunctionType, types.BuiltinFunctionType, types.MethodType, types.MethodWrapperType, types.WrapperDescriptorType, types.MethodDescriptorType,
    functools.partial, type(functools.lru_cache(len)),
)


class RpcEndpoint:
    """One end of the connection. Keeps the objects shown to the other process, and the proxies for what that process has shown."""

    def __init__(self, transport, guard):
        self.transport, self.guard = transport, guard
        self.shown, self.numbers = {}, {}
        self.proxies, self.remote_numbers = {}, {}
        self.described, self.error_texts = set(), {}
        self.lock, self.owner = threading.RLock(), threading.get_ident()

    def ask(self, do, on, name=None, args=(), named=None):
        """Sends a request and returns its result, or raises its error."""
        if self.guard.one_thread and threading.get_ident() != self.owner:
            raise RuntimeError("objects of the tests can only be used in the first thread")
        with self.lock:
            writing = Writing(self)
            request = {
                "do": do, "on": writing.value(on), "name": name, "args": [writing.value(each) for each in args],
                "named": [[key, writing.value(value)] for key, value in (named or {}).items()],
            }
            self.transport.send(request)
            self.described |= writing.described
            while "do" in (answer := self.transport.receive()):
                self.answer(answer)
            return self.take(answer, Reading(self, writing.mine))

    def answer(self, request):
        """Serves a request and sends the answer."""
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
        self.transport.send(message)
        self.described |= writing.described

    def take(self, answer, reading):
        is_error = "error" in answer
        value = reading.value(answer.get("error" if is_error else "value"))
        if is_error and not isinstance(value, BaseException):
            raise Gone("the solution's process sent an invalid error")
        try:
            changes = [(number, items) for number, items in answer["changed"]]
            held = [(reading.mine[number], reading.items(type(reading.mine[number]), items)) for number, items in changes]
        except (KeyError, IndexError, TypeError, ValueError):
            raise Gone("the solution's process sent an invalid answer") from None
        for container, items in held:
            refill(container, items)
        if is_error:
            raise self.guard.raised(value)
        return value

    def serve(self, request, reading):
        """Returns the result of a request, and what the containers in it held before."""
        try:
            on, do, name = reading.value(request["on"]), request["do"], request["name"]
            args = [reading.value(each) for each in request["args"]]
            named = {str(key): reading.value(value) for key, value in request["named"]}
        except (KeyError, TypeError, ValueError):
            raise Gone("the solution's process sent an invalid request") from None
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
            return RemoteMethod(self, on, name) if is_own_method else found
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
        raise TypeError(f"unknown operation {do}")

    def reference(self, value, writing):
        """Encodes an object that does not cross by value."""
        if type(value) is RemoteMethod:
            return {"t": "attribute", "on": writing.value(value.owner), "name": value.__name__}
        if id(value) in self.remote_numbers:
            return {"t": "yours", "n": self.remote_numbers[id(value)]}
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
            writing.described.add(number)
            return {"t": "class", "descriptor": None if number in self.described else class_descriptor(value, writing)}
        if isinstance(value, FUNCTIONS):
            inner = value.func if isinstance(value, functools.partial) else value
            name, module = getattr(inner, "__name__", None), getattr(inner, "__module__", None)
            return {"t": "function", "descriptor": {"name": str(name), "module": str(module), "doc": getattr(value, "__doc__", None)}}
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
        """Decodes what `reference` encoded: an object of this process, or the proxy for one of the other."""
        if tag == "yours":
            return self.shown[data["n"]]
        if tag == "attribute":
            return self.guard.attribute(self, reading.value(data["on"]), data["name"])
        known = self.proxies.get(data["n"])
        if known is None:
            known = self.make(tag, data, reading)
            self.proxies[data["n"]] = known
            self.remote_numbers[id(known)] = data["n"]
        return known

    def make(self, tag, data, reading):
        if tag == "module":
            return self.module(data["name"])
        if tag == "function":
            return RemoteFunction(self, data["descriptor"])
        if tag == "class":
            descriptor = data["descriptor"]
            return make_class(self, descriptor, [reading.value(each) for each in descriptor["bases"]])
        if tag == "object":
            return make_object(reading.value(data["class"]), reading.value(data["as"]))
        if tag == "error":
            return self.error(data, reading)
        raise ValueError(tag)

    def module(self, name):
        found = RemoteModule(name)
        object.__setattr__(found, "__rpc__", self)
        return found

    def error(self, data, reading):
        args = [reading.value(each) for each in data["args"]]
        if "class" in data:
            kind = reading.value(data["class"])
            made = kind.__new__(kind, *args)
        else:
            made = native_error(error_type(data["m"], data["v"]), args)
        self.error_texts[id(made)] = str(data["text"])
        if data["cause"] is not None:
            BaseException.__setattr__(made, "__cause__", reading.value(data["cause"]))
        return made
