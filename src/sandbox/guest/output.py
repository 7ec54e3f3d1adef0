"""Keeps the output of a command within a size limit."""
from _collections import deque

MIN_CHUNK_BYTES = 4096


class Output:
    """Keeps the first and the last half of the allowed bytes, and counts what is dropped between them."""

    def __init__(self, limit):
        self.head_limit = limit // 2
        self.tail_limit = limit - self.head_limit
        self.head = bytearray()
        self.tail = deque()
        self.tail_bytes = 0
        self.omitted_bytes = 0
        self.omitted_lines = 0

    def add(self, chunk):
        room = self.head_limit - len(self.head)
        if room > 0:
            self.head += chunk[:room]
            chunk = chunk[room:]
        if not chunk:
            return
        # Small chunks are joined: a program that prints byte by byte must not cost one object for each byte.
        if self.tail and len(self.tail[-1]) + len(chunk) <= MIN_CHUNK_BYTES:
            self.tail[-1] += chunk
        else:
            self.tail.append(chunk)
        self.tail_bytes += len(chunk)
        while self.tail_bytes > self.tail_limit:
            self._omit(self.tail_bytes - self.tail_limit)

    def _omit(self, excess):
        first = self.tail.popleft()
        dropped = first[:excess]
        self.tail_bytes -= len(dropped)
        self.omitted_bytes += len(dropped)
        self.omitted_lines += dropped.count(b"\n")
        if len(dropped) < len(first):
            self.tail.appendleft(first[len(dropped) :])

    def parts(self):
        """Returns head and tail; the tail is empty when nothing was omitted."""
        tail = b"".join(self.tail)
        if self.omitted_bytes == 0:
            return bytes(self.head) + tail, b""
        return bytes(self.head), tail
