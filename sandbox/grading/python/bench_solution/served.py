"""Serves the requests of the tests with the objects of the solution."""

import copy
import importlib
import os
import sys
import types
from os.path import exists, isdir

from bench_boundary.described import MAX_CAUSES
from bench_boundary.peer import Peer
from bench_boundary.standins import RemoteMethod
from bench_solution.loops import Loops
from bench_solution.outputs import Outputs
from bench_solution.surroundings import Surroundings


class SolutionPeer(Peer):
    """Does what the tests ask; it may use objects of the tests as those allow."""

    FIRST = 1

    def __init__(self, main, others, folders):
        self.workspace = folders[0]
        self.loops, self.replaced = Loops(self), {}
        super().__init__(main, others)
        self.outputs = Outputs(self)
        self.surroundings = Surroundings(self)
        sys.path[:0] = [each for each in folders if each not in sys.path]
        self.own = frozenset(sys.modules) - {name for name in sys.modules if name in sys.builtin_module_names}

    def perform(self, do, on, name, args, named):
        if do == "turn":
            return self.loops.turn()
        if do in ("start", "poll", "cancel"):
            return getattr(self.loops, do)(on)
        if do == "import":
            return self.load(name, args[0])
        return self.loops.run(self.operate, do, on, name, args, named)

    def operate(self, do, on, name, args, named):
        if do == "call":
            return on(*args, **named)
        if do == "method":
            return getattr(on, name)(*args, **named)
        if do == "get":
            return self.get(on, name)
        if do == "special":
            return special(on, name)(*args, **named)
        if do == "getof":
            return self.get(getattr(on, name), args[0])
        if do == "set":
            return self.set(on, name, args[0])
        if do == "del":
            return self.delete(on, name)
        if do == "dir":
            return sorted(dir(on))
        if do == "public":
            return list(getattr(on, "__all__", None) or [each for each in vars(on) if not each.startswith("_")])
        return getattr(copy, {"copy": "copy", "deepcopy": "deepcopy"}[do])(on)

    def set(self, on, name, value):
        if isinstance(on, (type, types.ModuleType)) and name in vars(on):
            self.replaced.setdefault((on, name), vars(on)[name])
        setattr(on, name, value)

    def delete(self, on, name):
        """
        Deletes an attribute. One of a class or module that was replaced before comes back: tools that patch cannot see here that there was one,
        and delete what they set.
        """
        before = self.replaced.pop((on, name), None) if isinstance(on, (type, types.ModuleType)) else None
        delattr(on, name) if before is None else setattr(on, name, before)

    def get(self, on, name):
        if name == "__dict__":
            return dict(vars(on))
        found = getattr(on, name)
        is_own_method = isinstance(found, types.MethodType) and found.__self__ is on and not isinstance(on, type)
        return RemoteMethod(self, on, name) if is_own_method else found

    def load(self, name, folders):
        """Imports a module; folders of the tests stand for those of the workspace."""
        for each in reversed(folders):
            path = os.path.normpath(os.path.join(self.workspace, each))
            if path not in sys.path and isdir(path):
                sys.path.insert(0, path)
        if name in self.own and name.partition(".")[0] not in ("bench_boundary", "bench_solution", "__main__"):
            self.forget(name)
        module = importlib.import_module(name)
        share_temporary_files()
        return module, hasattr(module, "__path__")

    def forget(self, name):
        """Unloads a module that this program itself uses, when the workspace has one of that name."""
        top = name.partition(".")[0]
        places = [os.path.join(each, top) for each in sys.path if each.startswith(self.workspace)]
        if any(exists(f"{each}.py") or isdir(each) for each in places):
            for each in [each for each in sys.modules if each.partition(".")[0] == top]:
                del sys.modules[each]
            self.own -= {name}

    # What goes along.

    def extra(self, writing):
        return self.outputs.take(writing)

    def heard(self, extra, reading):
        if extra is None:
            self.loops.current = None
        else:
            self.surroundings.follow(extra, reading)

    def shown_error(self, error):
        # A shown error is kept, and its traceback would keep every frame alive.
        at = error
        for _ in range(MAX_CAUSES):
            at.__traceback__ = None
            at = at.__cause__ or at.__context__
            if at is None:
                break
        return error

    def raised(self, error):
        return error.with_traceback(None)

    def resolve(self, tag, parts, reading):
        if tag != "library":
            return super().resolve(tag, parts, reading)
        module, name = parts
        found = importlib.import_module(module)
        for part in name.split(".") if name else ():
            found = getattr(found, part)
        return found

    def own_method(self, on, name):
        return getattr(on, name)

    def wait(self, awaitable):
        return self.loops.wait(awaitable)


def share_temporary_files():
    """Lets the tests read the temporary files that the solution makes, as they could if both were one user."""
    tempfile = sys.modules.get("tempfile")
    if tempfile is None or isinstance(getattr(tempfile, "_os", None), types.SimpleNamespace):
        return
    names = dict(vars(os))
    names["open"] = lambda path, flags, mode=0o777, **named: os.open(path, flags, 0o660 if mode == 0o600 else mode, **named)
    names["mkdir"] = lambda path, mode=0o777, **named: os.mkdir(path, 0o770 if mode == 0o700 else mode, **named)
    tempfile._os = types.SimpleNamespace(**names)


def special(on, name):
    """Returns a special method as the interpreter would find it, bound; for a container that a class derives from, that of the base."""
    kind = type(on)
    method = getattr(kind, name)
    return lambda *args, **named: method(on, *args, **named)
