import type { Texts } from "./small-task.ts";

/** Tests and a solution of a kind that people write, and what plain pytest says of each test. */
export type Oddity = { readonly title: string; readonly tests: Texts; readonly workspace: Texts; readonly pythonPath?: readonly string[] };

const raw = String.raw;

/** Each runs the same under plain pytest, with tests and solution in one process, and with the solution in a process of its own. */
export const ODDITIES: readonly Oddity[] = [
  {
    title: "fixtures of a conftest, in folders, with yield, scopes and autouse",
    tests: {
      "conftest.py": raw`
import pytest
import shop

@pytest.fixture(scope="session")
def store():
    s = shop.Store()
    yield s
    s.close()

@pytest.fixture(autouse=True)
def counted(store):
    store.count += 1
`,
      "deep/conftest.py": "import pytest\n@pytest.fixture(params=['a', 'b'])\ndef letter(request): return request.param\n",
      "deep/test_deep.py": "def test_letter(store, letter):\n    assert store.put(letter) == letter.upper()\n    assert store.count >= 1\n",
      "test_top.py": "def test_count(store):\n    assert store.count >= 1 and store.is_open\n\ndef test_missing(nothing):\n    pass\n",
    },
    workspace: {
      "shop.py":
        "class Store:\n    def __init__(self): self.count, self.is_open = 0, True\n    def put(self, x): return x.upper()\n    def close(self): self.is_open = False\n",
    },
  },
  {
    title: "packages of tests with relative imports and helpers",
    tests: {
      "pkg/__init__.py": "",
      "pkg/help.py": "def twice(x): return 2 * x\n",
      "pkg/sub/__init__.py": "",
      "pkg/sub/test_rel.py":
        "from ..help import twice\nfrom . import names\nfrom calc import add\n\ndef test_rel():\n    assert twice(add(1, 1)) == 4 and names.A == 1\n",
      "pkg/sub/names.py": "A = 1\n",
    },
    workspace: { "calc.py": "def add(a, b): return a + b\n" },
  },
  {
    title: "a src layout",
    tests: {
      "test_src.py": "import acme.tools\nfrom acme import VERSION\n\ndef test_it():\n    assert acme.tools.go() == VERSION == '1'\n",
    },
    workspace: { "src/acme/__init__.py": "VERSION = '1'\n", "src/acme/tools.py": "from . import VERSION\ndef go(): return VERSION\n" },
    pythonPath: ["src"],
  },
  {
    title: "another folder on the path, and a namespace package",
    tests: { "test_lib.py": "from ns.part import f\nfrom top import g\n\ndef test_f(): assert f() == g() == 3\n" },
    workspace: { "lib/ns/part.py": "def f(): return 3\n", "lib/top.py": "def g(): return 3\n" },
    pythonPath: ["lib"],
  },
  {
    title: "coroutines of the solution and of the tests with pytest-asyncio",
    tests: {
      "test_async.py": raw`
import asyncio
import pytest
import net

@pytest.mark.asyncio
async def test_value():
    assert await net.fetch(2) == 4

@pytest.mark.asyncio
async def test_together():
    assert await asyncio.gather(*(net.fetch(i) for i in range(4))) == [0, 2, 4, 6]

@pytest.mark.asyncio
async def test_error():
    with pytest.raises(KeyError):
        await net.broken()

@pytest.mark.asyncio
async def test_timeout():
    with pytest.raises(asyncio.TimeoutError):
        await asyncio.wait_for(net.slow(), 0.05)

@pytest.mark.asyncio
async def test_callback():
    seen = []
    async def on(x):
        await asyncio.sleep(0)
        seen.append(x)
        return x + 1
    assert await net.each([1, 2], on) == [2, 3] and seen == [1, 2]

@pytest.mark.asyncio
async def test_context_and_iteration():
    async with net.Session() as session:
        assert [x async for x in session.rows()] == [1, 2, 3]
    assert session.closed

@pytest.mark.asyncio
async def test_dependent_tasks():
    box = net.Box()
    assert await asyncio.gather(box.take(), box.give(5)) == [5, None]

def test_run():
    assert asyncio.run(net.fetch(1)) == 2
    assert asyncio.iscoroutinefunction(net.fetch)
`,
    },
    workspace: {
      "net.py": raw`
import asyncio
async def fetch(x):
    await asyncio.sleep(0.001)
    return 2 * x
async def broken(): raise KeyError("k")
async def slow(): await asyncio.sleep(30)
async def each(items, on): return [await on(item) for item in items]
class Session:
    closed = False
    async def __aenter__(self): return self
    async def __aexit__(self, *error): self.closed = True
    async def rows(self):
        for i in (1, 2, 3):
            await asyncio.sleep(0)
            yield i
class Box:
    def __init__(self): self.queue = None
    async def take(self):
        self.queue = asyncio.Queue()
        return await self.queue.get()
    async def give(self, value):
        await self.queue.put(value)
`,
    },
  },
  {
    title: "async tests without a plugin for them",
    tests: { "test_hole.py": "async def test_unseen():\n    assert False\n\ndef test_seen(): pass\n" },
    workspace: { "a.py": "" },
  },
  {
    title: "monkeypatched environment, folder, arguments, input and functions",
    tests: {
      "test_patch.py": raw`
import os, sys, time
from unittest import mock
import pytest
import app

def test_env(monkeypatch):
    monkeypatch.setenv("MODE", "fast")
    assert app.mode() == "fast"

def test_env_is_back():
    assert app.mode() is None

def test_folder(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "in.txt").write_text("hello")
    assert app.read("in.txt") == "hello"
    app.write("out.txt", "x")
    assert (tmp_path / "out.txt").read_text() == "x"
    assert app.here() == str(tmp_path)

def test_argv(monkeypatch):
    monkeypatch.setattr(sys, "argv", ["app", "-v", "name"])
    assert app.arguments() == ["-v", "name"]

def test_input(monkeypatch):
    answers = iter(["a", "b"])
    monkeypatch.setattr("builtins.input", lambda prompt="": next(answers))
    assert app.ask() == "a+b"

def test_stdin(monkeypatch):
    import io
    monkeypatch.setattr("sys.stdin", io.StringIO("1\n2\n3\n"))
    assert app.total() == 6

def test_clock():
    with mock.patch("time.time", return_value=12.5):
        assert app.now() == 12.5
    assert app.now() > 1000

def test_own_function(monkeypatch):
    monkeypatch.setattr(app, "source", lambda: "patched")
    assert app.shown() == "patched!"

def test_own_function_by_name():
    with mock.patch("app.source") as source:
        source.return_value = "mocked"
        assert app.shown() == "mocked!"
        source.assert_called_once_with()
    assert app.shown() == "real!"

def test_method():
    with mock.patch.object(app.Thing, "size", return_value=9):
        assert app.Thing().double() == 18
    assert app.Thing().double() == 2

def test_sleep(monkeypatch):
    slept = []
    monkeypatch.setattr(time, "sleep", slept.append)
    app.rest()
    assert slept == [60]
`,
    },
    workspace: {
      "app.py": raw`
import os, sys, time
def mode(): return os.environ.get("MODE")
def here(): return os.getcwd()
def read(path): return open(path).read()
def write(path, text):
    with open(path, "w") as f: f.write(text)
def arguments(): return sys.argv[1:]
def ask(): return input("first? ") + "+" + input("second? ")
def total(): return sum(int(line) for line in sys.stdin)
def now(): return time.time()
def source(): return "real"
def shown(): return source() + "!"
def rest(): time.sleep(60)
class Thing:
    def size(self): return 1
    def double(self): return 2 * self.size()
`,
    },
  },
  {
    title: "captured output, logs and warnings",
    tests: {
      "test_out.py": raw`
import logging, sys, warnings
import pytest
import talk

def test_capsys(capsys):
    talk.say("hi")
    print("mine")
    talk.complain("oh")
    out, err = capsys.readouterr()
    assert out == "hi\nmine\n" and err == "oh\n"

def test_capfd(capfd):
    talk.say("fd")
    assert capfd.readouterr().out == "fd\n"

def test_long(capsys):
    talk.say("x" * 200_000)
    assert len(capsys.readouterr().out) == 200_001

def test_caplog(caplog):
    with caplog.at_level(logging.INFO):
        talk.log("started")
    assert "started" in caplog.text and caplog.records[0].levelname == "INFO"

def test_caplog_default(caplog):
    talk.log("quiet")
    assert caplog.records == []

def test_warns():
    with pytest.warns(DeprecationWarning, match="old"):
        talk.old()
    with pytest.warns(talk.MyWarning):
        talk.mine()

def test_no_warning():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(DeprecationWarning):
            talk.old()

def test_redirect():
    import contextlib, io
    held = io.StringIO()
    with contextlib.redirect_stdout(held):
        talk.say("held")
    assert held.getvalue() == "held\n"
`,
    },
    workspace: {
      "talk.py": raw`
import logging, sys, warnings
class MyWarning(UserWarning): pass
def say(x): print(x)
def complain(x): print(x, file=sys.stderr)
def log(x): logging.getLogger("talk").info(x)
def old(): warnings.warn("old way", DeprecationWarning, stacklevel=2)
def mine(): warnings.warn("mine", MyWarning)
`,
    },
  },
  {
    title: "marks: skip, skipif, xfail, strict, parametrize with ids, importorskip, expected and unexpected",
    tests: {
      "test_marks.py": raw`
import sys
import pytest
import sol

@pytest.mark.skip(reason="no")
def test_skip(): assert False

@pytest.mark.skipif(sys.version_info > (3,), reason="new")
def test_skipif(): assert False

@pytest.mark.xfail
def test_xfail(): assert sol.f(1) == 2

@pytest.mark.xfail
def test_xpass(): assert sol.f(1) == 1

@pytest.mark.xfail(strict=True)
def test_strict(): assert sol.f(1) == 1

@pytest.mark.xfail(raises=KeyError)
def test_xfail_other(): sol.fail(ValueError)

@pytest.mark.parametrize("x, y", [(1, 1), pytest.param(2, 2, id="two"), ("é ☀", "é ☀"), (b"\x00", b"\x00"), (None, None), (1.5, 1.5)])
def test_param(x, y): assert sol.f(x) == y

@pytest.mark.parametrize("f", [sol.f, sol.Kind, sol.Kind.A])
def test_of_solution(f): assert f is not None

def test_importorskip(): pytest.importorskip("no_such_module_here")

def test_imperative(): pytest.skip("now")

def test_fail(): pytest.fail("bad")

class TestGroup:
    value = sol.f(3)
    @classmethod
    def setup_class(cls): cls.made = sol.f(4)
    def test_one(self): assert self.made == 4
    def test_two(self): assert self.value == 4
`,
      "test_skipped_module.py": "import pytest\npytest.skip('all', allow_module_level=True)\n",
    },
    workspace: {
      "sol.py": "import enum\nclass Kind(enum.Enum):\n    A = 1\ndef f(x): return x\ndef fail(kind): raise kind('x')\n",
    },
  },
  {
    title: "errors in set-up and tear-down, and in the import of a test file",
    tests: {
      "test_setup.py": raw`
import pytest
import sol

@pytest.fixture
def bad(): sol.fail()

@pytest.fixture
def late():
    yield 1
    sol.fail()

def test_bad(bad): pass
def test_late(late): pass
def test_fine(): pass
`,
      "test_broken.py": "import no_such_thing_at_all\ndef test_x(): pass\n",
      "test_syntax.py": "def test_x(:\n",
    },
    workspace: { "sol.py": "def fail(): raise RuntimeError('down')\n" },
  },
  {
    title: "unittest: set-up, subtests, expected failures, skips and assert methods",
    tests: {
      "test_unit.py": raw`
import unittest
from decimal import Decimal
import sol

class Case(unittest.TestCase):
    @classmethod
    def setUpClass(cls): cls.bag = sol.Bag([3, 1, 2])
    def setUp(self): self.fresh = sol.Bag([])
    def test_sequences(self):
        self.assertEqual(self.bag.sorted(), [1, 2, 3])
        self.assertCountEqual(self.bag.items, [1, 2, 3])
        self.assertIn(3, self.bag)
        self.assertEqual(len(self.fresh), 0)
        self.assertIsInstance(self.bag, sol.Bag)
        self.assertDictEqual(self.bag.counts(), {1: 1, 2: 1, 3: 1})
    def test_numbers(self):
        self.assertAlmostEqual(self.bag.mean(), Decimal(2))
        self.assertRaisesRegex(ValueError, "empty", self.fresh.mean)
        self.assertGreater(self.bag.mean(), 1)
    def test_sub(self):
        for i in range(3):
            with self.subTest(i=i):
                self.assertLess(self.bag.items[i], 3)
    @unittest.expectedFailure
    def test_expected(self): self.assertEqual(self.bag.mean(), 7)
    @unittest.skip("later")
    def test_skipped(self): self.fail()
    def test_wrong(self): self.assertEqual(self.bag.sorted(), [3])

class Async(unittest.IsolatedAsyncioTestCase):
    async def test_it(self): self.assertEqual(await sol.later(4), 4)
`,
    },
    workspace: {
      "sol.py": raw`
from collections import Counter
from decimal import Decimal
class Bag:
    def __init__(self, items): self.items = list(items)
    def sorted(self): return sorted(self.items)
    def counts(self): return Counter(self.items)
    def __contains__(self, x): return x in self.items
    def __len__(self): return len(self.items)
    def mean(self):
        if not self.items: raise ValueError("empty bag")
        return Decimal(sum(self.items)) / len(self.items)
async def later(x): return x
`,
    },
  },
  {
    title: "values: subclasses, named tuples, data classes, enumerations, views, user containers",
    tests: {
      "test_values.py": raw`
import copy, dataclasses, datetime, enum, json, math, pickle, uuid, zoneinfo
from collections import OrderedDict, UserDict, deque, defaultdict, namedtuple
from decimal import Decimal
from pathlib import Path
import pytest
import v

Local = namedtuple("Local", "a b")

def test_subclasses():
    assert v.money() == Decimal("1.5") and v.money() + 1 == Decimal("2.5")
    assert v.Text("abc") == "abc" and v.Text("abc").shout() == "ABC!" and isinstance(v.Text("a"), str)
    assert v.Level.HIGH > v.Level.LOW and v.Level.HIGH == 2 and v.Level["LOW"] is v.Level.LOW
    assert v.Mode.READ == "read" and f"{v.Mode.READ.value}" == "read" and v.Mode("read") is v.Mode.READ

def test_named():
    p = v.Point(1, 2)
    assert p == (1, 2) and p.x == 1 and p._replace(x=5) == (5, 2) and p._asdict() == {"x": 1, "y": 2}
    a, b = p
    assert (a, b) == (1, 2) and v.first(Local(7, 8)) == 7 and v.name_of(Local(7, 8)) == 7

def test_data_class():
    p = v.Pet("a", 1)
    assert p == v.Pet("a", 1) and p != v.Pet("b", 1) and p.age == 1 and repr(p) == "Pet(name='a', age=1)"
    p.age = 2
    assert p.age == 2 and vars(p) == {"name": "a", "age": 2} and {v.Frozen(1), v.Frozen(1)} == {v.Frozen(1)}
    assert sorted([v.Frozen(2), v.Frozen(1)])[0] == v.Frozen(1) and copy.copy(p) == p and copy.deepcopy(p) is not p

def test_containers():
    assert v.user() == {"a": 1} and list(v.user()) == ["a"] and v.stack() == [1, 2] and v.stack().top() == 2
    s = v.stack()
    s.push(3)
    assert s == [1, 2, 3] and len(s) == 3 and s[-1] == 3
    s.append(4)
    assert s.top() == 4
    assert v.missing()["nothing"] == "default" and v.counter()["zz"] == 0
    assert list(v.view()) == ["a", "b"] and "a" in v.view() and v.frozen() == frozenset({1}) and v.dq() == deque([1, 2], maxlen=2)
    assert v.ordered() == OrderedDict([("b", 1), ("a", 2)]) and list(v.ordered()) == ["b", "a"]
    assert isinstance(v.counter(), defaultdict) and json.dumps(v.user2()) == '{"k": [1]}'

def test_times():
    assert v.moment() == datetime.datetime(2026, 1, 2, tzinfo=datetime.timezone.utc) and v.moment().tzinfo is not None
    assert v.day() == datetime.date(2026, 1, 2) and v.span() == datetime.timedelta(hours=1) and v.clock() == datetime.time(1, 2)

def test_odd():
    assert math.isnan(v.nan()) and v.inf() == math.inf and v.path() == Path("/a/b") and v.uid() == uuid.UUID(int=5) and v.cx() == 1 + 2j
    assert v.pat().match("aaa") and v.pat().pattern == "a+" and v.ell() is ... and v.ni() is NotImplemented and v.none() is None
    assert v.typ() is int and v.tup() == (1, (2, [3])) and v.rng() == range(3) and v.blob() == b"\x00\xff" and v.lone() == "\ud800"
    assert v.big() == 7 ** 5000 and v.neg() == -(7 ** 40) and v.barr() == bytearray(b"x")

def test_identity():
    x = [1]
    assert v.same(x) is x and v.ONE is v.ONE and v.same(v.SENTINEL) is v.SENTINEL and v.Kind is v.Kind and type(v.Kind()) is v.Kind
    marker = object()
    assert v.same(marker) is marker
    def f(): pass
    assert v.same(f) is f and v.same(v.same) is v.same

def test_approx():
    assert v.third() == pytest.approx(0.333, abs=1e-2) and v.thirds() == pytest.approx([1 / 3, 2 / 3]) and v.mapped() == pytest.approx({"a": 0.1 + 0.2})
`,
    },
    workspace: {
      "v.py": raw`
import datetime, enum, re, uuid
from collections import OrderedDict, UserDict, defaultdict, deque, namedtuple
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
class Money(Decimal): pass
def money(): return Money("1.5")
class Text(str):
    def shout(self): return self.upper() + "!"
class Level(enum.IntEnum):
    LOW = 1
    HIGH = 2
class Mode(str, enum.Enum):
    READ = "read"
class Point(namedtuple("Point", "x y")): pass
def first(t): return t[0]
def name_of(t): return t.a
@dataclass
class Pet:
    name: str
    age: int
@dataclass(frozen=True, order=True)
class Frozen:
    n: int
class User(UserDict): pass
def user(): return User(a=1)
def user2(): return {"k": [1]}
class Stack(list):
    def push(self, x): self.append(x)
    def top(self): return self[-1]
def stack(): return Stack([1, 2])
class Missing(dict):
    def __missing__(self, key): return "default"
def missing(): return Missing()
def counter(): return defaultdict(int)
def view(): return {"a": 1, "b": 2}.keys()
def frozen(): return frozenset({1})
def dq(): return deque([0, 1, 2], maxlen=2)
def ordered(): return OrderedDict([("b", 1), ("a", 2)])
def moment(): return datetime.datetime(2026, 1, 2, tzinfo=datetime.timezone.utc)
def day(): return datetime.date(2026, 1, 2)
def span(): return datetime.timedelta(hours=1)
def clock(): return datetime.time(1, 2)
def nan(): return float("nan")
def inf(): return float("inf")
def path(): return Path("/a") / "b"
def uid(): return uuid.UUID(int=5)
def cx(): return 1 + 2j
def pat(): return re.compile("a+")
def ell(): return ...
def ni(): return NotImplemented
def none(): return None
def typ(): return int
def tup(): return (1, (2, [3]))
def rng(): return range(3)
def blob(): return b"\x00\xff"
def lone(): return "\ud800"
def big(): return 7 ** 5000
def neg(): return -(7 ** 40)
def barr(): return bytearray(b"x")
def same(x): return x
class Kind: pass
ONE, SENTINEL = Kind(), object()
def third(): return 1 / 3
def thirds(): return [1 / 3, 2 / 3]
def mapped(): return {"a": 0.3}
`,
    },
  },
  {
    title: "what the solution keeps of what it was passed, and what the tests keep of what they were given",
    tests: {
      "test_alias.py": raw`
import m

def test_sink():
    log = []
    p = m.Player(log)
    p.play("a")
    p.play("b")
    assert log == ["a", "b"]

def test_given():
    bus = m.Bus()
    events = bus.events
    bus.emit(1)
    assert events == [1]
    events.append(2)
    assert bus.count() == 2

def test_grid():
    grid = [[0] * 3 for _ in range(3)]
    row = grid[1]
    m.mark(grid, 1, 2)
    assert row == [0, 0, "x"] and grid[1] is row

def test_large():
    data = list(range(50_000, 0, -1))
    assert m.sort(data) is None and data[:3] == [1, 2, 3]

def test_sets_and_bytes():
    seen, table, raw = {1}, {"a": [1]}, bytearray(b"ab")
    m.fill(seen, table, raw)
    assert seen == {1, 2} and table == {"a": [1, 5], "b": 2} and raw == bytearray(b"Ab")

def test_circle():
    x = []
    x.append(x)
    assert m.same(x)[0] is x

def test_default():
    assert m.collect(1) == [1] and m.collect(2) == [1, 2]
`,
    },
    workspace: {
      "m.py": raw`
class Player:
    def __init__(self, log): self.log = log
    def play(self, x): self.log.append(x)
class Bus:
    def __init__(self): self.events = []
    def emit(self, e): self.events.append(e)
    def count(self): return len(self.events)
def mark(grid, r, c): grid[r][c] = "x"
def sort(data): data.sort()
def fill(seen, table, raw):
    seen.add(2); table["a"].append(5); table["b"] = 2; raw[0:1] = b"A"
def same(x): return x
def collect(x, into=[]):
    into.append(x)
    return list(into)
`,
    },
  },
  {
    title: "objects, functions and files of the tests in the hands of the solution",
    tests: {
      "test_pass.py": raw`
import io, random, types
from unittest import mock
import pytest
import m

class Clock:
    def __init__(self): self.now = 5
    def later(self, by): self.now += by; return self.now
    @property
    def shown(self): return f"{self.now}h"
    def __len__(self): return 3
    def __getitem__(self, i): return i * 10
    def __eq__(self, other): return isinstance(other, Clock)
    def __enter__(self): return "in"
    def __exit__(self, *e): self.now = 0

class Trouble(Exception):
    def __init__(self, code): super().__init__(code); self.code = code

def test_object():
    c = Clock()
    assert m.use(c) == (5, 7, "7h", 3, 20) and c.now == 7
    assert m.inside(c) == "in" and c.now == 0

def test_calls():
    log = []
    m.call(log.append, 1)
    m.call(lambda *a, **k: log.append((a, k)), 2, x=3)
    assert log == [1, ((2,), {"x": 3})] and m.call(Clock).now == 5 and m.call(max, 3, 4) == 4 and m.apply(str.upper, ["a"]) == ["A"]
    assert sorted(m.words(), key=m.size) == ["a", "bb"] and list(map(m.size, ["abc"])) == [3]

def test_mock():
    api = mock.Mock()
    api.get.return_value = {"id": 1}
    api.session.send.side_effect = [1, 2]
    assert m.client(api) == (1, 1, 2)
    api.get.assert_called_once_with("/x", timeout=3)
    assert api.session.send.call_count == 2

def test_errors():
    def fail(): raise Trouble(7)
    with pytest.raises(Trouble) as caught:
        m.call(fail)
    assert caught.value.code == 7
    assert m.guarded(fail) == "Trouble"
    with pytest.raises(ZeroDivisionError):
        m.call(lambda: 1 // 0)

def test_generators():
    def numbers():
        yield from (1, 2, 3)
    assert m.total(numbers()) == 6 and m.total(x for x in (1, 2)) == 3
    g = m.count()
    assert next(g) == 0 and g.send(5) == 5 and list(m.pairs()) == [(0, "a"), (1, "b")]
    g.close()

def test_streams(tmp_path):
    (tmp_path / "a").write_text("x\ny\n")
    assert m.lines(io.StringIO("a\nb\n")) == ["a", "b"]
    with open(tmp_path / "a") as f:
        assert m.lines(f) == ["x", "y"]
    out = io.StringIO()
    m.emit(out)
    assert out.getvalue() == "done"
    assert m.lines(m.opened(str(tmp_path / "a"))) == ["x", "y"]

def test_random():
    assert m.shuffled([1, 2, 3, 4], random.Random(3)) == random.Random(3).sample([1, 2, 3, 4], 4)

def test_namespace():
    assert m.both(types.SimpleNamespace(a=1, b="x")) == (1, "x")
`,
    },
    workspace: {
      "m.py": raw`
def use(c): return c.now, c.later(2), c.shown, len(c), c[2]
def inside(c):
    with c as x: return x
def call(f, *a, **k): return f(*a, **k)
def apply(f, xs): return [f(x) for x in xs]
def words(): return ["bb", "a"]
def size(x): return len(x)
def client(api): return api.get("/x", timeout=3)["id"], api.session.send(), api.session.send()
def guarded(f):
    try: f()
    except Exception as e: return type(e).__name__
def total(xs): return sum(xs)
def count():
    got = yield 0
    yield got
def pairs(): return enumerate("ab")
def lines(f): return [line.strip() for line in f]
def emit(f): f.write("done")
def opened(path): return open(path)
def shuffled(xs, rng): return rng.sample(xs, len(xs))
def both(n): return n.a, n.b
`,
    },
  },
  {
    title: "errors of the solution: classes, fields, chains, notes, groups, exits",
    tests: {
      "test_errors.py": raw`
import json
import pytest
import e

def test_class():
    with pytest.raises(e.MyError, match=r"bad at 3") as caught:
        e.fail(3)
    assert caught.value.line == 3 and caught.value.args == ("bad",) and type(caught.value) is e.MyError and caught.type.__name__ == "MyError"
    assert isinstance(caught.value, ValueError) and isinstance(caught.value.__cause__, KeyError)

def test_builtin():
    with pytest.raises(FileNotFoundError) as caught:
        e.missing()
    assert caught.value.errno == 2 and caught.value.filename == "/no/such"
    with pytest.raises(json.JSONDecodeError) as caught:
        e.decode()
    assert caught.value.pos == 0
    with pytest.raises(StopIteration):
        next(e.empty())
    with pytest.raises(UnicodeDecodeError):
        e.undecodable()
    with pytest.raises(TypeError, match="argument"):
        e.fail()
    with pytest.raises(AttributeError):
        e.nothing_here

def test_exit():
    with pytest.raises(SystemExit) as caught:
        e.leave(3)
    assert caught.value.code == 3

def test_group():
    with pytest.raises(ExceptionGroup) as caught:
        e.group()
    assert [type(x) for x in caught.value.exceptions] == [ValueError, KeyError]

def test_notes():
    with pytest.raises(ValueError) as caught:
        e.noted()
    assert caught.value.__notes__ == ["more"]

def test_not_raised():
    with pytest.raises(ValueError):
        e.fine()

def test_other():
    with pytest.raises(KeyError):
        e.fail(1)

def test_returned():
    error = e.made()
    assert isinstance(error, e.MyError) and error.line == 5

def test_interrupt():
    e.interrupt()

def test_after(): assert e.fine() is None
`,
    },
    workspace: {
      "e.py": raw`
import json
class MyError(ValueError):
    def __init__(self, message, line):
        super().__init__(message)
        self.line = line
    def __str__(self): return f"{self.args[0]} at {self.line}"
def fail(n): raise MyError("bad", n) from KeyError("k")
def missing(): open("/no/such")
def decode(): json.loads("")
def empty(): return iter([])
def undecodable(): b"\xff".decode()
def leave(n): raise SystemExit(n)
def group(): raise ExceptionGroup("all", [ValueError(1), KeyError(2)])
def noted():
    error = ValueError("x")
    error.add_note("more")
    raise error
def fine(): pass
def made(): return MyError("m", 5)
def interrupt(): raise RuntimeError("stop")
`,
    },
  },
  {
    title: "threads of the solution and of the tests",
    tests: {
      "test_threads.py": raw`
import queue, threading, time
from concurrent.futures import ThreadPoolExecutor
import t

def test_callback():
    done, seen = threading.Event(), []
    def on(x):
        seen.append(x)
        done.set()
    t.later(on)
    assert done.wait(5) and seen == ["late"]

def test_workers():
    counter = t.Counter()
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: counter.add(), range(40)))
    assert counter.value == 40

def test_blocking():
    q = t.Queue()
    got = []
    reader = threading.Thread(target=lambda: got.append(q.get()))
    reader.start()
    q.put(5)
    reader.join(5)
    assert got == [5]

def test_joined():
    assert t.gathered([1, 2, 3], lambda x: x * 2) == [2, 4, 6]
`,
    },
    workspace: {
      "t.py": raw`
import queue, threading
from concurrent.futures import ThreadPoolExecutor
def later(on): threading.Timer(0.05, on, ["late"]).start()
class Counter:
    def __init__(self): self.value, self.lock = 0, threading.Lock()
    def add(self):
        with self.lock: self.value += 1
class Queue(queue.Queue): pass
def gathered(xs, f):
    with ThreadPoolExecutor(3) as pool: return list(pool.map(f, xs))
`,
    },
  },
  {
    title: "temporary folders and data files beside the tests",
    tests: {
      "test_files.py": raw`
import os, tempfile
from pathlib import Path
import pytest
import f

HERE = Path(__file__).parent

def test_tmp_path(tmp_path):
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "a.txt").write_text("one")
    assert f.read(tmp_path / "sub" / "a.txt") == "one" and f.names(str(tmp_path / "sub")) == ["a.txt"]
    f.write(tmp_path / "made" / "b.txt", "two")
    assert (tmp_path / "made" / "b.txt").read_text() == "two"

def test_named_temporary():
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as t, tempfile.TemporaryDirectory() as d:
        t.write("three")
        t.flush()
        assert f.read(t.name) == "three" and f.names(d) == []

@pytest.mark.parametrize("path", sorted(p.name for p in (HERE / "data").iterdir()))
def test_data(path): assert f.read(HERE / "data" / path) == path[0]

def test_folder(): assert f.names(HERE / "data") == ["a.txt", "b.txt"]

def test_ini(tmp_path_factory):
    base = tmp_path_factory.mktemp("x")
    assert f.echo(base) == base and f.echo({"p": [str(base)]}) == {"p": [str(base)]}
`,
      "data/a.txt": "a",
      "data/b.txt": "b",
    },
    workspace: {
      "f.py": raw`
import os
def read(p): return open(p).read()
def names(p): return sorted(os.listdir(p))
def write(p, t):
    os.makedirs(os.path.dirname(p), exist_ok=True)
    with open(p, "w") as out: out.write(t)
def echo(x): return x
`,
    },
  },
  {
    title: "a pytest.ini that configures: asyncio mode, markers, filters, other names of tests",
    tests: {
      "pytest.ini":
        "[pytest]\nasyncio_mode = auto\npython_functions = check_* test_*\nfilterwarnings = error\nmarkers = slow: slow ones\naddopts = --strict-markers -m 'not slow'\n",
      "test_ini.py": raw`
import pytest
import s

async def test_auto(): assert await s.f() == 1
def check_named(): assert s.g() == 2
@pytest.mark.slow
def test_slow(): assert False
def test_warning(): s.w()
`,
    },
    workspace: { "s.py": "import warnings\nasync def f(): return 1\ndef g(): return 2\ndef w(): warnings.warn('x')\n" },
  },
  {
    title: "a plugin of the tests, a hook, a generated parametrisation and a custom collector",
    tests: {
      "conftest.py": raw`
import pytest
pytest_plugins = ["extra_plugin"]

def pytest_generate_tests(metafunc):
    if "number" in metafunc.fixturenames:
        metafunc.parametrize("number", [1, 2, 3])

def pytest_collection_modifyitems(items):
    items.reverse()

@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    outcome = yield
    outcome.get_result().note = "seen"
`,
      "extra_plugin.py": "import pytest\nimport g\n@pytest.fixture\ndef given(): return g.square(4)\n",
      "test_plug.py":
        "import g\ndef test_given(given): assert given == 16\ndef test_number(number): assert g.square(number) == number * number\n",
    },
    workspace: { "g.py": "def square(x): return x * x\n" },
  },
  {
    title: "star imports, modules in packages, lazy attributes, doc strings and signatures",
    tests: {
      "test_star.py": raw`
from tools import *
import tools
import tools.inner as inner
from tools import inner as again, lazy_value
import pytest

def test_star(): assert add(1, 2) == 3 and SIZE == 4 and "hidden" not in globals()
def test_modules(): assert inner is again and inner.deep() == "deep" and tools.inner is inner
def test_lazy(): assert lazy_value == 42
def test_names(): assert add.__name__ == "add" and "Adds" in add.__doc__ and callable(add) and hasattr(tools, "SIZE") and not hasattr(tools, "NO")
def test_none():
    with pytest.raises(ImportError):
        from tools import nothing_of_that_name
    with pytest.raises(ModuleNotFoundError):
        import tools.absent
def test_dir(): assert "add" in dir(tools)
`,
    },
    workspace: {
      "tools/__init__.py": raw`
__all__ = ["add", "SIZE"]
SIZE = 4
hidden = 1
def add(a, b):
    """Adds."""
    return a + b
def __getattr__(name):
    if name == "lazy_value": return 42
    raise AttributeError(name)
`,
      "tools/inner.py": "def deep(): return 'deep'\n",
    },
  },
  {
    title: "slices of objects, lists of names, containers that are keys, and weak references",
    tests: {
      "test_parts.py": raw`
import weakref
from line import Line, Key, __all__ as names, keyed, parts
import line

def test_slice(): assert Line("abcdef")[1:3] == "bc" and Line("abcdef")[::-1] == "fedcba" and Line("abc")[:] == "abc"
def test_slices_as_data(): assert parts(slice(1, None)) == (1, None, None) and line.HALF == slice(None, 3)
def test_names(): assert names == ["Key", "print", "Line", "test_names"] and line.__all__[0] == "Key"
def test_key(): assert hash(Key([1, 2])) == hash(Key([1, 2])) and list(keyed()) == [[1, 2]] and {Key([3]): 4}[Key([3])] == 4
def test_weak():
    held = Line("x")
    assert weakref.ref(held)() is held
`,
    },
    workspace: {
      "line.py": raw`
__all__ = ["Key", "print", "Line", "test_names"]
HALF = slice(None, 3)
class Line:
    def __init__(self, text): self.text = text
    def __getitem__(self, at): return self.text[at]
class Key(list):
    def __hash__(self): return hash(tuple(self))
class Store(dict): pass
def keyed():
    made = Store()
    made[Key([1, 2])] = 3
    return made
def parts(cut): return cut.start, cut.stop, cut.step
`,
    },
  },
  {
    title: "a solution that is named like a module of the library",
    tests: {
      "test_queue.py": "from queue import Line\nimport statistics\n\ndef test_line(): assert Line().size == 0 and statistics.mine() == 1\n",
    },
    workspace: { "queue.py": "class Line:\n    size = 0\n", "statistics.py": "def mine(): return 1\n" },
  },
  {
    title: "operators, protocols and class machinery of the solution's own objects",
    tests: {
      "test_ops.py": raw`
import math
import pytest
import o

def test_vector():
    a, b = o.Vec(1, 2), o.Vec(3, 4)
    assert a + b == o.Vec(4, 6) and a * 2 == o.Vec(2, 4) and 2 * a == o.Vec(2, 4) and -a == o.Vec(-1, -2) and abs(b) == 5 and a @ b == 11
    a += b
    assert a == o.Vec(4, 6) and str(a) == "<4, 6>" and f"{a:x}" == "x" and bool(o.Vec(0, 0)) is False and list(a) == [4, 6] and a[0] == 4 and len(a) == 2
    assert 4 in a and {a: 1}[o.Vec(4, 6)] == 1 and o.Vec(1, 1) < o.Vec(2, 2) and max(o.Vec(1, 0), o.Vec(0, 3)) == o.Vec(0, 3)
    assert round(o.Amount(1.6)) == 2 and int(o.Amount(1.6)) == 1 and float(o.Amount(1.6)) == 1.6 and math.floor(o.Amount(1.6)) == 1
    assert a != "x" and not (a == 5) and o.Vec(1, 2) != o.Vec(1, 3)

def test_class():
    assert o.Vec.zero() == o.Vec(0, 0) and o.Vec.unit() == "unit" and issubclass(o.Child, o.Vec) and isinstance(o.Child(1, 2), o.Vec) and o.Child.kind == "child"
    v = o.Vec(1, 2)
    v.name = "n"
    assert v.name == "n" and v.double.x == 2 and not hasattr(v, "none")
    del v.name
    assert not hasattr(v, "name")
    with pytest.raises(AttributeError):
        v.double = 3
    with pytest.raises(TypeError):
        o.Abstract()
    assert o.Vec.made > 0
    o.Vec.made = 0
    assert o.Vec.made == 0 or True

def test_items():
    g = o.Grid()
    g[1, 2] = "x"
    assert g[1, 2] == "x" and (1, 2) in g and len(g) == 1
    del g[1, 2]
    with pytest.raises(KeyError):
        g[1, 2]
    assert list(reversed(o.Seq())) == [2, 1] and next(iter(o.Seq())) == 1

def test_enum():
    assert [c.name for c in o.Color] == ["RED", "BLUE"] and o.Color(1) is o.Color.RED and o.Color["BLUE"].value == 2 and o.Color.RED != o.Color.BLUE
    assert o.Color.RED in o.Color and len(o.Color) == 2 and o.Color.RED.label() == "red" and {o.Color.RED: 1}[o.Color.RED] == 1
    with pytest.raises(ValueError):
        o.Color(9)

def test_cached():
    assert o.fib(30) == 832040 and o.fib.cache_info().hits > 0
    o.fib.cache_clear()
    assert o.fib.__wrapped__(2) == 1

def test_decorator():
    @o.counted
    def f(x): return x + 1
    assert f(1) == 2 and f.calls == 1
    with o.managed() as got:
        assert got == "managed"
`,
    },
    workspace: {
      "o.py": raw`
import abc, contextlib, enum, functools
@functools.total_ordering
class Vec:
    made = 0
    def __init__(self, x, y): self.x, self.y = x, y; Vec.made += 1
    def __add__(self, o): return Vec(self.x + o.x, self.y + o.y)
    def __mul__(self, k): return Vec(self.x * k, self.y * k)
    __rmul__ = __mul__
    def __matmul__(self, o): return self.x * o.x + self.y * o.y
    def __neg__(self): return Vec(-self.x, -self.y)
    def __abs__(self): return (self.x ** 2 + self.y ** 2) ** 0.5
    def __eq__(self, o): return isinstance(o, Vec) and (self.x, self.y) == (o.x, o.y)
    def __lt__(self, o): return (self.x + self.y) < (o.x + o.y)
    def __hash__(self): return hash((self.x, self.y))
    def __str__(self): return f"<{self.x}, {self.y}>"
    def __format__(self, spec): return spec
    def __bool__(self): return bool(self.x or self.y)
    def __iter__(self): return iter((self.x, self.y))
    def __getitem__(self, i): return (self.x, self.y)[i]
    def __len__(self): return 2
    def __contains__(self, v): return v in (self.x, self.y)
    @property
    def double(self): return self * 2
    @classmethod
    def zero(cls): return cls(0, 0)
    @staticmethod
    def unit(): return "unit"
class Child(Vec): kind = "child"
class Amount:
    def __init__(self, v): self.v = v
    def __round__(self, n=0): return round(self.v)
    def __int__(self): return int(self.v)
    def __float__(self): return float(self.v)
    def __floor__(self): return 1
class Abstract(abc.ABC):
    @abc.abstractmethod
    def go(self): ...
class Grid:
    def __init__(self): self.d = {}
    def __getitem__(self, k): return self.d[k]
    def __setitem__(self, k, v): self.d[k] = v
    def __delitem__(self, k): del self.d[k]
    def __contains__(self, k): return k in self.d
    def __len__(self): return len(self.d)
class Seq:
    def __iter__(self): return iter([1, 2])
    def __reversed__(self): return iter([2, 1])
class Color(enum.Enum):
    RED = 1
    BLUE = 2
    def label(self): return self.name.lower()
@functools.lru_cache
def fib(n): return n if n < 2 else fib(n - 1) + fib(n - 2)
def counted(f):
    @functools.wraps(f)
    def inner(*a):
        inner.calls += 1
        return f(*a)
    inner.calls = 0
    return inner
@contextlib.contextmanager
def managed(): yield "managed"
`,
    },
  },
  {
    title: "a module that is loaded anew, a module that fails to load, and one that prints while it loads",
    tests: {
      "test_load.py": raw`
import importlib, sys
import pytest
import noisy

def test_broken():
    with pytest.raises(ZeroDivisionError):
        import broken
    with pytest.raises(SyntaxError):
        import unparsable

def test_module():
    assert importlib.import_module("noisy") is noisy and "noisy" in sys.modules and noisy.__name__ == "noisy"

def test_inside():
    from noisy import VALUE
    assert VALUE == 1

def test_main(capsys):
    assert noisy.main(["a"]) == 0
    assert capsys.readouterr().out == "a\n"
`,
    },
    workspace: {
      "noisy.py": "print('loading')\nVALUE = 1\ndef main(argv):\n    print(*argv)\n    return 0\n",
      "broken.py": "1 / 0\n",
      "unparsable.py": "def (:\n",
    },
  },
  {
    title: "a conftest that sets the path, and tests in a folder beside their helpers",
    tests: {
      "checks/conftest.py": "import os, sys\nsys.path.insert(0, os.path.join(os.path.dirname(__file__), '..', 'app'))\n",
      "checks/helper.py": "import core\ndef made(): return core.make()\n",
      "checks/test_path.py": "from helper import made\nimport core\ndef test_made(): assert made() == core.make() == 'made'\n",
    },
    workspace: { "app/core.py": "def make(): return 'made'\n" },
  },
  {
    title: "assertions with messages, long differences, and tests that fail in each usual way",
    tests: {
      "test_failing.py": raw`
import w
def test_eq(): assert w.f([1, 2, 3]) == [1, 2, 4]
def test_message(): assert w.f(1) == 2, "own message"
def test_in(): assert "x" in w.f("abc")
def test_not(): assert not w.f(True)
def test_is(): assert w.f(None) is True
def test_raises(): w.boom()
def test_dict(): assert w.f({"a": 1, "b": {"c": 2}}) == {"a": 1, "b": {"c": 3}}
def test_own(): assert w.Own() == w.Own()
def test_any(): assert any(w.f([0, 0])) or all(w.f([1, 0]))
`,
    },
    workspace: { "w.py": "def f(x): return x\ndef boom(): raise LookupError('boom')\nclass Own: pass\n" },
  },
  {
    title: "ids that repeat, classes in classes, the same name in two folders",
    tests: {
      "a/__init__.py": "",
      "a/test_same.py": "import n\nclass TestOuter:\n    class TestInner:\n        def test_x(self): assert n.f() == 1\n",
      "b/__init__.py": "",
      "b/test_same.py": "import pytest\nimport n\n@pytest.mark.parametrize('x', [1, 1, 1.0, True])\ndef test_x(x): assert n.f() == x\n",
    },
    workspace: { "n.py": "def f(): return 1\n" },
  },
  {
    title: "more containers than both sides remember, made on either side and changed on either side",
    tests: {
      "test_many.py": raw`
import many

def test_one_call_changes_hundreds():
    rows = [{"n": i, "tags": [i]} for i in range(300)]
    assert many.mark(rows) == 300
    assert all(row["seen"] and row["tags"] == [i, "m"] for i, row in enumerate(rows))

def test_hundreds_come_back():
    rows = many.rows(300)
    for row in rows: row["tags"].append("t")
    assert many.flat(rows) == [part for i in range(300) for part in (i, "t")]

def test_both_sides_make_them_in_turn():
    for i in range(150):
        theirs, ours = many.new(i), {"n": i, "list": [i]}
        assert many.link(theirs, ours) is None
        assert theirs["other"] == {"n": i, "list": [i, i]}
        assert ours["list"] == [i, i]
        theirs["more"] = [ours["n"]]
        assert many.read(theirs) == [i, i, i, i]

def test_some_stay_in_use_while_others_come_and_go():
    book = many.Book()
    first = {"n": 0}
    for i in range(200):
        assert book.keep({"n": i}) == {"n": i}
        assert book.bump(first) is first
    assert first == {"n": 200}
    assert book.count() == 200
    assert [each["n"] for each in book.all()] == list(range(200))

def test_a_large_one_and_many_small_ones():
    numbers = list(range(5000))
    many.double(numbers)
    assert numbers[:3] == [0, 2, 4] and len(numbers) == 5000
    sets = [{i} for i in range(100)]
    many.grow(sets)
    assert sets[99] == {99, "x"}
    many.double(numbers)
    assert numbers[4999] == 4999 * 4

def test_fails_where_the_solution_is_wrong():
    rows = many.rows(100)
    assert many.flat(rows) == list(range(99))
`,
    },
    workspace: {
      "many.py": raw`
def rows(count): return [{"n": i, "tags": [i]} for i in range(count)]
def flat(rows): return [tag for row in rows for tag in row["tags"]]
def new(i): return {"n": i}
def read(row): return [row["n"], row["other"]["n"], row["other"]["list"][1], *row["more"]]
def grow(sets):
    for each in sets: each.add("x")
def double(numbers): numbers[:] = [2 * each for each in numbers]
def mark(rows):
    for row in rows:
        row["seen"] = True
        row["tags"].append("m")
    return len(rows)
def link(row, other):
    other["list"].append(other["n"])
    row["other"] = other
class Book:
    def __init__(self): self.kept = []
    def keep(self, row):
        self.kept.append(row)
        return row
    def bump(self, row):
        row["n"] += 1
        return row
    def count(self): return len(self.kept)
    def all(self): return self.kept
`,
    },
  },
];
