"""
Runs programs as the solution for the tests: the other end of `$SOLUTION`.

A client sends its arguments, folder and environment with its own descriptors 0 to 2, and waits. They are the number of arguments and then all texts, with a NUL
between each two. What it sends later are numbers of signals for the program; when the client goes away first, the program is killed.
"""

import _signal as signal
import _socket
import os
from _struct import Struct

from supervisor.folders import JUDGE_HOME, JUDGE_TMP, PRIVATE, SHARED, SHARED_TMP, SHIMS, SOCKET, SOLUTION_HOME, SOLUTION_TMP, WORKSPACE
from supervisor.limits import Limits
from supervisor.links import remove_links
from supervisor.users import GRADER, NOT_RUNNABLE, SOLUTION, Program, complain

LENGTH = Struct(">I")
STATUS = Struct(">i")
DESCRIPTORS = Struct("3i")
CREDENTIALS = Struct("3i")
MAX_REQUEST_BYTES = 8 << 20
READ_BYTES = 1 << 16
BACKLOG = 256
# What only the tests' side has in its environment.
JUDGE_NAMES = ("SOLUTION", "TESTS", "PWD", "OLDPWD", "BENCH_PLAN", "BENCH_EVENTS", "PYTHONDONTWRITEBYTECODE", "PYTHONPATH")


class SolutionServer:
    """Listens on a socket that only the tests can reach; `descriptors` are those to wait for, `attend` is called when one of them is readable."""

    def __init__(self, users, tests_root):
        self.users = users
        self.tests_root = tests_root
        self.clients = {}
        self.limits = Limits()
        self.socket = _socket.socket(_socket.AF_UNIX, _socket.SOCK_STREAM | _socket.SOCK_NONBLOCK | _socket.SOCK_CLOEXEC)
        with users.acting_as(GRADER):
            self.socket.bind(SOCKET)
            os.chmod(SOCKET, 0o600)
        self.socket.listen(BACKLOG)

    def descriptors(self):
        return [self.socket.fileno(), *self.clients]

    def attend(self, descriptor):
        if descriptor == self.socket.fileno():
            self.accept()
        elif descriptor in self.clients and not self.clients[descriptor].receive():
            self.drop(descriptor)

    def accept(self):
        try:
            descriptor, _ = self.socket._accept()
        except OSError:
            return
        client = _socket.socket(fileno=descriptor)
        client.setblocking(False)
        caller, uid, _ = CREDENTIALS.unpack(client.getsockopt(_socket.SOL_SOCKET, _socket.SO_PEERCRED, CREDENTIALS.size))
        # The solution cannot even reach the socket. gVisor gives the user of this process instead.
        if self.users.two and uid == SOLUTION:
            client.close()
            return
        self.clients[descriptor] = Client(client, self, caller)

    def ended(self, pid, status):
        """Tells the client of a program that has ended how it ended."""
        for descriptor, client in list(self.clients.items()):
            if client.pid == pid:
                client.pid = None
                remove_links(self.users)
                client.answer(os.waitstatus_to_exitcode(status))
                self.drop(descriptor)

    def drop(self, descriptor):
        self.clients.pop(descriptor).close()

    def drop_all(self):
        """Forgets all clients, after their processes have been killed."""
        for descriptor in list(self.clients):
            self.clients[descriptor].pid = None
            self.drop(descriptor)


class Client:
    def __init__(self, connection, server, caller):
        self.connection = connection
        self.server = server
        # The process id of the client; of this process where gVisor gives that instead.
        self.caller = caller
        self.buffer = b""
        self.streams = []
        self.pid = None
        self.started = False

    def receive(self):
        """Reads what has arrived; returns False when this client is done with."""
        try:
            data, ancillary, _, _ = self.connection.recvmsg(READ_BYTES, _socket.CMSG_SPACE(DESCRIPTORS.size), _socket.MSG_CMSG_CLOEXEC)
        except BlockingIOError:
            return True
        except OSError:
            return False
        for level, kind, content in ancillary:
            if level == _socket.SOL_SOCKET and kind == _socket.SCM_RIGHTS:
                self.streams += [int.from_bytes(content[at : at + 4], "little", signed=True) for at in range(0, len(content) - 3, 4)]
        if not data:
            return False
        if self.started:
            self.signal(data)
            return True
        self.buffer += data
        return self.start_when_complete()

    def start_when_complete(self):
        if len(self.buffer) < LENGTH.size:
            return True
        (length,) = LENGTH.unpack_from(self.buffer)
        if length > MAX_REQUEST_BYTES:
            return False
        if len(self.buffer) < LENGTH.size + length:
            return True
        self.started = True
        try:
            return self.start(*read_request(self.buffer[LENGTH.size : LENGTH.size + length]))
        except (ValueError, IndexError):
            return False
        finally:
            self.buffer = b""
            self.close_streams()

    def start(self, argv, cwd, variables):
        if len(self.streams) != len(("input", "output", "errors")):
            return False
        with self.server.users.acting_as(GRADER):
            cwd, argv, variables = self.lent(cwd, argv, variables)
        program = Program(
            argv,
            solution_environment(variables),
            user=SOLUTION,
            cwd=self.folder(cwd),
            cwd_user=SOLUTION,
            streams=self.streams,
            limits=self.server.limits.changed_by(self.caller),
        )
        try:
            self.pid = program.start(self.server.users)
        except OSError as error:
            os.dup2(self.streams[2], 2)
            complain(f"$SOLUTION: {os.strerror(error.errno or 0)}\n")
            self.answer(NOT_RUNNABLE)
            return False
        return True

    def lent(self, cwd, argv, variables):
        """Lends the solution the files of the tests that a program is given by name."""
        own = (SHARED, PRIVATE)
        texts = (cwd + "/", *argv, *(value for name, value in variables.items() if name not in JUDGE_NAMES
                                           and name not in ("HOME", "TMPDIR", "PATH", "SHARED")))
        if not any(f"{folder}/" in each for folder in own for each in texts):
            return cwd, argv, variables
        from supervisor.lending import lend  # most programs are given no such file

        return lend(cwd, argv, variables)

    def folder(self, cwd):
        """Returns where the program works: folders of the tests, which it cannot enter, stand for those of the workspace."""
        root = self.server.tests_root
        if cwd == os.path.dirname(root):
            return WORKSPACE
        if cwd != root and not cwd.startswith(root + "/"):
            return cwd
        place = WORKSPACE + cwd[len(root) :]
        with self.server.users.acting_as(SOLUTION):
            return place if os.path.isdir(place) else WORKSPACE

    def signal(self, numbers):
        for number in numbers:
            self.kill(number)

    def kill(self, number):
        if self.pid is None:
            return
        try:
            os.killpg(self.pid, number)
        except (OSError, ValueError):
            pass

    def answer(self, status):
        """Tells the client an exit status; a signal is told as shells do."""
        try:
            self.connection.send(STATUS.pack(128 - status if status < 0 else status))
        except OSError:
            pass

    def close_streams(self):
        for descriptor in self.streams:
            os.close(descriptor)
        self.streams = []

    def close(self):
        self.kill(signal.SIGKILL)
        self.close_streams()
        self.connection.close()


def read_request(data):
    """Returns the arguments, the folder and the environment that a client sent; raises ValueError or IndexError for anything else."""
    count, *fields = os.fsdecode(data).split("\0")
    number = int(count)
    variables = dict(field.split("=", 1) for field in fields[number + 1 :])
    return fields[:number], fields[number], variables


def solution_environment(variables):
    """Returns the environment of a program: its caller's, without what belongs to the tests, and with folders of the solution's own."""
    found = {name: value for name, value in variables.items() if name not in JUDGE_NAMES}
    for name, theirs, own in (("HOME", (JUDGE_HOME,), SOLUTION_HOME), ("TMPDIR", (JUDGE_TMP, SHARED_TMP), SOLUTION_TMP)):
        if found.get(name, theirs[0]) in theirs:
            found[name] = own
    found["PATH"] = ":".join(part for part in found.get("PATH", "/usr/local/bin:/usr/bin:/bin").split(":") if part != SHIMS)
    return found
