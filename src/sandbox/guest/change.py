"""Writes and removes several files in one step: all of them or, where one is refused or fails, none."""
import os
import stat

from confine import Refusal, denied, inside, locate, must_be_file, root_of, status
from file import OPEN_FLAGS, write_all


def change(header, payload):
    yield
    batch = _Batch(root_of(header["root"]))
    start = 0
    try:
        for path, length, mode_of in header["changes"]:
            batch.path = path
            if length is None:
                batch.remove(path)
            else:
                batch.write(path, payload[start : start + length], mode_of)
                start += length
            yield
        batch.commit()
    except OSError as error:
        batch.undo()
        refusal = denied(error)
        refusal.answer["path"] = batch.path
        raise refusal from error
    except Refusal as refusal:
        batch.undo()
        refusal.answer["path"] = batch.path
        raise
    return {"kind": "changed"}


class _Batch:
    """New contents wait in drafts beside their files; then files are moved aside and drafts put in their place, which can be undone until the end."""

    def __init__(self, root):
        self.root = root
        self.path = ""
        self.folders = []
        self.drafts = {}
        self.targets = {}
        self.aside = {}
        self.placed = []

    def write(self, path, content, mode_of):
        target = locate(self.root, path)
        if target == self.root:
            raise Refusal("is-directory")
        before = None
        if os.path.lexists(target):
            before = os.lstat(target)
            must_be_file(before)
        if mode_of is not None:
            before = status(self.root, locate(self.root, mode_of))
        self._claim(target)
        self._make_folder(os.path.dirname(target))
        draft = _beside(target)
        fd = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | OPEN_FLAGS, 0o600)
        self.drafts[target] = draft
        try:
            write_all(fd, content)
            os.fchmod(fd, stat.S_IMODE(before.st_mode) & 0o777 if before else 0o644)
        finally:
            os.close(fd)

    def remove(self, path):
        folder, name = os.path.split(path)
        if name in ("", ".", ".."):
            raise Refusal("is-directory")
        target = os.path.join(locate(self.root, folder or "."), name)
        if not inside(self.root, target):
            raise Refusal("outside")
        info = status(self.root, target)
        if not stat.S_ISLNK(info.st_mode):
            must_be_file(info)
        self._claim(target)

    def commit(self):
        for target, path in self.targets.items():
            self.path = path
            if os.path.lexists(target):
                aside = _beside(target)
                os.rename(target, aside)
                self.aside[target] = aside
            if target in self.drafts:
                os.rename(self.drafts[target], target)
                del self.drafts[target]
                self.placed.append(target)
        for aside in self.aside.values():
            os.unlink(aside)

    def undo(self):
        for target in self.placed:
            if target not in self.aside:
                os.unlink(target)
        for target, aside in self.aside.items():
            os.rename(aside, target)
        for draft in self.drafts.values():
            os.unlink(draft)
        for folder in reversed(self.folders):
            try:
                os.rmdir(folder)
            except OSError:
                pass  # a program put something into it meanwhile

    def _claim(self, target):
        if target in self.targets:
            raise Refusal("denied", message="it is the same file as another one of the changes")
        self.targets[target] = self.path

    def _make_folder(self, folder):
        missing = []
        while not os.path.isdir(folder):
            missing.append(folder)
            folder = os.path.dirname(folder)
        for folder in reversed(missing):
            os.mkdir(folder)
            self.folders.append(folder)


def _beside(target):
    return os.path.join(os.path.dirname(target), ".%s.new" % os.urandom(8).hex())
