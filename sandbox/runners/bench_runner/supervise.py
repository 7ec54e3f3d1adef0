"""Runs one test runner over untrusted code and writes its report.

The plan comes in as JSON on standard input, so no argument, variable or file names the report before it exists.
The runner is a child process; this process never loads code from the workspace. Order matters for trust:
the child ends (or is killed), then every process it left behind is killed, and only then is the report written.
The exit status is the child's own: with a test in the suite that must fail, an honest run ends with 1.
"""

import os
import select
import sys
import time

from bench_runner import minimal_json
from bench_runner.launch import Launch
from bench_runner.process import kill_descendants, protect_this_process, reap_orphans

MAX_EVENT_BYTES = 32 * 1024 * 1024
MAX_MESSAGE = 2000
# Differs from 2, 126 and 127, which mean that this program was not started at all.
NO_REPORT = 99


def prefer_as_victim(pid):
    """Makes the kernel kill the tests, not their supervisor, when memory runs out."""
    try:
        with open(f"/proc/{pid}/oom_score_adj", "w") as file:
            file.write("1000")
    except OSError:
        pass


def oom_kills():
    """Returns how many processes of this container the kernel has killed for lack of memory, or 0 where it does not say."""
    for path in ("/sys/fs/cgroup/memory.events", "/sys/fs/cgroup/memory/memory.oom_control"):
        try:
            with open(path) as file:
                for line in file:
                    name, _, value = line.partition(" ")
                    if name == "oom_kill":
                        return int(value)
        except (OSError, ValueError):
            continue
    return 0


class Events:
    """The events that a worker sent; lines without the secret of this run are counted as strays."""

    def __init__(self, secret):
        self.secret = secret
        self.tests = []
        self.ready = False
        self.finished = False
        self.strays = 0
        self.received = 0
        self.buffer = b""

    def feed(self, data):
        self.received += len(data)
        if self.received > MAX_EVENT_BYTES:
            self.strays += 1
            return
        *lines, self.buffer = (self.buffer + data).split(b"\n")
        for line in lines:
            self.accept(line)

    def accept(self, line):
        try:
            event = minimal_json.loads(line)
            honest = isinstance(event, dict) and event.get("secret") == self.secret
        except (ValueError, RecursionError):
            honest = False
        if not honest or self.finished:
            self.strays += 1
            return
        if event.get("kind") == "ready":
            self.ready = True
            return
        if event.get("kind") == "end":
            self.finished = True
            return
        self.tests.append({
            "name": str(event.get("name"))[:MAX_MESSAGE],
            "status": str(event.get("status")),
            "message": None if event.get("message") is None else str(event["message"])[:MAX_MESSAGE],
            "durationMs": event.get("durationMs"),
        })


def wait_for(launch, events, deadline):
    """Collects events until the worker ends; returns None when time ran out. Starts the solution's process when the worker is ready for it."""
    worker, event_read = launch.worker, launch.events
    os.set_blocking(event_read, False)
    is_open = True
    while True:
        reap_orphans(worker.pid)
        status = worker.poll()
        is_open = is_open and drain(event_read, events)
        if events.ready:
            launch.start_solution()
        if status is not None:
            return status
        left = deadline - time.monotonic()
        if left <= 0:
            return None
        if is_open:
            select.select([event_read], [], [], min(left, 0.02))
        else:
            time.sleep(min(left, 0.02))


def drain(event_read, events):
    """Reads what is in the pipe now; returns False at its end."""
    while True:
        try:
            data = os.read(event_read, 65536)
        except BlockingIOError:
            return True
        if not data:
            return False
        events.feed(data)


def describe_end(status):
    if status is None:
        return {"kind": "timed-out"}
    if status < 0:
        import signal  # takes milliseconds, and few runs end by a signal

        return {"kind": "signalled", "signal": signal.Signals(-status).name if -status in set(signal.Signals) else str(-status)}
    return {"kind": "exited", "code": status}


def exit_code_of(end):
    if end["kind"] == "timed-out":
        return 124
    if end["kind"] == "signalled":
        return 125
    return end["code"]


def write_report(path, report):
    """Writes the report into a new folder, under a name that no other process knows."""
    folder = os.path.dirname(path)
    os.mkdir(folder, 0o700)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(minimal_json.dumps(report))


def main():
    """Supervises one run and returns the exit status."""
    protect_this_process()
    plan = minimal_json.loads(sys.stdin.buffer.read())
    secret = os.urandom(16).hex()
    kills_before = oom_kills()
    started = time.monotonic()
    events = Events(secret)
    launch = Launch(plan, secret)
    prefer_as_victim(launch.worker.pid)
    status = wait_for(launch, events, started + plan["timeoutSeconds"])
    clean = kill_descendants()
    drain(launch.events, events)
    if not clean:
        return give_up("processes of the tests could not be ended")
    end = describe_end(status)
    report = {
        "end": end,
        "finished": events.finished,
        "strays": events.strays,
        "outOfMemory": oom_kills() > kills_before,
        "tests": events.tests,
    }
    try:
        write_report(plan["report"], report)
    except OSError as error:
        return give_up(f"no report could be written ({error.strerror})")
    return exit_code_of(end)


def give_up(reason):
    """Ends without a report, which the grader counts as a failure of the solution."""
    print(f"supervisor: {reason}", file=sys.stderr)
    return NO_REPORT
