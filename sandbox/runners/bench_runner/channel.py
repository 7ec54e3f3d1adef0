"""The two pipes between a runner and its supervisor."""

import os
import sys

from bench_runner import lean_json


def read_plan():
    """Takes the plan from the first pipe and hides both from the tests; gives it with the way to report."""
    plan_in, events_out = int(sys.argv[1]), int(sys.argv[2])
    sys.argv[1:] = []
    os.set_inheritable(events_out, False)
    with os.fdopen(plan_in, "rb") as file:
        plan = lean_json.loads(file.read())
    return plan, sender(events_out, plan.pop("secret"))


def sender(descriptor, secret):
    """A function that sends one event; each carries this run's secret."""
    dumps, write = lean_json.dumps, os.write

    def send(event):
        data = dumps({**event, "secret": secret}) + b"\n"
        while data:
            data = data[write(descriptor, data):]

    return send
