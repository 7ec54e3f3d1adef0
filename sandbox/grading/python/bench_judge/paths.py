"""Opens paths of the tests to the solution when they cross, and translates those that only one side can see."""

import errno
import json
import os
import re
import shutil

from bench_boundary.opened import FOLDER, open_below

# Files that a folder of test data never lends: they may be tests.
CODE = (".py", ".pyc", ".ini", ".toml", ".cfg")
MAX_COPIED_BYTES = 64 * 1024 * 1024


class Paths:
    """Knows the folders of both sides. `view` is the folder in which copies of test data lie for the solution."""

    def __init__(self, tests, workspace, temporary):
        self.tests, self.workspace, self.temporary = tests, workspace, temporary
        # Not in the temporary folder, where the solution could put links in the place of copies.
        self.view = os.path.join(os.path.dirname(temporary), "tests")
        self.in_temporary = re.compile(re.escape(temporary) + r"[^\"\\\x00]*")
        self.tests_marker = json.dumps(tests)[1:-1]
        self.tests_bytes, self.named = tests.encode(), set()
        self.exact = re.compile('"' + re.escape(self.tests_marker) + r'(/[^"\\\x00]*)?"')

    def seal(self, dumps, frame):
        """Writes a frame: paths of test data become those of their copies, and paths below the temporary folder are opened to the solution."""
        text = dumps(frame)
        if self.tests_marker in text:
            text = self.exact.sub(self.translated, text)
        if self.temporary in text:
            for path in set(self.in_temporary.findall(text)):
                self.open(path)
        return text

    def watch(self, data, frame):
        """Remembers the paths of test data that the solution itself named: that a test hands one back lends nothing."""
        if self.tests_bytes not in data and b"\\u" not in data and b"\\/" not in data:
            return
        pending = [frame]
        while pending:
            for each in pending.pop():
                if type(each) is list:
                    pending.append(each)
                elif type(each) is str and each.startswith(self.tests):
                    self.named.add(os.path.normpath(each))

    def opening(self, event, arguments):
        """An audit hook: refuses to open what the solution's links, or paths that it made up, have the tests take for a file of the solution."""
        if event != "open" or type(arguments[0]) is not str:
            return
        path = os.path.abspath(arguments[0])
        if path in self.named:
            raise FileNotFoundError(errno.ENOENT, "the solution named a file of the tests", path)
        if path.startswith(self.temporary + "/"):
            place = os.path.realpath(path)
            if place.startswith((os.path.dirname(self.tests) + "/", "/proc/")):
                raise FileNotFoundError(errno.ENOENT, "a link of the solution leads to the tests", path)

    def translated(self, found):
        path = self.tests + (found.group(1) or "")
        return json.dumps(path if os.path.normpath(path) in self.named else self.for_solution(path))

    def for_solution(self, path):
        """Returns where the solution finds what the tests know by a path."""
        if path != self.tests and not path.startswith(self.tests + "/"):
            return path
        below = os.path.relpath(path, self.tests)
        if not os.path.lexists(path) or below == ".":
            return os.path.normpath(os.path.join(self.workspace, below))
        target = os.path.join(self.view, below)
        try:
            self.copy(path, target)
        except OSError:
            return path
        return target

    def copy(self, path, target):
        """Lends a file of test data, or the data files of a folder, to the solution."""
        before = os.umask(0o022)
        try:
            os.makedirs(os.path.dirname(target), exist_ok=True)
            if os.path.isdir(path):
                ignored = shutil.ignore_patterns(*(f"*{each}" for each in CODE), "__pycache__")
                shutil.copytree(path, target, dirs_exist_ok=True, ignore=ignored, copy_function=shutil.copyfile)
                for folder, _, _ in os.walk(target):
                    os.chmod(folder, 0o755)
            elif not path.endswith((".py", ".pyc")) and os.path.getsize(path) <= MAX_COPIED_BYTES:
                shutil.copyfile(path, target)
        finally:
            os.umask(before)

    def open(self, path):
        """Gives the group of both users access to a path below the temporary folder, to the folders above it and to all below it."""
        path = os.path.normpath(path)
        if not path.startswith(self.temporary + "/"):
            return
        place = os.open(self.temporary, FOLDER)
        try:
            open_below(place, os.path.relpath(path, self.temporary))
        except OSError:
            pass  # it does not exist yet, or is the solution's own
