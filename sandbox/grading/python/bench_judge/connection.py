"""The judge's end of the boundary."""

import sys
import types

from bench_boundary.atoms import of
from bench_boundary.channel import Gone
from bench_boundary.peer import Peer
from bench_boundary.writing import NotCrossed
from bench_judge import guard
from bench_judge.outputs import replay
from bench_judge.shapes import NotData


class Interrupted(KeyboardInterrupt):
    """A KeyboardInterrupt that the solution raised; the plugin turns it into the failure of one test."""


class JudgePeer(Peer):
    """Serves what the tests ask of the solution, and lets the solution call what it was passed."""

    FIRST = 0

    def __init__(self, main, others, surroundings, shapes):
        self.surroundings, self.shapes = surroundings, shapes
        self.breaches, self.tasks, self.loops = [], {}, {}
        super().__init__(main, others)

    def ask(self, do, on, name=None, args=(), named=None):
        __tracebackhide__ = True
        try:
            return super().ask(do, on, name, args, named)
        except (Gone, NotCrossed, NotData) as error:
            self.breaches.append(f"{type(error).__name__}: {error}")
            raise

    # Places and shapes of results.

    def place(self, do, on, name):
        found = self.shapes.place(do, on, name)
        return None if found is None else (*found, on)

    def seen(self, place, value, reading, is_error=False):
        if place is None:
            return
        names, is_strict, on = place
        names = [f"{each}!" for each in names] if is_error else names
        if not is_error:
            self.shapes.check(names, is_strict, reading)
        for each in reading.mentioned:
            self.shapes.name(each, names if each is value else [f"{name}[]" for name in names], on)

    def public_names(self, module):
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
        if id(value) not in self.numbers and type(value) is not OwnMethod:
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
        if do == "call":
            return (on if type(on) is OwnMethod else guard.find_call(on))(*args, **named)
        if do == "method":
            return guard.find_method(on, name)(*args, **named)
        if do == "special":
            return guard.find_special(on, name)(*args, **named)
        if do == "get":
            return self.attribute(on, name)
        if do in ("start", "poll", "cancel") and isinstance(on, types.CoroutineType):
            return self.step(do, number, on)
        raise AttributeError(f"{do} is not possible with an object of the tests")

    def attribute(self, on, name):
        """Returns a public attribute that is plain data, can be called, or is of a class of the tests."""
        found = guard.find_attribute(on, name)
        if isinstance(found, types.MethodType) and found.__self__ is on and name in vars(type(on)):
            return OwnMethod(on, name)
        return found

    def own_method(self, on, name):
        guard.find_method(on, name)
        return getattr(on, name)

    def outline(self, number, value, writing):
        if type(value) is OwnMethod:
            return ["function", number, value.name, None, None, False, False]
        return super().outline(number, value, writing)

    # Coroutines.

    def step(self, do, number, on):
        """Runs a coroutine of the tests in the loop that runs here, step by step."""
        import asyncio  # loading it takes as long as many tests

        if do == "start" and number not in self.tasks:
            self.tasks[number] = asyncio.get_running_loop().create_task(on)
        task = self.tasks[number]
        if do == "cancel":
            return task.cancel()
        return (True, task.result()) if do == "poll" and task.done() else (False, None)

    def wait(self, awaitable):
        """Drives an awaitable of the solution from the loop of the test: between the steps of the solution's loop, this one goes on."""
        import asyncio

        self.ask("start", awaitable)
        cancelled = None
        while True:
            is_done, value = self.ask("poll", awaitable)
            if is_done is True:
                if cancelled is not None:
                    raise cancelled
                return value
            try:
                yield
            except (asyncio.CancelledError, GeneratorExit) as error:
                cancelled = error
                self.ask("cancel", awaitable)


class OwnMethod:
    """A method of an object of the tests that the solution asked for by name."""

    def __init__(self, on, name):
        self.on, self.name = on, name

    def __call__(self, *args, **named):
        return guard.find_method(self.on, self.name)(*args, **named)
