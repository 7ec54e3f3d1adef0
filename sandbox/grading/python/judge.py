"""Starts pytest over the hidden tests as `python3 -m pytest` would, with the plugin that reports results."""

import json
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
# Files in which pytest looks for its configuration, in its order.
CONFIGURING = ("pytest.toml", ".pytest.toml", "pytest.ini", ".pytest.ini", "pyproject.toml", "tox.ini", "setup.cfg")


def read_plan():
    """Reads the plan from the descriptor that the environment names, and takes both descriptors out of the environment."""
    plan_in, events_out = int(os.environ.pop("BENCH_PLAN")), int(os.environ.pop("BENCH_EVENTS"))
    os.set_inheritable(events_out, False)
    with os.fdopen(plan_in, "rb") as file:
        return json.loads(file.read()), events_out


def configuration(root, files):
    """Returns options that keep pytest from configuration outside the tests, and make ids relative to the tests."""
    from pathlib import Path

    from _pytest.config.findpaths import load_config_dict_from_file

    folder = os.path.commonpath([os.path.dirname(os.path.join(root, each)) for each in files])
    while True:
        for name in CONFIGURING:
            path = os.path.join(folder, name)
            if os.path.isfile(path) and load_config_dict_from_file(Path(path)) is not None:
                return [f"--rootdir={root}"]
        if folder == root:
            return ["-c", os.path.join(HERE, "bench_judge", "empty.ini"), f"--rootdir={root}", f"--confcutdir={root}"]
        folder = os.path.dirname(folder)


def main():
    """Runs pytest in this process; its exit status is the result."""
    plan, events_out = read_plan()
    sys.path.insert(0, HERE)
    from bench_judge import plugin

    files = plugin.begin(plan, events_out)
    sys.path.remove(HERE)
    root = plan["judge"]["root"]
    sys.path.insert(0, os.getcwd())
    arguments = [*configuration(root, files), "--continue-on-collection-errors", *(os.path.join(root, each) for each in files)]
    sys.argv[:] = ["pytest", *arguments]
    import pytest

    leave = os._exit
    code = int(pytest.main(arguments, plugins=[plugin]))
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError, AttributeError):
            pass
    # A thread that the solution left must not keep this process: everything is reported.
    leave(code)


if __name__ == "__main__":
    main()
