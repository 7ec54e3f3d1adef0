"""
Runs the tests of one task over an untrusted solution, and reports what happened.

The plan comes in on standard input: a line of JSON, then the bytes of all files. Standard output, which no other process holds, gets two lines: the token of
the plan once everything is set up, and the report once every other process has been killed. When the second is missing after the first, only the solution can
be why.
"""

import os
import sys
import time

from supervisor import minimal_json
from supervisor.collected import Budget
from supervisor.folders import WORKSPACE, lay_files, make_folders
from supervisor.process import memory_kills, protect_this_process, watch_children
from supervisor.step import Run, Step
from supervisor.users import SOLUTION, Users


def main():
    """Supervises one grading."""
    plan, files = read_plan()
    protect_this_process()
    users = Users()
    run = prepare(plan, files, users)
    kills_before = memory_kills()
    deadline = time.monotonic() + plan["timeoutMs"] / 1000
    say(plan["token"].encode())
    # Errors have been told so far; from here on, nothing of this process is for the host but the report.
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    steps = []
    for step in plan["steps"]:
        if time.monotonic() >= deadline:
            break
        if steps and not run.isolated:
            lay_tests(run, files)
        steps.append(Step(run, step).go(deadline))
    rest = {"token": plan["token"], "users": "two" if users.two else "one", "outOfMemory": memory_kills() > kills_before}
    say(b'%s, "steps": [%s]}' % (minimal_json.dumps(rest)[:-1], b", ".join(steps)))


def prepare(plan, files, users):
    """Makes the folders, lays the tests and opens the socket of the solution."""
    isolated = plan["isolation"] == "process"
    make_folders(users, isolated)
    server = None
    if isolated:
        from supervisor.solution_server import SolutionServer  # of no use elsewhere

        server = SolutionServer(users, plan["testsRoot"])
        if users.two:
            close_workspace(users)
        else:
            from supervisor.confine import Confinement

            users.confinement = Confinement()
    run = Run(plan, users, server=server, wake=watch_children(), budget=Budget(plan["maxReportBytes"]))
    lay_tests(run, files)
    return run


def close_workspace(users):
    """Lets tests enter the workspace, as many do before they run the solution, where the kernel can keep them from opening what is in it."""
    from supervisor.confine import ClosedWorkspace

    try:
        users.closed_workspace = ClosedWorkspace()
    except OSError:
        return
    with users.acting_as(SOLUTION):
        os.chmod(WORKSPACE, 0o710)


def lay_tests(run, files):
    with run.users.acting_as(run.judge_user):
        lay_files(run.tests_root, files, run.isolated)
        if run.isolated:
            os.chmod(run.tests_root, 0o700)


def read_plan():
    """Returns the plan, and the files as triples of path, content and whether it is executable."""
    data = sys.stdin.buffer.read()
    # Nobody else is to find it there.
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    start = data.index(b"\n") + 1
    plan = minimal_json.loads(data[:start])
    files = []
    for file in plan["files"]:
        files.append((file["path"], data[start : start + file["size"]], file["executable"]))
        start += file["size"]
    return plan, files


def say(line):
    data = line + b"\n"
    while data:
        data = data[os.write(1, data) :]
