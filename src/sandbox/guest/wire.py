"""Frames between the host and this machine.

A frame is two big-endian 32-bit lengths, a JSON header and a binary payload. Nothing but this program ever holds the two
ends of the channel, so no output of a command can be taken for a frame.
"""
import json
import os
import struct

LENGTHS = struct.Struct(">II")
READ_BYTES = 1 << 20
MAX_HEADER_BYTES = 8 << 20
MAX_PAYLOAD_BYTES = 64 << 20


class Inbox:
    """Cuts what arrives on the channel into frames."""

    def __init__(self, fd):
        self.fd = fd
        self.buffer = bytearray()
        self.closed = False

    def receive(self):
        """Reads what is there and returns the whole frames; sets `closed` when the host has hung up."""
        try:
            chunk = os.read(self.fd, READ_BYTES)
        except BlockingIOError:
            return []
        if not chunk:
            self.closed = True
            return []
        self.buffer += chunk
        frames = []
        while True:
            frame = self._next()
            if frame is None:
                return frames
            frames.append(frame)

    def _next(self):
        buffer = self.buffer
        if len(buffer) < LENGTHS.size:
            return None
        header_bytes, payload_bytes = LENGTHS.unpack_from(buffer)
        if header_bytes > MAX_HEADER_BYTES or payload_bytes > MAX_PAYLOAD_BYTES:
            raise ValueError("a frame is larger than the protocol allows")
        start = LENGTHS.size + header_bytes
        end = start + payload_bytes
        if len(buffer) < end:
            return None
        header = json.loads(bytes(buffer[LENGTHS.size : start]))
        payload = bytes(buffer[start:end])
        del buffer[:end]
        return header, payload


class Outbox:
    """Sends frames without ever waiting for the host."""

    def __init__(self, fd):
        self.fd = fd
        self.queue = []
        self.queued_bytes = 0

    def send(self, header, payload=b""):
        """Queues a frame; `flush` sends what is queued."""
        text = json.dumps(header, separators=(",", ":")).encode()
        self.queue.append(LENGTHS.pack(len(text), len(payload)) + text)
        self.queued_bytes += LENGTHS.size + len(text) + len(payload)
        if payload:
            self.queue.append(payload)

    def flush(self):
        """Writes as much as the channel takes now."""
        while self.queue:
            try:
                written = os.writev(self.fd, self.queue[:16])
            except BlockingIOError:
                return
            self.queued_bytes -= written
            self._drop(written)

    def _drop(self, count):
        done = 0
        while done < len(self.queue) and count >= len(self.queue[done]):
            count -= len(self.queue[done])
            done += 1
        del self.queue[:done]
        if count:
            self.queue[0] = memoryview(self.queue[0])[count:]
