"""What is collected from the processes of a step: events, output, and standard output that is a report. All of it is bounded."""

import os

from supervisor import minimal_json

READ_BYTES = 1 << 16
MAX_EVENT_BYTES = 12 << 20
MAX_LINE_BYTES = 4 << 20
LOG_PART_BYTES = 32 << 10
# Once the steps together have logged this much, each keeps only a little.
MAX_LOG_BYTES = 2 << 20
LITTLE_LOG_BYTES = 1 << 10


class Budget:
    """How many bytes of events, logs and reports the steps of a run may still keep."""

    def __init__(self, report_bytes):
        self.event_bytes = MAX_EVENT_BYTES
        self.log_bytes = MAX_LOG_BYTES
        self.report_bytes = report_bytes


class Stream:
    """The reading end of a pipe, which never blocks; `closed` once no process can write to it any more."""

    def __init__(self, descriptor, take):
        os.set_blocking(descriptor, False)
        self.descriptor = descriptor
        self.take = take
        self.closed = False

    def read(self):
        """Reads once; returns whether there may be more now."""
        if self.closed:
            return False
        try:
            data = os.read(self.descriptor, READ_BYTES)
        except BlockingIOError:
            return False
        if not data:
            self.close()
            return False
        self.take(data)
        return True

    def drain(self):
        """Reads what is left, for when no process lives that could write more."""
        while self.read():
            pass
        self.close()

    def close(self):
        if not self.closed:
            self.closed = True
            os.close(self.descriptor)


class Events:
    """The events that a judge sent, as JSON; lines without the secret of this step are counted as strays."""

    def __init__(self, secret, budget):
        self.secret = secret
        self.budget = budget
        self.lines = []
        self.strays = 0
        self.buffer = b""

    def take(self, data):
        *lines, self.buffer = (self.buffer + data).split(b"\n")
        for line in lines:
            self.accept(line)
        if len(self.buffer) > MAX_LINE_BYTES:
            self.buffer = b""
            self.strays += 1

    def accept(self, line):
        event = self.read(line)
        if event is None or len(event) > self.budget.event_bytes:
            self.strays += 1
            return
        self.budget.event_bytes -= len(event)
        self.lines.append(event)

    def read(self, line):
        """Returns an event without its secret, as JSON; None for anything else."""
        try:
            event = minimal_json.loads(line)
            if not isinstance(event, dict) or event.pop("secret", None) != self.secret:
                return None
            return minimal_json.dumps(event)
        except (ValueError, RecursionError, MemoryError):
            return None


class Log:
    """The first and the last part of an output."""

    def __init__(self, budget):
        self.limit = LOG_PART_BYTES if budget.log_bytes > 0 else LITTLE_LOG_BYTES
        self.budget = budget
        self.head = bytearray()
        self.tail = bytearray()
        self.omitted = 0

    def take(self, data):
        room = self.limit - len(self.head)
        self.head += data[:room]
        self.tail += data[room:]
        # Cut seldom, since each cut moves what stays.
        if len(self.tail) > 2 * self.limit + READ_BYTES:
            self.cut()

    def cut(self):
        excess = len(self.tail) - self.limit
        if excess > 0:
            self.omitted += excess
            del self.tail[:excess]

    def text(self):
        self.cut()
        self.budget.log_bytes -= len(self.head) + len(self.tail)
        middle = f"\n[... {self.omitted} bytes left out ...]\n".encode() if self.omitted else b""
        return (bytes(self.head) + middle + bytes(self.tail)).decode("utf-8", "replace")


class Captured:
    """Standard output that is a report; None once it is larger than a report may be."""

    def __init__(self, budget):
        self.budget = budget
        self.content = bytearray()

    def take(self, data):
        if self.content is None:
            return
        self.content += data
        if len(self.content) > self.budget.report_bytes:
            self.content = None
