"""The two pipes between a runner and its supervisor."""

import os
import sys

from bench_runner import minimal_json


def read_plan():
    """Reads the plan from the first pipe and hides both pipes from the tests; returns the plan and the function that reports events."""
    plan_in, events_out = int(sys.argv[1]), int(sys.argv[2])
    sys.argv[1:] = []
    os.set_inheritable(events_out, False)
    with os.fdopen(plan_in, "rb") as file:
        plan = minimal_json.loads(file.read())
    return plan, sender(events_out, plan.pop("secret"))


def sender(descriptor, secret):
    """Makes the function that sends one event; each event carries the secret of this run."""
    dumps, write = minimal_json.dumps, os.write

    def send(event):
        data = dumps({**event, "secret": secret}) + b"\n"
        while data:
            data = data[write(descriptor, data):]

    return send
