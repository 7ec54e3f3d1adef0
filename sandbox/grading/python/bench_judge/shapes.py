"""What the reference teaches about results: at which places it always gave plain data."""

import types

from bench_boundary.specials import place_of
from bench_boundary.standins import RemoteFunction

MAX_PLACES = 20_000
MAX_PLACE = 300
# Names that an object keeps; functions, classes and modules keep all.
MAX_NAMES = 4
FUNCTIONS = (type, types.FunctionType, RemoteFunction, types.ModuleType)
# An object that only gives items may stand where the reference gave a list of them.
TOLERATED = frozenset(("iterator",))


class NotData(BaseException):
    """Raised where a result is an object of the solution's own although the reference gave plain data. Not an Exception, so that no test expects it."""


class Shapes:
    """Names the place of every result, notes its shape, and checks it against what the reference gave there."""

    def __init__(self, known):
        self.known = known or {}
        self.found = {}
        self.places = {}
        self.strict = set()
        self.test = ""
        self.everywhere = {}
        for key, shape in self.known.items():
            place = key.partition(" ")[2]
            self.everywhere[place] = "own" if shape == "own" else self.everywhere.get(place, shape)

    def place(self, do, on, name):
        """Names the places where the result of a request crosses, and whether it must be data because what it was asked of had to be."""
        if do == "import":
            return None
        return [shortened(derived(place, do, name)) for place in self.places_of(on)], id(on) in self.strict

    def places_of(self, on):
        return self.places.get(id(on)) or [getattr(on, "__name__", "?") if on is not None else "?"]

    def allow(self, places):
        """Notes that something came about at places at which only the reference can have it; returns whether it had it at one of them."""
        for place in places:
            if len(self.found) < MAX_PLACES:
                self.found[f"{self.test} {place}"] = "own"
        # Not all is known of a reference with very many places.
        return not 0 < len(self.known) < MAX_PLACES or any(
            place in self.everywhere or f"{self.test} {place}" in self.known for place in places
        )

    def check(self, places, is_strict, own, based):
        """
        Notes the shape of a value, `own` being the kinds of objects in it, `based` those that are data. Raises NotData where the reference gave plain data
        and this is something else.

        One object may have been reached at several places, since the solution decides what is an alias of what: it has to be right at each.
        """
        expected = self.expected(places, own)
        if "data" in expected or (is_strict and "own" not in expected):
            self.strict.update(id(each) for each in based)
            if own and not own <= TOLERATED:
                raise NotData(f"{places[0]} returned an object of its own where plain data was expected")

    def note(self, places, own):
        """Notes the shape of a value; returns whether the reference gave plain data at one of the places."""
        return "data" in self.expected(places, own)

    def expected(self, places, own):
        """Notes the shape of a value and returns what shapes the reference gave at its places."""
        expected = set()
        for place in places:
            key = f"{self.test} {place}"
            if len(self.found) < MAX_PLACES and (own or key not in self.found):
                self.found[key] = "own" if own else "data"
            expected.add(self.known.get(key) or self.everywhere.get(place))
        return expected

    def name(self, value, places, of):
        """Notes where an object was reached; an object that a call of itself returned is where it was."""
        known = self.places.setdefault(id(value), [])
        if value is of:
            return
        for place in places:
            if place not in known and (len(known) < MAX_NAMES or (isinstance(value, FUNCTIONS) and len(known) < MAX_PLACES)):
                known.append(place)


def derived(place, do, name):
    if do == "call":
        return f"{place}()"
    if do == "method":
        return f"{place}.{name}()"
    if do == "special":
        return place_of(place, name)
    if do == "poll":
        return f"{place}.await"
    return f"{place}.{name}" if do in ("get", "getof") else f"{place}.{do}()"


def shortened(place):
    return place if len(place) <= MAX_PLACE else f"{place[: MAX_PLACE // 2]}…{place[-MAX_PLACE // 2 :]}"
