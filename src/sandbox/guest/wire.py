"""
Carries connections to a port of this machine over the channel: a program here connects to 127.0.0.1, and the host answers.

Each connection is a wire with a number. Either side sends no more bytes than the other has room for, so that a wire that nobody reads
holds up neither the other wires nor any request.
"""
import select
from _collections import deque

# The host has the same numbers in wires.ts.
WINDOW_BYTES = 1 << 17
MAX_WIRES = 128
READ_BYTES = 1 << 16
# What was written is reported in pieces of this size, or each write would be a frame.
REPORT_BYTES = WINDOW_BYTES // 4
WAITING = 128
LOOPBACK = "127.0.0.1"


class Wire:
    """One connection, as far as it is open in each direction."""

    def __init__(self, number, socket):
        self.number = number
        self.socket = socket
        self.room = WINDOW_BYTES
        self.outgoing = deque()
        self.written = 0
        self.reads = True
        self.writes = True
        self.ends = False
        self.interest = 0


class Wires:
    """All connections to the port that is served; `poll` tells when one of them is ready."""

    def __init__(self, poll, outbox):
        self.poll = poll
        self.outbox = outbox
        self.listener = None
        self.listens = False
        self.by_fd = {}
        self.by_number = {}
        self.last = 0

    def listen(self, port):
        """Serves a port; returns the answer for the host."""
        global _socket
        import _socket  # most sandboxes serve nothing

        if self.listener is not None:
            return {"kind": "serving"}
        listener = _socket.socket(_socket.AF_INET, _socket.SOCK_STREAM | _socket.SOCK_CLOEXEC | _socket.SOCK_NONBLOCK)
        try:
            listener.setsockopt(_socket.SOL_SOCKET, _socket.SO_REUSEADDR, 1)
            listener.bind((LOOPBACK, port))
            listener.listen(WAITING)
        except OSError as error:
            listener.close()
            return {"kind": "refused", "message": error.strerror or str(error)}
        self.listener = listener
        self._await_connections()
        return {"kind": "serving"}

    def attend(self, fd, events):
        """Does what can be done for a descriptor that is ready."""
        if self.listener is not None and fd == self.listener.fileno():
            self._accept()
            return
        wire = self.by_fd.get(fd)
        if wire is None:
            return  # it was closed in this very turn
        try:
            if events & (select.POLLIN | select.POLLHUP | select.POLLERR) and wire.reads and wire.room > 0:
                self._read(wire)
            if events & (select.POLLOUT | select.POLLHUP | select.POLLERR) and wire.outgoing:
                self._write(wire)
            self._settle(wire)
        except OSError:
            self._break(wire)

    def take(self, header, payload):
        """Takes what the host sends for a wire; one that is gone is none of its business any more."""
        wire = self.by_number.get(header["wire"])
        if wire is None:
            return
        event = header["event"]
        try:
            if event == "data":
                wire.outgoing.append(memoryview(payload))
                self._write(wire)
            elif event == "room":
                wire.room += header["bytes"]
            elif event == "end":
                wire.ends = True
            else:
                self._close(wire)
                return
            self._settle(wire)
        except OSError:
            self._break(wire)

    def _accept(self):
        try:
            fd, _ = self.listener._accept()
        except OSError:
            return  # the program has gone again
        socket = _socket.socket(_socket.AF_INET, _socket.SOCK_STREAM, 0, fd)
        socket.setblocking(False)
        socket.setsockopt(_socket.IPPROTO_TCP, _socket.TCP_NODELAY, 1)
        self.last += 1
        wire = Wire(self.last, socket)
        self.by_fd[fd] = self.by_number[wire.number] = wire
        self.outbox.send({"wire": wire.number, "event": "open"})
        self._settle(wire)
        self._await_connections()

    def _await_connections(self):
        """Takes no more connections than there may be wires: others wait in the kernel, and then their programs do."""
        listens = len(self.by_fd) < MAX_WIRES
        if listens and not self.listens:
            self.poll.register(self.listener.fileno(), select.POLLIN)
        elif self.listens and not listens:
            self.poll.unregister(self.listener.fileno())
        self.listens = listens

    def _read(self, wire):
        try:
            data = wire.socket.recv(min(READ_BYTES, wire.room))
        except BlockingIOError:
            return
        if data:
            wire.room -= len(data)
            self.outbox.send({"wire": wire.number, "event": "data"}, data)
        else:
            wire.reads = False
            self.outbox.send({"wire": wire.number, "event": "end"})

    def _write(self, wire):
        while wire.outgoing:
            try:
                count = wire.socket.send(wire.outgoing[0])
            except BlockingIOError:
                return
            wire.written += count
            if count < len(wire.outgoing[0]):
                wire.outgoing[0] = wire.outgoing[0][count:]
            else:
                wire.outgoing.popleft()
            if wire.written >= REPORT_BYTES:
                self.outbox.send({"wire": wire.number, "event": "room", "bytes": wire.written})
                wire.written = 0

    def _settle(self, wire):
        """Ends what is to end, and waits for what can go on."""
        if wire.ends and wire.writes and not wire.outgoing:
            wire.writes = False
            wire.socket.shutdown(_socket.SHUT_WR)
        if not wire.reads and not wire.writes:
            self._close(wire)
            return
        interest = (select.POLLIN if wire.reads and wire.room > 0 else 0) | (select.POLLOUT if wire.outgoing else 0)
        if interest == wire.interest:
            return
        # One that waits for the host is not polled at all: that it was hung up would be told again and again.
        if interest == 0:
            self.poll.unregister(wire.socket.fileno())
        else:
            self.poll.register(wire.socket.fileno(), interest)
        wire.interest = interest

    def _break(self, wire):
        self.outbox.send({"wire": wire.number, "event": "broken"})
        self._close(wire)

    def _close(self, wire):
        fd = wire.socket.fileno()
        if wire.interest:
            self.poll.unregister(fd)
        del self.by_fd[fd], self.by_number[wire.number]
        wire.socket.close()
        self._await_connections()
