"""What the two sides have shown each other: objects of this side by their numbers, and stand-ins for those of the other side."""

import types

from bench_boundary import described, made
from bench_boundary.atoms import Invalid, of
from bench_boundary.classes import RemoteType
from bench_boundary.containers import MUTABLE
from bench_boundary.reading import empty_like
from bench_boundary.standins import RemoteMethod
from bench_boundary.writing import NotCrossed


class Shown:
    """Keeps what was shown, describes what is shown for the first time, and finds or makes what an entry or a slot names."""

    def __init__(self):
        self.mine, self.numbers, self.next = {}, {}, 0
        self.theirs, self.their_numbers = {}, {}
        self.error_texts, self.hashes = {}, {}

    def slot_of_theirs(self, value):
        number = self.their_numbers.get(id(value))
        return None if number is None else ["yours", number]

    def slot_or_none(self, value, writing):
        try:
            return writing.slot(value)
        except NotCrossed:
            return None

    def describe(self, value, writing):
        """Encodes an object of this side that stays here."""
        if type(value) is RemoteMethod:
            return ["method", writing.slot(value.owner), value.__name__]
        known = self.numbers.get(id(value))
        if known is not None:
            return ["mine", known]
        number = self.give(value, writing)
        return writing.entry(value, self.outline(number, value, writing))

    def describe_base(self, value, writing):
        number = self.numbers.get(id(value))
        return [writing.slot(type(value)), self.give(value, writing) if number is None else number]

    def describe_class(self, kind, writing):
        """Encodes the class of an object that stays here."""
        return writing.slot(kind)

    def give(self, value, writing):
        self.next += 1
        writing.announced[self.next] = value
        return self.next

    def outline(self, number, value, writing):
        if isinstance(value, type):
            return described.class_entry(number, value, writing)
        if isinstance(value, described.FUNCTIONS):
            return described.function_entry(number, value)
        if isinstance(value, BaseException):
            return described.error_entry(number, value, writing, 0)
        if isinstance(value, types.ModuleType):
            return ["module", number, value.__name__, described.text(getattr(value, "__file__", None))]
        if described.is_iterator(value):
            return ["iterator", number, type(value).__name__, type(value) is types.GeneratorType]
        if hasattr(type(value), "__await__") and type(value).__module__ in ("builtins", "_asyncio", "asyncio.futures", "asyncio.tasks"):
            return ["awaitable", number, type(value).__name__]
        return described.object_entry(number, value, writing)

    def make_class(self, entry, reading):
        number = of(int, entry[1])
        if number not in self.theirs:
            before = set(reading.broad)
            self.note(number, made.class_from(self, entry, reading))
            reading.broad = before
        return self.mention(self.theirs[number], reading)

    def make_base(self, kind, number, tag, reading):
        if of(int, number) not in self.theirs:
            before = set(reading.own)
            kind = reading.slot(kind)
            reading.own = before
            if not isinstance(kind, RemoteType):
                raise Invalid("a container of an unknown class")
            self.note(number, empty_like(tag, kind))
        if not isinstance(self.theirs[number], MUTABLE[tag]):
            raise Invalid("a container of another kind")
        return self.mention(self.theirs[number], reading)

    def make(self, tag, entry, reading):
        number = of(int, entry[1])
        if number not in self.theirs:
            before = set(reading.own), set(reading.broad)
            new = made.make(self, tag, entry, reading)
            reading.own, reading.broad = before
            self.note(number, new)
        return self.mention(self.theirs[number], reading)

    def note(self, number, new):
        self.theirs[number] = new
        self.their_numbers[id(new)] = number

    def mention(self, value, reading):
        """Notes of what kind an object of the other side is, and returns it."""
        kind = made.kind_of_standin(value)
        reading.mentioned.append(value)
        if kind in ("based", "iterator"):
            reading.based.append(value)
        if kind != "based":
            reading.own.add(kind)
        return value

    def resolve(self, tag, parts, reading):
        """Decodes the slots that name objects."""
        if tag == "mine":
            (number,) = parts
            return self.mention(self.theirs[of(int, number)], reading)
        if tag == "yours":
            (number,) = parts
            reading.own.add("yours")
            return self.mine[of(int, number)]
        if tag == "method":
            on, name = parts
            return self.method_from(reading.slot(on), of(str, name), reading)
        raise Invalid("an unknown tag")

    def method_from(self, on, name, reading):
        reading.own.add("method")
        return RemoteMethod(self, on, name) if id(on) in self.their_numbers else self.own_method(on, name)
