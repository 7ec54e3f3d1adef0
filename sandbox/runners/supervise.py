"""Runs one test runner over untrusted code and writes what it reported.

The plan comes in as JSON on standard input, so that no argument, variable or file names the report before it exists.
The runner is a child process; this process never loads code from the workspace. Order matters for trust:
the child ends (or is killed), then every process it left behind is killed, and only then is the report written.
The exit status is the child's own: with a test in the suite that must fail, an honest run ends with 1.
"""

import json
import os
import secrets
import select
import signal
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)

from bench_runner.process import kill_descendants, protect_this_process, reap_orphans  # noqa: E402

PYTHON = sys.executable
NODE = "/usr/local/bin/node"
MAX_EVENT_BYTES = 32 * 1024 * 1024
MAX_MESSAGE = 2000
# None of 2, 126 and 127, which say that this program was not started at all.
NO_REPORT = 99


def worker_command(plan):
    """The program that runs the tests, by absolute path."""
    if plan["runner"] == "pytest":
        return [PYTHON, "-P", "-s", os.path.join(HERE, "run_pytest.py")]
    if plan["runner"] == "node":
        flags = ["--experimental-transform-types", "--disable-warning=ExperimentalWarning"]
        return [NODE, *flags, os.path.join(HERE, "run_node.mjs")]
    return [PYTHON, "-I", os.path.join(HERE, "run_exit_status.py")]


def worker_environment(home):
    """Nothing is inherited: a variable could load code into the runner."""
    return {
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "HOME": home,
        "TMPDIR": "/tmp",
        "LANG": "C.UTF-8",
        "TZ": "UTC",
        "CI": "1",
        "PYTHONHASHSEED": "0",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
    }


def prefer_as_victim(pid):
    """Lets the kernel take the tests, not their supervisor, when memory runs out."""
    try:
        with open(f"/proc/{pid}/oom_score_adj", "w") as file:
            file.write("1000")
    except OSError:
        pass


def oom_kills():
    """How many processes of this container the kernel has killed for memory, or 0 where it does not say."""
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
    """The lines a worker sent, with the ones that do not carry the secret of this run counted apart."""

    def __init__(self, secret):
        self.secret = secret
        self.tests = []
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
            event = json.loads(line)
            honest = isinstance(event, dict) and event.get("secret") == self.secret
        except (ValueError, RecursionError):
            honest = False
        if not honest or self.finished:
            self.strays += 1
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


def start_worker(plan, secret, home):
    """Starts the runner; the numbers of its two pipes are its only arguments."""
    plan_read, plan_write = os.pipe()
    event_read, event_write = os.pipe()
    worker = subprocess.Popen(
        [*worker_command(plan), str(plan_read), str(event_write)],
        stdin=subprocess.DEVNULL,
        cwd=plan["workspace"],
        env=worker_environment(home),
        pass_fds=(plan_read, event_write),
        start_new_session=True,
    )
    prefer_as_victim(worker.pid)
    os.close(plan_read)
    os.close(event_write)
    private = {key: value for key, value in plan.items() if key != "report"}
    send_plan(plan_write, json.dumps({**private, "secret": secret}).encode())
    return worker, event_read


def send_plan(descriptor, data):
    """Hands the worker its plan; a worker that died before reading it is not an error of ours."""
    try:
        while data:
            data = data[os.write(descriptor, data):]
    except BrokenPipeError:
        pass
    finally:
        os.close(descriptor)


def wait_for(worker, event_read, events, deadline):
    """Collects events until the worker ends; None when time ran out."""
    os.set_blocking(event_read, False)
    is_open = True
    while True:
        reap_orphans(worker.pid)
        status = worker.poll()
        is_open = is_open and drain(event_read, events)
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
    """Takes what is in the pipe now; False at its end."""
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
        return {"kind": "signalled", "signal": signal.Signals(-status).name if -status in set(signal.Signals) else str(-status)}
    return {"kind": "exited", "code": status}


def exit_code_of(end):
    if end["kind"] == "timed-out":
        return 124
    if end["kind"] == "signalled":
        return 125
    return end["code"]


def write_report(path, report):
    """Writes into a folder made now, under a name nobody was told."""
    folder = os.path.dirname(path)
    os.mkdir(folder, 0o700)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump(report, file)


def main():
    protect_this_process()
    plan = json.load(sys.stdin)
    secret = secrets.token_hex(16)
    home = f"/tmp/home-{secrets.token_hex(8)}"
    os.mkdir(home, 0o700)
    kills_before = oom_kills()
    started = time.monotonic()
    events = Events(secret)
    worker, event_read = start_worker(plan, secret, home)
    status = wait_for(worker, event_read, events, started + plan["timeoutSeconds"])
    clean = kill_descendants()
    drain(event_read, events)
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
    """Ends without a report, which is a failure of the solution that made it so."""
    print(f"supervisor: {reason}", file=sys.stderr)
    return NO_REPORT


if __name__ == "__main__":
    sys.exit(main())
