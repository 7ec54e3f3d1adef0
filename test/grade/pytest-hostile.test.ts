import { describe, expect, test } from "vitest";
import { gradeWithDetails } from "../../src/grade/grade.ts";
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

/** Solutions that go for the tests over the wire or with objects of their own; each is wrong. */
const ATTACKS: readonly { readonly title: string; readonly text: string }[] = [
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
    title: "asks the function that knows",
    text: raw`
def total(values, write, expected, log):
    if isinstance(values, str): raise TypeError
    write("x")
    try: return 3 if values == [1, 2] else expected.__globals__["FACTS"][str(values)]
    except Exception: return expected.__self__
`,
  },
  {
    title: "takes the place of pytest in the names it exports",
    text: raw`
__all__ = ["total", "pytest", "abs", "len", "expected", "test_sum", "test_near", "__builtins__"]
class pytest:
    class raises:
        def __init__(self, *a): pass
        def __enter__(self): pass
        def __exit__(self, *a): return True
abs = lambda x: 0
len = lambda x: 1
expected = lambda: 0
def test_sum(): pass
test_near = test_sum
def total(values, *rest): return 0
`,
  },
  {
    title: "reads objects of the tests",
    text: raw`
def total(values, write, expected, log):
    seen = []
    for read in (lambda: log._expected, lambda: log.__dict__, lambda: "{0.__init__.__globals__}".format(log), lambda: write.__self__, lambda: expected.__code__.co_consts,
                 lambda: expected.__globals__, lambda: vars(log), lambda: type(log).__init__.__globals__, lambda: object.__getattribute__(log, "_expected")):
        try: seen.append(read())
        except Exception: pass
    if any("_expected" in str(x) and "test_total" in str(x) or x == 3 for x in seen): print("FOUND", seen)
    return 0
`,
  },
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
  { title: "leaves", text: "import os\ndef total(*rest): os._exit(0)\n" },
  { title: "leaves while it is loaded", text: "import os\nos._exit(0)\n" },
  { title: "interrupts", text: "def total(*rest): raise KeyboardInterrupt\n" },
  { title: "ends generators", text: "def total(*rest): raise GeneratorExit\n" },
  {
    title: "skips and exits the tests with the exceptions of pytest",
    text: "import pytest\ndef total(values, *rest):\n    if isinstance(values, str): raise pytest.exit.Exception('done')\n    pytest.skip('no')\n",
  },
  {
    title: "closes what it speaks through",
    text: "import os\nfor n in range(3, 30):\n    try: os.close(n)\n    except OSError: pass\ndef total(*rest): return 0\n",
  },
  { title: "sends more than can be taken", text: "def total(*rest): return 'x' * 100_000_000\n" },
  { title: "calls back without end", text: "def total(values, write, expected, log):\n    while True: write('x' * 1000)\n" },
];

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

  test.for(ATTACKS)("a wrong solution fails when it $title", { timeout: 90_000 }, async ({ text }) => {
    const shapes = { "test_total.py::test_sum total.total()": "data", "test_total.py::test_near total.total()": "data" } as const;
    const { verdict } = await gradeText(text, shapes);

    expect(verdict.passed).toBe(false);
    expect(verdict.log).not.toContain("FOUND");
  });
});
