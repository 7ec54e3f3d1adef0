"""Runs one step of a grading: the judge, and beside it the solution where they are connected by a boundary."""

import binascii
import os
import select
import time

from supervisor import minimal_json
from supervisor.collected import Captured, Events, Log, Stream
from supervisor.environment import Environment
from supervisor.folders import read_reports
from supervisor.process import kill_all, reap
from supervisor.users import GRADER, SOLUTION, Program


class Run:
    """What the steps of one grading have in common."""

    def __init__(self, plan, users, *, server, wake, budget):
        self.users = users
        self.server = server
        self.wake = wake
        self.budget = budget
        self.isolated = plan["isolation"] == "process"
        self.workspace = plan["workspace"]
        self.tests_root = plan["testsRoot"]
        self.judge_user = GRADER if self.isolated else SOLUTION
        self.environment = Environment(self.workspace, self.tests_root, self.isolated)


class Step:
    def __init__(self, run, plan):
        self.run = run
        self.plan = plan
        self.status = None
        self.judge = None
        self.began = time.monotonic()
        self.secret = os.urandom(16).hex()
        self.events = Events(self.secret, run.budget)
        self.log = Log(run.budget)
        self.captured = Captured(run.budget) if plan["report"]["kind"] == "stdout" else None
        self.streams = []
        self.opened = []
        self.private = None

    def go(self, deadline):
        """Runs the step until its judge ends or time is up, kills what is left, and returns the result as JSON."""
        timed_out = False
        try:
            self.start()
            timed_out = not self.wait(deadline)
        except OSError as error:
            self.log.take(f"cannot start the tests: {os.strerror(error.errno or 0)}\n".encode())
            self.status = self.status if self.judge is not None else 126 << 8
        if not kill_all(self.reaped):
            raise TimeoutError("processes of the tests could not be ended")
        if self.run.server is not None:
            self.run.server.drop_all()
        for stream in self.streams:
            stream.drain()
        self.close_opened()
        return self.result({"kind": "timed-out"} if timed_out else describe_exit(self.status))

    def start(self):
        run, plan = self.run, self.plan
        variables = dict(plan["env"])
        kept, ends = [], None
        if plan.get("boundary") is not None:
            ends, judge_ends = self.boundary_pipes()
            kept += judge_ends
        if plan["judge"] is not None:
            reader, writer = self.pipe(run.judge_user)
            pipes = None if ends is None else dict(zip(("in", "out", "hear", "ring"), judge_ends))
            self.private = (writer, minimal_json.dumps({"secret": self.secret, "judge": plan["judge"], "boundary": pipes}))
            os.set_blocking(writer, False)
            variables["BENCH_PLAN"] = str(reader)
            kept.append(reader)
        if plan["report"]["kind"] == "events":
            writer = self.collect(self.events.take, run.judge_user)
            variables["BENCH_EVENTS"] = str(writer)
            kept.append(writer)
        nothing = self.keep(os.open(os.devnull, os.O_RDONLY | os.O_CLOEXEC))
        log = self.collect(self.log.take, run.judge_user)
        out = log if self.captured is None else self.collect(self.captured.take, run.judge_user)
        cwd = plan.get("cwd") or (run.tests_root if run.isolated else run.workspace)
        self.judge = Program(
            plan["argv"],
            run.environment.of_judge(variables, shared_tmp=ends is not None),
            user=run.judge_user,
            cwd=cwd,
            cwd_user=SOLUTION if (cwd + "/").startswith(run.workspace + "/") else run.judge_user,
            streams=(nothing, out, log),
            kept=kept,
        ).start(run.users)
        if ends is not None:
            self.start_boundary(ends, nothing)
        self.close_opened(but=self.private and self.private[0])

    def boundary_pipes(self):
        """Makes the four pipes between judge and solution; returns the ends of the solution and those of the judge: in, out, hear, ring."""
        (asked, ask), (answered, answer) = self.pipe(), self.pipe()
        (to_judge, from_solution), (to_solution, from_judge) = self.pipe(), self.pipe()
        return (asked, answer, to_solution, from_solution), (answered, ask, to_judge, from_judge)

    def start_boundary(self, ends, nothing):
        log = self.collect(self.log.take, SOLUTION)
        numbers = ",".join(str(each) for each in ends)
        Program(
            [*self.plan["boundary"]["argv"], numbers],
            self.run.environment.of_solution(),
            user=SOLUTION,
            cwd=self.run.workspace,
            cwd_user=SOLUTION,
            streams=(nothing, log, log),
            kept=ends,
        ).start(self.run.users)

    def pipe(self, user=None):
        """Makes a pipe whose ends are closed here once the programs have them; who owns it may open it again by its name, such as /dev/stdout."""
        with self.run.users.acting_as(user or self.run.judge_user):
            reader, writer = os.pipe2(os.O_CLOEXEC)
        return self.keep(reader), self.keep(writer)

    def collect(self, take, user):
        """Makes a pipe that is read here; returns its writing end."""
        reader, writer = self.pipe(user)
        self.opened.remove(reader)
        self.streams.append(Stream(reader, take))
        return writer

    def keep(self, descriptor):
        self.opened.append(descriptor)
        return descriptor

    def close_opened(self, but=None):
        for descriptor in self.opened:
            if descriptor != but:
                os.close(descriptor)
        self.opened = [each for each in self.opened if each == but]

    def wait(self, deadline):
        """Attends to all pipes until the judge has ended; returns False when time is up."""
        while True:
            reap(self.reaped)
            if self.status is not None:
                return True
            left = deadline - time.monotonic()
            if left <= 0:
                return False
            self.attend(left)

    def attend(self, seconds):
        poll, server = select.poll(), self.run.server
        readers = {stream.descriptor: stream for stream in self.streams if not stream.closed}
        served = () if server is None else server.descriptors()
        for descriptor in (self.run.wake, *readers, *served):
            poll.register(descriptor, select.POLLIN)
        if self.private is not None:
            poll.register(self.private[0], select.POLLOUT)
        for descriptor, _ in poll.poll(seconds * 1000 + 1):
            if descriptor == self.run.wake:
                os.read(descriptor, 4096)
            elif descriptor in readers:
                readers[descriptor].read()
            elif self.private is not None and descriptor == self.private[0]:
                self.send_private()
            else:
                server.attend(descriptor)

    def send_private(self):
        """Sends the judge its plan, as much as the pipe takes; a judge that died before reading it is its own matter."""
        descriptor, data = self.private
        try:
            data = data[os.write(descriptor, data) :]
        except BlockingIOError:
            return
        except BrokenPipeError:
            data = b""
        self.private = (descriptor, data) if data else None
        if not data:
            self.close_opened()

    def reaped(self, pid, status):
        if pid == self.judge:
            self.status = status
        elif self.run.server is not None:
            self.run.server.ended(pid, status)

    def result(self, end):
        seconds = time.monotonic() - self.began
        reports = [minimal_json.dumps({"path": path, "base64": binascii.b2a_base64(content, newline=False).decode()}) for path, content in self.reports()]
        rest = {"exit": end, "durationMs": seconds * 1000, "strays": self.events.strays, "log": self.log.text()}
        return b'%s, "events": [%s], "reports": [%s]}' % (minimal_json.dumps(rest)[:-1], b", ".join(self.events.lines), b", ".join(reports))

    def reports(self):
        report, budget = self.plan["report"], self.run.budget
        if report["kind"] == "stdout":
            found = [] if self.captured.content is None else [("", bytes(self.captured.content))]
        elif report["kind"] == "files":
            with self.run.users.acting_as(self.run.judge_user):
                found = read_reports(report["paths"], self.run.workspace, budget.report_bytes)
        else:
            found = []
        budget.report_bytes -= sum(len(content) for _, content in found)
        return found


def describe_exit(status):
    if status is None:
        return {"kind": "signalled", "signal": "SIGKILL"}
    if os.WIFSIGNALED(status):
        import signal  # takes milliseconds, and few runs end by a signal

        number = os.WTERMSIG(status)
        return {"kind": "signalled", "signal": signal.Signals(number).name if number in set(signal.Signals) else str(number)}
    return {"kind": "exited", "code": os.WEXITSTATUS(status)}
