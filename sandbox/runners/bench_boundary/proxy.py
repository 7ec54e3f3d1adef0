"""Proxies for functions, classes and objects of the other process."""

import types

from bench_boundary.plain import MUTABLE, NATIVE_BASES


class NotCrossed(BaseException):
    """Raised for a value that cannot cross the boundary. Not an Exception, so that no test mistakes it for an error of the solution."""


COMPARISON = ("__eq__", "__ne__", "__lt__", "__le__", "__gt__", "__ge__", "__hash__")
SHOWN = ("__str__", "__repr__", "__format__")
ACTIONS = ("__call__", "__enter__", "__exit__")
CONTENT = (
    "__len__", "__iter__", "__next__", "__reversed__", "__contains__", "__getitem__", "__setitem__", "__delitem__", "__bool__", "__int__", "__float__",
    "__index__", "__complex__", "__round__",
)
BINARY_OPERATORS = ("add", "sub", "mul", "truediv", "floordiv", "mod", "divmod", "pow", "matmul", "and", "or", "xor", "lshift", "rshift")
OPERATORS = (
    *(f"__{prefix}{name}__" for name in BINARY_OPERATORS for prefix in ("", "r", "i")),
    "__neg__", "__pos__", "__abs__", "__invert__",
)
SPECIALS = frozenset(COMPARISON + SHOWN + ACTIONS + CONTENT + OPERATORS)
# What a subclass of a number or text may decide itself: never what it equals or evaluates to.
SPECIALS_OF_NATIVE = frozenset(SHOWN + ACTIONS)
# Attributes that test libraries look up on every object.
NEVER_ASKED = ("_pytest", "__", "_mock_", "asymmetric")


def may_ask(name):
    return not name.startswith(NEVER_ASKED) or name in ("__doc__", "__version__", "__members__", "__wrapped__", "__notes__")


class RemoteFunction:
    """A function of the other process."""

    def __init__(self, rpc, descriptor):
        self.__dict__.update(_rpc=rpc, __name__=descriptor["name"], __qualname__=descriptor["name"], __doc__=descriptor["doc"], __module__=descriptor["module"])

    def __call__(self, *args, **named):
        return self._rpc.ask("call", self, args=args, named=named)

    def __getattr__(self, name):
        if not may_ask(name):
            raise AttributeError(name)
        return self._rpc.ask("get", self, name)

    def __get__(self, instance, owner=None):
        return self if instance is None else types.MethodType(self, instance)

    def __repr__(self):
        return f"<function {self.__name__} of the solution>"


class RemoteMethod:
    """A method of an object of the other process."""

    def __init__(self, rpc, owner, name):
        self.__dict__.update(_rpc=rpc, owner=owner, __name__=name)

    def __call__(self, *args, **named):
        return self._rpc.ask("invoke", self.owner, self.__name__, args, named)

    def __eq__(self, other):
        return type(other) is RemoteMethod and other.owner is self.owner and other.__name__ == self.__name__

    def __hash__(self):
        return hash((id(self.owner), self.__name__))


class RemoteModule(types.ModuleType):
    """A module of the other process."""

    def __getattr__(self, name):
        if name == "__all__":
            return self.__rpc__.ask("public", self)
        if not may_ask(name):
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")
        return object.__getattribute__(self, "__rpc__").ask("get", self, name)

    def __setattr__(self, name, value):
        if name.startswith("__") or isinstance(value, RemoteModule):
            object.__setattr__(self, name, value)
        else:
            self.__rpc__.ask("set", self, name, (value,))

    def __delattr__(self, name):
        self.__rpc__.ask("delete", self, name)

    def __dir__(self):
        return self.__rpc__.ask("names", self)


class RemoteType(type):
    """Metaclass of proxies for classes of the other process."""

    def __new__(kind, name, bases, namespace, made=False):
        if not made:
            raise NotCrossed(f'a test cannot derive a class from the solution\'s "{bases[0].__name__}"; use boundary: none')
        return super().__new__(kind, name, bases, namespace)

    def __init__(cls, name, bases, namespace, made=False):
        super().__init__(name, bases, namespace)

    def __call__(cls, *args, **named):
        return cls.__rpc__.ask("call", cls, args=args, named=named)

    def __getattr__(cls, name):
        if not may_ask(name):
            raise AttributeError(name)
        return type.__getattribute__(cls, "__rpc__").ask("get", cls, name)

    def __setattr__(cls, name, value):
        cls.__rpc__.ask("set", cls, name, (value,))

    def __delattr__(cls, name):
        cls.__rpc__.ask("delete", cls, name)

    def __dir__(cls):
        return cls.__rpc__.ask("names", cls)


class RemoteCollection(RemoteType):
    """Metaclass of proxies for classes whose members can be iterated, such as enumerations."""

    def __iter__(cls):
        return cls.__rpc__.ask("special", cls, "__iter__")

    def __len__(cls):
        return cls.__rpc__.ask("special", cls, "__len__")

    def __getitem__(cls, key):
        return cls.__rpc__.ask("special", cls, "__getitem__", (key,))

    def __contains__(cls, key):
        return cls.__rpc__.ask("special", cls, "__contains__", (key,))


def make_class(rpc, descriptor, bases):
    """Makes the proxy for a class of the other process; `bases` are classes of this one."""
    native = any(base in NATIVE_BASES.values() or getattr(base, "__native__", False) for base in bases)
    allowed = SPECIALS_OF_NATIVE if native else SPECIALS
    namespace = {name: forward(name) for name in descriptor["specials"] if name in allowed}
    namespace.update(
        __rpc__=rpc, __native__=native, __like__=descriptor["like"],
        __module__=descriptor["module"], __qualname__=descriptor["qualname"], __doc__=descriptor["doc"],
        __getattr__=ask_attribute, __setattr__=set_attribute, __delattr__=delete_attribute, __dir__=ask_names,
    )
    if not native:
        namespace.update(equality(descriptor))
    if any(issubclass(base, BaseException) for base in bases):
        namespace.update(__str__=lambda self: rpc.error_texts.get(id(self)) or "")
    kind = RemoteCollection if descriptor["collection"] or any(isinstance(base, RemoteCollection) for base in bases) else RemoteType
    return kind(descriptor["name"], tuple(bases) or (object,), namespace, made=True)


def forward(name):
    def special(self, *args, **named):
        return type(self).__rpc__.ask("special", self, name, args, named)

    special.__name__ = name
    return special


def equality(descriptor):
    """Makes the comparison methods of a proxy: it equals itself, what the solution says of two of its objects, and for a list or dict its contents."""

    def equal(self, other):
        if self is other:
            return True
        rpc = type(self).__rpc__
        if isinstance(type(other), RemoteType):
            if "__eq__" not in descriptor["specials"]:
                return NotImplemented
            return rpc.ask("special", self, "__eq__", (other,)) is True
        if descriptor["like"] is not None and type(other) in MUTABLE:
            return rpc.ask("plain", self) == other
        return NotImplemented

    def unequal(self, other):
        result = equal(self, other)
        return result if result is NotImplemented else not result

    found = {"__eq__": equal, "__ne__": unequal, "__hash__": object.__hash__}
    if descriptor["hash"] != "identity":
        found["__hash__"] = forward("__hash__") if descriptor["hash"] == "own" else None
    return found


def ask_attribute(self, name):
    if not may_ask(name):
        raise AttributeError(name)
    return type(self).__rpc__.ask("get", self, name)


def set_attribute(self, name, value):
    if name in ("__traceback__", "__cause__", "__context__", "__suppress_context__", "__notes__"):
        BaseException.__setattr__(self, name, value)
    else:
        type(self).__rpc__.ask("set", self, name, (value,))


def delete_attribute(self, name):
    type(self).__rpc__.ask("delete", self, name)


def ask_names(self):
    return type(self).__rpc__.ask("names", self)


def make_object(cls, native_value):
    """Makes an instance of a proxy class without calling a constructor of the other process."""
    if not cls.__native__:
        return object.__new__(cls)
    base = next(base for base in cls.__mro__ if base in NATIVE_BASES.values())
    return base.__new__(cls, native_value)
