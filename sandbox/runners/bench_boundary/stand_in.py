"""What stands in this process for functions, classes and objects of the other one."""

import types

from bench_boundary.plain import MUTABLE, NATIVE_BASES


class NotCrossed(BaseException):
    """Something was asked for that cannot cross the boundary; no Exception, so that no test takes it for the solution's own."""


COMPARISON = ("__eq__", "__ne__", "__lt__", "__le__", "__gt__", "__ge__", "__hash__")
SHOWN = ("__str__", "__repr__", "__format__")
ACTIONS = ("__call__", "__enter__", "__exit__")
CONTENT = (
    "__len__", "__iter__", "__next__", "__reversed__", "__contains__", "__getitem__", "__setitem__", "__delitem__", "__bool__", "__int__", "__float__",
    "__index__", "__complex__", "__round__",
)
OPERATORS = tuple(
    f"__{prefix}{name}__"
    for name in ("add", "sub", "mul", "truediv", "floordiv", "mod", "divmod", "pow", "matmul", "and", "or", "xor", "lshift", "rshift")
    for prefix in ("", "r", "i")
) + ("__neg__", "__pos__", "__abs__", "__invert__")
SPECIALS = frozenset(COMPARISON + SHOWN + ACTIONS + CONTENT + OPERATORS)
# What an object that is also a number or a text may decide for itself: never what it equals or comes to.
SPECIALS_OF_NATIVE = frozenset(SHOWN + ACTIONS)
# Names that other programs look for on everything they meet.
NEVER_ASKED = ("_pytest", "__", "_mock_", "asymmetric")


def may_ask(name):
    return not name.startswith(NEVER_ASKED) or name in ("__doc__", "__version__", "__members__", "__wrapped__", "__notes__")


class FarFunction:
    """A function of the other process."""

    def __init__(self, peer, shape):
        self.__dict__.update(_far_peer=peer, __name__=shape["name"], __qualname__=shape["name"], __doc__=shape["doc"], __module__=shape["module"])

    def __call__(self, *args, **named):
        return self._far_peer.ask("call", self, args=args, named=named)

    def __getattr__(self, name):
        if not may_ask(name):
            raise AttributeError(name)
        return self._far_peer.ask("get", self, name)

    def __get__(self, instance, owner=None):
        return self if instance is None else types.MethodType(self, instance)

    def __repr__(self):
        return f"<function {self.__name__} of the solution>"


class FarMethod:
    """A method of an object of the other process."""

    def __init__(self, peer, owner, name):
        self.__dict__.update(_far_peer=peer, owner=owner, __name__=name)

    def __call__(self, *args, **named):
        return self._far_peer.ask("invoke", self.owner, self.__name__, args, named)

    def __eq__(self, other):
        return type(other) is FarMethod and other.owner is self.owner and other.__name__ == self.__name__

    def __hash__(self):
        return hash((id(self.owner), self.__name__))


class FarModule(types.ModuleType):
    """A module of the other process."""

    def __getattr__(self, name):
        if name == "__all__":
            return self.__peer__.ask("public", self)
        if not may_ask(name):
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")
        return object.__getattribute__(self, "__peer__").ask("get", self, name)

    def __setattr__(self, name, value):
        if name.startswith("__") or isinstance(value, FarModule):
            object.__setattr__(self, name, value)
        else:
            self.__peer__.ask("set", self, name, (value,))

    def __delattr__(self, name):
        self.__peer__.ask("delete", self, name)

    def __dir__(self):
        return self.__peer__.ask("names", self)


class FarType(type):
    """The kind of classes that stand for classes of the other process."""

    def __new__(kind, name, bases, namespace, made=False):
        if not made:
            raise NotCrossed(f'a test cannot make a class of the solution\'s "{bases[0].__name__}"; use boundary: none')
        return super().__new__(kind, name, bases, namespace)

    def __init__(cls, name, bases, namespace, made=False):
        super().__init__(name, bases, namespace)

    def __call__(cls, *args, **named):
        return cls.__peer__.ask("call", cls, args=args, named=named)

    def __getattr__(cls, name):
        if not may_ask(name):
            raise AttributeError(name)
        return type.__getattribute__(cls, "__peer__").ask("get", cls, name)

    def __setattr__(cls, name, value):
        cls.__peer__.ask("set", cls, name, (value,))

    def __delattr__(cls, name):
        cls.__peer__.ask("delete", cls, name)

    def __dir__(cls):
        return cls.__peer__.ask("names", cls)


class FarCollection(FarType):
    """The kind of classes whose members can be gone through, as those of enumerations."""

    def __iter__(cls):
        return cls.__peer__.ask("special", cls, "__iter__")

    def __len__(cls):
        return cls.__peer__.ask("special", cls, "__len__")

    def __getitem__(cls, key):
        return cls.__peer__.ask("special", cls, "__getitem__", (key,))

    def __contains__(cls, key):
        return cls.__peer__.ask("special", cls, "__contains__", (key,))


def make_class(peer, shape, bases):
    """A class for a class of the other process; `bases` are classes of this one."""
    native = any(base in NATIVE_BASES.values() or getattr(base, "__native__", False) for base in bases)
    allowed = SPECIALS_OF_NATIVE if native else SPECIALS
    namespace = {name: forward(name) for name in shape["specials"] if name in allowed}
    namespace.update(
        __peer__=peer, __native__=native, __like__=shape["like"], __module__=shape["module"], __qualname__=shape["qualname"], __doc__=shape["doc"],
        __getattr__=ask_attribute, __setattr__=set_attribute, __delattr__=delete_attribute, __dir__=ask_names,
    )
    if not native:
        namespace.update(equality(shape))
    if any(issubclass(base, BaseException) for base in bases):
        namespace.update(__str__=lambda self: peer.said.get(id(self)) or "")
    kind = FarCollection if shape["collection"] or any(isinstance(base, FarCollection) for base in bases) else FarType
    return kind(shape["name"], tuple(bases) or (object,), namespace, made=True)


def forward(name):
    def special(self, *args, **named):
        return type(self).__peer__.ask("special", self, name, args, named)

    special.__name__ = name
    return special


def equality(shape):
    """What a stand-in equals: itself, what the solution says of two of its own objects, and for a kind of list or dict what it holds."""

    def equal(self, other):
        if self is other:
            return True
        peer = type(self).__peer__
        if isinstance(type(other), FarType):
            if "__eq__" not in shape["specials"]:
                return NotImplemented
            return peer.ask("special", self, "__eq__", (other,)) is True
        if shape["like"] is not None and type(other) in MUTABLE:
            return peer.ask("plain", self) == other
        return NotImplemented

    def unequal(self, other):
        result = equal(self, other)
        return result if result is NotImplemented else not result

    found = {"__eq__": equal, "__ne__": unequal, "__hash__": object.__hash__}
    if shape["hash"] != "identity":
        found["__hash__"] = forward("__hash__") if shape["hash"] == "own" else None
    return found


def ask_attribute(self, name):
    if not may_ask(name):
        raise AttributeError(name)
    return type(self).__peer__.ask("get", self, name)


def set_attribute(self, name, value):
    if name in ("__traceback__", "__cause__", "__context__", "__suppress_context__", "__notes__"):
        BaseException.__setattr__(self, name, value)
    else:
        type(self).__peer__.ask("set", self, name, (value,))


def delete_attribute(self, name):
    type(self).__peer__.ask("delete", self, name)


def ask_names(self):
    return type(self).__peer__.ask("names", self)


def make_object(cls, native_value):
    """An instance that no constructor of the other process had a part in."""
    if not cls.__native__:
        return object.__new__(cls)
    base = next(base for base in cls.__mro__ if base in NATIVE_BASES.values())
    return base.__new__(cls, native_value)
