"""
Runs programs of the harness in a fork of this process: starting an interpreter would take as long as a short test.

Only programs in a folder that the agent cannot write to are run this way, since a fork holds what this process holds, the key of the channel included.
"""
import _signal as signal
import os
import sys

import process

FOLDER = "/opt/bench/"
MAX_DESCRIPTORS = 1 << 16


def fits(arguments):
    """Returns whether a fork of this process does the same as starting these arguments."""
    return arguments[:3] == [sys.executable, "-I", "-S"] and arguments[3].startswith(FOLDER) and ".." not in arguments[3]


def start(arguments, environment, descriptors):
    """Starts a fork in its own session, with `descriptors` as its input, output and errors, and returns its process id."""
    path = arguments[3]
    with open(path, "rb") as file:
        program = compile(file.read(), path, "exec")
    pid = os.fork()
    if pid == 0:
        _become(program, arguments[3:], environment, descriptors)
    return pid


def start_unprivileged(arguments, environment, descriptors):
    """Starts any program in its own session, as the solution's user for good, and returns its process id; for sandboxes where this process may become root."""
    pid = os.fork()
    if pid == 0:
        status = 126
        try:
            _detach(descriptors)
            for number in (signal.SIGINT, signal.SIGPIPE, signal.SIGXFSZ):
                signal.signal(number, signal.SIG_DFL)
            process.become_solution()
            os.execvpe(arguments[0], arguments, environment)
        except OSError as error:
            os.write(2, b"cannot run: %s\n" % str(error).encode("utf-8", "replace"))
            status = 127 if isinstance(error, (FileNotFoundError, NotADirectoryError)) else 126
        finally:
            os._exit(status)
    return pid


def _detach(descriptors):
    os.setsid()
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    for number, descriptor in enumerate(descriptors):
        os.dup2(descriptor, number)


def _become(program, arguments, environment, descriptors):
    """Never returns."""
    status = 1
    try:
        _detach(descriptors)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        os.closerange(len(descriptors), MAX_DESCRIPTORS)
        os.environ.clear()
        os.environ.update(environment)
        sys.argv = arguments
        exec(program, {"__name__": "__main__", "__file__": arguments[0]})
        status = 0
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else 1
    except BaseException:
        import traceback

        traceback.print_exc()
    finally:
        os._exit(status)
