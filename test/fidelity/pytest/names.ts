import { type Oddity, oddity } from "./oddity.ts";

const raw = String.raw;

/** How tests are named, found, marked and made from parameters. */
export const NAME_ODDITIES: readonly Oddity[] = [
  oddity(
    "ids with brackets, separators, line ends, control and other characters",
    raw`
@pytest.mark.parametrize("text", ["a[b]", "]", "a::b", "a/b", "x\ny", "\t", "\x00", "\\", "", " ", "größe", "日本", "\U0001f600", "a-b-c", "%s", "'\"", "\ud800"])
def test_text(text): assert shop.f(len(text)) == len(text)
`,
  ),
  oddity(
    "very long ids and names",
    `
@pytest.mark.parametrize("text", ["x" * 300, "y" * 1500])
def test_text(text): assert len(shop.f(text)) > 200
def test_${"long_".repeat(50)}(): assert shop.f(1) == 2
`,
  ),
  oddity(
    "ids made of all kinds of objects",
    raw`
import enum, re, functools
class Kind(enum.Enum): A = 1
class Own:
    def __repr__(self): return "<own>"
@pytest.mark.parametrize("value", [None, True, 1.5, float("nan"), float("inf"), 1j, b"\xff", [1], {"a": 1}, (1, 2), {3}, Own(), Own, Kind.A, Kind, len, lambda: 1, re.compile("a+"), functools.partial(len), 10**40, pytest.raises(ValueError), ...])
def test_value(value): assert shop.f(1) == 1
`,
  ),
  oddity(
    "ids given as a list, a function, a generator and none",
    raw`
@pytest.mark.parametrize("x", [1, 2], ids=["one", None])
def test_list(x): assert shop.f(x) == x
@pytest.mark.parametrize("x", [1, 2], ids=lambda x: f"<{x}>" if x > 1 else None)
def test_function(x): assert shop.f(x) == x
@pytest.mark.parametrize("x", [1, 2], ids=(str(n) for n in "ab"))
def test_generator(x): assert shop.f(x) == x
@pytest.mark.parametrize("x", [1, 1, 1], ids=["a", "a", "a1"])
def test_same(x): assert shop.f(x) == x
@pytest.mark.parametrize(["a", "b"], [[1, 2], pytest.param(3, 4, id="three four", marks=pytest.mark.skip)])
def test_param(a, b): assert shop.add(a, b) == 3
`,
  ),
  oddity(
    "parameters over parameters, and none at all",
    raw`
@pytest.mark.parametrize("a", [0, 1])
@pytest.mark.parametrize("b", "xy")
@pytest.mark.parametrize("c", [True, False])
def test_product(a, b, c): assert shop.f(a) or c
@pytest.mark.parametrize("a", [])
def test_empty(a): assert False
@pytest.mark.parametrize("a,", [(1,), (2,)])
class TestAll:
    def test_one(self, a): assert shop.f(a) == 1
    @pytest.mark.parametrize("b", [5])
    def test_two(self, a, b): assert shop.add(a, b) > 5
`,
  ),
  oddity(
    "parameters that do not fit",
    raw`
@pytest.mark.parametrize("a, b", [(1, 2), (3,)])
def test_short(a, b): pass
`,
  ),
  oddity(
    "indirect parameters and parametrised fixtures of every scope",
    raw`
@pytest.fixture
def box(request): return shop.Box(*range(request.param))
@pytest.mark.parametrize("box", [0, 3], indirect=True)
def test_box(box): assert len(box) in (0, 3)
@pytest.mark.parametrize("box, size", [(1, 1), (2, 3)], indirect=["box"])
def test_partly(box, size): assert len(box) == size
@pytest.fixture(params=["m1", "m2"], scope="module")
def whole(request): return request.param
@pytest.fixture(params=[1, pytest.param(2, marks=pytest.mark.xfail)], ids=["c1", "c2"], scope="class")
def each(request): return request.param
class TestScopes:
    def test_a(self, whole, each): assert shop.f(each) == 1
    def test_b(self, each, whole): assert whole
def test_c(whole): assert shop.f(whole) == whole
`,
  ),
  oddity(
    "names in other letters, twice, as lambda, partial, static and class methods",
    raw`
import functools
def test_größe(): assert shop.f("ß") == "ß"
def test_日本語(): assert shop.f(1) == 2
def test_twice(): assert False
def test_twice(): assert shop.f(1) == 1
test_lambda = lambda: None
def with_argument(x): assert shop.f(x) == 1
test_partial = functools.partial(with_argument, x=1)
class TestMethods:
    @staticmethod
    def test_static(): assert shop.f(1) == 1
    @classmethod
    def test_class(cls): assert cls.__name__ == "TestMethods"
    test_alias = test_static
def test_default(x=3): assert shop.f(x) == 3
def test(): assert shop.f(0) == 0
testing = 5
`,
  ),
  oddity(
    "classes inherit tests, have none, or cannot be collected",
    raw`
class Base:
    value = 0
    def test_value(self): assert shop.f(self.value) > 1
class TestOne(Base): value = 1
class TestTwo(Base): value = 2
class TestThree(TestTwo):
    def test_value(self): super().test_value()
    def test_more(self): assert shop.f(1)
class TestHidden:
    __test__ = False
    def test_x(self): assert False
class TestWithInit:
    def __init__(self): self.x = 1
    def test_x(self): assert False
class TestEmpty: pass
class TestOuter:
    class TestInner:
        class TestDeep:
            def test_x(self): assert shop.f(1) == 1
    def test_y(self): pass
`,
  ),
  oddity(
    "a module marks, and a module is told not to be one",
    raw`
pytestmark = [pytest.mark.filterwarnings("ignore"), pytest.mark.usefixtures("counted")]
seen = []
@pytest.fixture
def counted(): seen.append(1)
def test_one(): assert len(seen) == 1
def test_two(): assert shop.f(len(seen)) == 2
`,
  ),
  oddity(
    "conditions of skips and expected failures of each kind",
    raw`
@pytest.mark.skipif("sys.platform == 'linux'", reason="by text")
def test_text(): pass
@pytest.mark.skipif(False, reason="no")
def test_not(): assert shop.f(1) == 1
@pytest.mark.xfail(False, reason="no")
def test_not_expected(): assert shop.f(1) == 2
@pytest.mark.xfail(run=False)
def test_not_run(): import os; os._exit(3)
@pytest.mark.xfail(raises=(KeyError, ValueError), strict=True)
def test_tuple(): shop.boom()
@pytest.mark.xfail(strict=True, raises=ValueError)
def test_strict(): pass
def test_imperative(): pytest.xfail("known")
@pytest.mark.skip
@pytest.mark.xfail(strict=True)
def test_both(): pass
@pytest.mark.skip(reason="Grund: größer")
class TestSkipped:
    def test_a(self): pass
    def test_b(self): pass
`,
  ),
  oddity(
    "a condition that cannot be evaluated",
    raw`
@pytest.mark.skipif("no_such_name", reason="?")
def test_bad(): pass
def test_good(): assert shop.f(1)
`,
  ),
  oddity("a module skips itself where a package is missing", 'pytest.importorskip("no_such_package")\ndef test_x(): assert False\n'),
  oddity(
    "a hook of the conftest reorders, marks, drops and renames",
    "def test_c(): assert shop.f(1)\ndef test_a(): assert False\ndef test_b(): assert shop.f(0)\ndef test_dropped(): assert False\ndef test_named(): pass\n",
    {
      "conftest.py": raw`
import pytest
def pytest_collection_modifyitems(config, items):
    here = [item for item in items if "reorders" in item.nodeid]
    for item in here:
        if item.name == "test_a": item.add_marker(pytest.mark.xfail(reason="known"))
        if item.name == "test_b": item.add_marker(pytest.mark.skip(reason="by hook"))
    dropped = [item for item in here if item.name == "test_dropped"]
    config.hook.pytest_deselected(items=dropped)
    items[:] = [item for item in items if item not in dropped]
`,
    },
  ),
  oddity(
    "tests are made by pytest_generate_tests of the module",
    "def pytest_generate_tests(metafunc):\n    if 'n' in metafunc.fixturenames: metafunc.parametrize('n', range(3))\ndef test_n(n): assert shop.f(n) < 2\ndef test_other(): pass\n",
  ),
  oddity("files are left out by the conftest", "def test_x(): assert shop.f(1)\n", {
    "conftest.py": "collect_ignore_glob = ['*_old.py']\n",
    "test_left_old.py": "def test_y(): assert False\n",
  }),
  oddity(
    "markers of its own, read by a fixture",
    'pytestmark = pytest.mark.size(2)\n@pytest.fixture\ndef size(request): return request.node.get_closest_marker("size").args[0]\ndef test_two(size): assert shop.f(size) == 2\n@pytest.mark.size(3)\ndef test_three(size): assert shop.f(size) == 3\n',
    {
      "conftest.py": "def pytest_configure(config): config.addinivalue_line('markers', 'size(n): how large')\n",
    },
  ),
  oddity(
    "marks are added while a test runs",
    raw`
def test_add(request):
    request.node.add_marker(pytest.mark.xfail(reason="late"))
    assert shop.f(1) == 2
def test_apply(request):
    request.applymarker(pytest.mark.xfail(strict=True))
    assert shop.f(1) == 1
def test_plain(): assert shop.f(1) == 1
`,
  ),
];
