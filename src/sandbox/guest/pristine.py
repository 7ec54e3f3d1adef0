"""Lays what a workspace starts from, files of the host over those of the image, and remembers it, so that an export can tell what has changed since."""
import errno
import os
import stat

from confine import Refusal, inside, root_of
from file import OPEN_FLAGS, write_all
from transport import sha256
from tree import ABSENT, FILE, FOLDER, LINK, WORKSPACE, chunks_of, equals_laid, is_executable, kind_of, tree_of

# What the image has below the workspace, which a folder in memory hides, is copied from here; the copy stays, to be compared with.
IMAGE_COPY = "/opt/bench/workspace"


class Laid:
    """What the host laid below one root: of each path its kind, whether it is executable, and its length with its digest, or where it leads to."""

    def __init__(self):
        self.entries = {}
        self._open = (None, None)

    def add(self, path, kind, executable, piece, offset):
        """Takes note of a piece of a file, or of all of something else."""
        if kind == ABSENT:
            self.entries.pop(path, None)
        elif kind != FILE:
            self.entries[path] = (kind, False, bytes(piece))
        else:
            total = self._open[1] if offset and self._open[0] == path else sha256()
            total.update(piece)
            self._open = (path, total)
            self.entries[path] = (FILE, executable, (offset + len(piece), total.digest()))


_roots = {}


def laid_below(root):
    """Returns what the host laid below a root."""
    return _roots.setdefault(root, Laid())


def image_copy_of(root):
    """Returns the folder that holds what the image has below a root, or None."""
    return IMAGE_COPY if root == WORKSPACE and os.path.isdir(IMAGE_COPY) else None


def lay_image():
    """Copies what the image has below the workspace into it, with links and modes; the copies belong to the agent."""
    if image_copy_of(WORKSPACE) is None:
        return
    import shutil  # takes milliseconds, and few images have a workspace

    shutil.copytree(IMAGE_COPY, WORKSPACE, symlinks=True, copy_function=_copy_file, dirs_exist_ok=True)


def _copy_file(source, target):
    import shutil

    shutil.copyfile(source, target, follow_symlinks=False)
    if not os.path.islink(target):
        os.chmod(target, 0o755 if is_executable(os.stat(source)) else 0o644)
    return target


def put(header, payload):
    """
    Lays pieces of files, links and empty folders below a root, which is made when missing. It is for set-up, so a failure is an error and not an
    answer, unless there is no room.
    """
    root = root_of(header["root"])
    os.makedirs(root, exist_ok=True)
    laid = laid_below(root)
    start = 0
    for path, length, executable, offset, kind in header["pieces"]:
        piece = payload[start : start + length]
        start += length
        folder = os.path.dirname(os.path.join(root, path))
        if kind != ABSENT:
            os.makedirs(folder, exist_ok=True)
        if not inside(root, os.path.realpath(folder)):
            raise PermissionError("%s leads out of %s" % (path, root))
        try:
            _lay(os.path.join(root, path), kind, (piece, executable, offset))
        except OSError as error:
            if error.errno in (errno.ENOSPC, errno.EDQUOT):
                return {"full": True}
            raise
        laid.add(os.fsencode(path), kind, executable, piece, offset)
        yield
    return {}


def _lay(target, kind, content):
    piece, executable, offset = content
    if kind == FOLDER:
        if not os.path.isdir(target) or os.path.islink(target):
            _clear(target)
            os.mkdir(target)
        return
    if offset == 0:
        _clear(target)
    if kind == LINK:
        os.symlink(piece, target)
    elif kind == FILE:
        beginning = os.O_EXCL if offset == 0 else os.O_APPEND
        fd = os.open(target, os.O_WRONLY | os.O_CREAT | beginning | OPEN_FLAGS, 0o644)
        try:
            write_all(fd, piece)
            os.fchmod(fd, 0o755 if executable else 0o644)
        finally:
            os.close(fd)


def _clear(target):
    """Removes what is at a path, a link itself and not what it leads to."""
    try:
        info = os.lstat(target)
    except (FileNotFoundError, NotADirectoryError):
        return
    if stat.S_ISDIR(info.st_mode):
        import shutil

        shutil.rmtree(target)
    else:
        os.unlink(target)


class Before:
    """What was below a root before anything ran: what the host laid, and elsewhere what the image has."""

    def __init__(self, root):
        self.tree = tree_of(root)
        # What was laid over a tree counts.
        self.laid = laid_below(root).entries if self.tree is None else {**self.tree.entries, **laid_below(root).entries}
        self._anew = laid_below(root).entries
        self.image = image_copy_of(root)
        self._hidden = []

    def is_laid(self, path):
        return path in self.laid

    def is_untouched(self, path, entry):
        """Tells that what is at a path is what was there, wherever that can be told by its status."""
        return self.tree is not None and path not in self._anew and self.tree.has_untouched(path, entry)

    def kind(self, path):
        """Names what was at a path, or None."""
        if path in self.laid:
            return self.laid[path][0]
        info = self._status_in_image(path)
        return None if info is None else kind_of(info)

    def _status_in_image(self, path):
        if self.image is None:
            return None
        try:
            return os.lstat(os.path.join(os.fsencode(self.image), path))
        except OSError:
            return None

    def equals(self, path, place, info):
        """Tells whether what is at a place now, with its status, is what was there before; one that cannot be read is not."""
        yield
        kind = kind_of(info)
        try:
            if path in self.laid:
                return (yield from equals_laid(self.laid[path], kind, place, info))
            return (yield from self._equals_image(path, kind, place, info))
        except (OSError, Refusal):
            return False

    def _equals_image(self, path, kind, place, info):
        original = os.path.join(os.fsencode(self.image), path)
        was = os.lstat(original)
        if kind_of(was) != kind:
            return False
        if kind == LINK:
            return os.readlink(place) == os.readlink(original)
        if was.st_size != info.st_size or is_executable(was) != is_executable(info):
            return False
        before, now = chunks_of(original, was.st_size), chunks_of(place, was.st_size)
        for one in before:
            if one != next(now, None):
                return False
            yield
        return True

    def paths(self):
        """Yields every path that there was, but for folders that were not empty."""
        yield from sorted(self.laid)
        if self.image is None:
            return
        for folder, folders, names in os.walk(os.fsencode(self.image)):
            links = [name for name in folders if os.path.islink(os.path.join(folder, name))]
            for name in sorted(names + links):
                path = os.path.relpath(os.path.join(folder, name), os.fsencode(self.image))
                if path not in self.laid:
                    yield path

    def hide(self, folder):
        """Takes note of a folder that cannot be read: what is below it may be there or not."""
        self._hidden.append(folder + b"/" if folder else b"")

    def is_hidden(self, path):
        return any(path.startswith(folder) for folder in self._hidden)
