"""
Protects the program that runs the commands of this sandbox from those commands.

Process 1 cannot be killed from inside, but a process with its user id could still lower its limits, its priority or its share of
processors. A system call filter, which every command inherits, refuses such calls when they name process 1, and those that would
kill, stop or inspect it. It also refuses calls that no task needs and that have often been used to attack kernels, whatever filter
the sandbox was started with.
"""
import os
import resource
from _struct import calcsize, pack

from library import Placed, prctl

PR_SET_DUMPABLE = 4
PR_SET_SECCOMP = 22
SECCOMP_MODE_FILTER = 2

LOAD_WORD = 0x20
JUMP_EQUAL = 0x15
JUMP_AT_LEAST = 0x35
JUMP_ANY_BIT = 0x45
RETURN = 0x06
ALLOW = 0x7FFF0000
REFUSE = 0x00050001  # EPERM
UNKNOWN = 0x00050026  # ENOSYS, on which C libraries use an older call instead

NUMBER_OFFSET = 0
ARCHITECTURE_OFFSET = 4
ARGUMENTS_OFFSET = 16
# Numbers of the x32 calls of x86-64 kernels begin here.
X32_BIT = 0x40000000

PRIORITY_OF_USER = 2
IO_PRIORITY_OF_USER = 3
NEW_NAMESPACES = 0x7E020000
# io_uring and the newer mount calls, with the same numbers on both architectures.
NEVER = (425, 426, 427, 428, 429, 430, 431, 432, 433, 442)
# For each architecture: its audit number, then its calls.
CALLS = {
    "x86_64": (
        0xC000003E,
        {
            "setpriority": 141, "ioprio": 251, "clone": 56, "clone3": 435, "ptrace": 101,
            # prlimit, the four of sched_set*; kill tkill tgkill rt_sigqueueinfo rt_tgsigqueueinfo pidfd_open, process_vm_readv and _writev
            "first": (302, 142, 144, 203, 314, 62, 200, 234, 129, 297, 434, 310, 311),
            # add_key request_key keyctl bpf perf_event_open userfaultfd unshare setns mount umount2 pivot_root kexec_load
            # kexec_file_load open_by_handle_at init_module finit_module delete_module syslog swapon swapoff reboot iopl ioperm
            "never": (248, 249, 250, 321, 298, 323, 272, 308, 165, 166, 155, 246, 320, 304, 175, 313, 176, 103, 167, 168, 169, 172, 173),
        },
    ),
    "aarch64": (
        0xC00000B7,
        {
            "setpriority": 140, "ioprio": 30, "clone": 220, "clone3": 435, "ptrace": 117,
            # The same in the same order; iopl and ioperm do not exist here.
            "first": (261, 118, 119, 122, 274, 129, 130, 131, 138, 240, 434, 270, 271),
            "never": (217, 218, 219, 280, 241, 282, 97, 268, 40, 39, 41, 104, 294, 265, 105, 273, 106, 116, 224, 225, 142),
        },
    ),
}


# Opened now, since this process may no longer open it later.
_mortality = os.open("/proc/self/oom_score_adj", os.O_WRONLY | os.O_CLOEXEC)


class mortal:
    """
    Makes a process that starts inside this context the first that the kernel kills when memory runs out.

    The score is inherited, not set afterwards, so that a command is never as well protected as this process.
    """

    def __enter__(self):
        os.pwrite(_mortality, b"1000", 0)

    def __exit__(self, *_):
        os.pwrite(_mortality, b"0", 0)


def protect_process():
    """Makes this process unreadable to all others and disables its core dumps."""
    prctl(PR_SET_DUMPABLE, 0)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def filter_calls():
    """Installs the filter for this process and all its descendants; an unknown architecture gets none."""
    known = CALLS.get(os.uname().machine)
    if known is None or calcsize("P") != 8:
        return
    program = _program(*known)
    placed = Placed(program)
    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, pack("HxxxxxxP", len(program) // 8, placed.address))


def _program(architecture, calls):
    steps = [
        (LOAD_WORD, 0, 0, ARCHITECTURE_OFFSET),
        (JUMP_EQUAL, 1, 0, architecture),
        (RETURN, 0, 0, REFUSE),
        (LOAD_WORD, 0, 0, NUMBER_OFFSET),
        (JUMP_AT_LEAST, 0, 1, X32_BIT),
        (RETURN, 0, 0, REFUSE),
    ]
    for number in (*calls["never"], *NEVER):
        steps += [(JUMP_EQUAL, 0, 1, number), (RETURN, 0, 0, REFUSE)]
    # The flags of clone3 are in memory, where a filter cannot see them; C libraries fall back to clone.
    steps += [(JUMP_EQUAL, 0, 1, calls["clone3"]), (RETURN, 0, 0, UNKNOWN)]
    # Linux itself protects process 1 from these signals and guards its memory; other kernels may not.
    rules = [(number, 0, JUMP_EQUAL, 1) for number in calls["first"]]
    rules += [(calls["ptrace"], 1, JUMP_EQUAL, 1), (calls["clone"], 0, JUMP_ANY_BIT, NEW_NAMESPACES)]
    rules += [(calls["setpriority"], 0, JUMP_EQUAL, PRIORITY_OF_USER), (calls["setpriority"], 1, JUMP_EQUAL, 1)]
    rules += [(calls["ioprio"], 0, JUMP_EQUAL, IO_PRIORITY_OF_USER), (calls["ioprio"], 1, JUMP_EQUAL, 1)]
    for number, argument, test, value in rules:
        steps += [
            (LOAD_WORD, 0, 0, NUMBER_OFFSET),
            (JUMP_EQUAL, 0, 3, number),
            (LOAD_WORD, 0, 0, ARGUMENTS_OFFSET + 8 * argument),
            (test, 0, 1, value),
            (RETURN, 0, 0, REFUSE),
        ]
    steps.append((RETURN, 0, 0, ALLOW))
    return b"".join(pack("HBBI", *step) for step in steps)
