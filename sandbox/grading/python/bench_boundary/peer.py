"""One end of the boundary: sends requests, and serves those of the other side while it waits for an answer."""

import threading

from bench_boundary.atoms import Invalid, of
from bench_boundary.channel import Gone
from bench_boundary.containers import Containers
from bench_boundary.reading import Reading
from bench_boundary.shown import Shown
from bench_boundary.threads import Threads
from bench_boundary.writing import NotCrossed, Writing

OPERATIONS = frozenset((
    "get", "set", "del", "dir", "call", "method", "getof", "special", "import", "public", "copy", "deepcopy", "start", "poll", "cancel", "stdin",
    "input", "turn",
))


class Talk:
    """One line of requests and answers: the main threads have one, every other thread has one of its own."""

    def __init__(self, channel, first):
        self.channel, self.containers = channel, Containers(first)
        self.depth = self.asked = 0


class Peer(Shown):
    """Asks and answers by what both sides have shown; subclasses say what each side may do."""

    FIRST = 0

    def __init__(self, main, others):
        super().__init__()
        self.main = Talk(main, self.FIRST)
        self.owner = threading.get_ident()
        self.threads = Threads(others, lambda channel: Talk(channel, self.FIRST), self.serve_next)

    def talk(self):
        return self.main if threading.get_ident() == self.owner else self.threads.talk()

    # Requests of this side.

    def ask(self, do, on, name=None, args=(), named=None):
        """Sends a request and returns its result, or raises its error."""
        __tracebackhide__ = True
        talk = self.talk()
        writing = Writing(self, talk.containers)
        target = writing.slot(on)
        slots = [writing.slot(each) for each in args]
        pairs = [part for key, value in named.items() for part in (key, writing.slot(value))] if named else []
        place = self.place(do, on, name)
        talk.depth += 1
        try:
            talk.asked = turn = talk.asked + 1
            self.post(talk, writing, ["?", turn, do, target, name, slots, pairs])
            return self.answer(talk, turn, place)
        finally:
            talk.depth -= 1
            if talk.depth == 0:
                talk.containers.settle()

    def answer(self, talk, turn, place):
        """Waits for the answer to a request; serves requests meanwhile, and drops answers that a signal handler kept from being read in time."""
        __tracebackhide__ = True
        while True:
            frame = talk.channel.receive()
            if frame[0] == "?":
                self.serve(talk, frame)
            elif frame[0] == "out":
                self.heard(frame[-1], Reading(self, talk.containers))
            elif len(frame) != 5 or frame[0] not in ("=", "!"):
                raise Gone("the solution's process sent an invalid answer")
            elif frame[1] == turn:
                return self.take(talk, frame, place)
            else:
                late = Reading(self, talk.containers)
                late.load(frame[3])
                self.changed(late, None)

    def post(self, talk, writing, head):
        """Completes a message with its table and sends it."""
        try:
            extra = self.extra(writing)
            table = writing.finish(talk.containers.changed())
            talk.channel.send(self.seal(talk, [*head, table, extra]))
        except BaseException:
            for number in writing.numbered:
                talk.containers.forget(number)
            raise
        for number, value in writing.announced.items():
            self.mine[number] = value
            self.numbers[id(value)] = number

    def take(self, talk, frame, place):
        """Reads an answer."""
        __tracebackhide__ = True
        head, _, slot, table, extra = frame
        reading = Reading(self, talk.containers)
        reading.load(table)
        value = reading.slot(slot)
        self.heard(extra, reading)
        if head == "!":
            if not isinstance(value, BaseException):
                raise Gone("the solution's process sent an invalid error")
            self.seen(place, value, reading, is_error=True)
            raise self.raised(value)
        self.seen(place, value, reading)
        return value

    # Requests of the other side.

    def serve_next(self, talk, frame):
        talk.depth += 1
        try:
            self.serve(talk, frame)
        finally:
            talk.depth -= 1
            if talk.depth == 0:
                talk.containers.settle()

    def serve(self, talk, frame):
        """Answers one request."""
        try:
            _, turn, do, target, name, slots, pairs, table, extra = frame
            if do not in OPERATIONS or not (name is None or type(name) is str):
                raise Invalid("an unknown operation")
            reading = Reading(self, talk.containers)
            reading.load(table)
            on = reading.slot(target)
            args = [reading.slot(each) for each in of(list, slots)]
            named = {of(str, key): reading.slot(value) for key, value in zip(of(list, pairs)[::2], pairs[1::2])}
        except (ValueError, TypeError):
            raise Gone("the solution's process sent an invalid request") from None
        self.heard(extra, reading)
        try:
            self.changed(reading, on)
            head, value = "=", self.perform(do, on, name, args, named)
        except Gone:
            raise
        except BaseException as error:
            head, value = "!", self.shown_error(error)
        writing = Writing(self, talk.containers)
        try:
            self.post(talk, writing, [head, turn, writing.slot(value)])
        except (NotCrossed, TypeError, ValueError, RecursionError) as error:
            writing = Writing(self, talk.containers)
            self.post(talk, writing, ["!", turn, writing.slot(self.unsent(error))])

    def unsent(self, error):
        return TypeError(f"the result cannot cross the boundary: {error}")

    # What the two sides do differently.

    def place(self, do, on, name):
        """Names where the result of a request will cross."""
        return None

    def seen(self, place, value, reading, is_error=False):
        """Is told what crossed at a place."""

    def changed(self, reading, on):
        """Is told of a message that may have changed containers; `on` is the object of this side that it asks something of, or None."""

    def is_plain(self, value):
        """Tells whether an object of the other side has to be plain data here."""
        return False

    def extra(self, writing):
        """Returns what goes along with every message."""
        return None

    def heard(self, extra, reading):
        """Takes what came along with a message."""

    def seal(self, talk, frame):
        """Returns the text of a message."""
        return talk.channel.dumps(frame)

    def raised(self, error):
        return error

    def shown_error(self, error):
        return error

    def wait(self, awaitable):
        """Drives an awaitable of the other side from a loop of this one."""
        raise NotImplementedError

    def factory(self, value):
        return value
