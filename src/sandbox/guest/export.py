"""Exports files from the sandbox, and computes a checksum of a folder."""
import os
import stat

from confine import Refusal, inside, root_of
from file import CHUNK_BYTES, open_plain
from transport import sha256

MAX_REFUSED = 100
MAX_WHOLE_BYTES = 4 << 30


def walk(root, descend):
    """Yields every entry below `root` as (path, entry), in order and without following links, and enters the folders for which `descend(path)` is true."""
    stack = [_entries(root, b"")]
    while stack:
        entries = stack[-1]
        if not entries:
            stack.pop()
            continue
        below, entry = entries.pop()
        yield below, entry
        if _is_folder(entry) and descend(below):
            stack.append(_entries(entry.path, below + b"/"))


def _entries(folder, prefix):
    try:
        with os.scandir(folder) as entries:
            found = [(prefix + entry.name, entry) for entry in entries]
    except OSError:
        return []
    found.sort(key=lambda item: item[0], reverse=True)
    return found


def _is_folder(entry):
    try:
        return entry.is_dir(follow_symlinks=False)
    except OSError:
        return False


def _matcher(expressions):
    """Returns a function that tells whether one of the expressions matches a whole path; choices of plain names need no module re, which takes milliseconds."""
    names = [_plain_name(choice) for expression in expressions for choice in expression.split("|")]
    if None not in names:
        return frozenset(names).__contains__
    import re

    matchers = [re.compile(expression).fullmatch for expression in expressions]
    if len(matchers) == 1:
        return matchers[0]
    return lambda path: any(match(path) for match in matchers)


def _plain_name(choice):
    """Returns the one name that `(?:name)` matches, or None where it is not a plain name."""
    if not (choice.startswith("(?:") and choice.endswith(")")):
        return None
    name = []
    letters = iter(choice[3:-1])
    for letter in letters:
        if letter == "\\":
            letter = next(letters, "")
            if letter.isalnum() or not letter:
                return None
        elif letter in "^$.|?*+()[]{}":
            return None
        name.append(letter)
    return "".join(name)


class Export:
    """Exports the plain files that the rules allow, up to the limits on their number and size."""

    def __init__(self, header):
        self.root = os.fsencode(root_of(header["root"]))
        self.include = _matcher(header["include"])
        self.exclude = _matcher(header["exclude"])
        self.prune = _matcher(header["prune"])
        self.files_left = header["maxFiles"]
        self.bytes_left = header["maxBytes"]
        self.refused = []
        self.refused_more = 0

    def parts(self):
        for below, entry in walk(self.root, self._descends):
            yield
            path = _text(below)
            if path is None:
                self._refuse(below, "its name is not valid UTF-8")
                continue
            found = self._wanted(path, entry)
            if found is None:
                continue
            if self.files_left == 0:
                self._refuse(below, "there are more files than the limit allows; this one and those after it are left out")
                break
            yield from self._file(below, path, found)
        if self.refused_more:
            self.refused.append({"path": ".", "reason": "%d more were refused" % self.refused_more})
        return {"refused": self.refused}

    def _descends(self, below):
        path = _text(below)
        return path is not None and not self.prune(path)

    def _wanted(self, path, entry):
        """Returns the plain file to take for an entry, or None."""
        if self.exclude(path):
            return None
        try:
            info = entry.stat(follow_symlinks=False)
            if stat.S_ISDIR(info.st_mode):
                return None
            if stat.S_ISLNK(info.st_mode):
                return self._linked(path, entry)
            if not self.include(path):
                return None
            if stat.S_ISREG(info.st_mode):
                return entry.path
            self._refuse(path, "it is not a plain file")
        except OSError as error:
            self._refuse(path, "its status cannot be read: %s" % error.strerror)
        return None

    def _linked(self, path, entry):
        target = os.path.realpath(entry.path)
        try:
            info = os.lstat(target)
        except OSError:
            info = None
        is_folder = info is not None and stat.S_ISDIR(info.st_mode)
        if not is_folder and not self.include(path):
            return None
        if not inside(os.fsdecode(self.root), os.fsdecode(target)):
            self._refuse(path, "it is a link that leads out")
        elif info is None:
            self._refuse(path, "it is a link to nothing")
        elif is_folder:
            self._refuse(path, "it is a link to a directory")
        elif not stat.S_ISREG(info.st_mode):
            self._refuse(path, "it is a link to something that is not a plain file")
        else:
            return target
        return None

    def _file(self, below, path, found):
        try:
            fd, info = open_plain(found)
        except Refusal as refusal:
            self._refuse(below, refusal.answer.get("message", "it is not a plain file"))
            return
        try:
            if info.st_size > self.bytes_left:
                self._refuse(below, "its %d bytes exceed what is left of the size limit" % info.st_size)
                return
            self.files_left -= 1
            left = info.st_size
            yield {"file": path, "executable": bool(info.st_mode & stat.S_IXUSR)}, b""
            # Of a file that grows meanwhile, only the length it had is read.
            while left > 0:
                chunk = os.read(fd, min(left, CHUNK_BYTES))
                if not chunk:
                    break
                left -= len(chunk)
                self.bytes_left -= len(chunk)
                yield {}, chunk
        finally:
            os.close(fd)

    def _refuse(self, path, reason):
        if len(self.refused) >= MAX_REFUSED:
            self.refused_more += 1
            return
        name = path.decode("utf-8", "replace") if isinstance(path, bytes) else path
        self.refused.append({"path": name, "reason": reason})


def export(header, payload):
    return (yield from Export(header).parts())


def _text(name):
    try:
        return name.decode()
    except UnicodeDecodeError:
        return None


def fingerprint(header, payload):
    root = os.fsencode(root_of(header["root"]))
    total = sha256()
    for below, entry in walk(root, lambda _: True):
        try:
            info = entry.stat(follow_symlinks=False)
        except OSError:
            continue
        total.update(b"%d %s\0%o\0%d\0" % (len(below), below, info.st_mode, info.st_size if stat.S_ISREG(info.st_mode) else 0))
        if stat.S_ISLNK(info.st_mode):
            total.update(os.readlink(entry.path) + b"\0")
        elif stat.S_ISREG(info.st_mode):
            yield from _sum_file(entry.path, total)
        yield
    return {"sha256": total.hexdigest()}


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
