"""
Starts the solution's process without access to other processes, and hides a folder of the tests from it.

A system call filter refuses tracing, reading of memory and signals to the grading processes. Where the kernel has Landlock, signals and tracing are also
limited to the solution's own processes, and folders are hidden. Both are inherited and cannot be removed. What a kernel lacks is left out; the grading
processes stay unreadable in any case.
"""

import ctypes
import os
import struct
import sys

PR_SET_SECCOMP, PR_SET_NO_NEW_PRIVS, SECCOMP_MODE_FILTER = 22, 38, 2
LOAD, JUMP_EQUAL, JUMP_AT_LEAST, RETURN = 0x20, 0x15, 0x35, 0x06
ALLOW, REFUSE = 0x7FFF0000, 0x00050001
NUMBER, ARCHITECTURE, FIRST_ARGUMENT = 0, 4, 16
X32_BIT = 0x40000000
LANDLOCK_CREATE, LANDLOCK_ADD, LANDLOCK_RESTRICT = 444, 445, 446
SCOPE_SIGNALS_AND_SOCKETS = 3
READ_AND_WRITE = (1 << 13) - 1
ALL_SIGNALLED = 0xFFFFFFFF

# Audit number; calls that are always refused: ptrace, process_vm_readv, process_vm_writev, pidfd_getfd; and those that send signals to the
# process in their first argument: kill, tkill, tgkill, rt_sigqueueinfo, rt_tgsigqueueinfo, pidfd_open.
CALLS = {
    "x86_64": (0xC000003E, (101, 310, 311, 438), (62, 200, 234, 129, 297, 434)),
    "aarch64": (0xC00000B7, (117, 270, 271, 438), (129, 130, 131, 138, 240, 434)),
}

libc = ctypes.CDLL(None, use_errno=True)


def filter_calls(protected):
    known = CALLS.get(os.uname().machine)
    if known is None:
        return
    architecture, refused, signals = known
    named = [pid & ALL_SIGNALLED for each in protected for pid in (each, -each)] + [ALL_SIGNALLED]
    steps = [
        (LOAD, 0, 0, ARCHITECTURE), (JUMP_EQUAL, 1, 0, architecture), (RETURN, 0, 0, REFUSE),
        (LOAD, 0, 0, NUMBER), (JUMP_AT_LEAST, 0, 1, X32_BIT), (RETURN, 0, 0, REFUSE),
    ]
    for number in refused:
        steps += [(LOAD, 0, 0, NUMBER), (JUMP_EQUAL, 0, 1, number), (RETURN, 0, 0, REFUSE)]
    for number in signals:
        for pid in named:
            steps += [
                (LOAD, 0, 0, NUMBER), (JUMP_EQUAL, 0, 3, number), (LOAD, 0, 0, FIRST_ARGUMENT), (JUMP_EQUAL, 0, 1, pid), (RETURN, 0, 0, REFUSE),
            ]
    steps.append((RETURN, 0, 0, ALLOW))
    program = b"".join(struct.pack("HBBI", *step) for step in steps)
    code = ctypes.create_string_buffer(program, len(program))
    header = ctypes.create_string_buffer(struct.pack("HxxxxxxP", len(steps), ctypes.addressof(code)))
    libc.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, header, 0, 0)


def keep_among_own(visible):
    """Applies Landlock; `visible` are the folders that stay accessible, empty for all of them."""
    version = libc.syscall(LANDLOCK_CREATE, None, 0, 1)
    scoped = SCOPE_SIGNALS_AND_SOCKETS if version >= 6 else 0
    handled = READ_AND_WRITE if visible else 0
    if version < 1 or not (scoped or handled):
        return
    attributes = ctypes.create_string_buffer(struct.pack("QQQ", handled, 0, scoped))
    rules = libc.syscall(LANDLOCK_CREATE, attributes, 24 if version >= 6 else 8, 0)
    if rules < 0:
        return
    for folder in visible:
        try:
            place = os.open(folder, os.O_PATH | os.O_CLOEXEC)
        except OSError:
            continue
        allowed = handled if os.path.isdir(folder) else handled & 0b111
        libc.syscall(LANDLOCK_ADD, rules, 1, ctypes.create_string_buffer(struct.pack("=Qi", allowed, place)), 0)
        os.close(place)
    libc.syscall(LANDLOCK_RESTRICT, rules, 0)
    os.close(rules)


def visible_folders(shared):
    """Returns every top-level folder except /tmp, and the part of /tmp that tests and solution share."""
    return [shared, *(f"/{name}" for name in os.listdir("/") if name != "tmp")]


def main():
    protected = [int(each) for each in sys.argv[1].split(",")]
    shared, command = sys.argv[2], sys.argv[3:]
    libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    keep_among_own(visible_folders(shared) if shared else [])
    filter_calls(protected)
    os.execv(command[0], command)


if __name__ == "__main__":
    main()
