"""Commands: each runs in its own session with its output in one pipe, and is killed with all its processes when its time is up."""
import _signal as signal
import errno
import fcntl
import os
import sys
import termios
import time

import harden
import own
import process
from output import Output

PIPE_BYTES = 1 << 20
# A single argument of a program may have 128 KiB; a longer command line is passed as a file.
MAX_ARGUMENT_BYTES = 100_000
SPAWN_RETRY_SECONDS = 1.0
UNKILLABLE_SECONDS = 3.0
NICENESS = 19
F_SETPIPE_SZ = 1031


class NotRunnable(Exception):
    """Raised for a command that could not be started; its exit status is the one a shell would give."""

    def __init__(self, code, error):
        super().__init__("cannot run: %s\n" % error)
        self.status = code << 8


class Command:
    """A running command and what it has printed so far."""

    def __init__(self, header, stdin):
        self.id = header["id"]
        self.request = header
        self.output = Output(header["maxOutputBytes"])
        self.began = time.monotonic()
        self.deadline = self.began + header["timeoutMs"] / 1000
        self.answer_by = None
        self.ending = None
        self.spared = process.identities()
        self.memory_kills = process.memory_kills()
        self.pid = None
        self.pipe = None
        self._stdin = stdin

    def start(self, make_room):
        """
        Starts it; `make_room` is called when the process limit is reached.

        Raises NotRunnable when it cannot be started.
        """
        self.pipe, writer = os.pipe2(os.O_CLOEXEC)
        stdin = None
        try:
            os.set_blocking(self.pipe, False)
            _widen(self.pipe)
            stdin = _stdin_file(self._stdin)
            self.pid = _spawn(self.request, stdin, writer, make_room)
        except (OSError, ValueError) as error:
            # Any cause, lack of memory or of files included, comes from what was asked for or runs here, so it is the command's failure.
            missing = isinstance(error, (FileNotFoundError, NotADirectoryError))
            raise NotRunnable(127 if missing else 126, error) from error
        finally:
            os.close(writer)
            if stdin is not None:
                os.close(stdin)
            if self.pid is None:
                os.close(self.pipe)

    def read(self):
        """Reads what the pipe holds; returns whether more may come."""
        try:
            chunk = os.read(self.pipe, PIPE_BYTES)
        except BlockingIOError:
            return True
        if not chunk:
            return False
        self.output.add(chunk)
        return True

    def drain(self):
        """Reads what was in the pipe when the command ended, and no more: a process left behind may print for ever."""
        left = int.from_bytes(fcntl.ioctl(self.pipe, termios.FIONREAD, bytes(4)), sys.byteorder)
        while left > 0:
            try:
                chunk = os.read(self.pipe, left)
            except BlockingIOError:
                return  # a process left behind reads from the pipe too
            if not chunk:
                return
            self.output.add(chunk)
            left -= len(chunk)

    def end(self, ending, other_leaders, reap):
        """Kills all processes that it started; its exit is then reported as `ending`."""
        self.ending = ending
        self.deadline = None
        self.answer_by = time.monotonic() + UNKILLABLE_SECONDS
        process.kill_all_but(self.spared, other_leaders, reap)

    def result(self, status):
        """Returns the answer and its payload; `status` is None when even SIGKILL did not end it."""
        head, tail = self.output.parts()
        answer = {
            "exit": self._exit(status),
            "headBytes": len(head),
            "omittedBytes": self.output.omitted_bytes,
            "omittedLines": self.output.omitted_lines,
            "durationMs": (time.monotonic() - self.began) * 1000,
        }
        return answer, head + tail

    def _exit(self, status):
        if self.ending is not None:
            return {"kind": self.ending}
        killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
        # 137 is how a shell reports that its own child got SIGKILL.
        if (killed or (os.WIFEXITED(status) and os.WEXITSTATUS(status) == 137)) and self._memory_ran_out():
            return {"kind": "out-of-memory"}
        if os.WIFSIGNALED(status):
            return {"kind": "signalled", "signal": _signal_name(os.WTERMSIG(status))}
        return {"kind": "exited", "code": os.WEXITSTATUS(status)}

    def _memory_ran_out(self):
        now = process.memory_kills()
        return now is not None and self.memory_kills is not None and now > self.memory_kills


def _signal_name(number):
    import signal as names  # takes milliseconds, and few commands end by a signal

    try:
        return names.Signals(number).name
    except ValueError:
        return "SIG%d" % number


def _widen(pipe):
    try:
        fcntl.fcntl(pipe, F_SETPIPE_SZ, PIPE_BYTES)
    except OSError:
        pass  # a smaller pipe works too, with more reads


def _stdin_file(data):
    if not data:
        return os.open("/dev/null", os.O_RDONLY | os.O_CLOEXEC)
    fd = os.memfd_create("stdin", os.MFD_CLOEXEC)
    _fill(fd, data)
    os.lseek(fd, 0, os.SEEK_SET)
    return fd


def _spawn(request, stdin, writer, make_room):
    give_up = time.monotonic() + SPAWN_RETRY_SECONDS
    made_room = False
    while True:
        try:
            return _try_spawn(request, stdin, writer)
        except OSError as error:
            if error.errno not in (errno.EAGAIN, errno.ENOMEM) or (made_room and time.monotonic() > give_up):
                raise
        if time.monotonic() > give_up:
            # Processes left behind use up the limit: they are killed, or no command could ever run again.
            make_room()
            made_room = True
            give_up = time.monotonic() + SPAWN_RETRY_SECONDS
        time.sleep(0.02)


def _try_spawn(request, stdin, writer):
    arguments, script = _arguments(request["command"])
    try:
        os.chdir(request["cwd"])
        environment = {**os.environ, **request["env"]}
        with harden.mortal():
            start = own.start if own.fits(arguments) else own.start_unprivileged if process.IS_ROOT else _start
            pid = start(arguments, environment, (stdin, writer, writer))
    finally:
        os.chdir("/")
        if script is not None:
            os.close(script)
    try:
        os.setpriority(os.PRIO_PROCESS, pid, NICENESS)
    except OSError:
        pass
    return pid


def _start(arguments, environment, descriptors):
    return os.posix_spawnp(
        arguments[0],
        arguments,
        environment,
        file_actions=[(os.POSIX_SPAWN_DUP2, descriptor, number) for number, descriptor in enumerate(descriptors)],
        setsid=True,
        setsigmask=[],
        setsigdef=[signal.SIGINT, signal.SIGPIPE, signal.SIGXFSZ],
    )


def _arguments(command):
    """Returns the arguments, and the open file that they refer to or None."""
    if not isinstance(command, str):
        return command, None
    text = os.fsencode(command)
    if len(text) <= MAX_ARGUMENT_BYTES or b"\0" in text:
        return ["bash", "-c", command], None
    script = os.memfd_create("command", 0)
    _fill(script, text)
    return ["bash", "/dev/fd/%d" % script], script


def _fill(fd, data):
    view = memoryview(data)
    while view:
        view = view[os.write(fd, view) :]
