"""Encodes values into messages and decodes them: by value where a copy behaves the same, else as a reference to a proxy."""

import importlib
import types

from bench_boundary.plain import ATOM_OF, ATOMS, MUTABLE, NAMED_TYPES, TYPE_NAMES, contents, is_simple, refill
from bench_boundary.transport import Gone

CONTAINERS = {each.__name__: each for each in MUTABLE}
# Modules of the standard library whose exceptions are the same in both processes.
ERROR_MODULES = frozenset((
    "builtins", "json.decoder", "decimal", "sqlite3", "dataclasses", "struct", "binascii", "zoneinfo._common", "re", "sre_constants", "queue", "_queue",
    "configparser", "_csv", "concurrent.futures._base", "asyncio.exceptions", "subprocess",
))
FLAT = {"tuple": tuple, "frozenset": frozenset}


def is_mapping(kind):
    return issubclass(kind, dict)


class Writing:
    """Encodes the values of one message; `theirs` are the containers of the message that it answers."""

    def __init__(self, rpc, theirs=()):
        self.rpc = rpc
        self.memo = {id(each): {"t": "theirs", "n": number} for number, each in enumerate(theirs)}
        self.mine = []
        self.described = set()

    def value(self, value):
        if is_simple(value):
            return value
        known = self.memo.get(id(value))
        if known is not None:
            return known
        kind = type(value)
        if kind in CONTAINERS.values():
            self.memo[id(value)] = {"t": "mine", "n": len(self.mine)}
            self.mine.append(value)
            more = {"m": value.maxlen} if kind is CONTAINERS["deque"] else {}
            return {"t": kind.__name__, "v": self.items(value), **more}
        if kind in FLAT.values():
            return {"t": kind.__name__, "v": [self.value(each) for each in value]}
        if kind is int:
            return {"t": "int", "v": hex(value)}
        if kind in ATOM_OF:
            name, write = ATOM_OF[kind]
            return {"t": name, "v": write(value)}
        return self.other(value)

    def other(self, value):
        if isinstance(value, type) and value in TYPE_NAMES:
            return {"t": "type", "v": TYPE_NAMES[value]}
        if isinstance(value, type) and issubclass(value, BaseException) and value.__module__ in ERROR_MODULES:
            return {"t": "errortype", "m": value.__module__, "v": value.__name__}
        if type(value) is types.TracebackType:
            return None
        return self.rpc.reference(value, self)

    def items(self, container):
        """Encodes the contents of a container; a mapping becomes its keys and values in turn."""
        held = contents(container)
        return [self.value(one) for pair in held for one in pair] if is_mapping(type(container)) else [self.value(each) for each in held]


class Reading:
    """Decodes the values of one message; `mine` are the containers of the message that it answers."""

    def __init__(self, rpc, mine=()):
        self.rpc = rpc
        self.mine = mine
        self.containers = []

    def value(self, data):
        if type(data) is not dict:
            if is_simple(data):
                return data
            raise Gone("the solution's process sent an invalid value")
        try:
            return self.tagged(data["t"], data)
        except (KeyError, IndexError, TypeError, ValueError, AttributeError, ArithmeticError, RecursionError) as error:
            raise Gone(f"the solution's process sent an invalid value ({error})") from None

    def tagged(self, tag, data):
        if tag in CONTAINERS:
            made = CONTAINERS[tag](maxlen=data["m"]) if tag == "deque" else CONTAINERS[tag]()
            self.containers.append(made)
            refill(made, self.items(type(made), data["v"]))
            return made
        if tag in FLAT:
            return FLAT[tag](self.value(each) for each in data["v"])
        if tag == "int":
            return int(data["v"], 16)
        if tag in ATOMS:
            return ATOMS[tag][2](data["v"])
        if tag == "mine":
            return self.containers[data["n"]]
        if tag == "theirs":
            return self.mine[data["n"]]
        if tag == "type":
            return NAMED_TYPES[data["v"]]
        if tag == "errortype":
            return error_type(data["m"], data["v"])
        return self.rpc.dereference(tag, data, self)

    def items(self, kind, data):
        values = [self.value(each) for each in data]
        return list(zip(values[::2], values[1::2])) if is_mapping(kind) else values


def error_type(module, name):
    """Finds an exception class of the standard library by name; nothing else can be named."""
    found = getattr(importlib.import_module(module), name) if module in ERROR_MODULES else None
    if not (isinstance(found, type) and issubclass(found, BaseException)):
        raise ValueError(f"{module}.{name} is not an exception")
    return found


def native_error(kind, args):
    """Makes an exception as `raise kind(*args)` would."""
    try:
        error = kind(*args)
    except Exception:
        error = kind.__new__(kind)
    error.args = tuple(args)
    return error
