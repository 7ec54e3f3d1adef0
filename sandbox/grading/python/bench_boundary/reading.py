"""Decodes the values of one message against the grammar of the boundary; whatever is not in it ends the connection."""

from collections import Counter, OrderedDict, UserDict, UserList, defaultdict, deque

from bench_boundary.atoms import ATOMS, JSON_SCALARS, NAMED_TYPES, Invalid, of
from bench_boundary.channel import Gone
from bench_boundary.containers import MAPPINGS, MUTABLE, held, is_same, refill
from bench_boundary.errors import error_type

MAX_ENTRIES = 1_000_000
FLAT = {"tuple": tuple, "frozenset": frozenset, "slice": lambda items: cut(*items)}
VIEWS = ("keys", "values", "items")
# What an object of its own may stand for without being one: only its items can be asked for.
TOLERATED = frozenset(("iterator",))


class Reading:
    """Decodes slots. `peer` knows the objects of both sides; `own` collects what kinds of objects of the other side the message holds."""

    def __init__(self, peer, containers):
        self.peer, self.containers = peer, containers
        self.values = []
        self.own, self.based, self.mentioned = set(), [], []
        # Classes that errors of the tests themselves, or all values, are of.
        self.broad = set()
        # Containers that both sides knew before, which the message has changed.
        self.refilled = []

    def load(self, table):
        """Decodes the table of a message. Raises Gone when it is not in the grammar."""
        try:
            if type(table) is not list or len(table) > MAX_ENTRIES:
                raise Invalid("a table is missing or too long")
            if table:
                self.fill(table)
        except Gone:
            raise
        except (Exception, RecursionError) as error:
            raise Gone(f"the solution's process sent an invalid value ({type(error).__name__})") from None

    def fill(self, table):
        mutable, rest = [], []
        self.values = [MISSING] * len(table)
        for index, entry in enumerate(table):
            tag = of(str, of(list, entry)[0])
            if tag == "class":
                self.values[index] = self.peer.make_class(entry, self)
            elif tag in MUTABLE:
                self.values[index] = self.create(tag, entry)
                mutable.append(entry) if len(entry) > 2 else None
            else:
                rest.append((index, tag, entry))
        for index, tag, entry in rest:
            self.values[index] = self.immutable(tag, entry)
        # Values of the class that is filled may ask for their hash, which needs all of them to exist.
        for entry, container in [(entry, self.created(entry)) for entry in mutable]:
            self.contents(entry, container)

    def created(self, entry):
        return self.containers.by_number[entry[1]][1]

    def create(self, tag, entry):
        """Finds the container of an entry, or makes an empty one."""
        number = of(int, entry[1])
        known = self.containers.by_number.get(number)
        if known is not None:
            if known[0] != tag:
                raise Invalid("a container changed its kind")
            self.refilled.append(known[1]) if len(entry) > 2 else None
            return known[1]
        if len(entry) == 2 or number < 0 or number % 2 == self.containers.next % 2:
            raise Invalid("an unknown container")
        extra = 4 if tag in ("deque", "defaultdict") else 3
        if len(entry) == extra + 2:
            made = self.peer.make_base(entry[extra], entry[extra + 1], tag, self)
        elif len(entry) != extra:
            raise Invalid("a container of another length")
        elif tag == "deque":
            made = deque(maxlen=None if entry[3] is None else of(int, entry[3]))
        else:
            made = MUTABLE[tag]()
        self.containers.remember(number, tag, made, b"" if tag == "bytearray" else [])
        return made

    def contents(self, entry, container):
        tag, number, items = entry[:3]
        items = of(bytes, self.slot(items)) if tag == "bytearray" else self.items(items)
        if tag in MAPPINGS and len(items) % 2:
            raise Invalid("a key without a value")
        if tag == "defaultdict" and type(container) is defaultdict:
            before = set(self.own)
            container.default_factory = self.peer.factory(self.slot(entry[3]))
            self.own = before
        now = held(tag, container)
        if not is_same(tag, items, now):
            refill(tag, container, items)
            now = held(tag, container)
        self.containers.remember(number, tag, container, now)

    def items(self, items):
        if set(map(type, of(list, items))) <= JSON_SCALARS:
            return items
        return [self.slot(each) for each in items]

    def immutable(self, tag, entry):
        if tag in FLAT:
            _, items = entry
            return FLAT[tag](self.items(items))
        if tag in VIEWS:
            _, items = entry
            return view(tag, self.items(items))
        return self.peer.make(tag, entry, self)

    def slot(self, data):
        """Decodes one value. Raises Gone when it is not in the grammar."""
        if type(data) is not list:
            if type(data) in JSON_SCALARS:
                return data
            raise Gone("the solution's process sent an invalid value")
        try:
            return self.tagged(*data)
        except Gone:
            raise
        except (Exception, RecursionError) as error:
            raise Gone(f"the solution's process sent an invalid value ({type(error).__name__})") from None

    def tagged(self, tag, *parts):
        if tag == "&":
            (index,) = parts
            if of(int, index) < 0:
                raise Invalid("an entry before the first")
            value = self.values[index]
            if value is MISSING:
                raise Invalid("an entry that comes later")
            return value
        if of(str, tag) in ATOMS:
            return ATOMS[tag][2](*parts)
        if tag == "type":
            (name,) = parts
            return self.noted(NAMED_TYPES[of(str, name)])
        if tag == "errortype":
            return self.noted(error_type(*parts))
        return self.peer.resolve(tag, parts, self)


    def noted(self, kind):
        if issubclass(AssertionError, kind):
            self.broad.add(kind.__name__)
        return kind


MISSING = object()


def cut(start, stop, step):
    return slice(start, stop, step)


def view(tag, items):
    """Makes the view of a dict that has these items."""
    if tag == "keys":
        return dict.fromkeys(items).keys()
    if tag == "values":
        return dict(enumerate(items)).values()
    if len(items) % 2:
        raise Invalid("a key without a value")
    return dict(zip(items[::2], items[1::2])).items()


def empty_like(tag, kind):
    """Makes an empty container of a class that derives from a container type, without calling its constructor."""
    if issubclass(kind, (UserDict, UserList)):
        raise Invalid("no such container")
    base = {"OrderedDict": OrderedDict, "Counter": Counter}.get(tag, MUTABLE[tag])
    return base.__new__(kind)
