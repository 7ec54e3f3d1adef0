"""Lists the processes of this sandbox, and kills those of a command."""
import _signal as signal
import os
import sys
import time

SWEEP_SECONDS = 5.0
MEMORY_EVENT_FILES = ("/sys/fs/cgroup/memory.events", "/sys/fs/cgroup/memory/memory.oom_control")


# In a sandbox for grading, this process may become root again, and the user of the solution is only its effective one.
IS_ROOT = os.getresuid()[0] == 0 and "machine" not in sys.modules
SOLUTION = 1000


def act_as_solution():
    """Takes the rights of the solution's user, in a sandbox for grading: all files are made and opened with them."""
    if IS_ROOT:
        os.setgroups([])
        os.setegid(SOLUTION)
        os.seteuid(SOLUTION)


def become_solution():
    """Makes this process, one that is about to start a program, the solution's user for good."""
    if IS_ROOT:
        os.seteuid(0)
        os.setresgid(SOLUTION, SOLUTION, SOLUTION)
        os.setresuid(SOLUTION, SOLUTION, SOLUTION)


class Process:
    __slots__ = ("dead", "parent", "session", "started")

    def __init__(self, parent, session, started, dead):
        self.parent = parent
        self.session = session
        self.started = started
        self.dead = dead


def table():
    """Returns every process but this one, by its id."""
    found = {}
    for name in os.listdir("/proc"):
        if name.isdigit() and name != "1":
            process = _read(name)
            if process is not None:
                found[int(name)] = process
    return found


def _read(name):
    try:
        fd = os.open("/proc/" + name + "/stat", os.O_RDONLY)
    except OSError:
        return None
    try:
        text = os.read(fd, 4096)
    except OSError:
        return None
    finally:
        os.close(fd)
    # The name of the program is in parentheses and may contain anything, parentheses included.
    fields = text[text.rfind(b")") + 2 :].split()
    if len(fields) < 20:
        return None
    return Process(int(fields[1]), int(fields[3]), int(fields[19]), fields[0] in (b"Z", b"X"))


def identities():
    """Identifies the processes that live now by id and start time, so that a later one with the same id differs."""
    return {(pid, process.started) for pid, process in table().items()}


def kill_all_but(spared, other_leaders, reap):
    """
    Kills every process that is not in `spared` and does not belong to another running command.

    All are stopped first, repeatedly until no new one is found: a stopped process cannot fork, so none escapes by forking faster
    than it is killed, and none hides in another session or below another parent.
    """
    deadline = time.monotonic() + SWEEP_SECONDS
    stopped = set()
    while time.monotonic() < deadline:
        fresh = _targets(spared, other_leaders) - stopped
        if not fresh:
            break
        _signal(fresh, signal.SIGSTOP)
        stopped |= fresh
    while time.monotonic() < deadline:
        targets = _targets(spared, other_leaders)
        if not targets:
            return
        _signal(targets, signal.SIGKILL)
        time.sleep(0.0005)
        reap()


def _targets(spared, other_leaders):
    processes = table()
    return {
        pid
        for pid, process in processes.items()
        if not process.dead and (pid, process.started) not in spared and not _belongs(pid, processes, other_leaders)
    }


def _belongs(pid, processes, leaders):
    if not leaders:
        return False
    seen = set()
    while pid in processes and pid not in seen:
        seen.add(pid)
        if pid in leaders or processes[pid].session in leaders:
            return True
        pid = processes[pid].parent
    return False


def _signal(pids, number):
    if IS_ROOT:
        os.seteuid(0)  # some are of another user
    for pid in pids:
        try:
            os.kill(pid, number)
        except OSError:
            pass
    if IS_ROOT:
        os.seteuid(SOLUTION)


def memory_kills():
    """Returns how often the kernel has killed a process here for lack of memory, or None where it does not say."""
    for path in MEMORY_EVENT_FILES:
        try:
            fd = os.open(path, os.O_RDONLY)
        except OSError:
            continue
        try:
            text = os.read(fd, 4096)
        except OSError:
            continue
        finally:
            os.close(fd)
        for line in text.splitlines():
            if line.startswith(b"oom_kill "):
                return int(line[9:])
    return None
