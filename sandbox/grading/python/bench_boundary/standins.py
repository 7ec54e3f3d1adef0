"""Stand-ins for functions, methods, modules, iterators and awaitables of the other process."""

import types
from collections.abc import Coroutine

from bench_boundary.specials import may_ask


class RemoteFunction:
    """A function of the other process that has attributes of its own."""

    def __init__(self, peer, name, module, doc):
        self.__dict__.update(_peer=peer, __name__=name, __qualname__=name, __module__=module, __doc__=doc)

    def __call__(self, *args, **named):
        return self._peer.ask("call", self, None, args, named)

    def __getattr__(self, name):
        if not may_ask(name):
            raise AttributeError(name)
        return self._peer.ask("get", self, name)

    def __setattr__(self, name, value):
        self._peer.ask("set", self, name, (value,))

    def __get__(self, instance, owner=None):
        return self if instance is None else types.MethodType(self, instance)

    def __repr__(self):
        return f"<function {self.__name__} of the solution>"


def make_function(peer, name, module, doc, is_async):
    """Makes a function that calls one of the other process."""
    if is_async:
        async def remote(*args, **named):
            return await peer.ask("call", remote, None, args, named)
    else:
        def remote(*args, **named):
            return peer.ask("call", remote, None, args, named)

    remote.__name__, remote.__qualname__, remote.__module__, remote.__doc__ = name, name, module, doc
    return remote


class RemoteMethod:
    """A method of an object of the other process."""

    def __init__(self, peer, owner, name):
        self.__dict__.update(_peer=peer, owner=owner, __name__=name)

    def __call__(self, *args, **named):
        return self._peer.ask("method", self.owner, self.__name__, args, named)

    def __getattr__(self, name):
        if not may_ask(name):
            raise AttributeError(name)
        return self._peer.ask("getof", self.owner, self.__name__, (name,))

    def __eq__(self, other):
        return type(other) is RemoteMethod and other.owner is self.owner and other.__name__ == self.__name__

    def __hash__(self):
        return hash((id(self.owner), self.__name__))


class RemoteModule(types.ModuleType):
    """A module of the other process."""

    def __getattr__(self, name):
        if not may_ask(name):
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")
        peer = types.ModuleType.__getattribute__(self, "__dict__")["__peer__"]
        return peer.public_names(self) if name == "__all__" else peer.ask("get", self, name)

    def __setattr__(self, name, value):
        if name.startswith("__") or isinstance(value, RemoteModule):
            object.__setattr__(self, name, value)
        else:
            self.__peer__.ask("set", self, name, (value,))

    def __delattr__(self, name):
        if name in self.__dict__:
            object.__delattr__(self, name)
        else:
            self.__peer__.ask("del", self, name)

    def __dir__(self):
        return self.__peer__.ask("dir", self)


class RemoteIterator:
    """An iterator of the other process: it gives its items and can do nothing else."""

    def __init__(self, peer, kind, is_generator):
        self._peer, self._kind, self._is_generator = peer, kind, is_generator

    @property
    def __class__(self):
        return types.GeneratorType if self.__dict__.get("_is_generator") else RemoteIterator

    def __iter__(self):
        return self

    def __next__(self):
        return self._peer.ask("special", self, "__next__")

    def __getattr__(self, name):
        if name in ("send", "throw", "close") and self.__dict__.get("_is_generator"):
            return RemoteMethod(self._peer, self, name)
        raise AttributeError(name)

    def __repr__(self):
        return f"<{self._kind} of the solution>"


class RemoteAwaitable(Coroutine):
    """A coroutine or future of the other process."""

    def __init__(self, peer, kind):
        self._peer, self._kind, self._steps = peer, kind, None

    def __await__(self):
        return self._peer.wait(self)

    def send(self, value):
        if self._steps is None:
            self._steps = self.__await__()
        return self._steps.send(value)

    def throw(self, *error):
        if self._steps is None:
            self._steps = self.__await__()
        return self._steps.throw(*error)

    def close(self):
        if self._steps is not None:
            self._steps.close()

    def __getattr__(self, name):
        if name.startswith("_") or self._kind == "coroutine":
            raise AttributeError(name)
        return self._peer.ask("get", self, name)
