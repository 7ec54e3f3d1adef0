"""Computes a checksum of a folder."""
import os
import stat

from confine import Refusal, root_of
from file import CHUNK_BYTES, open_plain
from transport import sha256
from tree import UNTOUCHED_A_STEP, tree_of
from walk import walk

MAX_WHOLE_BYTES = 4 << 30
# Stands for the bytes and the mode of a file that is as it was laid.
AS_LAID = b"%d %s\0as laid\0"
LAID_MODES = (0o644, 0o755)


def fingerprint(header, payload):
    root = root_of(header["root"])
    tree = tree_of(root)
    total = sha256()
    for number, (below, entry) in enumerate(walk(os.fsencode(root), lambda _: True)):
        if tree is not None and tree.has_untouched(below, entry):
            total.update(AS_LAID % (len(below), below))
            if number % UNTOUCHED_A_STEP == 0:
                yield
            continue
        try:
            info = entry.stat(follow_symlinks=False)
        except OSError:
            continue
        # One that was touched and is as it was has the same sum as an untouched one.
        if tree is not None and stat.S_IMODE(info.st_mode) in LAID_MODES and (yield from _is_as_laid(tree, below, entry, info)):
            total.update(AS_LAID % (len(below), below))
            continue
        total.update(b"%d %s\0%o\0%d\0" % (len(below), below, info.st_mode, info.st_size if stat.S_ISREG(info.st_mode) else 0))
        if stat.S_ISLNK(info.st_mode):
            total.update(os.readlink(entry.path) + b"\0")
        elif stat.S_ISREG(info.st_mode):
            yield from _sum_file(entry.path, total)
        yield
    return {"sha256": total.hexdigest()}


def _is_as_laid(tree, below, entry, info):
    try:
        return (yield from tree.equals(below, entry.path, info))
    except (OSError, Refusal):
        return False


def _sum_file(path, total):
    try:
        fd, info = open_plain(path)
    except Refusal:
        total.update(b"unreadable")
        return
    try:
        # Holes of a sparse file are skipped: a sparse file of a terabyte is free to make.
        # Not every kernel reports holes, but a file larger than any workspace must be sparse.
        sparse = info.st_blocks * 512 < info.st_size or info.st_size > MAX_WHOLE_BYTES
        position = 0
        while position < info.st_size:
            end = info.st_size
            if sparse:
                position, end = _extent(fd, position, end)
                total.update(b"%d-%d\0" % (position, end))
            while position < end:
                chunk = os.pread(fd, min(CHUNK_BYTES, end - position), position)
                if not chunk:
                    return
                total.update(chunk)
                position += len(chunk)
                yield
    finally:
        os.close(fd)


def _extent(fd, position, size):
    try:
        start = os.lseek(fd, position, os.SEEK_DATA)
        return start, os.lseek(fd, start, os.SEEK_HOLE)
    except OSError:
        return size, size
