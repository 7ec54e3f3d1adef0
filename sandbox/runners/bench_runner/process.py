"""Keeps processes apart: children cannot read this process, and none of them survives the run."""

import _signal as signal  # without its enumerations, which cost milliseconds
import os
import time

try:
    # The C parts of ctypes: its own imports take as long as a short test.
    from _ctypes import call_function, dlopen, dlsym
except ImportError:
    import ctypes

    prctl = ctypes.CDLL(None).prctl
else:
    PRCTL = dlsym(dlopen(None, os.RTLD_NOW), "prctl")

    def prctl(*arguments):
        return call_function(PRCTL, arguments)


REAP_SECONDS = 10.0
PR_SET_DUMPABLE = 4
PR_SET_CHILD_SUBREAPER = 36


def protect_this_process():
    """Keeps processes of the same user from reading or tracing this one, and adopts the orphans the tests leave."""
    for option, value in ((PR_SET_DUMPABLE, 0), (PR_SET_CHILD_SUBREAPER, 1)):
        prctl(option, value, 0, 0, 0)


def descendants(root):
    """Returns the process ids below `root`, read from /proc."""
    parents = {}
    for entry in os.listdir("/proc"):
        if not entry.isdigit():
            continue
        try:
            with open(f"/proc/{entry}/stat", "rb") as file:
                parents[int(entry)] = int(file.read().rpartition(b")")[2].split()[1])
        except OSError:
            continue
    found = {root}
    grew = True
    while grew:
        grew = False
        for pid, parent in parents.items():
            if parent in found and pid not in found:
                found.add(pid)
                grew = True
    found.discard(root)
    return found


def kill_descendants():
    """Kills everything below this process; returns False when that took too long."""
    deadline = time.monotonic() + REAP_SECONDS
    while time.monotonic() < deadline:
        for pid in freeze_descendants(deadline):
            send_signal(pid, signal.SIGKILL)
        if not reap_all():
            return True
        time.sleep(0.005)
    return False


def freeze_descendants(deadline):
    """Stops all of them before the first is killed, since a killed process makes room for another fork."""
    frozen = set()
    while time.monotonic() < deadline:
        moving = descendants(os.getpid()) - frozen
        if not moving:
            break
        for pid in moving:
            send_signal(pid, signal.SIGSTOP)
        frozen |= moving
    return frozen


def send_signal(pid, number):
    try:
        os.kill(pid, number)
    except OSError:
        pass


def reap_orphans(worker_pid):
    """Reaps dead grandchildren, so that they do not use up the container's process limit; leaves the worker's status alone."""
    while True:
        try:
            dead = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        except ChildProcessError:
            return
        if dead is None or dead.si_pid == worker_pid:
            return
        os.waitpid(dead.si_pid, 0)


def reap_all():
    """Reaps dead children; returns True while there are living ones."""
    while True:
        try:
            pid, _ = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return False
        if pid == 0:
            return True
