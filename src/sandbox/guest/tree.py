"""Knows what an image has in the workspace where that is too large to be laid for each sandbox, and tells what of it is untouched without reading it."""
import os
import stat
import time

from file import CHUNK_BYTES, open_plain
from transport import load_header, sha256

WORKSPACE = "/workspace"
# What the workspace has from the start, by path: where an image has it, and where a sandbox of bubblewrap does.
TREE_LISTS = ("/opt/bench/tree.json", "/sys/bench/tree.json")
# How far the time that files are stamped with may be behind the clock, and by how much a clock may go back unnoticed.
STAMP_LAG_NS = 20_000_000
CLOCK_LAG_NS = 2_000_000

FILE, FOLDER, LINK, ABSENT = "file", "folder", "link", "absent"
# To look at an untouched file takes microseconds, and there may be tens of thousands.
UNTOUCHED_A_STEP = 32


def chunks_of(path, size):
    """Yields the first `size` bytes of a plain file in pieces of the same lengths."""
    fd, _ = open_plain(path)
    try:
        while size > 0:
            chunk = os.read(fd, min(size, CHUNK_BYTES))
            if not chunk:
                return
            size -= len(chunk)
            yield chunk
    finally:
        os.close(fd)


def kind_of(info):
    """Names what a status is of; None for what cannot be exported."""
    if stat.S_ISREG(info.st_mode):
        return FILE
    if stat.S_ISDIR(info.st_mode):
        return FOLDER
    return LINK if stat.S_ISLNK(info.st_mode) else None


def is_executable(info):
    return bool(info.st_mode & stat.S_IXUSR)


def equals_laid(was, kind, place, info):
    """Tells whether what is at a place is what was laid there."""
    if was[0] != kind:
        return False
    if kind == LINK:
        return os.readlink(place) == was[2]
    length, digest = was[2]
    if info.st_size != length or is_executable(info) != was[1]:
        return False
    total = sha256()
    for chunk in chunks_of(place, length):
        total.update(chunk)
        yield
    return total.digest() == digest


def _clocks():
    return time.clock_gettime_ns(time.CLOCK_REALTIME), time.clock_gettime_ns(time.CLOCK_MONOTONIC)


_began, _began_steady = _clocks()


class Tree:
    """
    What the image has in the workspace: of each path its kind, whether it is executable, its length with its digest, and the second that it is
    stamped with. No two files have the same second, and whoever touches a file changes the time of its change, which only the clock can set: what
    is older than this sandbox and has its own second is the file that was there, and need not be read.
    """

    def __init__(self, path):
        with open(path, "rb") as file:
            found = load_header(file.read())
        self.entries = {}
        self._second = {}
        for number, (path, kind, executable, size, digest) in enumerate(found["entries"]):
            below = os.fsencode(path)
            self.entries[below] = (kind, executable, (size, bytes.fromhex(digest)))
            self._second[below] = found["firstSecond"] + number
        self._older_ns = 0

    def look_at_clock(self):
        """Finds out whether the clock can be trusted: one that was put back would hide changes."""
        now, steady = _clocks()
        is_steady = now - steady >= _began - _began_steady - CLOCK_LAG_NS
        self._older_ns = _began - STAMP_LAG_NS if is_steady else 0

    def has_untouched(self, path, entry):
        """Tells that a file is as it was without reading it, wherever its status is enough for that."""
        was = self.entries.get(path)
        if was is None or was[0] != FILE:
            return False
        try:
            info = entry.stat(follow_symlinks=False)
        except OSError:
            return False
        if info.st_ctime_ns >= self._older_ns or not stat.S_ISREG(info.st_mode):
            return False
        same_second = info.st_mtime_ns == self._second[path] * 1_000_000_000
        return same_second and info.st_size == was[2][0] and is_executable(info) == was[1]

    def equals(self, path, place, info):
        """Tells whether a file is what it was, by reading it unless its size tells that it is not."""
        was = self.entries.get(path)
        if was is None or was[0] != FILE or not stat.S_ISREG(info.st_mode):
            return False
        return (yield from equals_laid(was, FILE, place, info))


_tree = None


def tree_of(root):
    """Returns what the image has in the workspace itself, or None."""
    global _tree
    path = next((each for each in TREE_LISTS if os.path.isfile(each)), None)
    if root != WORKSPACE or path is None:
        return None
    if _tree is None:
        _tree = Tree(path)
    _tree.look_at_clock()
    return _tree
