import { describe, expect, test } from "vitest";
import { gradeWithDetails } from "../../src/grade/grade.ts";
import type { Twin } from "../cheats/cheat.ts";
import { pytestTask } from "../cheats/pytest/tasks.ts";
import { passesUndefended, playTwin } from "../cheats/twin.ts";
import { sandboxes, smallTask, sources, type Texts } from "./small-task.ts";

const { signal } = new AbortController();
const raw = String.raw;

const TESTS = raw`
import pytest
from total import *
import total as module


class Log:
    def __init__(self):
        self._expected = 3
        self.lines = []

    def write(self, line):
        self.lines.append(line)


def expected():
    return 3


def test_sum():
    log = Log()
    assert total([1, 2], log.write, expected, log) == expected()
    assert len(log.lines) >= 1


def test_near():
    assert abs(total([0.5, 0.5], print, expected, Log()) - 1) < 1e-9 and 2 in [total([2], print, expected, Log())]


def test_text():
    with pytest.raises(TypeError):
        total("x", print, expected, Log())
`;

const HONEST = raw`
def total(values, write, expected, log):
    if isinstance(values, str): raise TypeError("text")
    write("called")
    return sum(values)
`;
const REQUIRED = ["test_total.py::test_sum", "test_total.py::test_near", "test_total.py::test_text"];
// Finds the end of the boundary in the memory of its own process.
const PEER = raw`
import gc, json, sys
def peer():
    frame = sys._getframe()
    while "peer" not in frame.f_locals or not hasattr(frame.f_locals["peer"], "main"): frame = frame.f_back
    return frame.f_locals["peer"]
def sent(*frames):
    for frame in frames: peer().main.channel.send(json.dumps(frame))
`;

/** Solutions that go for the tests with objects of their own; plain pytest, with tests and solution in one process, lets each pass. */
const ATTACKS: readonly { readonly title: string; readonly text: string; readonly believes?: Twin["believes"] }[] = [
  {
    title: "answers everything with an object that agrees with everything",
    text: raw`
class Any:
    __eq__ = __lt__ = __le__ = __gt__ = __ge__ = __contains__ = lambda s, o: True
    __ne__ = lambda s, o: False
    __sub__ = __rsub__ = __add__ = __radd__ = __round__ = __abs__ = lambda s, *o: s
    __float__ = __int__ = __index__ = __len__ = __hash__ = lambda s: 0
def total(values, write, expected, log):
    if isinstance(values, str): raise TypeError
    write("x")
    return Any()
`,
  },
  {
    title: "reads the file of the function that it is passed",
    text: raw`
import re
def total(values, write, expected, log):
    if isinstance(values, str): raise TypeError
    write("x")
    source = open(expected.__code__.co_filename).read()
    wanted = r"return (\d+)" if values == [1, 2] else r"and (\d+) in" if values == [2] else r"abs.* - (\d+)"
    return int(re.search(wanted, source).group(1))
`,
  },
  {
    title: "takes the place of pytest and of functions in the names it exports",
    text: raw`
__all__ = ["total", "pytest", "abs", "__builtins__"]
class pytest:
    class raises:
        def __init__(self, *a): pass
        def __enter__(self): pass
        def __exit__(self, *a): return True
abs = lambda x: 0
def total(values, write, *rest):
    write("x")
    return {2: 3, 1: 2}[len(values)] if values != [0.5, 0.5] else 7
`,
  },
  {
    title: "reads objects of the tests",
    text: raw`
def total(values, write, expected, log):
    if isinstance(values, str): raise TypeError
    write("x")
    if values != [1, 2]: return sum(values)
    seen = []
    for read in (lambda: log._expected, lambda: log.__dict__["_expected"], lambda: vars(log)["_expected"], lambda: write.__self__._expected, lambda: object.__getattribute__(log, "_expected"),
                 lambda: expected.__code__.co_consts[1], lambda: expected.__globals__["expected"].__code__.co_consts[1], lambda: int("{0._expected}".format(log))):
        try: seen.append(read())
        except Exception: pass
    if 3 in [x for x in seen if isinstance(x, int)]: print("FOUND", seen)
    return seen[0] if seen else 0
`,
  },
  { title: "leaves", text: "import os\ndef total(*rest): os._exit(0)\n" },
  { title: "leaves while it is loaded", text: "import os\nos._exit(0)\n" },
  { title: "interrupts, which would be called an error", text: "def total(*rest): raise KeyboardInterrupt\n", believes: "error" },
  {
    title: "skips and exits the tests with the exceptions of pytest",
    text: "import pytest\ndef total(values, *rest):\n    if isinstance(values, str): raise pytest.exit.Exception('done', 0)\n    pytest.skip('no')\n",
  },
];

/** Wrong solutions that disturb the boundary itself, which plain pytest has not. */
const DISTURBANCES: readonly { readonly title: string; readonly text: string }[] = [
  {
    title: "asks over the wire for what it was not passed",
    text: `${PEER}${raw`
def total(values, write, expected, log):
    if isinstance(values, str): raise TypeError
    found = []
    for do, on, name in [("get", log, "__class__"), ("get", log, "_expected"), ("method", expected, "__getattribute__"), ("special", log, "__init__"), ("special", log, "__getattribute__"),
                         ("import", None, "os"), ("call", None, None), ("get", write, "__self__"), ("getof", log, "write"), ("set", log, "lines"), ("dir", log, None), ("public", None, "os"),
                         ("copy", log, None), ("special", expected, "__globals__"), ("stdin", None, "__class__")]:
        try: found.append((do, name, peer().ask(do, on, name, ([1],) if do == "set" else ())))
        except Exception: pass
    if found: print("FOUND", found)
    return 0
`}`,
  },
  {
    title: "sends answers of its own making before it is asked",
    text: `${PEER}${raw`
def total(values, write, expected, log):
    for turn in range(1, 60): sent(["=", turn, 3, [], None], ["=", turn, 1, [], None])
    return 0
`}`,
  },
  {
    title: "sends messages that are none",
    text: `${PEER}${raw`
def total(values, write, expected, log):
    sent({"t": "function", "v": "import os"}, ["=", 1, ["eval", "1"], [["code", 1]], None], [["?"]])
    return 0
`}`,
  },
  {
    title: "claims an endless length",
    text: `${PEER}${raw`
import os
def total(values, write, expected, log):
    os.write(peer().main.channel.write_to, b"\xff" * 4096)
    return 0
`}`,
  },
  { title: "ends generators", text: "def total(*rest): raise GeneratorExit\n" },
  {
    title: "closes what it speaks through",
    text: "import os\nfor n in range(3, 30):\n    try: os.close(n)\n    except OSError: pass\ndef total(*rest): return 0\n",
  },
  { title: "sends more than can be taken", text: "def total(*rest): return 'x' * 100_000_000\n" },
  { title: "calls back without end", text: "def total(values, write, expected, log):\n    while True: write('x' * 1000)\n" },
];

// The same tests and solution in one folder, for plain pytest.
const PLAIN = pytestTask("hostile", { tests: { "test_total.py": TESTS }, right: HONEST, wrong: "def total(*rest):\n    return 0\n" });

function taskWith(workspace: Texts, isolation: "process" | "none" = "process") {
  return smallTask({
    workspace,
    tests: { "test_total.py": TESTS },
    plan: { runner: "pytest", files: ["test_total.py"], isolation, timeoutSeconds: 25 },
  });
}

async function gradeText(text: string, shapes: Readonly<Record<string, "data" | "own">> | null) {
  const task = taskWith({ "total.py": "" });
  const expected = { required: REQUIRED, shapes };
  return gradeWithDetails({ task, submitted: sources({ "total.py": text }), expected, sandboxes, signal });
}

describe("behind the boundary of pytest", () => {
  test("the honest solution passes", { timeout: 60_000 }, async () => {
    const { verdict, shapes } = await gradeText(HONEST, null);

    expect(verdict).toMatchObject({ passed: true, reason: "all-passed" });
    expect(shapes).toMatchObject({ "test_total.py::test_sum total.total()": "data" });
  });

  test.for(ATTACKS)("plain pytest is fooled by a solution that $title", { timeout: 90_000 }, async ({ text, believes = "status" }) => {
    const cheat = { rows: [], title: "", task: PLAIN, files: { "total.py": text }, twin: { believes } };

    expect(await playTwin(sandboxes, cheat)).toBe(true);
  });

  test("plain pytest tells right from wrong", { timeout: 90_000 }, async () => {
    expect(await passesUndefended(sandboxes, PLAIN, { "total.py": HONEST })).toBe(true);
    expect(await passesUndefended(sandboxes, PLAIN, PLAIN.wrong)).toBe(false);
  });

  test.for([...ATTACKS, ...DISTURBANCES])("a wrong solution fails when it $title", { timeout: 90_000 }, async ({ text }) => {
    const shapes = { "test_total.py::test_sum total.total()": "data", "test_total.py::test_near total.total()": "data" } as const;
    const { verdict } = await gradeText(text, shapes);

    expect(verdict.passed).toBe(false);
    expect(verdict.log).not.toContain("FOUND");
  });
});
