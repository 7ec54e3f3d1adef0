import { pytestTask, TEST_MARK } from "./tasks.ts";

/** Hands the solution functions, lists and objects of the tests, which note what they are given. */
export const HANDED = pytestTask("handed", {
  right: `class Report:
    def __init__(self): self.lines = []
    def add(self, line): self.lines.append(line); return self
    def write(self, out): out.extend(self.lines); return self


def each(values, visit):
    for value in values: visit(value * 2)


def walk(values, visitor):
    for value in values: visitor.enter(value)
    visitor.leave(total=sum(values))
`,
  wrong: "class Report:\n    def add(self, line): return self\n    write = add\n\n\ndef each(values, visit): pass\n\n\nwalk = each\n",
  tests: {
    "test_handed.py": `# ${TEST_MARK}
from unittest.mock import Mock, call
from total import Report, each, walk


class Visitor:
    def __init__(self): self.seen, self.total = [], None
    def enter(self, value): self.seen.append(value)
    def leave(self, total): self.total = total


def test_function():
    seen = []
    each([1, 5], lambda value: seen.append(value))
    assert seen == [2, 10]


def test_mock():
    visit = Mock()
    each([4], visit)
    assert visit.call_args_list == [call(8)]


def test_object():
    visitor = Visitor()
    walk([1, 2], visitor)
    assert (visitor.seen, visitor.total) == ([1, 2], 3)


def test_list():
    out = ["head"]
    Report().add("a").add("b").write(out)
    assert out == ["head", "a", "b"]
`,
  },
});

/** Looks at what errors carry, and catches those of the solution's own class by hand. */
export const ERRORS = pytestTask("errors", {
  right: `class ParseError(Exception):
    def __init__(self, message, line):
        super().__init__(message)
        self.line = line


def parse(text):
    if "!" in text: raise ParseError("bad mark", text.count("\\n") + 1)
    if not text: raise ValueError("empty")
    return text.split()
`,
  wrong: "class ParseError(Exception): pass\n\n\ndef parse(text):\n    return text.split()\n",
  tests: {
    "test_errors.py": `# ${TEST_MARK}
import unittest
import pytest
from total import ParseError, parse


def test_arguments():
    with pytest.raises(ValueError) as caught: parse("")
    assert caught.value.args == ("empty",)


def test_field():
    with pytest.raises(ParseError) as caught: parse("a\\n!")
    assert caught.value.line == 2


def test_splits():
    assert parse("a b") == ["a", "b"]
`,
  },
});

/** Catches errors of the solution's own class by hand, as older suites do. */
export const CAUGHT = pytestTask("caught", {
  right: `class BadAge(Exception): pass


def check(age):
    if age < 0: raise BadAge("negative")
    return age
`,
  wrong: "class BadAge(Exception): pass\n\n\ndef check(age):\n    return age\n",
  tests: {
    "test_caught.py": `# ${TEST_MARK}
import unittest
import pytest
from total import BadAge, check


def test_negative():
    try:
        check(-1)
        assert False, "no error"
    except BadAge:
        pass


class AgeTest(unittest.TestCase):
    def test_refuses(self):
        try:
            check(-2)
            self.fail("no error")
        except BadAge:
            pass

    def test_accepts(self):
        self.assertEqual(check(4), 4)
`,
  },
});

/** Asserts inside of a context, and inside of a function, that the solution runs. */
export const INSIDE = pytestTask("inside", {
  right: `class Log:
    def __enter__(self): self.lines = ["start"]; return self
    def __exit__(self, *error): self.lines.append("stop"); return False


def each(values, visit):
    for value in values: visit(value * 2)
`,
  wrong: `class Log:
    def __enter__(self): self.lines = []; return self
    def __exit__(self, *error): return False


def each(values, visit):
    for value in values: visit(0)
`,
  tests: {
    "test_inside.py": `# ${TEST_MARK}
from total import Log, each


def test_context():
    with Log() as log:
        assert log.lines == ["start"]
        assert log.lines[0] == "start"


def test_function():
    seen = []
    def visit(value):
        seen.append(1)
        assert value in (2, 4)
    each([1, 2], visit)
    assert len(seen) == 2
`,
  },
});

/** Gives objects for some questions and numbers for others, and asks results by their own methods. */
export const RESULTS = pytestTask("results", {
  right: `class Box:
    def __init__(self, value): self.value = value


def get(kind):
    return Box(1) if kind == "box" else 7


def slug(text):
    return "-".join(text.lower().split())


def order(values):
    return sorted(values)
`,
  wrong: "class Box: pass\n\n\ndef get(kind): return None\n\n\nslug = order = get\n",
  tests: {
    "test_results.py": `# ${TEST_MARK}
from total import get, order, slug


def test_mixed():
    assert get("box").value == 1
    assert get("number") == 7
    assert get("number") + 1 == 8


def test_text():
    assert slug("Hello World").startswith("hello-")
    assert slug("Some Thing").islower()


def test_order():
    values = [3, 1, 2]
    result = order(values)
    assert all(result[at] <= result[at + 1] for at in range(len(result) - 1))
    assert sorted(result) == sorted(values)
`,
  },
});

/** Feeds a result back, beside cases that lie in a file of the tests. */
export const DATA = pytestTask("data", {
  right: 'def tidy(text):\n    return " ".join(text.split())\n\n\ndef turned(text):\n    return text[::-1]\n',
  wrong: "def tidy(text):\n    return text\n\n\nturned = tidy\n",
  tests: {
    "test_data.py": `# ${TEST_MARK}
import json
from pathlib import Path
from total import tidy, turned


def test_a_tidy_text_stays():
    once = tidy(" a  b ")
    assert tidy(once) == once


def test_cases():
    for given, want in json.loads((Path(__file__).parent / "cases.json").read_text()):
        assert turned(given) == want
`,
    "cases.json": '[["abc", "cba"], ["xy", "yx"]]\n',
  },
});
