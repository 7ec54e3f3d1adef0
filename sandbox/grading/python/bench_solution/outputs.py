"""Collects what the solution prints, logs and warns of, for the process of the tests to say again."""

import io
import logging
import sys
import threading
import warnings

MAX_HELD = 1 << 16
MAX_PART = 1 << 20


class Told(io.TextIOBase):
    """A text stream whose text goes to the process of the tests with the next message."""

    encoding, errors = "utf-8", "strict"

    def __init__(self, outputs, kind, descriptor, buffer):
        self.outputs, self.kind, self.descriptor, self.buffer = outputs, kind, descriptor, buffer

    def write(self, text):
        if self.closed:
            raise ValueError("I/O operation on closed file.")
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        if text:
            self.outputs.add([self.kind, str(text)])
        return len(text)

    def writable(self):
        return True

    def fileno(self):
        return self.descriptor

    def isatty(self):
        return False


class Bytes(io.RawIOBase):
    """The binary side of a stream."""

    def __init__(self, outputs, kind):
        self.outputs, self.kind = outputs, kind

    def writable(self):
        return True

    def write(self, data):
        self.outputs.add([self.kind, bytes(data).decode("utf-8", "replace")])
        return len(data)


class Asked(io.TextIOBase):
    """Standard input: lines are asked of the process of the tests, whose input a test may have replaced."""

    encoding = "utf-8"

    def __init__(self, peer):
        self.peer = peer

    def readable(self):
        return True

    def readline(self, size=-1):
        return self.peer.ask("stdin", None, "readline", (size,))

    def read(self, size=-1):
        return self.peer.ask("stdin", None, "read", (-1 if size is None else size,))

    def __next__(self):
        line = self.readline()
        if not line:
            raise StopIteration
        return line

    def fileno(self):
        return 0

    def isatty(self):
        return False


class Forward(logging.Handler):
    """Passes log records on."""

    def __init__(self, outputs):
        super().__init__()
        self.outputs = outputs

    def emit(self, record):
        try:
            error = logging.Formatter().formatException(record.exc_info) if record.exc_info and record.exc_info[0] else None
            self.outputs.add(["log", record.name, record.levelno, record.getMessage(), record.pathname, record.lineno, record.funcName or "", error])
        except Exception:
            self.handleError(record)


class Outputs:
    """What was put out since the last message, in its order."""

    def __init__(self, peer):
        self.peer, self.held, self.size = peer, [], 0
        self.lock = threading.RLock()
        self.real = sys.__stdout__, sys.__stderr__
        sys.stdout, sys.stderr = (Told(self, kind, number, Bytes(self, kind)) for kind, number in (("out", 1), ("err", 2)))
        sys.stdin = Asked(peer)
        self.handler = Forward(self)
        logging.lastResort = None
        logging.root.addHandler(self.handler)
        warnings.simplefilter("always")
        warnings.showwarning = self.warn

    def warn(self, message, category, filename, lineno, file=None, line=None):
        self.add(["warn", category, str(message), str(filename), int(lineno)])

    def add(self, entry):
        with self.lock:
            text = entry[1] if entry[0] in ("out", "err") else None
            if text is not None and self.held and self.held[-1][0] == entry[0] and len(self.held[-1][1]) < MAX_HELD:
                self.held[-1][1] += text
            else:
                self.held.append(entry)
            self.size += len(text) if text is not None else 200
            if self.size > MAX_PART and self.peer.main.depth > 0 and threading.get_ident() == self.peer.owner:
                self.push()

    def push(self):
        """Sends what is held in a message of its own, so that it does not pile up during a long call."""
        channel = self.peer.main.channel
        held, self.held, self.size = [each for each in self.held if each[0] in ("out", "err")], [], 0
        for kind, text in held:
            for start in range(0, len(text), MAX_PART):
                channel.send(channel.dumps(["out", [[kind, text[start : start + MAX_PART]]]]))

    def take(self, writing):
        """Returns what is held and holds nothing any more."""
        if not self.held:
            return None
        with self.lock:
            held, self.held, self.size = self.held, [], 0
        return [["warn", writing.slot(each[1]), *each[2:]] if each[0] == "warn" else each for each in held]

    def end(self, reason):
        """Writes what no message took to the log, and why the connection ended when that was not the tests' doing."""
        if not reason.endswith("has ended"):
            self.add(["err", f"{reason}\n"])
        for kind, *parts in self.held:
            if kind in ("out", "err") and self.real[kind == "err"] is not None:
                self.real[kind == "err"].write(parts[0].encode("utf-8", "backslashreplace").decode())
        for stream in self.real:
            if stream is not None:
                stream.flush()
