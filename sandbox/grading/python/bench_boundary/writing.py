"""Encodes the values of one message: scalars as they are, everything else as an entry of the message's table."""

import types
from collections import UserString

from bench_boundary.atoms import ATOM_OF, BIG, SCALARS, TYPE_NAMES, native_base, native_value
from bench_boundary.containers import KIND_OF, held, kind_of
from bench_boundary.errors import error_name

FLAT = {tuple: "tuple", frozenset: "frozenset"}
VIEWS = {type({}.keys()): "keys", type({}.values()): "values", type({}.items()): "items"}
MAX_DEPTH = 300
ONLY_INT = frozenset((int,))


class NotCrossed(BaseException):
    """Raised for a value that cannot cross the boundary. Not an Exception, so that no test takes it for an error of the solution."""


class Writing:
    """Encodes values into slots. `peer` describes what stays on this side; `containers` knows what crossed before."""

    def __init__(self, peer, containers):
        self.peer, self.containers = peer, containers
        self.table = []
        self.memo = {}
        self.kept = []
        self.numbered, self.announced = [], {}
        self.pending = []
        self.depth = self.errors = 0

    def slot(self, value):
        """Returns the JSON that stands for a value."""
        kind = type(value)
        if kind in SCALARS:
            return value
        if kind is int:
            return value if -BIG < value < BIG else ["int", hex(value)]
        known = self.memo.get(id(value))
        if known is not None:
            return ["&", known]
        if kind in ATOM_OF:
            tag, write = ATOM_OF[kind]
            return [tag, *write(value)]
        if kind in FLAT:
            return self.flat(FLAT[kind], value, list(value))
        if kind is slice:
            return self.flat("slice", value, [value.start, value.stop, value.step])
        if kind in VIEWS:
            return self.flat(VIEWS[kind], value, [each for pair in value for each in pair] if VIEWS[kind] == "items" else list(value))
        return self.other(kind, value)

    def other(self, kind, value):
        theirs = self.peer.slot_of_theirs(value)
        if theirs is not None:
            return theirs
        name = kind_of(kind)
        if name is not None:
            return self.container(name, kind, value)
        if isinstance(value, type):
            if value in TYPE_NAMES:
                return ["type", TYPE_NAMES[value]]
            if issubclass(value, BaseException) and (found := error_name(value)) is not None:
                return ["errortype", *found]
        if kind is types.MappingProxyType:
            return self.slot(dict(value))
        if kind is memoryview:
            return self.slot(bytes(value))
        if kind is types.TracebackType or kind is types.FrameType:
            return None
        return self.peer.describe(value, self)

    def flat(self, tag, value, items):
        """Encodes what cannot change, after its contents."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise NotCrossed("a value that is nested too deeply cannot cross the boundary")
        slots = self.items(items)
        self.depth -= 1
        return self.entry(value, [tag, slots])

    def items(self, items):
        kinds = set(map(type, items))
        if kinds <= SCALARS or (kinds == ONLY_INT and -BIG < min(items) and max(items) < BIG):
            return items
        return [self.slot(each) for each in items]

    def entry(self, value, entry):
        """Adds an entry for a value and returns the slot that names it."""
        self.memo[id(value)] = len(self.table)
        self.kept.append(value)
        self.table.append(entry)
        return ["&", len(self.table) - 1]

    def container(self, name, kind, value):
        number, is_known = self.containers.number(value)
        if is_known and self.containers.is_unchanged(number):
            return self.entry(value, [name, number])
        if not is_known:
            self.numbered.append(number)
        entry = [name, number, None]
        if kind not in KIND_OF:
            entry += self.peer.describe_base(value, self)
        slot = self.entry(value, entry)
        self.pending.append((name, number, value, entry))
        return slot

    def finish(self, changed):
        """Encodes the contents of the containers, those of changed ones too, and returns the table."""
        for each in changed:
            if id(each) not in self.memo:
                self.container(kind_of(type(each)), type(each), each)
        while self.pending:
            name, number, value, entry = self.pending.pop()
            items = held(name, value)
            self.containers.remember(number, name, value, items)
            if name == "bytearray":
                entry[2] = self.slot(items)
            else:
                entry[2] = self.items(items)
            if name == "deque":
                entry.insert(3, value.maxlen)
            elif name == "defaultdict":
                entry.insert(3, self.slot(value.default_factory))
        return self.table


def base_of(value):
    """Returns the plain value of an instance of a subclass of a data type, and the type; (None, None) for any other object."""
    base = native_base(type(value))
    if base is not None:
        return base, native_value(base, value)
    if isinstance(value, UserString):
        return str, value.data
    return None, None
