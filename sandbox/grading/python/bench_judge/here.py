"""Isolation none: the solution is imported into the process of the tests."""

import os
import sys


def prepare(judge):
    """Puts the folders of the solution on the path as `python3 -m pytest` in the workspace has them, and unloads modules whose names the task owns."""
    workspace = judge["workspace"]
    for each in reversed([workspace, *(os.path.join(workspace, name) for name in judge["pythonPath"])]):
        is_package = os.path.exists(os.path.join(each, "__init__.py")) and each != workspace
        if each not in sys.path and each != os.getcwd() and os.path.isdir(each) and not is_package:
            sys.path.insert(0, each)
    own = set(judge["own"]) - {"pytest", "_pytest", "pluggy", "unittest", "bench_judge", *sys.builtin_module_names}
    for name in list(sys.modules):
        if name.partition(".")[0] in own:
            del sys.modules[name]
