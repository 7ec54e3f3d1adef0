"""Decides which of two modules of one name is imported: the standard library's, unless the task owns the name."""

import importlib.abc
import importlib.machinery
import sys


class StdlibFirst(importlib.abc.MetaPathFinder):
    """Keeps files of the workspace from shadowing the standard library or pytest, unless the task owns that name."""

    def __init__(self, trusted_path, own):
        self.trusted_path = list(trusted_path)
        self.guarded = (set(sys.stdlib_module_names) | {name.partition(".")[0] for name in sys.modules}) - set(own)
        self.find = importlib.machinery.PathFinder.find_spec

    def find_spec(self, name, path=None, target=None):
        if path is not None or name not in self.guarded or name in sys.builtin_module_names:
            return None
        return self.find(name, self.trusted_path, target)


def import_from(own):
    """Unloads modules whose names the task owns and returns the finder that applies the rule; called before the workspace is on the path."""
    finder = StdlibFirst(sys.path, own)
    for name in list(sys.modules):
        top = name.partition(".")[0]
        if top in own and top not in sys.builtin_module_names:
            del sys.modules[name]
    return finder
