"""
Keeps tests and solution apart where a sandbox has one user for both, and closes the workspace to tests that are a user of their own.

Landlock hides the folders of the one from the other, and keeps the solution from signalling, tracing and reading processes that are not its own. A filter of
system calls refuses the same once more. Both are inherited and cannot be removed. They are made once, here, and entered by the processes that they are for.
"""

import os
from _struct import pack

from supervisor.folders import LENT, PRIVATE, SHARED_FILES, SHARED_TMP, WORKSPACE
from supervisor.library import Placed, prctl, syscall
from supervisor.users import SOLUTION

PR_SET_SECCOMP, PR_SET_NO_NEW_PRIVS, SECCOMP_MODE_FILTER = 22, 38, 2
LOAD, JUMP_EQUAL, JUMP_AT_LEAST, RETURN = 0x20, 0x15, 0x35, 0x06
ALLOW, REFUSE = 0x7FFF0000, 0x00050001
NUMBER, ARCHITECTURE, FIRST_ARGUMENT = 0, 4, 16
X32_BIT = 0x40000000
LANDLOCK_CREATE, LANDLOCK_ADD, LANDLOCK_RESTRICT = 444, 445, 446
SCOPE_SIGNALS_AND_SOCKETS = 3
# What Landlock can do to files, by the version from which it can: all that reads, writes, runs, makes and removes; moving between folders; cutting short.
FILE_RIGHTS = ((1, (1 << 13) - 1), (2, 1 << 13), (3, 1 << 14))
# The rights that a plain file can have: execute, write, read, cut short.
PLAIN_RIGHTS = 0b111 | 1 << 14
# Execute, read files, list folders.
READING = 0b1101
# The first version under which files can be moved between folders.
MOVING_VERSION = 2
# The first version that keeps signals among a program's own processes. Cutting files short by name is kept from version 3 on.
NEEDED_VERSION = 6

# Audit number; calls that no solution needs: ptrace, process_vm_readv, process_vm_writev, pidfd_getfd; and prlimit, which it may use for itself only.
CALLS = {
    "x86_64": (0xC000003E, (101, 310, 311, 438), 302),
    "aarch64": (0xC00000B7, (117, 270, 271, 438), 261),
}


class ClosedWorkspace:
    """
    Lets the tests' user enter the workspace and open nothing in it, whatever rights the solution gives to its files. Raises OSError where the kernel
    cannot do that.
    """

    def __init__(self):
        self.rights = known_rights(MOVING_VERSION)
        self.rules = make_rules(self.rights, [f"/{name}" for name in os.listdir("/") if name != WORKSPACE[1:]], 0)

    def enter(self):
        """Confines this process, which is about to start a program of the tests, for good."""
        must(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
        must(syscall(LANDLOCK_RESTRICT, self.rules, 0))


class Confinement:
    """What tests and solution may not do to each other. Raises OSError where the kernel cannot keep them apart."""

    def __init__(self):
        self.rights = known_rights(NEEDED_VERSION)
        others = [f"/{name}" for name in os.listdir("/") if name not in ("tmp", WORKSPACE[1:])]
        self.solution_rules = make_rules(self.rights, [*others, WORKSPACE, SHARED_FILES, SHARED_TMP, "/tmp/solution"],
                                         SCOPE_SIGNALS_AND_SOCKETS, readable=[LENT])
        self.judge_rules = make_rules(self.rights, [*others, "/tmp"], 0)
        known = CALLS.get(os.uname().machine)
        self.filter = None if known is None else Placed(filter_program(*known))

    def enter(self, user):
        """Confines this process, which is about to start a program of the tests or of the solution, for good."""
        must(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
        must(syscall(LANDLOCK_RESTRICT, self.solution_rules if user == SOLUTION else self.judge_rules, 0))
        if user == SOLUTION and self.filter is not None:
            header = pack("HxxxxxxP", len(self.filter) // 8, self.filter.address)
            must(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, header, 0, 0))


def known_rights(needed):
    """Returns what Landlock can do to files in this kernel."""
    version = syscall(LANDLOCK_CREATE, 0, 0, 1)
    if version < needed:
        raise OSError(f"this sandbox has one user, and its kernel cannot keep tests and solution apart (Landlock {max(version, 0)} of {needed})")
    return sum(rights for since, rights in FILE_RIGHTS if version >= since)


def make_rules(rights, visible, scoped, readable=()):
    """Returns a descriptor of rules under which these folders, and nothing else, can be used; those that are `readable` can only be read."""
    attributes = pack("QQQ", rights, 0, scoped) if scoped else pack("Q", rights)
    rules = must(syscall(LANDLOCK_CREATE, attributes, len(attributes), 0))
    for folder in (*visible, *readable):
        try:
            place = os.open(folder, os.O_PATH | os.O_CLOEXEC)
        except OSError:
            continue
        allowed = rights if os.path.isdir(folder) else rights & PLAIN_RIGHTS
        if folder in readable:
            allowed &= READING
        must(syscall(LANDLOCK_ADD, rules, 1, pack("=Qi", allowed, place), 0))
        os.close(place)
    return rules


def must(result):
    if result < 0:
        raise OSError(f"the kernel refused to keep {PRIVATE} and {WORKSPACE} apart")
    return result


def filter_program(architecture, refused, for_itself):
    steps = [
        (LOAD, 0, 0, ARCHITECTURE), (JUMP_EQUAL, 1, 0, architecture), (RETURN, 0, 0, REFUSE),
        (LOAD, 0, 0, NUMBER), (JUMP_AT_LEAST, 0, 1, X32_BIT), (RETURN, 0, 0, REFUSE),
    ]
    for number in refused:
        steps += [(JUMP_EQUAL, 0, 1, number), (RETURN, 0, 0, REFUSE)]
    steps += [(JUMP_EQUAL, 0, 3, for_itself), (LOAD, 0, 0, FIRST_ARGUMENT), (JUMP_EQUAL, 1, 0, 0), (RETURN, 0, 0, REFUSE), (RETURN, 0, 0, ALLOW)]
    return b"".join(pack("HBBI", *step) for step in steps)
