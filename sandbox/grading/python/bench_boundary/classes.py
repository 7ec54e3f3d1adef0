"""Stand-ins for classes of the other process, and what their objects do."""

import dataclasses
import enum

from bench_boundary.atoms import native_base
from bench_boundary.containers import kind_of
from bench_boundary.plain import native_of, pinned, unless_plain
from bench_boundary.specials import CLASS_ITEM, OF_CLASS, SPECIALS_OF_DATA, may_ask
from bench_boundary.writing import NotCrossed

FLAG_OPERATIONS = ("__and__", "__or__", "__xor__", "__rand__", "__ror__", "__rxor__")
LOCAL_OF_ERRORS = ("__traceback__", "__cause__", "__context__", "__suppress_context__", "__notes__")


class RemoteType(type):
    """Metaclass of stand-ins for classes of the other process."""

    def __new__(kind, name, bases, namespace, made=False):
        if not made:
            raise NotCrossed(f'a test cannot derive a class from the solution\'s "{bases[0].__name__}"; use isolation: none')
        return super().__new__(kind, name, bases, namespace)

    def __init__(cls, name, bases, namespace, made=False):
        super().__init__(name, bases, namespace)

    def __call__(cls, *args, **named):
        return cls.__peer__.ask("call", cls, None, args, named)

    def __getattr__(cls, name):
        if not may_ask(name):
            raise AttributeError(name)
        return type.__getattribute__(cls, "__peer__").ask("get", cls, name)

    def __setattr__(cls, name, value):
        cls.__peer__.ask("set", cls, name, (value,))

    def __delattr__(cls, name):
        cls.__peer__.ask("del", cls, name)

    def __dir__(cls):
        return cls.__peer__.ask("dir", cls)


def of_class(name):
    return lambda cls, *args: cls.__peer__.ask("special", cls, name, args)


RemoteCollection = type("RemoteCollection", (RemoteType,), {
    "__doc__": "Metaclass of stand-ins for classes whose members can be iterated, such as enumerations.",
    **{name: of_class(name) for name in OF_CLASS},
})


def make_class(peer, names, bases, specials, traits):
    """
    Makes the stand-in for a class of the other process.

    `bases` are classes of this one, `traits` how it hashes, and whether it is a collection and an enumeration.
    """
    hashing, is_collection, is_enumeration, fields, library = traits
    is_data = any(native_base(base) is not None or kind_of(base) is not None for base in bases)
    if is_data:
        native = native_of(bases)
        theirs = {name for base in bases for each in base.__mro__ if isinstance(each, RemoteType) for name in vars(each)}
        namespace = {**pinned(theirs, native), **{name: unless_plain(name, native, forward(name)) for name in specials if name in SPECIALS_OF_DATA}}
    else:
        namespace = {name: forward(name) for name in specials}
    namespace.update(
        __peer__=peer, __is_data__=is_data, __module__=names[1], __qualname__=names[2], __doc__=names[3],
        __getattr__=ask_attribute, __setattr__=set_attribute, __delattr__=delete_attribute, __dir__=ask_names,
        __copy__=lambda self: peer.ask("copy", self), __deepcopy__=lambda self, memo: peer.ask("deepcopy", self), __reduce_ex__=refuse,
    )
    if "__await__" in namespace:
        namespace["__await__"] = lambda self: peer.wait(self)
    if CLASS_ITEM in specials:
        namespace[CLASS_ITEM] = classmethod(lambda cls, parameters: cls)
    if fields is not None:
        namespace["__dataclass_fields__"] = {name: make_field(name, is_init) for name, is_init in fields}
    if library is not None and not is_data:
        namespace["__class__"] = property(lambda self: library)
    if is_enumeration and int in bases:
        namespace.update({name: flag_operation(name) for name in FLAG_OPERATIONS}, __contains__=has_flags)
    if is_enumeration:
        namespace["__class__"] = property(lambda self: enum.Enum)
    is_error = any(issubclass(base, BaseException) for base in bases)
    if not is_data:
        if hashing != "own" and (hashing == "none" or not is_error):
            namespace["__hash__"] = None if hashing == "none" else object.__hash__
        if "__eq__" in namespace and hashing == "own":
            namespace["__hash__"] = hash_once
    elif hashing == "own" and not any(native_base(base) for base in bases):
        # A container that can be a key, which its base cannot: what it equals is still up to its contents.
        namespace["__hash__"] = hash_once
    if is_error:
        namespace.update(__str__=lambda self: peer.error_texts.get(id(self)) or "")
    elif not is_data:
        namespace["__dict__"] = property(lambda self: peer.ask("get", self, "__dict__"))
        namespace["__slots__"] = () if any(base.__weakrefoffset__ for base in bases) else ("__weakref__",)
    kind = RemoteCollection if is_collection or any(isinstance(base, RemoteCollection) for base in bases) else RemoteType
    return kind(names[0], tuple(bases) or (object,), namespace, made=True)


def make_field(name, is_init):
    """Makes the description of a field by which the library's functions for data classes know it."""
    made = dataclasses.field(init=is_init)
    made.name, made.type, made._field_type = name, None, dataclasses._FIELD
    return made


def flag_operation(name):
    """Makes an operator of integer flags: the number is found here, and the solution only tells which flag has it."""
    def operation(self, *args):
        found = getattr(int, name)(self, *args)
        if found is NotImplemented:
            return found
        try:
            flag = type(self)(found)
        except Exception:
            return found
        return flag if isinstance(flag, type(self)) and int.__eq__(flag, found) else found

    return operation


def has_flags(self, other):
    if not isinstance(other, type(self)):
        raise TypeError(f"unsupported operand type(s) for 'in': {type(other).__name__!r} and {type(self).__name__!r}")
    return int.__and__(self, other) == int.__int__(other)


def refuse(self, protocol):
    raise TypeError(f"cannot pickle {type(self).__name__!r} object across the boundary")


def forward(name):
    def special(self, *args, **named):
        return type(self).__peer__.ask("special", self, name, args, named)

    special.__name__ = name
    return special


def hash_once(self):
    """Asks for the hash of an object once: it may not change while the object is a key."""
    peer = type(self).__peer__
    if id(self) not in peer.hashes:
        found = peer.ask("special", self, "__hash__")
        peer.hashes[id(self)] = found if type(found) is int else 0
    return peer.hashes[id(self)]


def ask_attribute(self, name):
    if not may_ask(name):
        raise AttributeError(name)
    return type(self).__peer__.ask("get", self, name)


def set_attribute(self, name, value):
    if name in LOCAL_OF_ERRORS:
        BaseException.__setattr__(self, name, value)
    else:
        type(self).__peer__.ask("set", self, name, (value,))


def delete_attribute(self, name):
    type(self).__peer__.ask("del", self, name)


def ask_names(self):
    return type(self).__peer__.ask("dir", self)
