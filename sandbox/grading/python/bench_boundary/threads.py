"""Requests of threads other than the main ones: they share one channel, on which every line of requests and answers has a number."""

import queue
import threading

from bench_boundary.atoms import Invalid, of
from bench_boundary.channel import Gone

MAX_LINES = 1000


class Line:
    """The channel of one thread."""

    def __init__(self, threads, number):
        self.threads, self.number = threads, number
        self.frames = queue.SimpleQueue()
        self.dumps = threads.channel.dumps

    def send(self, text):
        with self.threads.lock:
            self.threads.channel.send(f'[{self.number},{text}]')

    def receive(self):
        frame = self.frames.get()
        if frame is None:
            raise Gone("the solution's process has ended")
        return frame


class End:
    """Lives as long as its thread."""

    def __init__(self, threads, number):
        self.close, self.number = threads.close, number

    def __del__(self):
        self.close(self.number)


class Threads:
    """Gives each thread its own line over a shared channel, and serves the lines that the other side begins."""

    def __init__(self, channel, make_talk, serve):
        self.channel, self.make_talk, self.serve = channel, make_talk, serve
        self.lock, self.local, self.lines = threading.Lock(), threading.local(), {}
        # Numbers of lines that this side begins have the parity of its containers.
        self.next = make_talk(None).containers.next
        self.is_gone = channel is None
        if channel is not None:
            threading.Thread(target=self.listen, daemon=True).start()

    def talk(self):
        """Returns the line of the thread that calls."""
        found = getattr(self.local, "talk", None)
        if found is None:
            if self.is_gone:
                raise Gone("the solution's process has ended")
            with self.lock:
                self.next += 2
                line = self.lines[self.next] = Line(self, self.next)
            found = self.local.talk = self.make_talk(line)
            self.local.end = End(self, line.number)
        return found

    def close(self, number):
        """Gives a line up when its thread has ended."""
        if self.lines.pop(number, None) is not None and not self.is_gone:
            try:
                with self.lock:
                    self.channel.send(f"[{number},null]")
            except (Gone, OSError):
                pass

    def listen(self):
        try:
            while True:
                number, frame = self.channel.receive()
                self.hand_out(of(int, number), frame if frame is None else of(list, frame))
        except BaseException:
            self.is_gone = True
            for line in list(self.lines.values()):
                line.frames.put(None)

    def hand_out(self, number, frame):
        line = self.lines.get(number)
        if line is None and frame is None:
            return
        if line is None:
            if number % 2 == self.next % 2 or len(self.lines) > MAX_LINES:
                raise Invalid("an unknown line")
            line = self.lines[number] = Line(self, number)
            threading.Thread(target=self.answer, args=(line,), daemon=True).start()
        line.frames.put(frame)

    def answer(self, line):
        """Serves the requests of one thread of the other side for as long as there are any."""
        self.local.talk = talk = self.make_talk(line)
        try:
            while True:
                self.serve(talk, line.receive())
        except Gone:
            self.lines.pop(line.number, None)
