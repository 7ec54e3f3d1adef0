import { type Oddity, oddity } from "./oddity.ts";

const raw = String.raw;

/** What happens while tests run: output, processes, threads, errors, mocks, unittest. */
export const RUN_ODDITIES: readonly Oddity[] = [
  oddity(
    "output that looks like a report, and much of it",
    raw`
import sys
def test_report():
    print("\n====== 5 passed in 0.01s ======\nFAILED test_x.py::test_y - no\nPASSED\n..F.s [100%]")
    sys.stderr.write('{"kind": "test", "name": "x", "status": "passed"}\n')
    sys.__stdout__.write("past the capture\n")
    assert shop.f(1)
def test_much():
    for _ in range(2000): print("y" * 500)
    assert shop.f(1) == 2
def test_binary(capfdbinary):
    import os
    os.write(1, b"\xff\x00")
    assert capfdbinary.readouterr().out == b"\xff\x00"
def test_disabled(capsys):
    with capsys.disabled(): print("shown")
    shop.say("kept")
    assert capsys.readouterr().out == "kept\n"
`,
  ),
  oddity(
    "children, forks, pools and pipes",
    raw`
import multiprocessing, os, subprocess, sys
def square(n): return n * n
def test_child(): assert subprocess.run([sys.executable, "-c", "print(6 * 7)"], capture_output=True, text=True).stdout == "42\n"
def test_status(): assert subprocess.run("exit 4", shell=True).returncode == 4
def test_fork():
    pid = os.fork()
    if pid == 0: os._exit(7)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == shop.f(7)
def test_pool():
    with multiprocessing.get_context("fork").Pool(2) as pool: assert pool.map(square, [1, 2, 3]) == [1, 4, 9]
def test_left(): subprocess.Popen(["sleep", "100"], stdout=subprocess.DEVNULL)
def test_inner_pytest(tmp_path):
    (tmp_path / "test_inner.py").write_text("def test_a(): pass\ndef test_b(): assert 0\n")
    done = subprocess.run([sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(tmp_path)], capture_output=True, text=True)
    assert done.returncode == 1 and "1 failed, 1 passed" in done.stdout
`,
  ),
  oddity(
    "tests leave by exceptions that are no errors",
    raw`
import sys
def test_exit(): sys.exit(0)
def test_exit_text(): sys.exit("bye")
def test_generator_exit(): raise GeneratorExit
def test_base():
    class Own(BaseException): pass
    raise Own("x")
def test_stop(): next(iter([]))
def test_group(): raise ExceptionGroup("many", [ValueError(1), KeyError(2)])
def test_deep():
    def down(n): return down(n + 1)
    down(0)
def test_after(): assert shop.f(1)
`,
  ),
  oddity(
    "threads and finalizers raise where nobody looks",
    raw`
import gc, threading
def test_thread():
    thread = threading.Thread(target=lambda: shop.boom(RuntimeError))
    thread.start()
    thread.join()
@pytest.mark.filterwarnings("error::pytest.PytestUnhandledThreadExceptionWarning")
def test_thread_strict():
    thread = threading.Thread(target=lambda: 1 / 0)
    thread.start()
    thread.join()
def test_del():
    class Bad:
        def __del__(self): raise ValueError("del")
    Bad()
    gc.collect()
def test_daemon(): threading.Thread(target=threading.Event().wait, daemon=True).start()
`,
  ),
  oddity(
    "warnings are expected, errors, recorded and let through",
    raw`
import warnings
def warn(kind=UserWarning): warnings.warn("careful", kind, stacklevel=2)
@pytest.mark.filterwarnings("error")
def test_error(): warn()
@pytest.mark.filterwarnings("error::DeprecationWarning", "ignore:careful")
def test_order(): warn(DeprecationWarning)
def test_recorded(recwarn):
    warn()
    assert len(recwarn) == 1 and recwarn.pop(UserWarning).message.args == ("careful",)
def test_deprecated():
    with pytest.deprecated_call(): warn(DeprecationWarning)
def test_none():
    with pytest.warns(UserWarning): shop.f(1)
def test_match():
    with pytest.warns(UserWarning, match="bold"): warn()
def test_tuple(): assert (shop.f(0), "always true")
def test_returns(): return shop.f(1) == 2
`,
  ),
  oddity(
    "pytest.raises in all its forms",
    raw`
def test_matches():
    with pytest.raises(ValueError, match=r"^bo+m$") as caught: shop.boom()
    assert caught.type is ValueError and caught.value.args == ("boom",) and "boom" in str(caught.value)
def test_other():
    with pytest.raises(KeyError): shop.boom()
def test_not_raised():
    with pytest.raises(ValueError): shop.f(1)
def test_called(): pytest.raises(ValueError, shop.boom)
def test_several():
    with pytest.raises((KeyError, ValueError)): shop.boom()
def test_wrong_match():
    with pytest.raises(ValueError, match="bang"): shop.boom()
def test_base():
    with pytest.raises(Exception): shop.boom(OSError)
def test_notes():
    with pytest.raises(ValueError) as caught: shop.boom()
    caught.value.add_note("more")
    raise caught.value
def test_from():
    try: shop.boom()
    except ValueError as error: raise RuntimeError("outer") from error
`,
  ),
  oddity(
    "approximate values in lists, dicts and with limits",
    raw`
from decimal import Decimal
from fractions import Fraction
def test_list(): assert [shop.f(0.1) + 0.2, 1] == pytest.approx([0.3, 1])
def test_dict(): assert shop.f({"a": 0.1 + 0.2}) == pytest.approx({"a": 0.3})
def test_far(): assert shop.f(1.0) == pytest.approx(1.1)
def test_limit(): assert shop.f(1.0) == pytest.approx(1.1, abs=0.2) and shop.f(100) == pytest.approx(101, rel=0.1)
def test_nan(): assert shop.f(float("nan")) == pytest.approx(float("nan"), nan_ok=True)
def test_nan_not(): assert shop.f(float("nan")) == pytest.approx(float("nan"))
def test_exact(): assert shop.f(Decimal("1.0")) == pytest.approx(Decimal("1.0000001")) and Fraction(1, 3) == pytest.approx(Fraction(1, 3))
def test_not(): assert shop.f(1) != pytest.approx(2)
def test_wrong():
    with pytest.raises(TypeError): pytest.approx([[1]]) == [[1]]
`,
  ),
  oddity(
    "assertions of every form, and representations that fail",
    raw`
class Ugly:
    def __repr__(self): raise RuntimeError("no repr")
    def __eq__(self, other): return False
    __hash__ = None
class Strange:
    def __bool__(self): raise ValueError("no truth")
def test_walrus(): assert (n := shop.f(3)) == 3 and n
def test_chain(): assert 1 < shop.f(2) < 2
def test_ugly(): assert Ugly() == Ugly()
def test_strange(): assert Strange()
def test_all(): assert all(shop.f(n) < 3 for n in range(5))
def test_message(): assert shop.f(0), "größe\x1b[31m \ud800"
def test_text(): assert shop.f("a\nb\nc\n" * 50) == "a\nb\nd\n" * 50
def test_set(): assert shop.f({1, 2}) == {2, 3}
def test_in(): assert 3 not in shop.f([1, 2, 3])
def test_is(): assert shop.f(None) is None
def test_nothing(): assert not shop.f("")
`,
  ),
  oddity(
    "unittest: set-up that fails on each level, clean-ups, skips and surprises",
    raw`
import unittest
class Class(unittest.TestCase):
    @classmethod
    def setUpClass(cls): shop.boom()
    def test_a(self): pass
class After(unittest.TestCase):
    @classmethod
    def tearDownClass(cls): shop.boom()
    def test_a(self): pass
    def test_b(self): pass
class Each(unittest.TestCase):
    def setUp(self): self.addCleanup(self.done); self.box = shop.Box(1)
    def done(self): assert len(self.box) == 1
    def test_a(self): pass
    def test_b(self): self.box.put(2)
    def tearDown(self): pass
class Skips(unittest.TestCase):
    def test_a(self): self.skipTest("now")
    def test_b(self): raise unittest.SkipTest("so")
    @unittest.skipUnless(False, "never")
    def test_c(self): pass
    @unittest.skipIf(False, "no")
    def test_d(self): self.assertTrue(shop.f(1))
    @unittest.expectedFailure
    def test_surprise(self): pass
    @unittest.expectedFailure
    def test_expected(self): shop.boom()
@unittest.skip("all")
class All(unittest.TestCase):
    def test_a(self): pass
class ClassSkips(unittest.TestCase):
    @classmethod
    def setUpClass(cls): raise unittest.SkipTest("class")
    def test_a(self): pass
class Sub(unittest.TestCase):
    def test_sub(self):
        for n in range(3):
            with self.subTest(n=n): self.assertEqual(shop.f(n), n)
    def test_one_of_them(self):
        for n in range(3):
            with self.subTest("named", n=n): self.assertNotEqual(shop.f(n), 1)
class NoTest(unittest.TestCase): pass
class Mixin:
    def test_mixed(self): self.assertEqual(shop.f(1), 1)
class Mixed(Mixin, unittest.TestCase): pass
`,
  ),
  oddity(
    "unittest: set-up of the module fails",
    "import unittest\ndef setUpModule(): shop.boom()\nclass A(unittest.TestCase):\n    def test_a(self): pass\n",
  ),
  oddity(
    "unittest: assert methods, logs, warnings and long differences",
    raw`
import logging, unittest, warnings
class Methods(unittest.TestCase):
    maxDiff = None
    longMessage = False
    def test_logs(self):
        with self.assertLogs("shop", level="INFO") as held: logging.getLogger("shop").warning("w")
        self.assertEqual(held.output, ["WARNING:shop:w"])
    def test_no_logs(self):
        with self.assertLogs(): shop.f(1)
    def test_warns(self):
        with self.assertWarnsRegex(UserWarning, "care"): warnings.warn("careful")
    def test_multi(self): self.assertMultiLineEqual(shop.f("a\nb"), "a\nc")
    def test_types(self): self.assertListEqual(shop.f((1,)), [1])
    def test_regex(self): self.assertRegex(shop.f("abc"), r"b.$")
    def test_almost(self): self.assertAlmostEqual(shop.f(1.001), 1, places=2); self.assertAlmostEqual(1, 1.4, delta=0.5)
    def test_id(self): self.assertTrue(self.id().endswith("Methods.test_id"))
    def test_doc(self):
        """First line.

        More."""
        self.assertEqual(self.shortDescription(), "First line.")
class Async(unittest.IsolatedAsyncioTestCase):
    async def asyncSetUp(self): self.value = await shop.later(2)
    async def test_value(self): self.assertEqual(self.value, 2)
    async def test_wrong(self): self.assertEqual(self.value, 3)
    async def asyncTearDown(self): self.assertLess(self.value, 5)
`,
  ),
  oddity(
    "mocks: decorators, dictionaries, specifications, files, side effects and coroutines",
    raw`
import os, time
from unittest import mock
from unittest.mock import ANY, AsyncMock, MagicMock, PropertyMock, call, create_autospec, mock_open, patch, sentinel
@patch("time.sleep")
@patch.dict(os.environ, {"SHOP": "x"})
def test_order(sleep): assert os.environ["SHOP"] == "x"; time.sleep(9); sleep.assert_called_once_with(9)
@patch("os.getpid", return_value=1)
class TestAll:
    def test_a(self, pid): assert os.getpid() == 1
    def test_b(self, pid): assert pid is os.getpid
def test_file():
    with patch("builtins.open", mock_open(read_data="a\nb")) as opened:
        assert open("x").read() == "a\nb"
    opened.assert_called_once_with("x")
def test_effects():
    effect = MagicMock(side_effect=[1, ValueError("two")])
    assert effect() == 1
    with pytest.raises(ValueError): effect()
    assert effect.call_args_list == [call(), call()] and shop.f(1) == 1
def test_spec():
    def real(a, b): ...
    with pytest.raises(TypeError): create_autospec(real)(1)
def test_property():
    with patch.object(TestAll, "size", new_callable=PropertyMock, create=True, return_value=4): assert TestAll().size == 4
@pytest.mark.asyncio
async def test_async(): assert await AsyncMock(return_value=shop.f(2))() == 2
def test_any(): assert [1, sentinel.x] == [ANY, sentinel.x]
def test_not_called(): MagicMock().assert_called()
def test_misspelt(): MagicMock().assert_caled()
`,
  ),
  oddity(
    "signals, alarms, time zones and clocks",
    raw`
import os, signal, time
def test_alarm():
    seen = []
    old = signal.signal(signal.SIGALRM, lambda *a: seen.append(1))
    signal.setitimer(signal.ITIMER_REAL, 0.01)
    time.sleep(0.05)
    signal.signal(signal.SIGALRM, old)
    assert seen == [shop.f(1)]
def test_own_signal():
    signal.signal(signal.SIGUSR1, signal.SIG_IGN)
    os.kill(os.getpid(), signal.SIGUSR1)
def test_zone(monkeypatch):
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    assert time.localtime(0).tm_hour == 9
def test_zone_after():
    os.environ.pop("TZ", None)
    time.tzset()
    assert time.localtime(0).tm_hour == 0
def test_clock(): assert time.monotonic() <= time.monotonic() and time.perf_counter_ns() > 0
`,
  ),
  oddity(
    "data files beside the tests, by path, package and glob",
    raw`
import json, pathlib
HERE = pathlib.Path(__file__).parent
CASES = json.loads((HERE / "data/cases.json").read_text())
@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_case(case): assert shop.add(*case["in"]) == case["out"]
@pytest.mark.parametrize("path", sorted(HERE.glob("data/*.txt")), ids=lambda path: path.stem)
def test_file(path): assert shop.f(path.read_text(encoding="utf-8")) == "größe\n"
def test_written():
    (HERE / "made.txt").write_text("made") if False else None
    assert (HERE / "data").is_dir()
def test_helper():
    from beside_helper import VALUE
    assert shop.f(VALUE) == 8
`,
    {
      "data/cases.json":
        '[{"name": "two", "in": [1, 1], "out": 2}, {"name": "wrong", "in": [1], "out": 5}, {"name": "none", "in": [], "out": 0}]',
      "data/a.txt": "größe\n",
      "data/b.txt": "other\n",
      "beside_helper.py": "VALUE = 8\n",
    },
  ),
  oddity(
    "tests for a plug-in, by pytester",
    raw`
pytest_plugins = ["pytester"]
def test_inner(pytester):
    pytester.makepyfile("def test_a(): pass\ndef test_b(): assert 0\nimport pytest\n@pytest.mark.skip\ndef test_c(): pass")
    pytester.runpytest_subprocess("-p", "no:cacheprovider").assert_outcomes(passed=1, failed=1, skipped=1)
def test_other(): assert shop.f(1)
`,
  ),
  oddity(
    "state of a module and a class goes from test to test",
    raw`
count = 0
def test_one():
    global count
    count += shop.f(1)
def test_two(): assert count == 1
class TestState:
    held = []
    def test_a(self): self.held.append(1); self.own = 1
    def test_b(self): assert self.held == [1] and not hasattr(self, "own")
def test_solution_one(): shop.Box.made = 5
def test_solution_two(): assert shop.Box.made == 5
`,
  ),
  oddity(
    "a test reads its input, which is closed",
    raw`
import sys
def test_input():
    with pytest.raises(OSError): input()
def test_stdin(monkeypatch):
    import io
    monkeypatch.setattr(sys, "stdin", io.StringIO("line\n"))
    assert input() == shop.f("line")
`,
  ),
  oddity(
    "hooks of the conftest look at every test and change reports",
    raw`
def test_a(): assert shop.f(1)
def test_b(): assert shop.f(0)
def test_flaky(): assert False
@pytest.mark.slow
def test_slow(): assert False
`,
    {
      "conftest.py": raw`
import pytest
def pytest_addoption(parser): pass
def pytest_configure(config): config.addinivalue_line("markers", "slow: slow")
def pytest_runtest_setup(item):
    if item.get_closest_marker("slow"): pytest.skip("slow")
@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    report = (yield).get_result()
    if item.name == "test_flaky" and report.when == "call": report.outcome, report.wasxfail = "skipped", "flaky"
def pytest_assertrepr_compare(op, left, right): return ["own words"]
def pytest_itemcollected(item): item.user_properties.append(("seen", 1))
`,
    },
  ),
  oddity("a test file is empty", ""),
  oddity("tests in a file that cannot be compiled", "def test_x(:\n"),
  oddity("a test file that fails as it is imported, halfway", "def test_x(): pass\nshop.boom()\ndef test_y(): pass\n"),
  oddity("a test file asks for a name that the solution lacks", "from shop import f, no_such_name\ndef test_x(): pass\n"),
  oddity("a helper says how it is encoded", "from latin_helper import WORD\ndef test_word(): assert shop.f(len(WORD)) == 5\n", {
    "latin_helper.py": "# -*- coding: utf-8 -*-\nWORD = 'gr\u00f6\u00dfe'\n",
  }),
  oddity(
    "logs: levels, handlers, and a logger that raises",
    raw`
import logging
log = logging.getLogger("shop.deep")
def test_levels(caplog):
    caplog.set_level(logging.DEBUG, logger="shop")
    log.debug("d %s", shop.f(1))
    assert caplog.record_tuples == [("shop.deep", logging.DEBUG, "d 1")]
def test_clear(caplog):
    log.warning("w")
    caplog.clear()
    assert not caplog.records and caplog.get_records("setup") == []
def test_messages(caplog):
    log.error("größe"); log.critical("x\ny")
    assert caplog.messages == ["größe", "x\ny"]
def test_bad_format(): log.warning("%d", "no number")
`,
  ),
];
