"""Mutable containers cross by value; both sides remember them by number, so that what one side changes is copied to the other."""

from collections import Counter, OrderedDict, UserDict, UserList, defaultdict, deque
from itertools import chain
from operator import is_

# Remembered between messages: this many, each with at most so many items. Larger ones are remembered while a call runs.
MAX_REMEMBERED = 64
MAX_ITEMS_REMEMBERED = 1000

MUTABLE = {each.__name__: each for each in (list, dict, set, bytearray, OrderedDict, Counter, defaultdict, deque)}
KIND_OF = {each: name for name, each in MUTABLE.items()}
MAPPINGS = frozenset(("dict", "OrderedDict", "Counter", "defaultdict"))
BASES = (OrderedDict, Counter, defaultdict, dict, list, set, bytearray, deque)


def kind_of(kind):
    """Returns the name of the container that a type is or derives from, or None."""
    known = KIND_OF.get(kind)
    if known is not None:
        return known
    for base in BASES:
        if issubclass(kind, base):
            return KIND_OF[base]
    if issubclass(kind, UserDict):
        return "dict"
    return "list" if issubclass(kind, UserList) else None


def held(kind, container):
    """Lists what a container holds: for a mapping its keys and values in turn."""
    if isinstance(container, (UserDict, UserList)):
        container = container.data
    if kind in MAPPINGS:
        return list(chain.from_iterable(mapping_of(container).items(container)))
    if kind == "list":
        return list.__getitem__(container, slice(None)) if isinstance(container, list) else list(container)
    if kind == "set":
        return list(set.__iter__(container))
    return bytes(bytearray.__getitem__(container, slice(None))) if kind == "bytearray" else list(deque.__iter__(container))


def has_changed(kind, container, items):
    """Tells whether a container holds other objects than noted; a plain list, the usual case, is not copied for that."""
    if type(container) is list:
        return len(container) != len(items) or not all(map(is_, container, items))
    return not is_same(kind, items, held(kind, container))


def mapping_of(container):
    return OrderedDict if isinstance(container, OrderedDict) else dict


def is_same(kind, before, now):
    """Tells whether a container holds the very same objects as before."""
    if kind == "bytearray":
        return before == now
    return len(before) == len(now) and all(map(is_, before, now))


def refill(kind, container, items):
    """Replaces the contents of a container and keeps its identity."""
    if isinstance(container, (UserDict, UserList)):
        container = container.data
    if kind in MAPPINGS:
        base = mapping_of(container)
        base.clear(container)
        for key, value in zip(items[::2], items[1::2]):
            base.__setitem__(container, key, value)
    elif kind == "set":
        set.clear(container)
        set.update(container, items)
    elif kind == "deque":
        deque.clear(container)
        deque.extend(container, items)
    elif kind == "bytearray":
        container[:] = items
    else:
        list.__setitem__(container, slice(None), items)


class Containers:
    """The containers that both sides know by number. Numbers of this side begin at `first` and go by two, so that both sides can give them."""

    def __init__(self, first):
        self.next = first
        self.by_number = {}
        self.number_of = {}
        self.large = []

    def number(self, container):
        """Returns the number of a container and whether the other side has it."""
        known = self.number_of.get(id(container))
        if known is not None:
            return known, True
        self.next += 2
        return self.next - 2, False

    def remember(self, number, kind, container, items):
        """Notes what both sides hold now."""
        if number not in self.by_number:
            self.number_of[id(container)] = number
        self.by_number[number] = (kind, container, items)
        if len(items) > MAX_ITEMS_REMEMBERED:
            self.large.append(number)

    def changed(self):
        """Lists the containers that this side has changed since both sides held the same."""
        if not self.by_number:
            return ()
        return [container for kind, container, items in self.by_number.values() if has_changed(kind, container, items)]

    def is_unchanged(self, number):
        kind, container, items = self.by_number[number]
        return is_same(kind, items, held(kind, container))

    def settle(self):
        """
        Forgets the large containers and those with the lowest numbers; called when no call runs.

        Both sides hold the same numbers then, though not in the same order, and have to forget the same ones.
        """
        for number in self.large:
            self.forget(number)
        self.large.clear()
        while len(self.by_number) > MAX_REMEMBERED:
            self.forget(min(self.by_number))

    def forget(self, number):
        found = self.by_number.pop(number, None)
        if found is not None:
            del self.number_of[id(found[1])]
