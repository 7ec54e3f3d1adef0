"""Runs pytest over hidden tests and sends an event for each of them."""

import json
import os
import sys

plan_in, events_out = (int(os.environ.pop(name)) for name in ("BENCH_PLAN", "BENCH_EVENTS"))
os.set_inheritable(events_out, False)
with os.fdopen(plan_in, "rb") as file:
    PLAN = json.load(file)

import pytest  # noqa: E402

MAX_MESSAGE = 2000


def send(event):
    data = json.dumps({**event, "secret": PLAN["secret"]}).encode() + b"\n"
    while data:
        data = data[os.write(events_out, data) :]


class Reporter:
    def __init__(self):
        self.open = {}

    def pytest_collectreport(self, report):
        if report.failed:
            self.report(f"{report.nodeid or 'collection'} (import)", "failed", text_of(report), None)

    def pytest_runtest_logreport(self, report):
        entry = self.open.setdefault(report.nodeid, {"outcomes": [], "message": None, "seconds": 0.0})
        entry["seconds"] += report.duration
        entry["outcomes"].append(report.outcome)
        if report.outcome != "passed" and entry["message"] is None:
            entry["message"] = text_of(report)
        if report.when == "teardown":
            outcomes = self.open.pop(report.nodeid)["outcomes"]
            status = "failed" if "failed" in outcomes else "skipped" if "skipped" in outcomes else "passed"
            self.report(report.nodeid, status, entry["message"], entry["seconds"] * 1000)

    def report(self, name, status, message, duration):
        send({"kind": "test", "name": PLAN["judge"]["canaries"].get(name, name), "status": status, "message": message, "durationMs": duration})


def text_of(report):
    crash = getattr(report.longrepr, "reprcrash", None)
    if crash is not None:
        return crash.message[:MAX_MESSAGE]
    return str(report.longrepr)[-MAX_MESSAGE:]


root = PLAN["judge"]["root"]
sys.path[:0] = [root, os.environ["WORKSPACE"]]
code = pytest.main(
    [f"--rootdir={root}", "-p", "no:cacheprovider", "--capture=no", "--continue-on-collection-errors", *PLAN["judge"]["files"]],
    plugins=[Reporter()],
)
send({"kind": "end"})
os._exit(int(code))
