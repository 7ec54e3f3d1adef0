"""
The first process of the machine: runs commands and serves files for the host, over its standard input and output.

As process 1 it cannot be killed or stopped from inside; it also makes itself unreadable, so that no other process here can take
over the channel. It waits in a single poll, so a long command does not block other requests.
"""
import _signal as signal  # without the enumerations of the module signal, which take milliseconds
import os
import select
import sys
import time
from _collections import deque

import harden
import process
from change import change
from command import PIPE_BYTES, Command, NotRunnable
from confine import Refusal, denied
from export import export
from file import listing, read, write
from fingerprint import fingerprint
from pristine import lay_image, put
from transport import Inbox, Outbox, read_key
from wire import Wires

# Above this many queued bytes, operations pause until the host has read more.
MAX_QUEUED_BYTES = 1 << 20
STEPS_A_TURN = 64
# Output of processes left behind is read so that they never block, but at most one pipe's worth each tick.
DISCARD_TICK_SECONDS = 0.05

OPERATIONS = {
    "read": read,
    "write": write,
    "change": change,
    "list": listing,
    "put": put,
    "export": export,
    "fingerprint": fingerprint,
}
# The home folder of commands is /tmp, a folder in memory that is empty at the start.
GIT_SETTINGS = "/tmp/.gitconfig"
# Requests of the agent: an error of the system becomes an answer. The others come from the harness and must not fail.
ASKED_BY_AGENT = ("read", "write", "change", "list")


class Guest:
    def __init__(self, key, wake):
        self.inbox = Inbox(0, key)
        self.outbox = Outbox(1, key)
        self.wake = wake
        self.poll = select.poll()
        self.poll.register(0, select.POLLIN)
        self.poll.register(wake, select.POLLIN)
        self.commands = {}
        self.by_pipe = {}
        self.leftover = set()
        self.tasks = deque()
        self.wires = Wires(self.poll, self.outbox)
        self.sending = False
        self.next_discard = 0.0

    def serve(self):
        self.outbox.send({"ready": True})
        self._flush()
        while not self.inbox.closed:
            for fd, events in self.poll.poll(self._poll_timeout_ms()):
                self._attend(fd, events)
            self._watch_time()
            self._step_tasks()
            self._discard()
            self._flush()

    def _attend(self, fd, events):
        if fd == 0:
            for header, payload in self.inbox.receive():
                self._accept(header, payload)
        elif fd == self.wake:
            os.read(self.wake, 4096)
            self._reap()
        elif fd in self.by_pipe:
            if not self.by_pipe[fd].read():
                self._close_pipe(fd)
        else:
            self.wires.attend(fd, events)

    def _accept(self, header, payload):
        operation = header["op"]
        if operation == "wire":
            self.wires.take(header, payload)
        elif operation == "run":
            self._run(header, payload)
        elif operation == "serve":
            self._finish(header["id"], self.wires.listen(header["port"]))
        elif operation == "kill":
            command = self.commands.get(header["target"])
            if command is not None and command.ending is None:
                self._end(command, "aborted")
        else:
            self.tasks.append((header["id"], operation, OPERATIONS[operation](header, payload)))

    def _run(self, header, payload):
        try:
            command = Command(header, payload)
            command.start(self._make_room)
        except NotRunnable as problem:
            command.output.add(str(problem).encode("utf-8", "replace"))
            self._finish(command.id, *command.result(problem.status))
            return
        except Exception:
            self._fail(header["id"])
            return
        self.commands[command.id] = command
        self.by_pipe[command.pipe] = command
        self.poll.register(command.pipe, select.POLLIN)

    def _make_room(self):
        process.kill_all_but(set(), self._leaders(None), self._reap)

    def _leaders(self, but):
        return {command.pid for command in self.commands.values() if command is not but}

    def _end(self, command, ending):
        command.end(ending, self._leaders(command), self._reap)

    def _reap(self):
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            for command in list(self.commands.values()):
                if command.pid == pid:
                    self._answer(command, status)

    def _answer(self, command, status):
        del self.commands[command.id]
        pipe = command.pipe
        if pipe in self.by_pipe:
            command.drain()
            if not command.read():
                self._close_pipe(pipe)
            else:
                self._leave(pipe)
        answer, payload = command.result(status)
        self._finish(command.id, answer, payload)

    def _leave(self, fd):
        """Keeps emptying a pipe that a process left behind still holds."""
        self.poll.unregister(fd)
        del self.by_pipe[fd]
        self.leftover.add(fd)

    def _close_pipe(self, fd):
        self.poll.unregister(fd)
        del self.by_pipe[fd]
        os.close(fd)

    def _watch_time(self):
        now = time.monotonic()
        for command in list(self.commands.values()):
            if command.id not in self.commands:
                continue
            if command.deadline is not None and now >= command.deadline:
                self._end(command, "timed-out")
            elif command.answer_by is not None and now >= command.answer_by:
                self._answer(command, None)

    def _step_tasks(self):
        for _ in range(STEPS_A_TURN):
            if not self.tasks or self.outbox.queued_bytes > MAX_QUEUED_BYTES:
                return
            identity, operation, task = self.tasks[0]
            try:
                part = next(task)
            except StopIteration as finished:
                self.tasks.popleft()
                self._finish(identity, finished.value)
            except Refusal as refusal:
                self.tasks.popleft()
                self._finish(identity, refusal.answer)
            except Exception as error:
                self.tasks.popleft()
                if isinstance(error, OSError) and operation in ASKED_BY_AGENT:
                    self._finish(identity, denied(error).answer)
                else:
                    self._fail(identity)
            else:
                self.tasks.rotate(-1)
                if part is not None:
                    self.outbox.send({**part[0], "id": identity, "more": True}, part[1])

    def _finish(self, identity, answer, payload=b""):
        self.outbox.send({"id": identity, "answer": answer}, payload)

    def _fail(self, identity):
        import traceback  # takes milliseconds, and failures are rare

        self.outbox.send({"id": identity, "error": traceback.format_exc(limit=-4)})

    def _discard(self):
        if not self.leftover or time.monotonic() < self.next_discard:
            return
        self.next_discard = time.monotonic() + DISCARD_TICK_SECONDS
        for fd in list(self.leftover):
            try:
                if not os.read(fd, PIPE_BYTES):
                    self.leftover.discard(fd)
                    os.close(fd)
            except BlockingIOError:
                pass

    def _flush(self):
        """Sends what the channel takes, all frames of a turn at once, and polls for writing while some are left."""
        self.outbox.flush()
        sending = bool(self.outbox.queue)
        if sending and not self.sending:
            self.poll.register(1, select.POLLOUT)
        elif self.sending and not sending:
            self.poll.unregister(1)
        self.sending = sending

    def _poll_timeout_ms(self):
        """Returns the milliseconds until something is due, or None."""
        if self.tasks and self.outbox.queued_bytes <= MAX_QUEUED_BYTES:
            return 0
        due = [moment for command in self.commands.values() for moment in (command.deadline, command.answer_by) if moment is not None]
        if self.leftover:
            due.append(self.next_discard)
        if not due:
            return None
        return max(0, (min(due) - time.monotonic()) * 1000) + 1


def settle_home():
    """Tells git who works here, as on any developer's machine, so that commits succeed; a repository's own settings come first."""
    try:
        fd = os.open(GIT_SETTINGS, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o644)
    except OSError:
        return  # an image may have its own
    os.write(fd, b"[user]\n\tname = Developer\n\temail = developer@localhost\n[init]\n\tdefaultBranch = main\n")
    os.close(fd)


def prepare():
    """Protects this process from all others, and returns the key of the channel and the descriptor that wakes it when a child ends."""
    harden.protect_process()
    key = read_key(0)
    process.act_as_solution()
    harden.filter_calls()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.umask(0o022)
    if "machine" not in sys.modules:
        lay_image()
        settle_home()
    for fd in (0, 1):
        os.set_blocking(fd, False)
    wake, waker = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK)
    signal.set_wakeup_fd(waker, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    return key, wake


Guest(*prepare()).serve()
os._exit(0)  # all other processes end with this one, and cleaning up takes milliseconds
