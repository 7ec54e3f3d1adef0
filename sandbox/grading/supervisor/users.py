"""The users of a grading sandbox, and how programs are started as one of them."""

import _signal as signal
import errno
import os

from supervisor.limits import set_limits
from supervisor.process import mortality

SOLUTION, GRADER, GROUP = 1000, 1001, 1000
# Files that one user makes where both may write are for both.
UMASK = 0o002
MAX_DESCRIPTORS = 1 << 16
NOT_FOUND, NOT_RUNNABLE = 127, 126
MISSING = (errno.ENOENT, errno.ENOTDIR)


class Users:
    """
    Who runs what. `two` tells whether the tests and the solution are different users.

    This process can become root in a sandbox that was opened for that, and only in such a one there are two users; everywhere else all programs run as
    the user that this process has.
    """

    def __init__(self):
        self.two = os.getresuid()[0] == 0
        # What stands in for the second user; None where there is one, or where nothing is kept apart.
        self.confinement = None
        # What closes the workspace to a second user; None where nothing can, and the folder's own rights have to do.
        self.closed_workspace = None
        if self.two:
            os.setresuid(0, 0, 0)
            os.setresgid(GROUP, GROUP, GROUP)
            os.setgroups([])
        os.umask(UMASK)

    def acting_as(self, user):
        """Returns a context in which files are opened and made with the rights of a user, and with no others."""
        return Acting(user if self.two else None)

    def become(self, user):
        """Makes this process, a child that is about to start a program, the user's for good."""
        if self.two:
            os.setresgid(GROUP, GROUP, GROUP)
            os.setresuid(user, user, user)
            if user == GRADER and self.closed_workspace is not None:
                self.closed_workspace.enter()
        elif self.confinement is not None:
            self.confinement.enter(user)


class Acting:
    def __init__(self, user):
        self.user = user

    def __enter__(self):
        if self.user is not None:
            os.seteuid(self.user)

    def __exit__(self, *_):
        if self.user is not None:
            os.seteuid(0)


class Program:
    """
    A program to start: `streams` become its descriptors 0 to 2, `kept` are those that it inherits under their own numbers, and `limits` those on resources
    that it has other than this process.
    """

    def __init__(self, argv, environment, *, user, cwd, cwd_user, streams, kept=(), limits=None):
        self.argv = argv
        self.environment = environment
        self.user = user
        self.cwd = cwd
        # Who may enter the working folder: tests may start in a workspace that they cannot look into.
        self.cwd_user = cwd_user
        self.streams = streams
        self.kept = kept
        self.limits = limits

    def start(self, users):
        """Starts it in a session of its own and returns its process id; raises OSError when there is no room for a process."""
        with mortality:
            pid = os.fork()
            if pid == 0:
                self.run(users)
        return pid

    def run(self, users):
        """Never returns."""
        status = NOT_RUNNABLE
        try:
            os.setsid()
            reset_signals()
            for number, descriptor in enumerate(self.streams):
                os.dup2(descriptor, number)
            for descriptor in self.kept:
                os.set_inheritable(descriptor, True)
            with users.acting_as(self.cwd_user):
                os.chdir(self.cwd)
            set_limits(self.limits)
            users.become(self.user)
            execute(self.argv, self.environment)
        except OSError as error:
            missing = error.errno in MISSING
            status = NOT_FOUND if missing else NOT_RUNNABLE
            complain(f"{self.argv[0] if self.argv else ''}: {'command not found' if missing else os.strerror(error.errno or 0)}\n")
        except BaseException as error:
            complain(f"cannot start a program: {error!r}\n")
        finally:
            os._exit(status)


def reset_signals():
    signal.set_wakeup_fd(-1)
    for number in (signal.SIGCHLD, signal.SIGINT, signal.SIGPIPE, signal.SIGXFSZ):
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, [])


def execute(argv, environment):
    """Becomes a program, found in the PATH of its environment; a text file without an interpreter line is run by a shell, as shells do."""
    if not argv:
        raise FileNotFoundError(errno.ENOENT, "no program is named")
    refused = None
    for place in places_of(argv[0], environment):
        try:
            os.execve(place, argv, environment)
        except OSError as error:
            if error.errno == errno.ENOEXEC:
                os.execve("/bin/sh", ["/bin/sh", place, *argv[1:]], environment)
            # A place that has no such file does not hide that another has one which cannot be run.
            if refused is None or refused.errno in MISSING:
                refused = error
    raise refused


def places_of(program, environment):
    """Returns where a program may be. The function of the module os that would run it imports others in each process."""
    if "/" in program:
        return [program]
    return [os.path.join(folder, program) for folder in environment.get("PATH", os.defpath).split(":")]


def complain(text):
    try:
        os.write(2, text.encode("utf-8", "replace"))
    except OSError:
        pass
