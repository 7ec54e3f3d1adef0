"""Opens paths of the tests to the solution when they cross, and translates those that only one side can see."""

import json
import os
import re
import shutil
import stat

MAX_OPENED = 2000
# Files that a folder of test data never lends: they may be tests.
CODE = (".py", ".pyc", ".ini", ".toml", ".cfg")
MAX_COPIED_BYTES = 64 * 1024 * 1024


class Paths:
    """Knows the folders of both sides. `view` is the folder in which copies of test data lie for the solution."""

    def __init__(self, tests, workspace, temporary):
        self.tests, self.workspace, self.temporary = tests, workspace, temporary
        self.view = os.path.join(temporary, "tests")
        self.in_temporary = re.compile(re.escape(temporary) + r"[^\"\\\x00]*")
        self.tests_marker = json.dumps(tests)[1:-1]
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

    def translated(self, found):
        return json.dumps(self.for_solution(self.tests + (found.group(1) or "")))

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
        os.makedirs(os.path.dirname(target), exist_ok=True)
        if os.path.isdir(path):
            shutil.copytree(path, target, dirs_exist_ok=True, ignore=shutil.ignore_patterns(*(f"*{each}" for each in CODE), "__pycache__"))
        elif not path.endswith((".py", ".pyc")) and os.path.getsize(path) <= MAX_COPIED_BYTES:
            shutil.copyfile(path, target)

    def open(self, path):
        """Gives the group of both users access to a path below the temporary folder, to the folders above it and to all below it."""
        path = os.path.normpath(path)
        while path.startswith(self.temporary + "/"):
            try:
                permit(path)
            except OSError:
                pass
            else:
                opened = 0
                for folder, folders, files in os.walk(path):
                    for name in (*folders, *files):
                        permit(os.path.join(folder, name))
                    opened += len(folders) + len(files)
                    if opened > MAX_OPENED:
                        break
                break
            path = os.path.dirname(path)
        while (path := os.path.dirname(path)).startswith(self.temporary + "/"):
            permit(path)


def permit(path):
    found = os.lstat(path)
    if stat.S_ISLNK(found.st_mode) or found.st_uid != os.geteuid():
        return
    wanted = 0o070 if stat.S_ISDIR(found.st_mode) or found.st_mode & 0o100 else 0o060
    if found.st_mode & wanted != wanted:
        os.chmod(path, stat.S_IMODE(found.st_mode) | wanted)
