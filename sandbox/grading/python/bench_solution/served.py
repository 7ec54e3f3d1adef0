"""Serves the requests of the tests with the objects of the solution."""

import copy
import importlib
import os
import sys
import types

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
        self.loops = Loops(self)
        super().__init__(main, others)
        self.outputs = Outputs(self)
        self.surroundings = Surroundings(self)
        sys.path[:0] = [each for each in folders if each not in sys.path]
        self.own = frozenset(sys.modules) - {name for name in sys.modules if name in sys.builtin_module_names}

    def perform(self, do, on, name, args, named):
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
            return setattr(on, name, args[0])
        if do == "del":
            return delattr(on, name)
        if do == "dir":
            return sorted(dir(on))
        if do == "public":
            return list(getattr(on, "__all__", None) or [each for each in vars(on) if not each.startswith("_")])
        return getattr(copy, {"copy": "copy", "deepcopy": "deepcopy"}[do])(on)

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
            if path not in sys.path and os.path.isdir(path):
                sys.path.insert(0, path)
        if name in self.own and name.partition(".")[0] not in ("bench_boundary", "bench_solution", "__main__"):
            self.forget(name)
        module = importlib.import_module(name)
        return module, hasattr(module, "__path__")

    def forget(self, name):
        """Unloads a module that this program itself uses, when the workspace has one of that name."""
        top = name.partition(".")[0]
        places = [os.path.join(each, top) for each in sys.path if each.startswith(self.workspace)]
        if any(os.path.exists(f"{each}.py") or os.path.isdir(each) for each in places):
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
        error.__traceback__ = None
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


def special(on, name):
    """Returns a special method as the interpreter would find it, bound; for a container that a class derives from, that of the base."""
    kind = type(on)
    method = getattr(kind, name)
    return lambda *args, **named: method(on, *args, **named)
