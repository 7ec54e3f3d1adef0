"""What the tests change around the solution: working folder, environment, log levels, and library functions that they replace."""

import builtins
import importlib
import logging
import opcode
import os
import sys

# Variables that belong to the judge alone.
OWN_VARIABLES = frozenset((
    "PYTEST_CURRENT_TEST", "PYTEST_VERSION", "SOLUTION", "SHARED", "WORKSPACE", "TESTS", "HOME", "TMPDIR", "PYTHONHASHSEED", "PYTHONDONTWRITEBYTECODE",
))
# Functions of the library that tests replace with setattr: the solution's process has its own, which are replaced there as well.
WATCHED = {
    "builtins": ("input", "print", "open"),
    "sys": ("argv", "platform"),
    "time": ("time", "sleep", "monotonic", "perf_counter", "time_ns", "localtime", "gmtime", "strftime"),
    "random": ("random", "randint", "choice", "choices", "shuffle", "sample", "uniform", "randrange", "gauss", "getrandbits"),
    "os": ("getcwd", "getenv", "listdir", "getlogin", "cpu_count", "urandom", "system", "remove", "rename", "replace", "unlink", "makedirs", "mkdir",
        "getpid", "stat"),
    "subprocess": ("run", "Popen", "check_output", "check_call", "call"),
    "urllib.request": ("urlopen", "urlretrieve"),
    "os.path": ("exists", "isfile", "isdir", "getsize", "getmtime", "expanduser"),
    "pathlib.Path": ("home", "cwd", "exists", "is_file", "is_dir", "read_text", "write_text", "mkdir", "unlink", "open"),
    "json": ("dumps", "loads", "dump", "load"),
    "tempfile": ("mkdtemp", "mkstemp", "gettempdir"),
    "platform": ("system", "machine", "node", "python_version"),
    "http.client": ("HTTPConnection", "HTTPSConnection"),
    "getpass": ("getpass", "getuser"),
    "uuid": ("uuid4", "uuid1"),
    "secrets": ("token_hex", "token_urlsafe", "choice", "randbelow"),
    "shutil": ("which", "rmtree", "get_terminal_size", "copy", "copyfile", "move", "disk_usage"),
    "socket": ("socket", "gethostname", "create_connection"),
    "smtplib": ("SMTP",),
    "webbrowser": ("open",),
    "asyncio": ("sleep",),
}
DEFAULTS = frozenset(vars(builtins))
# Names in a test file that steer pytest.
STEERING = ("pytest", "setup", "teardown", "setUp", "tearDown", "load_tests", "__", "_pytest", "@")


def owner_of(name):
    """Finds a loaded module, or a class in one, by name; None where it is not loaded."""
    if name in sys.modules:
        return sys.modules[name]
    module, _, last = name.rpartition(".")
    return getattr(sys.modules.get(module), last, None)


class Surroundings:
    """Tells what changed since the last message, and which names a test file takes over from a module of the solution."""

    def __init__(self, paths, shapes):
        self.paths, self.shapes = paths, shapes
        self.folder = os.getcwd()
        self.variables = dict(os.environ._data)
        self.levels, self.patched, self.loops = {}, {}, {}
        self.argv = list(sys.argv)
        self.watch, self.starred, self.seeds = [], set(), []
        self.look()

    def look(self):
        """Finds the watched functions of the modules that are loaded by now; called before each test."""
        known = {(vars_of, name) for vars_of, name, *_ in ((id(each[0]), each[1]) for each in self.watch)}
        for module, names in WATCHED.items():
            owner = owner_of(module)
            held = {} if owner is None else vars(owner)
            self.watch += [(held, name, held[name], module) for name in names if name in held and (id(held), name) not in known and name != "argv"]

    def prepare(self, texts):
        """Loads the watched modules that test files name, so that what they replace in them is seen; called once the files are known."""
        for module in WATCHED:
            if module not in sys.modules and module != "pathlib.Path" and any(module in each for each in texts):
                importlib.import_module(module)
        if any("random.seed(" in each or ("seed(" in each and "from random import" in each) for each in texts):
            self.follow_seeds()

    def follow_seeds(self):
        """Has the solution's random numbers begin anew when a test seeds those of its own process."""
        import random

        original = random.seed

        def seed(a=None, version=2):
            original(a, version)
            self.seeds.append((a, version))

        random.seed = seed

    def changes(self, writing):
        """Returns what goes along with a message: [folder, variables, functions, levels, loop], or None where nothing changed."""
        folder, variables, functions, levels = self.folder_now(), self.variables_now(), self.functions_now(writing), self.levels_now()
        events = sys.modules.get("asyncio.events")
        loop = None if events is None else events._get_running_loop()
        loop = None if loop is None else self.loops.setdefault(id(loop), len(self.loops))
        if folder is None and variables is None and not functions and levels is None and loop is None:
            return None
        return [folder, variables, functions, levels, loop]

    def folder_now(self):
        try:
            now = os.getcwd()
        except OSError:
            return None
        if now == self.folder:
            return None
        self.folder = now
        self.paths.open(now)
        return self.paths.for_solution(now)

    def variables_now(self):
        now = os.environ._data
        if now == self.variables:
            return None
        before, self.variables = self.variables, dict(now)
        names = [each for each in now.keys() | before.keys() if now.get(each) != before.get(each) and os.fsdecode(each) not in OWN_VARIABLES]
        return [part for each in names for part in (os.fsdecode(each), os.fsdecode(now[each]) if each in now else None)] or None

    def functions_now(self, writing):
        changed = []
        for held, name, original, module in self.watch:
            value = held.get(name, original)
            if value is original:
                if self.patched and (module, name) in self.patched:
                    del self.patched[module, name]
                    changed += [module, name, False, None]
            elif self.patched.get((module, name)) is not value:
                self.patched[module, name] = value
                changed += [module, name, True, writing.slot(value)]
        for a, version in self.seeds:
            changed += ["random", "seed", False, writing.slot((a, version))]
        self.seeds = []
        if sys.argv != self.argv:
            self.argv = list(sys.argv)
            changed += ["sys", "argv", True, writing.slot([each for each in sys.argv if type(each) is str])]
        return changed

    def levels_now(self):
        known = logging.Logger.manager.loggerDict
        levels = {name: each.level for name, each in list(known.items()) if getattr(each, "level", 0)}
        levels["root"] = logging.root.level
        if levels == self.levels:
            return None
        changed = {**dict.fromkeys(self.levels, 0), **levels}
        self.levels = levels
        return [part for pair in changed.items() for part in pair]

    def star_names(self, module, names, frame):
        """
        Returns what `from module import *` brings into a test file, or all names when its `__all__` is read as any other value is.

        The solution decides which names those are, so none of them may take the place of a name that the file has already, of a built-in function, or of a
        name by which pytest is steered. A name that the reference exports as well may stand for a built-in function.
        """
        if reads_value(frame):
            return [name for name in names if type(name) is str] if type(names) is list else []
        held = frame.f_globals
        found = []
        for name in names if type(names) is list else []:
            if type(name) is not str or not name.isidentifier() or name.startswith(STEERING):
                continue
            place = f"{module.__name__}.*.{name}"
            if name in DEFAULTS and self.shapes.everywhere.get(place) is None and self.shapes.known:
                continue
            if name in held and (id(held), name) not in self.starred:
                continue
            self.starred.add((id(held), name))
            self.shapes.found[f"{self.shapes.test} {place}"] = "own"
            found.append(name)
        return found


def reads_value(frame):
    """Tells whether code reads an attribute by its name: `from module import name`, or `module.name`."""
    return opcode.opname[frame.f_code.co_code[frame.f_lasti]] in ("IMPORT_FROM", "LOAD_ATTR", "LOAD_METHOD")
