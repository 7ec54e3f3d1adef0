"""Frames between the two processes: JSON prefixed with its length, over a pair of pipes."""

import json
import os

MAX_FRAME_BYTES = 32 * 1024 * 1024
CHUNK_BYTES = 1 << 16
LENGTH_BYTES = 4


class Gone(BaseException):
    """Raised when the other process has ended or broke the rules. Not an Exception, so that no test takes it for an error of the solution."""


class Channel:
    """Sends and receives frames. What it needs is taken now, before other code can replace it."""

    def __init__(self, read_from, write_to):
        for descriptor in (read_from, write_to):
            os.set_inheritable(descriptor, False)
        self.read_from, self.write_to = read_from, write_to
        self.read, self.write = os.read, os.write
        self.dumps = json.JSONEncoder(check_circular=False, separators=(",", ":")).encode
        self.loads = json.JSONDecoder(object_pairs_hook=refuse_object).decode
        self.rest = bytearray()
        # Is told of every frame that arrives, and of its text.
        self.watch = None

    def send(self, text):
        """Sends one frame of JSON text, which is ASCII. Raises ValueError when it is too long, and Gone when nobody reads it."""
        if len(text) > MAX_FRAME_BYTES:
            raise ValueError(f"a message of {len(text)} bytes is too large to cross the boundary")
        data = len(text).to_bytes(LENGTH_BYTES, "big") + text.encode("ascii")
        try:
            sent = self.write(self.write_to, data)
            while sent < len(data):
                sent += self.write(self.write_to, data[sent : sent + (1 << 20)])
        except OSError as error:
            raise Gone("the solution's process has ended") from error

    def receive(self):
        """Waits for one frame and returns it. What was read stays here when a signal handler ends the wait. Raises Gone at the end of the stream."""
        while len(self.rest) < LENGTH_BYTES:
            self.rest += self.more()
        length = int.from_bytes(self.rest[:LENGTH_BYTES], "big")
        if length > MAX_FRAME_BYTES:
            raise Gone("the solution's process sent a message beyond the limit")
        while len(self.rest) < LENGTH_BYTES + length:
            self.rest += self.more()
        data = bytes(self.rest[LENGTH_BYTES : LENGTH_BYTES + length])
        del self.rest[: LENGTH_BYTES + length]
        return self.parse(data)

    def more(self):
        try:
            data = self.read(self.read_from, CHUNK_BYTES)
        except OSError as error:
            raise Gone("the solution's process has ended") from error
        if not data:
            raise Gone("the solution's process has ended")
        return data

    def parse(self, data):
        """Parses a frame, which must be a list without any object in it. Raises Gone for anything else."""
        try:
            frame = self.loads(data.decode("ascii"))
        except (ValueError, RecursionError, MemoryError):
            raise Gone("the solution's process sent an invalid message") from None
        if type(frame) is not list or not frame:
            raise Gone("the solution's process sent an invalid message")
        if self.watch is not None:
            self.watch(data, frame)
        return frame


def refuse_object(pairs):
    raise ValueError("a frame holds no objects")
