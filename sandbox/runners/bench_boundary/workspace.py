"""The modules of the workspace as test files see them: imported in the solution's process."""

import importlib.abc
import importlib.machinery
import importlib.util

from bench_boundary.guard import TestGuard
from bench_boundary.peer import Peer
from bench_boundary.wire import Wire

MARK = "solution:"


class FarWorkspace(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Imports what lies in the workspace from the other process."""

    def __init__(self, workspace, peer):
        self.workspace, self.peer = workspace, peer
        self.find = importlib.machinery.PathFinder.find_spec

    def find_spec(self, name, path=None, target=None):
        is_own = self.find(name, [self.workspace]) is not None if path is None else list(path) == [MARK]
        return importlib.util.spec_from_loader(name, self, origin=MARK) if is_own else None

    def create_module(self, spec):
        try:
            module, is_package = self.peer.ask("import", None, spec.name)
        except ModuleNotFoundError as error:
            error.name = error.name or spec.name
            raise
        if is_package is True:
            spec.submodule_search_locations = [MARK]
        return module

    def exec_module(self, module):
        pass


def connect(pipes, workspace, test_modules):
    """The finder that has workspace modules imported in the process at the other end of the pipes."""
    return FarWorkspace(workspace, Peer(Wire(pipes["in"], pipes["out"]), TestGuard(test_modules)))
