"""Sends and receives frames between the host and this sandbox.

A frame is two big-endian 32-bit lengths, a seal, a JSON header and a binary payload. Only this program should hold the inner end of
the channel; where a runtime lets other processes open it, the seals keep them from forging frames in either direction.
"""
import os
from _struct import Struct

try:
    from _sha256 import sha256  # hashlib takes milliseconds to import
except ImportError:
    from hashlib import sha256
try:
    from _json import encode_basestring_ascii, make_encoder, make_scanner  # json itself takes milliseconds to import
except ImportError:
    make_scanner = None

LENGTHS = Struct(">II")
KEY_BYTES = 32
SEAL_BYTES = 16
HASH_BLOCK_BYTES = 64
READ_BYTES = 1 << 20
MAX_HEADER_BYTES = 8 << 20
MAX_PAYLOAD_BYTES = 64 << 20


def _json_without_its_module():
    """Returns the functions that read and write a header, made from the C parts of the module json."""

    class Reading:
        strict = True
        object_hook = object_pairs_hook = None
        parse_float, parse_int, parse_constant = float, int, float
        memo = {}

    scan = make_scanner(Reading)
    encode = make_encoder(None, None, encode_basestring_ascii, None, ":", ",", False, False, True)
    return lambda text: scan(text.decode(), 0)[0], lambda header: "".join(encode(header, 0)).encode()


def _json_as_it_is():
    import json

    return json.loads, lambda header: json.dumps(header, separators=(",", ":")).encode()


load_header, dump_header = _json_as_it_is() if make_scanner is None else _json_without_its_module()


def read_key(fd):
    """Reads the key of the seals, which the host sends first."""
    key = b""
    while len(key) < KEY_BYTES:
        piece = os.read(fd, KEY_BYTES - len(key))
        if not piece:
            raise SystemExit
        key += piece
    return key


class Seal:
    """Computes the seals of the frames in one direction: HMAC-SHA256 over direction, number and content, cut to 128 bits."""

    def __init__(self, key, sender):
        block = key.ljust(HASH_BLOCK_BYTES, b"\0")
        self.inner = sha256(bytes(byte ^ 0x36 for byte in block))
        self.outer = sha256(bytes(byte ^ 0x5C for byte in block))
        self.sender = sender
        self.count = 0

    def next(self, *parts):
        inner, outer = self.inner.copy(), self.outer.copy()
        inner.update(b"%s %d\n" % (self.sender, self.count))
        self.count += 1
        for part in parts:
            inner.update(part)
        outer.update(inner.digest())
        return outer.digest()[:SEAL_BYTES]


class Inbox:
    """Splits the bytes that arrive on the channel into frames."""

    def __init__(self, fd, key):
        self.fd = fd
        self.seal = Seal(key, b"host")
        self.buffer = bytearray()
        self.closed = False

    def receive(self):
        """Reads what has arrived and returns the complete frames; sets `closed` when the host has closed the channel."""
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
        text_at = LENGTHS.size + SEAL_BYTES
        payload_at = text_at + header_bytes
        end = payload_at + payload_bytes
        if len(buffer) < end:
            return None
        lengths, seal = bytes(buffer[: LENGTHS.size]), bytes(buffer[LENGTHS.size : text_at])
        text, payload = bytes(buffer[text_at:payload_at]), bytes(buffer[payload_at:end])
        del buffer[:end]
        if self.seal.next(lengths, text, payload) != seal:
            raise ValueError("a frame's seal is broken")
        return load_header(text), payload


class Outbox:
    """Sends frames without waiting for the host."""

    def __init__(self, fd, key):
        self.fd = fd
        self.seal = Seal(key, b"guest")
        self.queue = []
        self.queued_bytes = 0

    def send(self, header, payload=b""):
        """Queues a frame; `flush` sends what is queued."""
        text = dump_header(header)
        lengths = LENGTHS.pack(len(text), len(payload))
        start = lengths + self.seal.next(lengths, text, payload) + text
        self.queue.append(start)
        self.queued_bytes += len(start) + len(payload)
        if payload:
            self.queue.append(payload)

    def flush(self):
        """Writes as much as the channel accepts now."""
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
