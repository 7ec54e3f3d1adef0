"""
`$SOLUTION`: has the supervisor run a program as the solution, with this process's own standard input, output and errors.

Links to it that are named after interpreters stand in the PATH of the tests. They do the same for a program of the workspace, which the tests' own user cannot
read, and run the real interpreter for everything else: `-c`, standard input, and programs of the tests never run on the solution's side.
"""

import _signal as signal
import _socket
import os
import stat
import sys
from _struct import Struct

from supervisor import minimal_json

LENGTH = Struct(">I")
STATUS = Struct(">i")
DESCRIPTORS = Struct("3i")
SOCKET = "/tmp/grading/solution.sock"
SHIMS = "/tmp/grading/shims"
WORKSPACE = "/workspace"
TESTS = "/tmp/grading/tests"
FORWARDED = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT, signal.SIGUSR1, signal.SIGUSR2)
CANNOT_RUN = 126

# For each interpreter: letters of options that take a value, letters that give the program itself or read it elsewhere, and long options with a value.
INTERPRETERS = {
    "python": ("WX", "c", ("--check-hash-based-pycs",)),
    "python3": ("WX", "c", ("--check-hash-based-pycs",)),
    "node": ("rC", "epi", ("--require", "--import", "--loader", "--experimental-loader", "--conditions", "--env-file")),
    "bash": ("oO", "cs", ("--rcfile", "--init-file")),
    "sh": ("oO", "cs", ()),
}
# Options of node that give the program, or run something else than one.
NODE_PROGRAMS = ("--eval", "--print", "--test", "--interactive", "--check", "--version")


def main(argv):
    """Acts by the name this program was started under and returns the exit status."""
    fill_streams()
    name = os.path.basename(argv[0])
    if name in INTERPRETERS:
        if not is_of_workspace(name, argv[1:]):
            return run_real(name, argv)
        return run_as_solution([name, *argv[1:]])
    if len(argv) < 2:
        complain("usage: $SOLUTION PROGRAM ARGUMENTS...\n")
        return CANNOT_RUN
    return run_as_solution(argv[1:])


def is_of_workspace(name, arguments):
    """Tells whether the program that an interpreter is asked to run lies in the workspace."""
    kind, value = program_of(name, arguments)
    if kind == "module":
        return is_workspace_folder() and not is_installed(value.split(".")[0])
    return kind == "file" and in_workspace(value)


def program_of(name, arguments):
    """Returns what an interpreter is asked to run: a file, a module, or something else."""
    valued, ending, long_valued = INTERPRETERS[name]
    rest = iter(arguments)
    for argument in rest:
        if argument == "--":
            return "file", next(rest, "")
        if not argument.startswith("-") or argument == "-":
            return ("other", "") if argument == "-" else ("file", argument)
        if argument.startswith("--"):
            if argument.split("=")[0] in NODE_PROGRAMS and name == "node":
                return "other", ""
            if argument in long_valued:
                next(rest, None)
            continue
        for at, letter in enumerate(argument[1:], 2):
            if letter in ending:
                return "other", ""
            if letter == "m" and name.startswith("python"):
                return "module", argument[at:] or next(rest, "")
            if letter in valued:
                if at == len(argument):
                    next(rest, None)
                break
    return "other", ""


def in_workspace(path):
    place = os.path.realpath(path)
    if inside(place, TESTS):
        # Files of the workspace that are not among the tests stand in the same place below them.
        return not os.path.lexists(place)
    return inside(place, WORKSPACE)


def is_workspace_folder():
    cwd = os.getcwd()
    return inside(cwd, WORKSPACE) or inside(cwd, TESTS)


def inside(path, folder):
    return path == folder or path.startswith(folder + "/")


def is_installed(module):
    """Tells whether a module comes with the interpreter, or is a file of the tests."""
    if module in sys.stdlib_module_names:
        return True
    import glob

    # With one user, files of the workspace can be seen here, though not opened.
    own = [os.getcwd()] if inside(os.getcwd(), TESTS) else []
    places = [*own, *glob.glob("/usr/lib/python3*/dist-packages"), *glob.glob("/usr/local/lib/python3*/*-packages")]
    return any(os.path.exists(f"{place}/{module}{end}") for place in places for end in ("", ".py"))


def run_real(name, argv):
    """Becomes the real program of a name: the first in the PATH that is not one of the links."""
    path = os.environ.get("PATH", os.defpath)
    for folder in path.split(":"):
        place = os.path.join(folder, name)
        if folder != SHIMS and os.access(place, os.X_OK):
            signal.signal(signal.SIGPIPE, signal.SIG_DFL)
            signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
            # Python looks for itself by this name, and would find the link.
            os.execve(place, [place if name.startswith("python") else name, *argv[1:]], os.environ)
    complain(f"{name}: command not found\n")
    return 127


def run_as_solution(argv):
    """Has the supervisor run a program and returns its exit status; signals that reach this process are forwarded to it."""
    connection = _socket.socket(_socket.AF_UNIX, _socket.SOCK_STREAM | _socket.SOCK_CLOEXEC)
    try:
        connection.connect(SOCKET)
        request = minimal_json.dumps({"argv": argv, "cwd": os.getcwd(), "env": dict(os.environ)})
        send(connection, LENGTH.pack(len(request)) + request)
    except OSError as error:
        complain(f"$SOLUTION: {os.strerror(error.errno or 0)}\n")
        return CANNOT_RUN
    for number in FORWARDED:
        signal.signal(number, lambda number, _: connection.send(bytes([number])))
    leave_streams()
    answer = b""
    while len(answer) < STATUS.size:
        piece = connection.recv(STATUS.size)
        if not piece:
            return CANNOT_RUN
        answer += piece
    return STATUS.unpack(answer)[0]


def send(connection, data):
    streams = (0, 1, 2)
    for descriptor in streams:
        open_to_solution(descriptor)
    rights = [(_socket.SOL_SOCKET, _socket.SCM_RIGHTS, DESCRIPTORS.pack(*streams))]
    sent = connection.sendmsg([data], rights)
    while sent < len(data):
        sent += connection.send(data[sent:])


def open_to_solution(descriptor):
    """Lets the solution open a pipe again by a name such as /dev/stdout, which takes rights on the pipe besides having it."""
    try:
        info = os.fstat(descriptor)
        if stat.S_ISFIFO(info.st_mode):
            os.fchmod(descriptor, stat.S_IMODE(info.st_mode) | (0o044 if descriptor == 0 else 0o022))
    except OSError:
        pass  # closed, or another user's


def fill_streams():
    """Opens nothing in place of streams that the caller closed, so that no other file takes their numbers."""
    while os.open(os.devnull, os.O_RDWR) <= 2:
        pass


def leave_streams():
    """Gives up the streams, so that who reads from the program's output sees it end with the program."""
    nothing = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nothing, descriptor)


def complain(text):
    try:
        os.write(2, text.encode("utf-8", "replace"))
    except OSError:
        pass
