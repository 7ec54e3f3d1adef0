"""Reports the result of each test of a pytest run."""

import random

from bench_runner.hidden import MAX_MESSAGE, HiddenModule

draw = random.SystemRandom()


class Reporter:
    """Turns pytest's reports into one event for each test."""

    def __init__(self, send, canary_ids):
        self.send = send
        self.canary_ids = canary_ids
        self.open = {}

    def pytest_pycollect_makemodule(self, module_path, parent):
        return HiddenModule.from_parent(parent, path=module_path)

    def pytest_collectreport(self, report):
        if report.failed:
            name = report.nodeid or "collection"
            self.send({"kind": "test", "name": f"{name} (import)", "status": "failed", "message": text_of(report), "durationMs": None})

    def pytest_collection_modifyitems(self, items):
        canaries = [item for item in items if item.nodeid in self.canary_ids]
        honest = [item for item in items if item.nodeid not in self.canary_ids]
        draw.shuffle(canaries)
        half = len(canaries) // 2
        items[:] = canaries[:half] + honest + canaries[half:]

    def pytest_runtest_logreport(self, report):
        entry = self.open.setdefault(report.nodeid, {"called": False, "failed": False, "skipped": False, "message": None, "seconds": 0.0})
        entry["seconds"] += report.duration
        entry["called"] = entry["called"] or (report.when == "call" and report.outcome == "passed")
        if report.outcome == "skipped":
            entry["skipped"] = True
        if report.outcome == "failed":
            entry["failed"] = True
        if report.outcome != "passed" and entry["message"] is None:
            entry["message"] = text_of(report)
        if report.when == "teardown":
            self.close(report.nodeid)

    def close(self, name):
        entry = self.open.pop(name)
        passed = entry["called"] and not entry["failed"] and not entry["skipped"]
        status = "passed" if passed else "skipped" if entry["skipped"] and not entry["failed"] else "failed"
        self.send({
            "kind": "test",
            "name": self.canary_ids.get(name, name),
            "status": status,
            "message": entry["message"],
            "durationMs": entry["seconds"] * 1000,
        })


def text_of(report):
    """Returns the reason of a failure as one text of limited length."""
    crash = getattr(report.longrepr, "reprcrash", None)
    if crash is not None:
        return crash.message[:MAX_MESSAGE]
    if isinstance(report.longrepr, tuple):
        return str(report.longrepr[2])[:MAX_MESSAGE]
    return report.longreprtext[-MAX_MESSAGE:]
