"""Finds and executes hidden test files from memory."""

import ast
import importlib.abc
import importlib.util
import sys
import types

import pytest

from bench_runner.decoy import checked_equal, explain, own_any

EQUAL, EXPLAIN, OWN_ANY = "@bench_equal", "@bench_explain", "@bench_own_any"
MAX_MESSAGE = 2000


class BrokenTestFile(Exception):
    """Raised for anything that ended the import of a test file, `sys.exit` and skips included."""


class CheckedEquality(ast.NodeTransformer):
    """Rewrites every `a == b` of a test file to call `checked_equal`, and gives the file its own ANY."""

    def visit_Compare(self, node):
        self.generic_visit(node)
        if len(node.ops) != 1 or not isinstance(node.ops[0], ast.Eq):
            return node
        call = ast.Call(ast.Name(EQUAL, ast.Load()), [node.left, node.comparators[0]], [])
        return ast.copy_location(call, node)

    def visit_Attribute(self, node):
        self.generic_visit(node)
        if node.attr != "ANY" or not isinstance(node.ctx, ast.Load):
            return node
        return ast.copy_location(ast.Call(ast.Name(OWN_ANY, ast.Load()), [node], []), node)

    def visit_ImportFrom(self, node):
        names = [alias.asname or alias.name for alias in node.names if alias.name == "ANY"]
        own = [
            ast.Assign([ast.Name(name, ast.Store())], ast.Call(ast.Name(OWN_ANY, ast.Load()), [ast.Name(name, ast.Load())], []))
            for name in names
        ]
        return [node, *(ast.copy_location(each, node) for each in own)]

    def visit_Assert(self, node):
        is_equality = isinstance(node.test, ast.Compare) and len(node.test.ops) == 1 and isinstance(node.test.ops[0], ast.Eq)
        self.generic_visit(node)
        if is_equality and node.msg is None:
            node.msg = ast.copy_location(ast.Call(ast.Name(EXPLAIN, ast.Load()), [], []), node)
        return node


class HiddenFiles(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Executes the hidden test files from memory."""

    def __init__(self):
        self.trees = {}
        self.paths = {}
        self.faults = {}

    def add(self, path, source):
        name = path.stem
        if name in self.paths:
            name = "_".join(path.with_suffix("").parts[1:])
        self.paths[name] = path
        try:
            self.trees[name] = ast.fix_missing_locations(CheckedEquality().visit(ast.parse(source, str(path))))
        except SyntaxError as error:
            self.faults[name] = error

    def name_of(self, path):
        return next(name for name, known in self.paths.items() if known == path)

    def find_spec(self, name, path=None, target=None):
        if path is not None or name not in self.trees:
            return None
        return importlib.util.spec_from_loader(name, self, origin=str(self.paths[name]))

    def exec_module(self, module):
        name = module.__name__
        module.__file__ = str(self.paths[name])
        module.__dict__[EQUAL] = checked_equal
        module.__dict__[EXPLAIN] = explain
        module.__dict__[OWN_ANY] = own_any
        exec(compile(self.trees[name], module.__file__, "exec"), module.__dict__)

    def load(self, path):
        name = self.name_of(path)
        if name in self.faults:
            raise self.faults[name]
        known = sys.modules.get(name)
        if known is not None and getattr(known.__spec__, "loader", None) is self:
            return known
        module = types.ModuleType(name)
        module.__spec__ = importlib.util.spec_from_loader(name, self, origin=str(path))
        sys.modules[name] = module
        self.exec_module(module)
        return module


class HiddenModule(pytest.Module):
    """A test file whose text is no longer on the disk."""

    files = None

    def _getobj(self):
        try:
            return HiddenModule.files.load(self.path)
        except (Exception, SystemExit, KeyboardInterrupt, pytest.skip.Exception, pytest.exit.Exception) as error:
            raise BrokenTestFile(f"{type(error).__name__}: {str(error)[:MAX_MESSAGE]}") from None
