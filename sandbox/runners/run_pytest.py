"""Runs hidden pytest files over a workspace that nobody trusts.

Everything this program needs is imported before any code of the workspace. The test files are read once, taken off the disk
and executed from memory. Equality in them is checked against decoys, so that an object that claims to equal everything does
not pass. Tests that must fail run first and last: where one of them passes, the solution has tampered with the runner.
"""

import ast
import importlib.abc
import importlib.machinery
import importlib.util
import json
import os
import random
import sys
import types
import unittest
import unittest.mock
from pathlib import Path

import pytest

MAX_MESSAGE = 2000
MAX_WALKED = 20_000
EQUAL, EXPLAIN, OWN_ANY = "@bench_equal", "@bench_explain", "@bench_own_any"
PLAIN = (int, str, bool, float, bytes, complex, type(None))
INI = os.path.join(os.path.dirname(os.path.abspath(__file__)), "pytest.ini")


class Forged(AssertionError):
    """A value that says it equals something it cannot know."""


class BrokenTestFile(Exception):
    """Stands for whatever ended the import of a test file, `sys.exit` and skips included."""


# Decoys ----------------------------------------------------------------------------------------------------------------

draw = random.SystemRandom()


def decoys_for(value):
    """Values of the same kind as `value` that an honest partner cannot equal."""
    noise = draw.getrandbits(80)
    if type(value) is str:
        return (f"decoy {noise:x}",)
    if type(value) is bool:
        return (not value,)
    if type(value) is int:
        return (noise + (1 << 81),)
    if type(value) is float:
        return (float(noise),)
    if type(value) is list:
        return ([object()],)
    if type(value) is tuple:
        return ((object(),),)
    if type(value) is dict:
        return ({f"decoy {noise:x}": object()},)
    return (object(), f"decoy {noise:x}", noise)


def equals_decoy(suspect, partner):
    """Whether an object of the solution's own making equals something drawn at random."""
    for decoy in decoys_for(partner):
        try:
            verdicts = (suspect == decoy, decoy == suspect)
        except Exception:
            continue
        if any(verdict is True for verdict in verdicts):
            return True
    return False


TEST_ANY = type(unittest.mock.ANY)()


def own_any(value):
    """What a test file gets for `unittest.mock.ANY`: one of its own, so that the solution's is told apart from it."""
    return TEST_ANY if value is unittest.mock.ANY else value


def is_exempt(value):
    return type(value) in PLAIN or value is TEST_ANY


def require_honest(left, right):
    """Throws Forged when two values are equal only because one of them equals everything."""
    pending = [(left, right)]
    walked = 0
    while pending and walked < MAX_WALKED:
        walked += 1
        one, other = pending.pop()
        if one is other or (is_exempt(one) and is_exempt(other)):
            continue
        if type(one) is type(other) and type(one) in (list, tuple) and len(one) == len(other):
            pending.extend(zip(one, other))
            continue
        if type(one) is dict and type(other) is dict:
            pending.extend((value, other[key]) for key, value in one.items() if key in other)
            continue
        for suspect, partner in ((one, other), (other, one)):
            if type(suspect) in (list, tuple, dict) or is_exempt(suspect) or partner is TEST_ANY:
                continue
            if equals_decoy(suspect, partner):
                raise Forged(f"a value of type {type(suspect).__name__} equals anything it is compared with")


last_compared = []


def checked_equal(left, right):
    result = left == right
    last_compared[:] = (left, right)
    if result is True:
        require_honest(left, right)
    return result


def explain():
    try:
        left, right = last_compared
        return f"{repr(left)[:500]} == {repr(right)[:500]}"
    except BaseException as error:
        return f"operands that cannot be shown ({type(error).__name__})"


class CheckedEquality(ast.NodeTransformer):
    """Sends every `a == b` of a test file through `checked_equal`, and gives it an ANY of its own."""

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


def check_unittest_equality():
    """The same check for the assert methods of unittest."""
    for name in ("assertEqual", "assertListEqual", "assertTupleEqual", "assertDictEqual", "assertSequenceEqual", "assertMultiLineEqual",
                 "assertAlmostEqual", "assertCountEqual"):
        setattr(unittest.TestCase, name, checked_method(getattr(unittest.TestCase, name)))

    contains = unittest.TestCase.assertIn

    def assert_in(self, member, container, msg=None):
        contains(self, member, container, msg)
        require_honest(member, draw.getrandbits(80))

    unittest.TestCase.assertIn = assert_in


def checked_method(method):
    def checked(self, first, second, *rest, **named):
        method(self, first, second, *rest, **named)
        require_honest(first, second)

    checked.__name__ = method.__name__
    return checked


# Imports ---------------------------------------------------------------------------------------------------------------


class StandardFirst(importlib.abc.MetaPathFinder):
    """Keeps files of the workspace from standing in for the standard library or for pytest, unless the task owns that name."""

    def __init__(self, trusted_path, own):
        self.trusted_path = list(trusted_path)
        self.guarded = (set(sys.stdlib_module_names) | {name.partition(".")[0] for name in sys.modules}) - set(own)
        self.find = importlib.machinery.PathFinder.find_spec

    def find_spec(self, name, path=None, target=None):
        if path is not None or name not in self.guarded or name in sys.builtin_module_names:
            return None
        return self.find(name, self.trusted_path, target)


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


# Reporting -------------------------------------------------------------------------------------------------------------


class Channel:
    """The way to the supervisor; each line carries this run's secret."""

    def __init__(self, descriptor, secret):
        dumps, write = json.dumps, os.write

        def send(event):
            data = dumps({**event, "secret": secret}).encode() + b"\n"
            while data:
                data = data[write(descriptor, data):]

        self.send = send


class Reporter:
    """Turns pytest's reports into one event for each test."""

    def __init__(self, channel, canary_ids):
        self.send = channel.send
        self.canary_ids = canary_ids
        self.open = {}

    def pytest_pycollect_makemodule(self, module_path, parent):
        return HiddenModule.from_parent(parent, path=module_path)

    def pytest_collectreport(self, report):
        if report.failed:
            name = report.nodeid or "collection"
            self.send({"kind": "test", "name": f"{name} (import)", "status": "failed", "message": text_of(report), "durationMs": None})

    def pytest_collection_modifyitems(self, items):
        canaries = [item for item in items if item.nodeid in self.canary_ids]
        honest = [item for item in items if item.nodeid not in self.canary_ids]
        draw.shuffle(canaries)
        half = len(canaries) // 2
        items[:] = canaries[:half] + honest + canaries[half:]

    def pytest_runtest_logreport(self, report):
        entry = self.open.setdefault(report.nodeid, {"called": False, "failed": False, "skipped": False, "message": None, "seconds": 0.0})
        entry["seconds"] += report.duration
        entry["called"] = entry["called"] or (report.when == "call" and report.outcome == "passed")
        if report.outcome == "skipped":
            entry["skipped"] = True
        if report.outcome == "failed":
            entry["failed"] = True
        if report.outcome != "passed" and entry["message"] is None:
            entry["message"] = text_of(report)
        if report.when == "teardown":
            self.close(report.nodeid)

    def close(self, name):
        entry = self.open.pop(name)
        passed = entry["called"] and not entry["failed"] and not entry["skipped"]
        status = "passed" if passed else "skipped" if entry["skipped"] and not entry["failed"] else "failed"
        self.send({
            "kind": "test",
            "name": self.canary_ids.get(name, name),
            "status": status,
            "message": entry["message"],
            "durationMs": entry["seconds"] * 1000,
        })


def text_of(report):
    """The reason of a failure in one piece of bounded length."""
    crash = getattr(report.longrepr, "reprcrash", None)
    if crash is not None:
        return crash.message[:MAX_MESSAGE]
    if isinstance(report.longrepr, tuple):
        return str(report.longrepr[2])[:MAX_MESSAGE]
    return report.longreprtext[-MAX_MESSAGE:]


# Canaries --------------------------------------------------------------------------------------------------------------

FUNCTIONS = (
    "assert {a} == {b}",
    "assert not {a}",
    "raise ValueError({a})",
    "with pytest.raises(ValueError):\n        int('{a}')",
    "assert [{a}] is None",
    "assert {a} in [{b}]",
    "assert {a} != {a}",
    "assert [{a}] == [{b}]",
    "with pytest.raises(ValueError, match='{a}'):\n        raise ValueError('{b}')",
    "assert isinstance({a}, str)",
)
METHODS = (
    "self.assertEqual({a}, {b})",
    "self.assertTrue({a} < {a})",
    "self.assertRaises(ValueError, int, '{a}')",
    "self.assertEqual([{a}], [{b}])",
    "self.assertFalse({a})",
    "self.assertIn({a}, [{b}])",
    "self.assertIsNone({a})",
    "self.assertEqual('{a}', '{b}')",
    "self.assertDictEqual({{{a}: 1}}, {{{b}: 1}})",
    "self.assertNotEqual({a}, {a})",
    "self.assertRegex('{a}', '[a-z]')",
    "self.assertAlmostEqual({a}, {b})",
    "self.fail('{a}')",
)


def canary_source(case, names):
    """A test file in which everything fails, with no name or number that can be known beforehand."""
    functions, methods = [], []
    for index, name in enumerate(names):
        kind = index % (len(FUNCTIONS) + len(METHODS))
        if kind < len(FUNCTIONS):
            functions += [f"def test_{name}():", f"    {fill(FUNCTIONS[kind])}", ""]
        else:
            methods += [f"    def test_{name}(self):", f"        {fill(METHODS[kind - len(FUNCTIONS)])}", ""]
    return "\n".join(["import pytest", "import unittest", "", *functions, f"class {case}(unittest.TestCase):", *(methods or ["    pass"])])


def fill(body):
    first = draw.randrange(1000, 10**9)
    return body.format(a=first, b=first + draw.randrange(1, 1000))


def canary_ids(file, case, names):
    """pytest's own ids of the canaries, with the names the judge knows them by."""
    return {f"{file}::{middle}test_{name}": name for name in names for middle in ("", f"{case}::")}


# Run -------------------------------------------------------------------------------------------------------------------


def take_files(plan, canary_file, case):
    """Reads the test files into memory and empties them, so that the code under test cannot read what is expected of it."""
    files = HiddenFiles()
    root = Path(plan["testsRoot"])
    (root / canary_file).write_text(canary_source(case, plan["canaries"]))
    for name in [*plan["files"], canary_file]:
        path = root / name
        files.add(path, path.read_bytes())
        path.write_bytes(b"")
    return files


def prepare_imports(plan, files):
    own = plan["ownModules"]
    standard = StandardFirst(sys.path, own)
    for name in list(sys.modules):
        top = name.partition(".")[0]
        if top in own and top not in sys.builtin_module_names:
            del sys.modules[name]
    sys.meta_path.insert(0, standard)
    sys.meta_path.insert(0, files)
    sys.path[:0] = [plan["testsRoot"], plan["workspace"]] if plan["testsRoot"] != plan["workspace"] else [plan["workspace"]]


def main():
    plan_in, events_out = int(sys.argv[1]), int(sys.argv[2])
    os.set_inheritable(events_out, False)
    with os.fdopen(plan_in, "rb") as file:
        plan = json.load(file)
    sys.argv[1:] = []
    leave, flush = os._exit, (sys.stdout.flush, sys.stderr.flush)
    channel = Channel(events_out, plan.pop("secret"))
    canary_file = f"test_{draw.getrandbits(64):x}.py"
    case = f"Case{draw.getrandbits(64):x}"
    HiddenModule.files = take_files(plan, canary_file, case)
    reporter = Reporter(channel, canary_ids(canary_file, case, plan["canaries"]))
    check_unittest_equality()
    run = pytest.main
    options = [
        "-c", INI, f"--rootdir={plan['testsRoot']}", f"--confcutdir={plan['testsRoot']}", "--noconftest", "--import-mode=importlib",
        "--assert=plain", "--capture=no", "--continue-on-collection-errors",
        "-p", "no:terminal", "-p", "no:cacheprovider", "-p", "no:faulthandler",
        *[os.path.join(plan["testsRoot"], name) for name in [*plan["files"], canary_file]],
    ]
    prepare_imports(plan, HiddenModule.files)
    code = int(run(options, plugins=[reporter]))
    channel.send({"kind": "end"})
    for each in flush:
        try:
            each()
        except Exception:
            pass
    leave(code)


if __name__ == "__main__":
    main()
