"""
Keeps the commands of this machine from crippling the program that runs them.

Process 1 cannot be killed from inside, but whoever has its user id may still take its limits, its priority or its processors
away. A filter on system calls, which every command inherits, refuses just that: such calls when they name process 1.
"""
import ctypes
import os
import resource
import struct

PR_SET_DUMPABLE = 4
PR_SET_SECCOMP = 22
SECCOMP_MODE_FILTER = 2

LOAD_WORD = 0x20
JUMP_EQUAL = 0x15
JUMP_AT_LEAST = 0x35
RETURN = 0x06
ALLOW = 0x7FFF0000
REFUSE = 0x00050001  # EPERM

NUMBER_OFFSET = 0
ARCHITECTURE_OFFSET = 4
ARGUMENTS_OFFSET = 16
# Calls of the second instruction set that x86-64 kernels offer; their numbers begin here.
X32_BIT = 0x40000000

# For each machine: its audit number, then the calls as (number, argument, value refused).
PRIORITY_OF_USER = 2
IO_PRIORITY_OF_USER = 3
CALLS = {
    "x86_64": (0xC000003E, {"prlimit": 302, "setpriority": 141, "ioprio": 251, "sched": (142, 144, 203, 314)}),
    "aarch64": (0xC00000B7, {"prlimit": 261, "setpriority": 140, "ioprio": 30, "sched": (118, 119, 122, 274)}),
}


# Written to later, when this process may no longer open it itself.
_mortality = os.open("/proc/self/oom_score_adj", os.O_WRONLY | os.O_CLOEXEC)


class mortal:
    """
    What starts within this is the first that the kernel takes when memory runs out.

    Inherited and not set afterwards, so that there is no moment in which a command counts as little as this process does.
    """

    def __enter__(self):
        os.pwrite(_mortality, b"1000", 0)

    def __exit__(self, *_):
        os.pwrite(_mortality, b"0", 0)


def shut():
    """Makes this process unreadable to all others and forbids its dumps."""
    ctypes.CDLL(None).prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def filter_calls():
    """Installs the filter for this process and all that come of it; machines it does not know go without."""
    known = CALLS.get(os.uname().machine)
    if known is None or struct.calcsize("P") != 8:
        return
    program = _program(*known)
    code = ctypes.create_string_buffer(program, len(program))
    header = struct.pack("HxxxxxxP", len(program) // 8, ctypes.addressof(code))
    ctypes.CDLL(None).prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.c_char_p(header), 0, 0)


def _program(architecture, calls):
    rules = [(calls["prlimit"], 0, 1)]
    rules += [(calls["setpriority"], 0, PRIORITY_OF_USER), (calls["setpriority"], 1, 1)]
    rules += [(calls["ioprio"], 0, IO_PRIORITY_OF_USER), (calls["ioprio"], 1, 1)]
    rules += [(number, 0, 1) for number in calls["sched"]]
    steps = [
        (LOAD_WORD, 0, 0, ARCHITECTURE_OFFSET),
        (JUMP_EQUAL, 1, 0, architecture),
        (RETURN, 0, 0, REFUSE),
        (LOAD_WORD, 0, 0, NUMBER_OFFSET),
        (JUMP_AT_LEAST, 0, 1, X32_BIT),
        (RETURN, 0, 0, REFUSE),
    ]
    for number, argument, value in rules:
        steps += [
            (LOAD_WORD, 0, 0, NUMBER_OFFSET),
            (JUMP_EQUAL, 0, 3, number),
            (LOAD_WORD, 0, 0, ARGUMENTS_OFFSET + 8 * argument),
            (JUMP_EQUAL, 0, 1, value),
            (RETURN, 0, 0, REFUSE),
        ]
    steps.append((RETURN, 0, 0, ALLOW))
    return b"".join(struct.pack("HBBI", *step) for step in steps)
