"""What values of the solution are made of: plain data, or objects that stay in its process."""

from collections import defaultdict
from collections.abc import Mapping

from bench_boundary.made import kind_of_standin
from bench_boundary.standins import RemoteMethod

LEAVES = frozenset((int, float, str, bool, bytes, type(None)))
VIEWS = (type({}.keys()), type({}.values()), type({}.items()))
GROUPS = (list, tuple, set, frozenset, *VIEWS)


class Contents:
    """Looks through values for objects of the solution's own. `own` collects of what kinds there are, `based` those that have to be data themselves."""

    def __init__(self, peer, *values):
        self.peer = peer
        self.own, self.based, self.objects = set(), [], []
        pending, known = [each for each in values if type(each) not in LEAVES], set()
        while pending:
            value = pending.pop()
            if id(value) not in known:
                known.add(id(value))
                pending += [each for each in self.inside(value) if type(each) not in LEAVES]

    def inside(self, value):
        """Notes what a value is, and returns what it holds."""
        if id(value) in self.peer.their_numbers:
            return self.standin(value)
        if id(value) in self.peer.numbers:
            self.own.add("yours")
        elif type(value) is RemoteMethod:
            self.own.add("method")
        return self.items(value)

    def standin(self, value):
        kind = kind_of_standin(value)
        self.objects.append(value)
        if kind in ("based", "iterator"):
            self.based.append(value)
        if kind == "based":
            return self.items(value)
        self.own.add(kind)
        return ()

    def items(self, value):
        if isinstance(value, defaultdict) and id(value.default_factory) in self.peer.their_numbers:
            self.based.append(value.default_factory)
        if isinstance(value, dict):
            return [*dict.keys(value), *dict.values(value)]
        if isinstance(value, GROUPS) or type(value).__name__ == "deque":
            base = next((each for each in (list, tuple, set, frozenset) if isinstance(value, each)), type(value))
            return list(base.__iter__(value))
        return list(value.values()) if isinstance(value, Mapping) and id(value) not in self.peer.numbers else ()


def parts_of(error):
    """Returns the names and values of what an error carries: its arguments, and the fields that it was given."""
    fields = {name: value for name, value in BaseException.__getattribute__(error, "__dict__").items() if not name.startswith("_")}
    return {"args": BaseException.__getattribute__(error, "args"), **fields}
