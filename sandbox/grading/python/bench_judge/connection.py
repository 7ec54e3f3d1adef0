"""The judge's end of the boundary."""

import sys
import types

from bench_boundary.atoms import of
from bench_boundary.channel import Gone
from bench_boundary.peer import Peer
from bench_boundary.writing import NotCrossed
from bench_judge import guard
from bench_judge.claims import Claims, label_of, parameters
from bench_judge.contents import Contents, parts_of
from bench_judge.events import MAX_TEXT
from bench_judge.loops import Loops
from bench_judge.outputs import replay
from bench_judge.shapes import NotData

# The argument of CALL_INTRINSIC_1 that stands for a star import, since Python 3.12.
INTRINSIC_IMPORT_STAR = 2


class Interrupted(KeyboardInterrupt):
    """A KeyboardInterrupt that the solution raised; the plugin turns it into the failure of one test."""


class JudgePeer(Loops, Peer):
    """Serves what the tests ask of the solution, and lets the solution call what it was passed."""

    FIRST = 0

    def __init__(self, main, others, surroundings, shapes):
        self.surroundings, self.shapes = surroundings, shapes
        self.breaches = []
        self.claims = Claims(self, shapes)
        super().__init__(main, others)

    def ask(self, do, on, name=None, args=(), named=None):
        __tracebackhide__ = True
        try:
            self.claims.asked(do, on, name)
            value = super().ask(do, on, name, args, named)
            if do == "special":
                self.claims.answered(on, name, args, value)
            elif do == "poll" and type(value) is tuple and value[:1] == (True,):
                self.claims.settled(on, value[-1])
            return value
        except (Gone, NotCrossed, NotData) as error:
            self.breaches.append(f"{type(error).__name__}: {error}")
            raise

    # Places and shapes of results.

    def place(self, do, on, name):
        if do == "turn":
            return None
        found = self.shapes.place(do, on, name)
        return None if found is None else (*found, on)

    def seen(self, place, value, reading, is_error=False):
        if place is None:
            return
        names, is_strict, on = place
        names = [f"{each}!" for each in names] if is_error else names
        own, based = reading.own, reading.based
        if own:
            found = Contents(self, value)
            own, based = found.own, [*based, *found.based]
        self.changes(reading, names)
        if not is_error:
            self.shapes.check(names, is_strict, own, based)
        if reading.broad:
            self.claims.gave_broad(names, reading.broad)
        for each in reading.mentioned:
            at = names if each is value else [f"{name}[]" for name in names]
            self.shapes.name(each, at, on)
            if isinstance(each, BaseException):
                for part, held in parts_of(each).items():
                    self.claims.arrived([f"{place}.{part}" for place in at], [held])

    def is_plain(self, value):
        return id(value) in self.shapes.strict

    def changed(self, reading, on):
        self.changes(reading, [label_of(on, None)] if reading.refilled else [])

    def changes(self, reading, places):
        """Looks at what the solution put into containers that both sides knew."""
        if reading.refilled:
            self.claims.arrived([f"{place} changes" for place in places], reading.refilled if reading.own else ())

    def public_names(self, module):
        if not is_star_import(sys._getframe(2)):
            return self.ask("get", module, "__all__")
        return self.surroundings.star_names(module, self.ask("public", module), sys._getframe(2))

    # What goes along.

    def extra(self, writing):
        return self.surroundings.changes(writing)

    def heard(self, extra, reading):
        if extra is not None:
            replay(extra, reading)

    def seal(self, talk, frame):
        return self.surroundings.paths.seal(talk.channel.dumps, frame)

    def raised(self, error):
        return Interrupted("in the solution") if isinstance(error, KeyboardInterrupt) else error

    def factory(self, value):
        if value is None or value in (int, float, str, list, dict, set, tuple, bool, bytes, frozenset) or id(value) in self.their_numbers:
            return value
        raise ValueError("no factory")

    # What the solution may ask.

    def describe(self, value, writing):
        if id(value) not in self.numbers and type(value) is not guard.OwnMethod:
            for name in ("stdout", "stderr"):
                if value is getattr(sys, name):
                    return ["library", "sys", name]
            named = guard.library_name(value)
            if named is not None:
                return ["library", *named]
            if isinstance(value, types.ModuleType):
                return self.module(value)
            guard.require_passable(value)
        return super().describe(value, writing)

    def describe_class(self, kind, writing):
        known = writing.memo.get(id(kind))
        if known is not None:
            return ["&", known]
        is_own = kind is not object and id(kind) not in self.their_numbers
        return super().describe(kind, writing) if is_own else writing.slot(kind)

    def module(self, value):
        if value.__name__.partition(".")[0] in sys.stdlib_module_names:
            return ["library", value.__name__, None]
        raise NotCrossed(f"the module {value.__name__} of the tests cannot cross the boundary; use isolation: none for this task")

    def perform(self, do, on, name, args, named):
        if do == "stdin":
            return getattr(sys.stdin, {"readline": "readline", "read": "read"}[name])(*(of(int, each) for each in args))
        number = self.numbers.get(id(on))
        if number is None or self.mine[number] is not on:
            raise AttributeError("nothing that was passed")
        for key, value in parameters(on, name, args, named):
            self.claims.arrived([f"{label_of(on, name)}({key})"], [value])
        try:
            return self.operate(do, number, on, name, args, named)
        except BaseException as error:
            if self.claims.failed_inside(on, name, error):
                self.breaches.append(f"{type(error).__name__}: {error}"[:MAX_TEXT])
            raise

    def operate(self, do, number, on, name, args, named):
        if do == "call":
            return (on if type(on) is guard.OwnMethod else guard.find_call(on))(*args, **named)
        if do == "method":
            return guard.find_method(on, name)(*args, **named)
        if do == "special":
            return guard.find_special(on, name)(*args, **named)
        if do == "get":
            return self.attribute(on, name)
        if do in ("start", "poll", "cancel") and (isinstance(on, types.CoroutineType) or guard.is_awaitable(on)):
            return self.step(do, number, on)
        raise AttributeError(f"{do} is not possible with an object of the tests")

    def attribute(self, on, name):
        """Returns a public attribute that is plain data, can be called, or is of a class of the tests."""
        found = guard.find_attribute(on, name)
        if isinstance(found, types.MethodType) and found.__self__ is on and name in vars(type(on)):
            return guard.OwnMethod(on, name)
        return found

    def own_method(self, on, name):
        guard.find_method(on, name)
        return getattr(on, name)

    def outline(self, number, value, writing):
        if type(value) is guard.OwnMethod:
            return ["function", number, value.name, None, None, False, False]
        return super().outline(number, value, writing)


def is_star_import(frame):
    """Tells whether a frame is at `from module import *`."""
    import dis

    code = frame.f_code.co_code
    name = dis.opname[code[frame.f_lasti]] if 0 <= frame.f_lasti < len(code) else ""
    return name == "IMPORT_STAR" or (name == "CALL_INTRINSIC_1" and code[frame.f_lasti + 1] == INTRINSIC_IMPORT_STAR)
