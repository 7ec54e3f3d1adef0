import { describe, test } from "vitest";
import type { Task } from "../../src/core/task.ts";
import { gradeTexts, smallTask, type Texts } from "./small-task.ts";

function boundaryTask(tests: Texts, workspace: Texts = { "thing.py": "" }): Task {
  const files = Object.keys(tests).filter((path) => path.startsWith("test_"));
  return smallTask({ workspace, tests, plan: { runner: "pytest", files, isolation: "process", timeoutSeconds: 60 } });
}

const SOLUTION = `
import enum, threading
from collections import Counter, OrderedDict, namedtuple
from dataclasses import dataclass
from datetime import datetime, timezone
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

LIMIT = 5
Point = namedtuple("Point", "x y")


class Color(enum.Enum):
    RED = 1
    BLUE = 2


class Level(enum.IntEnum):
    LOW = 1
    HIGH = 2


class ThingError(Exception):
    def __init__(self, message, line):
        super().__init__(message)
        self.line = line

    def __str__(self):
        return f"{self.args[0]} at {self.line}"


class DeepError(ThingError, ValueError):
    pass


@dataclass(frozen=True)
class Money:
    cents: int

    def __add__(self, other):
        return Money(self.cents + other.cents)

    def __lt__(self, other):
        return self.cents < other.cents


class Bag:
    made = 0

    def __init__(self, *things, on_add=None):
        self.things, self.on_add = list(things), on_add
        Bag.made += 1

    def add(self, thing):
        self.things.append(thing)
        if self.on_add:
            self.on_add(thing, count=len(self.things))
        return self

    def __len__(self): return len(self.things)
    def __iter__(self): return iter(self.things)
    def __contains__(self, thing): return thing in self.things
    def __getitem__(self, index): return self.things[index]
    def __enter__(self): return self
    def __exit__(self, *error): self.things.clear()

    @property
    def first(self): return self.things[0]

    @classmethod
    def of(cls, text): return cls(*text)

    @staticmethod
    def size(): return 3


def echo(value): return value
def kind(value): return type(value).__name__
def sort(values): values.sort()
def fill(table, seen): table["new"] = [1]; seen.add(9); table["old"].append(2)
def same(values): return values
def fail(): raise DeepError("broken", 7) from KeyError("k")
def leave(): raise SystemExit(3)
def steps(n):
    for i in range(n): yield i
def apply(function, *args): return function(*args)
def now(clock): return clock.now, clock(), clock.later(2)
def again(function):
    try: function()
    except Exception as error: raise error
def names(source): return [line.strip() for line in source]
def values():
    return [Decimal("1.10"), Fraction(1, 3), datetime(2026, 1, 2, tzinfo=timezone.utc), Path("/a"), 1 << 200, float("inf"), b"x", (1,), {2}, frozenset({3}),
            {"a": None}, 1 + 2j, range(3), Counter("aab"), OrderedDict(b=1), bytearray(b"y"), -0.0, "\\ud800", ...]
def in_a_thread(function):
    errors = []
    def work():
        try: function()
        except RuntimeError as error: errors.append(str(error))
    thread = threading.Thread(target=work); thread.start(); thread.join()
    return errors
`;

const TESTS = `
import io, math
import pytest
from decimal import Decimal
from fractions import Fraction
from datetime import datetime, timezone
from pathlib import Path
import thing
from thing import *
from helpers.more import twice


class Clock:
    def __init__(self): self.now = 5; self._hidden = 6
    def __call__(self): return self.now + 1
    def later(self, by): self.now += by; return self.now


class Trouble(Exception):
    pass


def test_values_cross_by_value():
    got = thing.values()
    want = [Decimal("1.10"), Fraction(1, 3), datetime(2026, 1, 2, tzinfo=timezone.utc), Path("/a"), 1 << 200, float("inf"), b"x", (1,), {2}, frozenset({3}),
            {"a": None}, 1 + 2j, range(3), {"a": 2, "b": 1}, {"b": 1}, bytearray(b"y"), -0.0, "\\ud800", ...]
    assert got == want
    assert [type(each).__name__ for each in got][13:15] == ["Counter", "OrderedDict"]
    assert math.copysign(1, got[16]) == -1
    assert thing.echo(want) == want
    assert thing.kind([]) == "list" and thing.kind(True) == "bool" and thing.kind(1.0) == "float"


def test_what_is_passed_is_changed_as_the_solution_changes_it():
    values, table, seen = [3, 1, 2], {"old": [1]}, {1}
    old = table["old"]
    thing.sort(values)
    thing.fill(table, seen)
    assert values == [1, 2, 3] and seen == {1, 9}
    assert table == {"old": [1, 2], "new": [1]} and table["old"] is old and old == [1, 2]
    assert thing.same(values) is values
    circle = []
    circle.append(circle)
    assert thing.same(circle) is circle


def test_errors_have_their_class_and_fields():
    with pytest.raises(ThingError) as caught:
        thing.fail()
    assert type(caught.value) is DeepError and isinstance(caught.value, ValueError)
    assert caught.value.line == 7 and str(caught.value) == "broken at 7" and caught.value.args == ("broken",)
    assert isinstance(caught.value.__cause__, KeyError)
    with pytest.raises(ZeroDivisionError):
        thing.apply(lambda: 1 // 0)
    with pytest.raises(SystemExit):
        thing.leave()
    with pytest.raises(AttributeError):
        thing.nothing


def test_objects_keep_their_class_and_their_identity():
    bag = Bag(1, 2)
    assert type(bag) is Bag and isinstance(bag, Bag) and thing.echo(bag) is bag and len(bag) == 2 and list(bag) == [1, 2] and 2 in bag and bag[-1] == 2
    assert bag.add(3) is bag and bag.things == [1, 2, 3] and bag.first == 1 and bool(Bag()) is False
    bag.extra = 5
    assert bag.extra == 5 and hasattr(bag, "add") and not hasattr(bag, "missing")
    assert list(Bag.of("ab")) == ["a", "b"] and Bag.size() == 3 and Bag.made >= 3
    with bag as inner:
        assert inner is bag
    assert len(bag) == 0
    assert Money(1) + Money(2) == Money(3) and Money(1) != Money(2) and Money(1) < Money(2) and {Money(1): 1}[Money(1)] == 1
    assert max([Money(1), Money(3), Money(2)]) == Money(3)
    assert Color.RED is Color.RED and Color(1) is Color.RED and [each.name for each in Color] == ["RED", "BLUE"] and Color["BLUE"].value == 2
    assert Level.HIGH == 2 and Level.HIGH > Level.LOW and Level.HIGH + 1 == 3
    assert Point(1, 2) == (1, 2) and Point(1, 2).x == 1 and Point(3, 4)[1] == 4


def test_what_belongs_to_the_test_can_be_called_and_comes_back_as_itself():
    clock, log = Clock(), []
    assert thing.now(clock) == (5, 6, 7) and clock.now == 7
    assert thing.echo(clock) is clock
    Bag(on_add=lambda *args, **named: log.append((args, named))).add("x")
    assert log == [(("x",), {"count": 1})]
    assert thing.apply(log.append, 5) is None and log[-1] == 5
    assert thing.apply(Clock).now == 5
    trouble = Trouble("mine")
    def fail(): raise trouble
    with pytest.raises(Trouble) as caught:
        thing.again(fail)
    assert caught.value is trouble
    assert thing.names(io.StringIO("a\\nb\\n")) == ["a", "b"] and thing.names(each for each in ["c "]) == ["c"]
    assert thing.in_a_thread(lambda: None) != []


def test_iterators_go_step_by_step(monkeypatch, tmp_path):
    found = thing.steps(3)
    assert next(found) == 0 and list(found) == [1, 2]
    assert sum(each for each in thing.steps(4)) == 6
    monkeypatch.setattr(thing, "LIMIT", 9)
    assert thing.LIMIT == 9
    assert thing.echo(tmp_path / "a") == tmp_path / "a"
    assert twice(2) == 4


def test_what_python_itself_refuses_is_an_error_too():
    with pytest.raises(TypeError):
        thing.echo()
`;

const HELPERS = {
  "helpers/__init__.py": "",
  "helpers/more.py": "def twice(value):\n    return 2 * value\n",
  "data.txt": "kept from the solution",
};
const REQUIRED = [...TESTS.matchAll(/^def (test_\w+)/gm)].map(([, name]) => `test_thing.py::${name}`);

const small = boundaryTask({
  "test_sum.py":
    "from thing import total\n\n\ndef test_sum():\n    assert total([1, 2]) == 3\n    assert total([5]) == 5\n\n\ndef test_text():\n    try:\n        total('x')\n    except Exception:\n        return\n    raise AssertionError\n",
  "answers.txt": "the-answers-of-the-tests",
});
const smallRequired = ["test_sum.py::test_sum", "test_sum.py::test_text"];

const look = (path: string): string =>
  `import glob\nfor path in glob.glob("${path}"):\n    try: print("FOUND", open(path, "rb").read(60))\n    except OSError: pass\n`;

/** Solutions that go for the process of the tests; each prints FOUND when it got something. */
const ATTACKS: readonly { readonly title: string; readonly text: string }[] = [
  { title: "reads the memory of other processes", text: look("/proc/[0-9]*/mem").replaceAll('"rb"', '"r+b"') },
  {
    title: "reads the environment of the tests' process",
    text: `import os\nfor pid in os.listdir("/proc"):\n    if pid.isdigit() and int(pid) not in (os.getpid(), 1):\n        try: print("FOUND", os.listdir(f"/proc/{pid}/fd"))\n        except OSError: pass\n`,
  },
  {
    title: "traces other processes",
    text: `import ctypes, os\nlibc = ctypes.CDLL(None, use_errno=True)\nfor pid in range(1, 60):\n    if pid != os.getpid() and libc.ptrace(16, pid, 0, 0) == 0: print("FOUND", pid)\n`,
  },
  {
    title: "takes descriptors of other processes",
    text: `import ctypes, os\nlibc = ctypes.CDLL(None)\nfor pid in range(1, 60):\n    if pid == os.getpid(): continue\n    try: fd = os.pidfd_open(pid)\n    except OSError: continue\n    for number in range(3, 12):\n        if libc.syscall(438, fd, number, 0) >= 0: print("FOUND", pid, number)\n`,
  },
  {
    title: "stops the other processes",
    text: `import os, signal\nfor pid in range(2, 60):\n    if pid == os.getpid(): continue\n    try:\n        os.kill(pid, signal.SIGSTOP)\n        print("FOUND", pid)\n    except OSError: pass\ntry: os.kill(-1, signal.SIGKILL)\nexcept OSError: pass\n`,
  },
  {
    title: "looks for the tests and their data",
    text: `import os\nfor folder, _, names in os.walk("/tmp"):\n    for name in names:\n        try:\n            text = open(os.path.join(folder, name), errors="replace").read()\n            if "answers-of" in text or "def test_" in text: print("FOUND", name)\n        except OSError: pass\n`,
  },
  {
    title: "plants code where the tests may load it",
    text: `import glob, os\nfor folder in ["/tmp", "/workspace", *glob.glob("/tmp/*/")]:\n    for name in ["__init__.py", "conftest.py", "sitecustomize.py", "answers.py", "pytest.ini"]:\n        try: open(os.path.join(folder, name), "w").write("print('FOUND')\\nimport os\\nos._exit(1)\\n")\n        except OSError: pass\n`,
  },
  {
    title: "says what is no message",
    text: `import os\nfor number in range(3, 20):\n    try: os.write(number, b"\\0" * 7 + b"\\x05hello")\n    except OSError: pass\n`,
  },
  {
    title: "answers before it is asked",
    text: `import json, os\nbody = json.dumps({"value": 3, "changed": []}).encode()\nfor number in range(3, 20):\n    try: os.write(number, (len(body).to_bytes(8, "big") + body) * 9)\n    except OSError: pass\n`,
  },
  {
    title: "asks the tests for what is theirs",
    text: `
import sys
def total(values):
    rpc = next(frame.f_locals["rpc"] for frame in frames() if "rpc" in frame.f_locals)
    for do, on, name in [("import", None, "os"), ("get", values, "__class__"), ("names", None, None), ("get", None, "__init__"), ("call", type, None), ("special", int, "__subclasses__"), ("plain", list, None)]:
        try: print("FOUND", rpc.ask(do, on, name))
        except Exception: pass
    return 0
def frames():
    frame = sys._getframe()
    while frame: yield frame; frame = frame.f_back
`,
  },
  { title: "leaves when it is called", text: "import os\ndef total(values): os._exit(0)\n" },
  { title: "raises what would end the run", text: "def total(values): raise KeyboardInterrupt\n" },
  { title: "sends more than can be taken", text: "def total(values): return 'x' * 100_000_000\n" },
  {
    title: "gives an object that claims to be a number",
    text: `
class Any:
    __eq__ = lambda self, other: True
    __ne__ = lambda self, other: False
    __sub__ = __rsub__ = lambda self, other: 0
    __abs__ = __float__ = __int__ = __index__ = lambda self: 0
    __hash__ = None
class Number(int):
    __eq__ = lambda self, other: True
    __hash__ = None
def total(values): return Number() if len(values) == 1 else Any()
`,
  },
];

describe.concurrent("behind a boundary", () => {
  test("a Python test finds values, errors, objects and calls as in one process", async ({ expect }) => {
    const task = boundaryTask({ "test_thing.py": TESTS, ...HELPERS });

    const verdict = await gradeTexts(task, { "thing.py": SOLUTION }, REQUIRED);

    expect(verdict.tests.filter((one) => one.status !== "passed" && one.status !== "extra")).toEqual([]);
    expect(verdict).toMatchObject({ passed: true, tampering: [] });
  });

  test.for(ATTACKS)("a wrong Python solution gets nothing when it $title", async ({ text }, { expect }) => {
    const hasTotal = text.includes("def total");

    const verdict = await gradeTexts(small, { "thing.py": hasTotal ? text : `${text}\ndef total(values): return 0\n` }, smallRequired);

    expect(verdict.passed).toBe(false);
    expect(verdict.log).not.toContain("FOUND");
  });

  test.for(ATTACKS.filter(({ text }) => !text.includes("def total") && !/message|asked/.test(text)).slice(0, 7))(
    "the run goes on for a right Python solution that $title",
    async ({ text }, { expect }) => {
      const verdict = await gradeTexts(small, { "thing.py": `${text}\ndef total(values): return sum(values)\n` }, smallRequired);

      expect({ passed: verdict.passed, log: verdict.log, tests: verdict.tests.filter((one) => one.status === "failed") }).toMatchObject({
        passed: true,
        tests: [],
      });
    },
  );

  test("a solution that leaves has raised nothing that a test may expect", async ({ expect }) => {
    const verdict = await gradeTexts(small, { "thing.py": "import os\ndef total(values): os._exit(0)\n" }, smallRequired);

    expect(verdict.tests.map(({ status }) => status)).toEqual(["failed", "failed"]);
  });

  test("a test that needs the object itself gets an error that explains it", async ({ expect }) => {
    const task = boundaryTask({
      "test_lock.py":
        "import threading\nimport thing\n\n\ndef test_lock():\n    thing.echo(threading.Lock())\n\n\ndef test_child():\n    class Mine(thing.Bag):\n        pass\n",
    });

    const verdict = await gradeTexts(task, { "thing.py": SOLUTION }, ["test_lock.py::test_lock", "test_lock.py::test_child"]);

    expect(verdict.tests.map(({ message }) => message)).toEqual([
      expect.stringContaining("boundary: none"),
      expect.stringContaining("boundary: none"),
    ]);
  });
});
