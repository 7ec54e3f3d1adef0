import type { Oddity } from "./pytest-oddities.ts";

const raw = String.raw;

/** Kinds of tests whose tools reach past what they call: they patch, start programs, wait in loops, and ask objects for their class. */
export const TOOL_ODDITIES: readonly Oddity[] = [
  {
    title: "data classes, slices, name spaces, weak references, threads and rows",
    tests: {
      "test_more.py": raw`
import argparse, asyncio, dataclasses, io, subprocess, sys, types, weakref, inspect, os
from pathlib import Path
from unittest.mock import patch
import pytest, more
def test_ns(): assert more.run(argparse.Namespace(x=1, y="b")) == "1-b"
def test_ns_simple(): assert more.run(types.SimpleNamespace(x=1, y="b")) == "1-b"
def test_dc():
    c = more.make()
    assert dataclasses.is_dataclass(c) and dataclasses.asdict(c) == {"name": "a", "tags": ["t"], "n": 3, "total": 6}
    assert [f.name for f in dataclasses.fields(more.Cfg)] == ["name", "tags", "n", "total"]
    d = dataclasses.replace(c, n=5)
    assert d.total == 10 and d.name == "a" and c.n == 3 and d != c and dataclasses.astuple(c) == ("a", ["t"], 3, 6)
    assert repr(c) == "Cfg(name='a', tags=['t'], n=3, total=6)"
def test_sh():
    with patch("subprocess.run", return_value=subprocess.CompletedProcess([], 0, "files", "")): assert more.sh() == "files"
def test_where(monkeypatch, tmp_path):
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    monkeypatch.chdir(tmp_path)
    assert more.where() == (tmp_path, tmp_path)
def test_has(monkeypatch):
    monkeypatch.setattr(os.path, "exists", lambda p: True)
    assert more.has("/zz")[0] is True
def test_has_path():
    with patch.object(Path, "exists", return_value=True): assert more.has("/zz")[1] is True
    assert more.has("/zz") == (False, False)
def test_thread():
    t = more.Th(); t.start(); t.join()
    assert t.result == 5 and not t.is_alive()
def test_deck():
    d = more.Deck(); assert d[1:3] == [2, 3] and d[::-1] == [4, 3, 2, 1] and d[-1] == 4 and d[:2] == [1, 2] and list(d) == [1, 2, 3, 4]
def test_matrix(): assert more.Matrix([[1, 2], [3, 4]])[1, 0] == 3 and more.Matrix([[1]])[0] == [1]
def test_rows():
    r = more.rows()[0]
    assert r["a"] == 1 and tuple(r) == (1, "x") and dict(r) == {"a": 1, "b": "x"}
def test_consume():
    async def g():
        yield 1
        yield 2
    assert asyncio.run(more.consume(g())) == [1, 2]
def test_weak():
    m = more.Matrix([]); r = weakref.ref(m); assert r() is m
    d = weakref.WeakKeyDictionary(); d[m] = 1; assert d[m] == 1
def test_out(capsys):
    more.out(sys.stdout); assert capsys.readouterr().out == "hey\n"
    more.out(sys.stderr); assert capsys.readouterr().err == "hey\n"
`,
    },
    workspace: {
      "more.py": raw`
import argparse, subprocess, dataclasses, threading, io, os, sqlite3, collections
from pathlib import Path
from dataclasses import dataclass, field
@dataclass
class Cfg:
    name: str
    tags: list = field(default_factory=list)
    n: int = 3
    total: int = field(init=False, default=0)
    def __post_init__(self): self.total = self.n * 2
def run(ns): return f"{ns.x}-{ns.y}"
def make(): return Cfg("a", ["t"])
def sh(): r = subprocess.run(["ls"], capture_output=True, text=True); return r.stdout if r.returncode == 0 else None
def where(): return Path.home(), Path.cwd()
def has(p): return os.path.exists(p), Path(p).exists()
class Th(threading.Thread):
    def run(self): self.result = 5
class Deck:
    def __init__(self): self.cards = [1, 2, 3, 4]
    def __getitem__(self, i): return self.cards[i]
    def __len__(self): return len(self.cards)
def rows():
    c = sqlite3.connect(":memory:"); c.row_factory = sqlite3.Row
    return c.execute("select 1 as a, 'x' as b").fetchall()
async def consume(agen): return [x async for x in agen]
class Matrix:
    def __init__(self, r): self.r = r
    def __getitem__(self, ij):
        if isinstance(ij, tuple): return self.r[ij[0]][ij[1]]
        return self.r[ij]
def out(f): print("hey", file=f)
`,
    },
  },
  {
    title: "patched classes and modules, seeds, contexts of errors, temporary files, servers and queues",
    tests: {
      "test_kit.py": raw`

import asyncio, inspect, io, os, random, types
from collections.abc import Mapping
from unittest.mock import AsyncMock, patch, sentinel
import pytest, kit

def test_class_attribute(monkeypatch):
    monkeypatch.setattr(kit.Client, "base", "ftp://z")
    assert kit.Client().url("a") == "ftp://z/a"
def test_class_attribute_is_back(): assert kit.Client().url("a") == "http://api/a"
def test_module(): 
    with patch("kit.random") as r:
        r.randint.return_value = 4
        assert kit.dice(2) == [4, 4]
    assert len(kit.dice(3)) == 3
def test_seed():
    random.seed(1); a = kit.dice(5)
    random.seed(1)
    assert kit.dice(5) == a
def test_late_module():
    with patch("urllib.request.urlopen", return_value=io.BytesIO(b'{"t": 6}')): assert kit.fetch("u") == {"t": 6}
def test_sentinel():
    with patch("kit.fetch", return_value=sentinel.x): assert kit.fetch("u") is sentinel.x
def test_suppressed():
    with pytest.raises(KeyError) as info: kit.parse("x")
    assert info.value.__suppress_context__ and isinstance(info.value.__context__, ValueError)
def test_context():
    def fail(): raise KeyError("k")
    with pytest.raises(RuntimeError) as info: kit.wrap(fail)
    assert isinstance(info.value.__context__, KeyError) and info.value.__cause__ is None
def test_generator(): assert inspect.isgenerator(kit.chunks([])) and isinstance(kit.chunks([]), types.GeneratorType)
def test_mapping():
    f = kit.Folded({"A": 1})
    assert isinstance(f, Mapping) and {**f} == {"a": 1} and f == {"a": 1}
def test_files(tmp_path):
    kit.save(tmp_path / "f", "new")
    assert (tmp_path / "f").read_text() == "new" and (kit.made() / "x").read_text() == "made"
def test_buffer(): assert isinstance(kit.buffer(), io.StringIO) and kit.buffer().readlines() == ["a\n", "b\n"]
@pytest.mark.asyncio
async def test_sleep():
    f = AsyncMock(side_effect=[OSError, "done"])
    with patch("asyncio.sleep", new=AsyncMock()) as sleep: assert await kit.retry(f, 3) == "done"
    sleep.assert_awaited_once_with(7)
def test_own_loop():
    async def f():
        await asyncio.sleep(0.001)
        return 3
    assert kit.run(f) == 3
@pytest.mark.asyncio
async def test_server():
    server = await kit.serve()
    reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
    writer.write(b"hi\n")
    assert await asyncio.wait_for(reader.readline(), 5) == b"HI\n"
    writer.close(); server.close()
@pytest.mark.asyncio
async def test_queue():
    queue, out = asyncio.Queue(), []
    task = asyncio.create_task(kit.worker(queue, out))
    for item in (1, 2, None): await queue.put(item)
    await task
    assert out == [2, 4]
@pytest.mark.asyncio
async def test_in_loop(): assert await kit.Lazy() == 5 and list(kit.chunks([1, 2])) == [1, 2] and next(kit.chunks([3])) == 3
`,
    },
    workspace: {
      "kit.py": raw`

import asyncio, contextlib, io, json, os, random, tempfile, urllib.request
from collections.abc import Mapping
from pathlib import Path
class Client:
    base = "http://api"
    def url(self, name): return f"{self.base}/{name}"
def fetch(url):
    with urllib.request.urlopen(url) as answer: return json.loads(answer.read())
def dice(n): return [random.randint(1, 6) for _ in range(n)]
def parse(s):
    try: return int(s)
    except ValueError: raise KeyError(s) from None
def wrap(f):
    try: return f()
    except KeyError: raise RuntimeError("wrapped")
def chunks(xs):
    for x in xs: yield x
class Folded(Mapping):
    def __init__(self, d): self.d = {k.lower(): v for k, v in d.items()}
    def __getitem__(self, k): return self.d[k.lower()]
    def __iter__(self): return iter(self.d)
    def __len__(self): return len(self.d)
def save(path, text):
    fd, name = tempfile.mkstemp(dir=Path(path).parent)
    with os.fdopen(fd, "w") as f: f.write(text)
    os.replace(name, path)
def made():
    folder = Path(tempfile.mkdtemp()); (folder / "x").write_text("made"); return folder
def buffer(): return io.StringIO("a\nb\n")
async def retry(f, times):
    for i in range(times):
        try: return await f()
        except OSError: await asyncio.sleep(7)
def run(f): return asyncio.run(f())
async def serve():
    async def handle(reader, writer):
        writer.write((await reader.readline()).upper()); await writer.drain(); writer.close()
    return await asyncio.start_server(handle, "127.0.0.1", 0)
async def worker(queue, out):
    while (item := await queue.get()) is not None: out.append(item * 2)
class Lazy:
    def __await__(self):
        yield from asyncio.sleep(0).__await__()
        return 5
`,
    },
  },
  {
    title: "a program of the solution that is started with files of the tests",
    tests: {
      "test_tool.py": raw`

import pathlib, subprocess, sys
def test_file(tmp_path):
    done = subprocess.run([sys.executable, "-m", "tool", "--file", str(tmp_path / "f"), "a", "b"], capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "2 a b\n", "") and (tmp_path / "f").read_text() == "a b"
def test_workspace(): 
    done = subprocess.run([sys.executable, "tool.py", "x"], cwd=pathlib.Path(__import__("tool").__file__).parent, capture_output=True, text=True)
    assert done.stdout == "1 \n"
def test_folder(tmp_path):
    subprocess.run([sys.executable, __import__("tool").__file__, "--file", "out", "q"], cwd=tmp_path, check=True)
    assert (tmp_path / "out").read_text() == "q"
`,
      "data/words.txt": "a b\n",
    },
    workspace: {
      "tool.py": raw`

import argparse, pathlib, sys
def main(argv=None):
    parser = argparse.ArgumentParser()
    parser.add_argument("--file", type=pathlib.Path)
    parser.add_argument("words", nargs="*")
    options = parser.parse_args(argv)
    if options.file: options.file.write_text(" ".join(options.words))
    print(len(options.words), options.file.read_text() if options.file else "")
    return 0
if __name__ == "__main__": sys.exit(main())
`,
    },
  },
];
