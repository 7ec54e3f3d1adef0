import { type Oddity, oddity } from "./oddity.ts";

const raw = String.raw;

/** Set-up and tear-down on every level, and what fixtures do. */
export const FIXTURE_ODDITIES: readonly Oddity[] = [
  oddity(
    "tear-down fails, after a test that passed and one that failed",
    raw`
@pytest.fixture
def late():
    yield shop.Box()
    shop.boom()
@pytest.fixture
def finals(request):
    request.addfinalizer(lambda: shop.boom(KeyError))
    request.addfinalizer(lambda: None)
    request.addfinalizer(lambda: shop.boom(OSError))
def test_passed(late): assert len(late) == 0
def test_failed(late): assert len(late) == 1
def test_finals(finals): pass
def test_after(): assert shop.f(1)
`,
  ),
  oddity(
    "fixtures skip, fail, are expected to fail, and yield twice or never",
    raw`
@pytest.fixture
def skips(): pytest.skip("here")
@pytest.fixture
def fails(): pytest.fail("here", pytrace=False)
@pytest.fixture
def expected(): pytest.xfail("here")
@pytest.fixture
def twice():
    yield 1
    yield 2
@pytest.fixture
def never():
    if shop.f(False): yield 1
def test_skips(skips): pass
def test_fails(fails): pass
def test_expected(expected): pass
def test_twice(twice): assert twice == 1
def test_never(never): pass
@pytest.mark.xfail
def test_marked(fails): pass
`,
  ),
  oddity(
    "fixtures that are unknown, go in circles, or want a wider scope",
    raw`
@pytest.fixture
def a(b): return b
@pytest.fixture
def b(a): return a
@pytest.fixture(scope="module")
def wide(tmp_path): return tmp_path
def test_unknown(nothing_of_this_name): pass
def test_circle(a): pass
def test_scope(wide): pass
def test_good(): assert shop.f(1)
`,
  ),
  oddity(
    "set-up functions of modules, classes and functions, in order",
    raw`
seen = []
def setup_module(module): seen.append(shop.f("module"))
def teardown_module(): seen.append("end")
def setup_function(function): seen.append(function.__name__)
class TestCase:
    @classmethod
    def setup_class(cls): seen.append("class")
    def setup_method(self, method): seen.append(method.__name__)
    def teardown_method(self): seen.append("after")
    def test_one(self): assert seen == ["module", "class", "test_one"]
    def test_two(self): assert seen[-2:] == ["after", "test_two"]
def test_last(): assert seen[-2:] == ["after", "test_last"]
`,
  ),
  oddity("set-up of the module fails", "def setup_module(): shop.boom()\ndef test_a(): pass\ndef test_b(): pass\n"),
  oddity("tear-down of the module fails", "def teardown_module(): shop.boom()\ndef test_a(): pass\ndef test_b(): pass\n"),
  oddity("set-up of the module skips", "def setup_module(): pytest.skip('not here')\ndef test_a(): assert False\ndef test_b(): pass\n"),
  oddity(
    "set-up and tear-down of classes fail",
    raw`
class TestSetup:
    @classmethod
    def setup_class(cls): shop.boom()
    def test_a(self): pass
    def test_b(self): pass
class TestTeardown:
    @classmethod
    def teardown_class(cls): shop.boom()
    def test_a(self): pass
    def test_b(self): pass
class TestMethod:
    def setup_method(self): shop.boom() if shop.f(True) else None
    def test_a(self): pass
class TestAfter:
    def teardown_method(self): shop.boom()
    def test_a(self): assert False
`,
  ),
  oddity(
    "fixtures override others in class, module, folder, and by parameter",
    raw`
@pytest.fixture
def name(name): return name + "+module"
class TestIn:
    @pytest.fixture
    def name(self, name): return name + "+class"
    @pytest.fixture(autouse=True)
    def ready(self, name): self.name = name
    def test_name(self): assert self.name == "folder+module+class"
def test_name(name): assert shop.f(name) == "folder+module"
@pytest.mark.parametrize("name", ["given"])
def test_given(name): assert shop.f(name) == "given"
`,
    { "conftest.py": "import pytest\n@pytest.fixture\ndef name(): return 'folder'\n" },
  ),
  oddity(
    "fixtures are asked for by name, made by factories, and used by mark",
    raw`
@pytest.fixture
def make():
    made = []
    def factory(*items):
        made.append(shop.Box(*items))
        return made[-1]
    yield factory
    assert len(made) < 3
@pytest.fixture
def hidden(): return 5
def test_by_name(request): assert request.getfixturevalue("hidden") == shop.f(5)
def test_unknown_name(request):
    with pytest.raises(pytest.FixtureLookupError): request.getfixturevalue("nope")
def test_factory(make): assert make(1, 2) == shop.Box(1, 2)
def test_factory_fails_later(make):
    for n in range(3): make(n)
@pytest.mark.usefixtures("hidden")
def test_used(): pass
@pytest.fixture(name="renamed")
def some_fixture(): return 1
def test_renamed(renamed): assert renamed == 1
`,
  ),
  oddity(
    "temporary folders, old and new, and the cache",
    raw`
import os
def test_new(tmp_path, tmp_path_factory):
    other = tmp_path_factory.mktemp("data", numbered=True)
    (other / "x").write_text("1")
    assert tmp_path.exists() and other != tmp_path and os.listdir(other) == ["x"]
def test_old(tmpdir):
    tmpdir.join("a.txt").write("hello")
    assert tmpdir.join("a.txt").read() == shop.f("hello")
def test_cache(cache):
    cache.set("shop/value", [1, 2])
    assert cache.get("shop/value", None) == [1, 2]
`,
  ),
  oddity(
    "options, properties and the configuration",
    raw`
def test_properties(record_property, record_testsuite_property):
    record_property("key", 1)
    record_testsuite_property("whole", "x")
    assert shop.f(1) == 1
def test_config(pytestconfig, request):
    assert pytestconfig.getoption("--no-such", default=None) is None
    assert request.config is pytestconfig
def test_names(request):
    assert request.node.name == "test_names" and request.function.__name__ == "test_names" and request.module.__name__.startswith("test_")
    assert request.path.name == __file__.rsplit("/")[-1]
def test_doctest(doctest_namespace): assert isinstance(doctest_namespace, dict)
`,
  ),
  oddity(
    "environment, path and modules change, and nothing puts them back",
    raw`
import os, sys
def test_set():
    os.environ["SHOP_LEFT"] = "x"
    sys.path.insert(0, "/nowhere")
    sys.modules["not_there"] = os
def test_seen():
    import not_there
    assert os.environ["SHOP_LEFT"] == "x" and sys.path[0] == "/nowhere" and not_there is os
def test_monkey(monkeypatch, tmp_path):
    (tmp_path / "side_module.py").write_text("X = 4\n")
    monkeypatch.syspath_prepend(tmp_path)
    import side_module
    assert shop.f(side_module.X) == 4
    monkeypatch.delenv("SHOP_LEFT")
    with pytest.raises(KeyError): monkeypatch.delenv("SHOP_NEVER")
    monkeypatch.setitem(os.environ, "SHOP_ITEM", "1")
    with monkeypatch.context() as inner:
        inner.setattr(os, "sep", "|")
        assert os.sep == "|"
    assert os.sep == "/"
def test_back(): assert "SHOP_ITEM" not in os.environ and os.environ.pop("SHOP_LEFT") == "x"
`,
  ),
  oddity(
    "asynchronous fixtures and tests",
    raw`
import asyncio
import pytest_asyncio
@pytest_asyncio.fixture
async def value():
    await asyncio.sleep(0)
    yield await shop.later(3)
    await asyncio.sleep(0)
@pytest_asyncio.fixture
async def broken():
    yield 1
    shop.boom()
@pytest.mark.asyncio
async def test_value(value): assert value == 3
@pytest.mark.asyncio
async def test_broken(broken): assert broken == 1
@pytest.mark.asyncio
@pytest.mark.parametrize("n", [1, 2])
async def test_each(n): assert await shop.later(n) == 1
@pytest.mark.asyncio
class TestAsync:
    async def test_in_class(self): assert await shop.later("x") == "x"
    @pytest.mark.xfail
    async def test_expected(self): assert await shop.later(1) == 2
@pytest.mark.asyncio
@pytest.mark.skip
async def test_skipped(): assert False
`,
  ),
];
