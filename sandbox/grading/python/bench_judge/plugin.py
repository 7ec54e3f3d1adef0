"""The pytest plugin: reports every test, and with isolation connects the tests with the process of the solution."""

import collections
import types

import pytest
from bench_judge.canary import Canaries
from bench_judge.events import MAX_TEXT, Events

state = types.SimpleNamespace(events=None, peer=None, surroundings=None, shapes=None, canaries=None, interrupted=None, failed=False)


def begin(plan, events_out):
    """Sets up what the plan asks for, before pytest starts; returns the test files to run."""
    judge = plan["judge"]
    state.events = Events(events_out, plan["secret"])
    state.canaries = Canaries(judge.get("canaries") or [])
    if plan["boundary"] is None:
        from bench_judge import here

        here.prepare(judge)
        return [*judge["files"], *state.canaries.write(judge["root"])]
    from bench_judge import connect

    state.peer, state.surroundings, state.shapes = connect.connect(plan["boundary"], judge)
    from bench_judge.connection import Interrupted

    state.interrupted = Interrupted
    return judge["files"]


class Report:
    """What is known of a test while its phases are reported."""

    def __init__(self, breaches):
        self.failed = self.skipped = self.called = False
        self.message, self.seconds, self.breaches = None, 0.0, breaches


open_tests = {}
# Ids that pytest gave to more than one test, each with how often it was reported.
repeated = {}


def breaches():
    return 0 if state.peer is None else len(state.peer.breaches)


def text_at(path):
    try:
        return path.read_text(errors="replace")
    except OSError:
        return ""


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_logstart(nodeid, location):
    open_tests[nodeid] = Report(breaches())
    if state.peer is not None:
        state.shapes.test = nodeid
        state.surroundings.look()


@pytest.hookimpl(trylast=True)
def pytest_runtest_logreport(report):
    entry = open_tests.setdefault(report.nodeid, Report(breaches()))
    if report.outcome == "rerun":
        open_tests[report.nodeid] = Report(breaches())
        return
    entry.seconds += report.duration
    entry.called = entry.called or (report.when == "call" and report.outcome == "passed")
    entry.failed = entry.failed or report.outcome == "failed"
    entry.skipped = entry.skipped or report.outcome == "skipped"
    if report.outcome != "passed" and (entry.message is None or report.outcome == "failed"):
        entry.message = text_of(report)
    if report.when == "teardown":
        close(report.nodeid, open_tests.pop(report.nodeid))


def close(name, entry):
    """Reports a test whose last phase has ended."""
    if state.peer is not None and len(state.peer.breaches) > entry.breaches:
        entry.failed = True
        entry.message = state.peer.breaches[entry.breaches]
    state.failed = state.failed or entry.failed
    if entry.failed:
        status = "failed"
    else:
        status = "skipped" if entry.skipped or not entry.called else "passed"
    state.events.test(state.canaries.name_of(numbered(name)), status, entry.message, entry.seconds)


def numbered(name):
    """Tells tests of one id apart by their order: pytest can make such ids of `ids` that hold a name twice."""
    if name not in repeated:
        return name
    repeated[name] += 1
    return name if repeated[name] == 1 else f"{name} ({repeated[name]})"


def text_of(report):
    """Returns the reason of a failure or skip as one text."""
    crash = getattr(report.longrepr, "reprcrash", None)
    if getattr(report, "wasxfail", None) is not None:
        return f"expected to fail: {report.wasxfail}"
    if crash is not None:
        return crash.message
    if isinstance(report.longrepr, tuple):
        return str(report.longrepr[2])
    return report.longreprtext[-MAX_TEXT:]


def pytest_collectreport(report):
    if report.failed:
        state.events.test(f"{report.nodeid or 'collection'} (import)", "failed", text_of(report), 0.0)
    elif report.skipped:
        state.events.test(report.nodeid, "skipped", text_of(report), 0.0)


def pytest_collection_modifyitems(items):
    state.canaries.spread(items)


@pytest.hookimpl(trylast=True)
def pytest_collection_finish(session):
    times = collections.Counter(item.nodeid for item in session.items)
    repeated.update({name: 0 for name, count in times.items() if count > 1})
    if state.peer is not None:
        state.surroundings.prepare([text_at(path) for path in {item.path for item in session.items}])


def tame(outcome):
    """Turns an interrupt that the solution raised into the failure of the test: pytest would end the whole run."""
    if state.interrupted is None or outcome.excinfo is None or not isinstance(outcome.excinfo[1], state.interrupted):
        return
    error = RuntimeError("KeyboardInterrupt in the solution")
    if hasattr(outcome, "force_exception"):
        outcome.force_exception(error)
    else:
        outcome._excinfo = (RuntimeError, error, outcome.excinfo[2])


@pytest.hookimpl(hookwrapper=True, tryfirst=True)
def pytest_runtest_setup(item):
    tame((yield))


@pytest.hookimpl(hookwrapper=True, tryfirst=True)
def pytest_runtest_call(item):
    tame((yield))


@pytest.hookimpl(hookwrapper=True, tryfirst=True)
def pytest_runtest_teardown(item):
    tame((yield))


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session):
    if state.failed and session.exitstatus == 0:
        session.exitstatus = 1
    if state.shapes is not None:
        state.events.shapes(state.shapes.found)
    state.events.send({"kind": "end"})

