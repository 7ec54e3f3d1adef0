"""Protects this process from the others, and ends all of those."""

import _signal as signal  # without its enumerations, which cost milliseconds
import os
import time

from supervisor.library import prctl

KILL_SECONDS = 10.0
NICENESS = 19
PR_SET_DUMPABLE = 4
PR_SET_CHILD_SUBREAPER = 36
EVERY_PROCESS = -1
MEMORY_EVENT_FILES = ("/sys/fs/cgroup/memory.events", "/sys/fs/cgroup/memory/memory.oom_control")


def protect_this_process():
    """Makes this process unreadable to others, gives processor time to the sandbox's first process before it, and adopts orphans."""
    prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    os.setpriority(os.PRIO_PROCESS, 0, NICENESS)
    # Who made a process unreadable can no longer open its files in /proc, so that comes last.
    mortality.open()
    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)


class Mortality:
    """Makes processes that start inside this context the first that the kernel kills when memory runs out, and this one the last."""

    descriptor = None

    def open(self):
        prctl(PR_SET_DUMPABLE, 1, 0, 0, 0)
        try:
            self.descriptor = os.open("/proc/self/oom_score_adj", os.O_WRONLY | os.O_CLOEXEC)
        except OSError:
            return
        self.write(b"0")

    def write(self, score):
        if self.descriptor is None:
            return
        try:
            os.pwrite(self.descriptor, score, 0)
        except OSError:
            pass

    def __enter__(self):
        self.write(b"1000")

    def __exit__(self, *_):
        self.write(b"0")


mortality = Mortality()


def memory_kills():
    """Returns how many processes of this sandbox the kernel has killed for lack of memory, or 0 where it does not say."""
    for path in MEMORY_EVENT_FILES:
        try:
            with open(path) as file:
                for line in file:
                    name, _, value = line.partition(" ")
                    if name == "oom_kill":
                        return int(value)
        except (OSError, ValueError):
            continue
    return 0


def kill_all(reaped):
    """
    Kills every process but the sandbox's first and this one, and calls `reaped` with the id and status of each that was a child.

    One call of kill reaches all of them at once, so none escapes by forking. All others descend from this process, which adopts orphans: when it has no child,
    none is left. Returns False when that took too long.
    """
    deadline = time.monotonic() + KILL_SECONDS
    while time.monotonic() < deadline:
        try:
            os.kill(EVERY_PROCESS, signal.SIGKILL)
        except OSError:
            pass  # there is none
        if not reap(reaped):
            return True
        time.sleep(0.0005)
    return False


def reap(reaped):
    """Reaps dead children; returns whether there are living ones."""
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return False
        if pid == 0:
            return True
        reaped(pid, status)


def watch_children():
    """Returns a descriptor that becomes readable whenever a child ends."""
    wake, waker = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK)
    signal.set_wakeup_fd(waker, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    return wake
