"""Imports the modules of the solution for the tests: in the solution's process."""

import importlib.abc
import importlib.machinery
import importlib.util
import os
import sys

MARK = "solution:"
# Names that are the judge's whatever the task owns.
KEPT = frozenset((
    "pytest", "_pytest", "pluggy", "unittest", "builtins", "sys", "os", "bench_judge", "bench_boundary", "conftest", "sitecustomize", "usercustomize",
))
# Modules of the library that import a module by a name the tests give.
IMPORTERS = (
    "importlib", "unittest.mock", "pkgutil", "_pytest.monkeypatch", "_pytest.outcomes", "_pytest.pathlib", "_pytest.python", "_pytest.assertion", "bench_",
    "runpy",
)
LIBRARY = tuple({"/usr/", os.path.dirname(os.__file__) + "/", sys.prefix + "/lib/"})


class FromSolution(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds modules the judge does not have. Names the task owns are looked for in the solution first, all others last."""

    def __init__(self, peer, judge):
        self.peer, self.root = peer, judge["root"]
        self.own = {name for name in judge["own"] if name not in KEPT}
        self.markers = frozenset(os.path.join(self.root, each) for each in judge.get("markers", ()))
        self.find_local = importlib.machinery.PathFinder.find_spec
        self.inside = {}

    def find_spec(self, name, path=None, target=None):
        """Called first for every import, before the other finders."""
        if path is None:
            return self.spec(name) if name in self.own and not self.is_of_tests(name) else None
        if MARK not in path:
            return None
        folders = [each for each in path if each != MARK]
        local = self.find_local(name, folders) if folders else None
        return local if local is not None and local.origin is not None and local.origin not in self.markers else self.spec(name)

    def is_of_tests(self, name):
        """Tells whether the tests bring a module of this name themselves; a file that only marks a package does not count."""
        found = self.find_local(name, self.folders())
        return found is not None and found.origin is not None and found.origin not in self.markers

    def folders(self):
        return [each for each in sys.path if each == self.root or each.startswith(self.root + "/")]

    def spec(self, name):
        return importlib.util.spec_from_loader(name, self, origin=MARK)

    def create_module(self, spec):
        folders = [os.path.relpath(each, self.root) for each in self.folders()]
        try:
            module, is_package = self.peer.ask("import", None, spec.name, (folders,))
        except ModuleNotFoundError as error:
            error.name = error.name or spec.name
            raise
        except (SystemExit, KeyboardInterrupt, GeneratorExit) as error:
            raise ImportError(f"{type(error).__name__} in the import of {spec.name}") from None
        self.peer.shapes.name(module, [spec.name], None)
        if is_package is True:
            spec.submodule_search_locations = [MARK, *self.beside(spec.name)]
        return module

    def beside(self, name):
        """Lists the folders of the tests that lie in a package of the solution."""
        parts = name.split(".")
        return [path for path in (os.path.join(each, *parts) for each in self.folders()) if os.path.isdir(path)]

    def exec_module(self, module):
        for folder in module.__dict__.get("__path__", ()):
            if os.path.isfile(os.path.join(folder, "__init__.py")):
                module.__file__ = os.path.join(folder, "__init__.py")


class Last(importlib.abc.MetaPathFinder):
    """Asks the solution for modules that no other finder has, when the tests import them."""

    def __init__(self, first):
        self.first = first

    def find_spec(self, name, path=None, target=None):
        if path is not None or name in KEPT or name in sys.stdlib_module_names or not is_wanted_by_tests():
            return None
        return self.first.spec(name)


def is_wanted_by_tests():
    """Tells whether the frame that imports is not one of the library, which looks for optional modules."""
    frame = sys._getframe(2)
    while frame is not None:
        name, file = frame.f_globals.get("__name__", ""), frame.f_code.co_filename
        if not name.startswith(IMPORTERS) and not file.startswith("<frozen"):
            return not file.startswith(LIBRARY)
        frame = frame.f_back
    return False


def install(peer, judge):
    """Puts the finder first, and its last resort at the end."""
    first = FromSolution(peer, judge)
    for name in list(sys.modules):
        if name.partition(".")[0] in first.own and name.partition(".")[0] not in sys.builtin_module_names:
            del sys.modules[name]
    sys.meta_path.insert(0, first)
    sys.meta_path.append(Last(first))
    return first
