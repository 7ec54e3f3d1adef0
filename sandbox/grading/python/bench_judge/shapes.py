"""What the reference teaches about results: at which places it always gave plain data."""

from bench_boundary.specials import place_of

MAX_PLACES = 20_000
MAX_PLACE = 300
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
        """Names the place of a request's result, and whether it must be data because what it was asked of had to be."""
        if do == "import":
            return None
        place = self.places.get(id(on), getattr(on, "__name__", "?") if on is not None else "?")
        if do == "call":
            found = f"{place}()"
        elif do == "method":
            found = f"{place}.{name}()"
        elif do == "special":
            found = place_of(place, name)
        elif do == "poll":
            found = f"{place}.await"
        elif do in ("get", "getof"):
            found = f"{place}.{name}"
        else:
            found = f"{place}.{do}()"
        return shortened(found), id(on) in self.strict

    def check(self, place, is_strict, reading):
        """Notes the shape of a result. Raises NotData where the reference gave plain data and this is something else."""
        is_data = not reading.own
        key = f"{self.test} {place}"
        if len(self.found) < MAX_PLACES and (not is_data or key not in self.found):
            self.found[key] = "data" if is_data else "own"
        expected = self.known.get(key) or self.everywhere.get(place)
        must_be_data = expected == "data" or expected is None and is_strict
        if must_be_data:
            self.strict.update(id(each) for each in reading.based)
            if not is_data and not (reading.own <= TOLERATED):
                raise NotData(f"{place} returned an object of its own where plain data was expected")

    def name(self, value, place):
        self.places.setdefault(id(value), place)


def shortened(place):
    return place if len(place) <= MAX_PLACE else f"{place[: MAX_PLACE // 2]}…{place[-MAX_PLACE // 2 :]}"
