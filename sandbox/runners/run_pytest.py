"""Runs hidden pytest files over an untrusted workspace.

Everything this program needs is imported before any code of the workspace. The test files are read once, emptied on the disk
and executed from memory. Equality in them is checked against decoys, so that an object that claims to equal everything does
not pass. Tests that must fail run first and last: where one of them passes, the solution has tampered with the runner.
"""

import os
import random
import sys
from pathlib import Path

import pytest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)

from bench_boundary.helper_files import HelperFiles  # noqa: E402
from bench_boundary.workspace import connect  # noqa: E402
from bench_runner.canary import canary_ids, canary_source  # noqa: E402
from bench_runner.channel import read_plan  # noqa: E402
from bench_runner.decoy import check_unittest_equality  # noqa: E402
from bench_runner.hidden import HiddenFiles, HiddenModule  # noqa: E402
from bench_runner.process import protect_this_process  # noqa: E402
from bench_runner.reporter import Reporter  # noqa: E402
from bench_runner.stdlib_first import import_from  # noqa: E402

sys.path.remove(HERE)

INI = os.path.join(HERE, "pytest.ini")
draw = random.SystemRandom()


def take_files(plan, canary_file, case):
    """Reads the test files into memory and empties them, so that the code under test cannot read the expected results."""
    files = HiddenFiles()
    root = Path(plan["testsRoot"])
    (root / canary_file).write_text(canary_source(case, plan["canaries"]))
    for name in [*plan["files"], canary_file]:
        path = root / name
        files.add(path, path.read_bytes())
        path.write_bytes(b"")
    return files


def import_here(plan, files):
    """Sets up imports of the code under test in this process."""
    standard = import_from(plan["ownModules"])
    sys.meta_path.insert(0, standard)
    sys.meta_path.insert(0, files)
    sys.path[:0] = [plan["testsRoot"], plan["workspace"]] if plan["testsRoot"] != plan["workspace"] else [plan["workspace"]]


def import_there(plan, files, send):
    """Sets up imports of the code under test in its own process, which is started once everything it must not see is in memory."""
    protect_this_process()
    is_apart = plan["testsRoot"] != plan["workspace"]
    taken = {str(path.relative_to(plan["testsRoot"])) for path in files.paths.values()}
    helpers = [HelperFiles(plan["testsRoot"], taken)] if is_apart else []
    test_modules = set(files.paths).union(*(each.names() for each in helpers))
    standard = import_from(plan["ownModules"])
    sys.meta_path[:0] = [files, *helpers, standard, connect(plan["pipes"], plan["workspace"], test_modules)]
    send({"kind": "ready"})


def main():
    plan, send = read_plan()
    leave, flush = os._exit, (sys.stdout.flush, sys.stderr.flush)
    canary_file = f"test_{draw.getrandbits(64):x}.py"
    case = f"Case{draw.getrandbits(64):x}"
    HiddenModule.files = take_files(plan, canary_file, case)
    reporter = Reporter(send, canary_ids(canary_file, case, plan["canaries"]))
    check_unittest_equality()
    run = pytest.main
    options = [
        "-c", INI, f"--rootdir={plan['testsRoot']}", f"--confcutdir={plan['testsRoot']}", "--noconftest", "--import-mode=importlib",
        "--assert=plain", "--capture=no", "--continue-on-collection-errors",
        "-p", "no:terminal", "-p", "no:cacheprovider", "-p", "no:faulthandler",
        *[os.path.join(plan["testsRoot"], name) for name in [*plan["files"], canary_file]],
    ]
    if plan["pipes"] is None:
        import_here(plan, HiddenModule.files)
    else:
        import_there(plan, HiddenModule.files, send)
    code = int(run(options, plugins=[reporter]))
    send({"kind": "end"})
    for each in flush:
        try:
            each()
        except Exception:
            pass
    leave(code)


if __name__ == "__main__":
    main()
