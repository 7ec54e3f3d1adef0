"""Imports modules of the workspace for the test files: in the solution's process."""

import importlib.abc
import importlib.machinery
import importlib.util

from bench_boundary.guard import TestGuard
from bench_boundary.rpc import RpcEndpoint
from bench_boundary.transport import Transport

MARK = "solution:"


class RemoteWorkspace(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds and loads modules of the workspace through the other process."""

    def __init__(self, workspace, rpc):
        self.workspace, self.rpc = workspace, rpc
        self.find = importlib.machinery.PathFinder.find_spec

    def find_spec(self, name, path=None, target=None):
        is_own = self.find(name, [self.workspace]) is not None if path is None else list(path) == [MARK]
        return importlib.util.spec_from_loader(name, self, origin=MARK) if is_own else None

    def create_module(self, spec):
        try:
            module, is_package = self.rpc.ask("import", None, spec.name)
        except ModuleNotFoundError as error:
            error.name = error.name or spec.name
            raise
        if is_package is True:
            spec.submodule_search_locations = [MARK]
        return module

    def exec_module(self, module):
        pass


def connect(pipes, workspace, test_modules):
    """Makes the finder that imports workspace modules in the process at the other end of the pipes."""
    return RemoteWorkspace(workspace, RpcEndpoint(Transport(pipes["in"], pipes["out"]), TestGuard(test_modules)))
