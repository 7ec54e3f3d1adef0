"""Sends hostile frames to the judge's end of the boundary and watches that nothing is run, read or changed. Arguments: how many frames, and a seed."""

import asyncio
import base64
import gc
import importlib
import io
import json
import os
import random
import resource
import sys
import time
import types
from unittest import mock

sys.path.insert(0, "/opt/bench/grading/python")

from bench_boundary.atoms import ATOMS, NAMED_TYPES  # noqa: E402
from bench_boundary.channel import Channel, Gone  # noqa: E402
from bench_boundary.containers import MUTABLE  # noqa: E402
from bench_boundary.errors import ERROR_MODULES  # noqa: E402
from bench_boundary.peer import OPERATIONS  # noqa: E402
from bench_boundary.specials import SPECIALS  # noqa: E402
from bench_boundary.writing import NotCrossed  # noqa: E402
from bench_judge.connection import JudgePeer  # noqa: E402
from bench_judge.paths import Paths  # noqa: E402
from bench_judge.shapes import NotData, Shapes  # noqa: E402
from bench_judge.surroundings import Surroundings  # noqa: E402

SECRET = "SECRET-OF-THE-TESTS"
violations = []
watching = [False]
# What decoding may do: load the modules of standard errors and time zones.
ALLOWED_IMPORTS = {each.partition(".")[0] for each in ERROR_MODULES} | {"zoneinfo", "importlib", "tzdata", "_zoneinfo", "encodings", "bench_judge", "bench_boundary"}
FORBIDDEN = ("exec", "os.system", "os.exec", "os.fork", "os.posix_spawn", "subprocess.Popen", "socket.", "ctypes.", "os.remove", "os.rename", "os.mkdir", "code.__new__",
             "sys._getframe", "object.__setattr__", "builtins.input", "marshal.", "pickle.", "shutil.", "os.chmod", "os.putenv")


def audit(event, arguments):
    if not watching[0]:
        return
    if event.startswith(FORBIDDEN) and not loading():
        violations.append(f"{event} {str(arguments)[:100]}")
    if event == "open" and not loading() and not str(arguments[0]).startswith(("/usr/", "/etc/", os.path.dirname(os.__file__))):
        violations.append(f"open {arguments[0]}")
    if event == "import" and arguments[0].partition(".")[0] not in ALLOWED_IMPORTS and not loading():
        violations.append(f"import {arguments[0]}")


def loading():
    frame = sys._getframe(1) if not watching[0] else frames()
    while frame is not None:
        if "importlib" in frame.f_code.co_filename:
            return True
        frame = frame.f_back
    return False


def frames():
    watching[0] = False
    try:
        return sys._getframe(2)
    finally:
        watching[0] = True


def in_globals():
    return "ok"


def in_closure():
    held = SECRET + "-closure"
    return lambda *args: "ok" if held else None


class Holder:
    """An object of the tests with things that nobody may see."""

    shown = "public"
    _of_class = [SECRET + "-class"]

    def __init__(self):
        self.plain = 5
        self._secret = SECRET + "-attribute"
        self.module = sys
        self.calls = 0

    def method(self, *args, **named):
        self.calls += 1
        return "ok"

    def __getattr__(self, name):
        if name in ("secret", "password") or name.startswith("__"):
            violations.append(f"read {name}")
        raise AttributeError(name)


def generator():
    local = SECRET + "-local"
    while True:
        yield "ok" if local else None


async def coroutine():
    return "ok"


def passed():
    holder = Holder()
    api = mock.Mock()
    api.get.return_value = "ok"
    api._secret_of_mock = SECRET + "-mock"
    return [
        in_globals, in_closure(), holder, holder.method, Holder, api, api.get, generator(), io.StringIO("text"), types.SimpleNamespace(a=1, _b=SECRET + "-namespace"),
        ValueError("v"), random.Random(1), mock.MagicMock(name="m"), [1, [2]], {"k": [1]}, {1, 2},
    ]


class Scripted(Channel):
    """A channel whose incoming frames are written by the fuzzer."""

    def __init__(self):
        ends = os.pipe()
        super().__init__(*ends)
        self.queue, self.sent, self.bytes = [], 0, 0

    def send(self, text):
        self.sent += 1
        self.bytes += len(text)
        if SECRET in text:
            violations.append(f"sent {text[:300]}")

    def receive(self):
        if not self.queue:
            raise Gone("the end")
        return self.parse(self.queue.pop(0))


NAMES = [
    "__class__", "__globals__", "__dict__", "__subclasses__", "__init__", "__reduce__", "__reduce_ex__", "__self__", "__func__", "__code__", "__closure__", "gi_frame", "f_globals",
    "_secret", "secret", "password", "module", "plain", "method", "format", "format_map", "return_value", "side_effect", "configure_mock", "reset_mock", "attach_mock", "mock_calls",
    "_mock_children", "get", "send", "throw", "close", "write", "read", "getvalue", "a", "_b", "append", "__getattribute__", "__setattr__", "__delattr__", "__format__", "__call__",
    "__iter__", "__next__", "__import__", "mro", "__mro__", "__bases__", "constructor", "prototype", "__proto__", "with_traceback", "tb_frame", "__traceback__", "seed", "shown", "_of_class",
    "", "\x00", "é", "a" * 5000, "eval", "exec", "os", "system",
]
SCALARS = [
    None, True, False, 0, 1, -1, 1 << 62, -(1 << 63), 10**4000, 0.5, -0.0, float("inf"), float("nan"), "", "x", "{0.__class__}", "%s", "\ud800", "\x00", "0x" + "f" * 3000, "é☀", "os", "builtins",
    "1e999999", "9" * 4000, "/etc/passwd", "../../x", "posixrules",
]
TAGS = [*ATOMS, "&", "type", "errortype", "mine", "yours", "method", "library", "function", "class", "__class__", "eval", "module", "", None, 5]
ENTRIES = [*MUTABLE, "tuple", "frozenset", "keys", "values", "items", "class", "function", "object", "error", "module", "iterator", "awaitable", "code", "frame", "", None, 7]


class Fuzzer:
    def __init__(self, seed):
        self.draw = random.Random(seed)
        # Whether the frame that is made keeps to the grammar, and only means what it must not.
        self.sane = False

    def name(self):
        if self.sane:
            return self.draw.choice(NAMES)
        return self.draw.choice(NAMES) if self.draw.random() < 0.9 else self.draw.choice([None, 5, [], ["yours", 1]])

    def slot(self, depth=0):
        draw = self.draw
        if self.sane:
            return self.sane_slot()
        roll = draw.random()
        if roll < 0.3 or depth > 3:
            return draw.choice(SCALARS)
        if roll < 0.5:
            return ["yours", draw.choice([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 99, -1, "1", True, None])]
        if roll < 0.6:
            return ["mine", draw.randrange(0, 12)]
        if roll < 0.7:
            return ["&", draw.choice([0, 1, 2, 3, -1, 10**9, "0", None])]
        if roll < 0.75:
            return ["type", draw.choice([*NAMED_TYPES, "eval", "Exception"])]
        if roll < 0.82:
            return ["errortype", draw.choice([*ERROR_MODULES, "os", "subprocess", "__main__", "../x"]), draw.choice(["ValueError", "KeyError", "Popen", "run", "open", "OSError", "SystemExit"])]
        if roll < 0.88:
            return ["method", self.slot(depth + 1), self.name()]
        tag = draw.choice(TAGS)
        if tag in ATOMS and draw.random() < 0.5:
            return [tag, *self.honest(tag)]
        return [tag, *(self.slot(depth + 1) for _ in range(draw.randrange(0, 5)))]

    def sane_slot(self):
        draw = self.draw
        roll = draw.random()
        if roll < 0.35:
            return draw.choice([each for each in SCALARS if type(each) is not int or abs(each) < 1 << 63])
        if roll < 0.7:
            return ["yours", draw.randrange(1, 13)]
        if roll < 0.75:
            return ["mine", 1]
        if roll < 0.8:
            return ["type", draw.choice(list(NAMED_TYPES))]
        if roll < 0.85:
            return ["method", ["yours", draw.randrange(1, 13)], self.name()]
        tag = draw.choice(list(ATOMS))
        return [tag, *self.honest(tag)]

    def sane_table(self):
        draw, number = self.draw, 1000
        made = []
        for _ in range(draw.choice([0, 0, 1, 2])):
            number += 2 + 2 * draw.randrange(0, 10**6)
            slots = [self.sane_slot() for _ in range(2 * draw.randrange(0, 3))]
            made.append(draw.choice([
                ["list", number, slots], ["tuple", slots], ["deque", number, slots, None],
                ["class", number, ["Own", "m", "Own", None], [], draw.sample(sorted(SPECIALS), 3), [], "identity", False, False,
                 draw.choice([None, [["x", True], ["y", False]]]), draw.choice([[], ["Mapping"], ["Sequence", "Iterator"]])],
                ["function", number, "f", "m", None, False, False], ["iterator", number, "generator", True], ["awaitable", number, "coroutine"],
                ["error", number, ["errortype", "builtins", draw.choice(["ValueError", "SystemExit", "KeyboardInterrupt", "GeneratorExit", "OSError"])], slots, "x", None, [],
                 [self.name(), self.sane_slot(), "args", None, "add_note", 1], self.sane_slot(), draw.random() < 0.5],
            ]))
        return made

    def honest(self, tag):
        number = self.draw.randrange(-5, 3000)
        return {
            "int": [hex(self.draw.getrandbits(400))], "bytes": [base64.b64encode(b"x").decode()], "complex": [0.5, 1.0], "range": ["0x0", hex(number & 4095), "0x1"], "decimal": [str(number)],
            "fraction": [hex(number), "0x3"], "date": [2026, 1, 2], "timedelta": [number, 0, 0], "datetime": [2026, 1, 2, 3, 4, 5, 6, 0, "UTC"], "time": [1, 2, 3, 4, 0], "timezone": [0, 3600, 0, None],
            "uuid": ["0" * 32], "path": ["/x"], "purepath": ["y"], "windowspath": ["z"], "pattern": ["a+b", 0], "slice": [None, hex(number), "'x"], "ellipsis": [], "notimplemented": [],
        }[tag]

    def entry(self):
        draw = self.draw
        tag = draw.choice(ENTRIES)
        number = draw.choice([1, 3, 5, 7, 9, 2, 0, -1, 10**30, "1", None, True])
        slots = [self.slot() for _ in range(draw.randrange(0, 6))]
        if draw.random() < 0.1:
            return self.slot()
        if tag in MUTABLE:
            return [tag, number, slots, *([draw.choice([None, 3, "x", ["type", "int"]])] if draw.random() < 0.3 else []), *([self.slot(), number] if draw.random() < 0.2 else [])]
        if tag == "class":
            names = [draw.choice([*NAMES, "Own"]) for _ in range(draw.choice([4, 4, 4, 1]))]
            specials = draw.sample([*SPECIALS, "__class__", "__getattribute__", "__init_subclass__", "__set_name__"], 5)
            return [tag, number, names, [self.slot() for _ in range(draw.randrange(0, 3))], specials, [self.name()], draw.choice(["own", "none", "identity", "x"]), True, draw.random() < 0.2,
                    draw.choice([None, self.slot(), [[self.name(), True]], [["__class__", True], ["x", 1]]]), draw.choice([[], [self.name()], ["Mapping", "__class__"], self.slot()])]
        if tag == "function":
            return [tag, number, self.name(), self.name(), self.name(), draw.random() < 0.3, draw.random() < 0.3]
        if tag == "error":
            return [tag, number, self.slot(), slots, self.name(), self.slot(), [draw.choice(SCALARS)], [self.name(), self.slot(), "args", self.slot(), "__class__", self.slot()],
                    self.slot(), draw.choice([True, False, None, 1])]
        if tag in ("tuple", "frozenset", "keys", "values", "items"):
            return [tag, slots]
        return [tag, number, *slots]

    def table(self):
        return [self.entry() for _ in range(self.draw.choice([0, 0, 1, 2, 4]))] if self.draw.random() < 0.97 else self.draw.choice(SCALARS)

    def outputs(self):
        if self.draw.random() < 0.7:
            return None
        kind = self.draw.choice(["out", "err", "log", "warn", "eval", None])
        honest = {"log": ["root", 20, "m", "p", 1, "f", None], "warn": [["errortype", "builtins", "UserWarning"], "m", "p", 1], "out": ["text"], "err": ["text"]}
        return [[kind, *(honest.get(kind, [1]) if self.draw.random() < 0.5 else [self.slot() for _ in range(self.draw.randrange(0, 8))])]]

    def frame(self, turn):
        draw = self.draw
        roll = draw.random()
        self.sane = draw.random() < 0.6
        if self.sane:
            if roll < 0.7:
                do = draw.choice(["call", "method", "get", "special", *OPERATIONS])
                name = draw.choice(sorted(SPECIALS)) if do == "special" and roll < 0.5 else self.name()
                found = ["?", 1, do, ["yours", draw.randrange(1, 13)], name, [self.sane_slot() for _ in range(draw.randrange(0, 3))], [], self.sane_table(), self.outputs()]
            else:
                found = [draw.choice("=!"), turn, self.sane_slot(), self.sane_table(), self.outputs()]
            return json.dumps(found).encode()
        if roll < 0.02:
            return draw.choice([b"", b"[", b"{}", b'{"a":1,"a":2}', b"null", b"[" * 5000, b"[1e999999]", b"[" + b"9" * 6000 + b"]", b'["\xff"]', b"[[{}]]", b'["?"]'])
        if roll < 0.6:
            do = draw.choice([*OPERATIONS, "eval", "__class__", None, 5])
            target = ["yours", draw.randrange(1, 14)] if draw.random() < 0.7 else self.slot()
            args = [self.slot() for _ in range(draw.randrange(0, 4))]
            named = [self.name(), self.slot(), self.name(), self.slot()] if draw.random() < 0.3 else []
            found = ["?", draw.choice([1, None, "x"]), do, target, self.name(), args, named, self.table(), self.outputs()]
        elif roll < 0.9:
            found = [draw.choice(["=", "!"]), turn, self.slot(), self.table(), self.outputs()]
        else:
            found = [draw.choice(["=", "!", "?", "out", "x", None, 5]), *(self.slot() for _ in range(draw.randrange(0, 9)))]
        if draw.random() < 0.05:
            draw.shuffle(found)
        return json.dumps(found).encode()


def state(objects):
    holder, api, space = objects[2], objects[5], objects[9]
    return [vars(holder).keys(), holder._secret, Holder._of_class[:], api.get.return_value, api._secret_of_mock, vars(space), sys.modules["builtins"].len is len, in_globals.__globals__ is globals()]


def main(count, seed):
    for each in (*ERROR_MODULES, "zoneinfo"):
        try:
            importlib.import_module(each)
        except ImportError:
            pass
    sys.addaudithook(audit)
    fuzzer = Fuzzer(seed)
    sys.stdout, real = io.StringIO(), sys.stdout
    sys.stderr, real_error = io.StringIO(), sys.stderr
    started, done, slowest, answers, ended = time.monotonic(), 0, 0.0, 0, {}
    grown = 0
    while done < count:
        channel = Scripted()
        peer = JudgePeer(channel, None, Surroundings(Paths("/tmp/grading/tests", "/workspace", "/tmp/shared/tmp"), Shapes(None)), Shapes(None))
        objects = passed()
        before = state(objects)
        channel.queue = [b'["=",1,["&",0],[["function",1,"f","m",null,false,false]],null]']
        remote = peer.ask("import", None, "m")
        for index in range(min(200, count - done)):
            turn = peer.main.asked + 1
            channel.queue = [fuzzer.frame(turn) for _ in range(3)]
            begun = time.monotonic()
            watching[0] = True
            try:
                remote(*(objects if index == 0 else objects[-3:]))
                answers += 1
            except (Gone, NotCrossed, NotData, Exception, SystemExit, KeyboardInterrupt, GeneratorExit) as error:
                ended[type(error).__name__] = ended.get(type(error).__name__, 0) + 1
            except BaseException as error:
                ended["own " + type(error).__name__[:20]] = ended.get("own " + type(error).__name__[:20], 0) + 1
            finally:
                watching[0] = False
                done += 3 - len(channel.queue)
            slowest = max(slowest, time.monotonic() - begun)
        if state(objects) != before:
            violations.append(f"changed {[a for a, b in zip(state(objects), before) if a != b]}")
        os.close(channel.read_from)
        os.close(channel.write_to)
        sys.stdout, sys.stderr = io.StringIO(), io.StringIO()
        grown = max(grown, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
        if violations:
            break
        if done // 20_000 != (done - 600) // 20_000:
            print(f"{done} frames, {time.monotonic() - started:.0f} s, {grown // 1024} MB", file=real_error, flush=True)
        gc.collect(1)
    sys.stdout, sys.stderr = real, real_error
    print(json.dumps({
        "frames": done, "seconds": round(time.monotonic() - started, 1), "slowestSeconds": round(slowest, 3), "answers": answers, "megabytes": grown // 1024,
        "violations": violations[:20], "ended": dict(sorted(ended.items(), key=lambda each: -each[1])[:12]),
    }))


if __name__ == "__main__":
    asyncio.set_event_loop_policy(None)
    main(int(sys.argv[1]), int(sys.argv[2]))
