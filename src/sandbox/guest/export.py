"""Exports from the sandbox what has changed in a folder."""
import os
import stat

from confine import Refusal, inside, root_of
from file import CHUNK_BYTES, open_plain
from pristine import Before
from tree import ABSENT, FILE, FOLDER, LINK, UNTOUCHED_A_STEP, is_executable, kind_of
from walk import HeldNames, Refusals, has_entries, matcher, text_of, walk

MAX_NEW = 50_000
MAX_UNNAMED = 20
MAX_REMOVED = 20_000
MAX_REMOVED_BYTES = 4 << 20


class Export:
    """
    Exports what differs from what the host laid and the image has: plain files, links that stay inside and empty folders that the rules allow, up to the limits
    on their number and size, and the paths of what was deleted.

    What the host laid itself comes first, so that a flood of new files does not push out an edited one.
    """

    def __init__(self, header):
        self.root = root_of(header["root"])
        self.include = matcher(header["include"])
        self.exclude = matcher(header["exclude"])
        self.prune = matcher(header["prune"])
        self.max_files = header["maxFiles"]
        self.files_left = header["maxFiles"]
        self.bytes_left = header["maxBytes"]
        self.before = Before(self.root)
        self.seen = set()
        self.new = []
        self.first_over = None
        self.over_count = 0
        self.unnamed = []
        self.held = HeldNames(header["held"], header["except"])
        self.refusals = Refusals()

    def parts(self):
        for number, (below, entry) in enumerate(walk(os.fsencode(self.root), self._descends, self._unreadable)):
            if self.before.is_untouched(below, entry):
                self.seen.add(below)
                if number % UNTOUCHED_A_STEP == 0:
                    yield
                continue
            yield
            path = text_of(below)
            if path is None:
                self.refusals.add(below, "its name is not valid UTF-8")
                continue
            yield from self._visit(below, path, entry)
        for below, path, found in self._in_turn():
            yield from self._take(below, path, found)
        if self.over_count:
            others = " and %d others are" % (self.over_count - 1) if self.over_count > 1 else " is"
            reason = "there are more files than the limit of %d allows; this one%s left out" % (self.max_files, others)
            self.refusals.add_first(self.first_over, reason)
        yield from self._removed()
        return {"unnamed": self.unnamed, "held": self.held.found, "refused": self.refusals.listed()}

    def _in_turn(self):
        """
        Returns what is new in order. When it is too much, top folders with few files come first, so that a flood in one of them leaves the others whole.
        """
        if len(self.new) <= self.files_left:
            return self.new
        counts = {}
        for below, _, _ in self.new:
            top = _top_of(below)
            counts[top] = counts.get(top, 0) + 1
        return sorted(self.new, key=lambda one: (counts[_top_of(one[0])], one[0]))

    def _leave_out(self, below):
        self.first_over = self.first_over or below
        self.over_count += 1

    def _name_none(self, path):
        if len(self.unnamed) < MAX_UNNAMED:
            self.unnamed.append(path)

    def _descends(self, below):
        path = text_of(below)
        return path is not None and not self.prune(path) and not self.held.is_known(path)

    def _unreadable(self, below, error):
        if isinstance(error, FileNotFoundError):
            return
        self.before.hide(below)
        self.refusals.add(below or b".", "the folder cannot be read (%s)" % os.strerror(error.errno).lower())

    def _allows(self, path):
        return self.include(path) and not self.exclude(path)

    def _visit(self, below, path, entry):
        """Exports what the host laid and the agent changed, and puts aside what is new."""
        try:
            info = entry.stat(follow_symlinks=False)
        except OSError as error:
            self.seen.add(below)
            self.refusals.add(path, "its status cannot be read (%s)" % error.strerror)
            return
        was = self.before.kind(below)
        kind = kind_of(info)
        if was is not None and (kind != FOLDER or was == FOLDER):
            self.seen.add(below)
        if kind == FOLDER and (was == FOLDER or has_entries(entry.path)):
            return
        held = self.held.top_of(path)
        if held is not None:
            if kind != FOLDER and self._allows(path) and not (was is not None and (yield from self.before.equals(below, entry.path, info))):
                self.held.report(held)
            return
        is_laid = self.before.is_laid(below)
        is_allowed = self._allows(path)
        if not is_allowed and (self.exclude(path) or (was is not None and not is_laid)):
            return
        if was is not None and (yield from self.before.equals(below, entry.path, info)):
            return
        if not is_allowed:
            self._skip(path, kind, entry)
            return
        found = self._found(path, kind, entry.path)
        if found is None:
            return
        if is_laid:
            yield from self._take(below, path, found)
        elif len(self.new) < MAX_NEW:
            self.new.append((below, path, found))
        else:
            self._leave_out(below)

    def _skip(self, path, kind, entry):
        if kind == LINK and os.path.isdir(entry.path):
            self.refusals.add(path, "it is a link to a directory, and `deliver` does not name the link itself")
        else:
            self._name_none(path)

    def _found(self, path, kind, place):
        """Returns what to export for an entry as its kind and where it is, or None for what is refused."""
        if kind is None:
            self.refusals.add(path, "it is not a plain file")
            return None
        if kind != LINK:
            return kind, place
        target = os.path.realpath(place)
        if not inside(self.root, os.fsdecode(target)):
            self.refusals.add(path, "it is a link that leads out")
            return None
        try:
            info = os.lstat(target)
        except OSError:
            return LINK, place
        if stat.S_ISDIR(info.st_mode):
            return LINK, place
        if not stat.S_ISREG(info.st_mode):
            self.refusals.add(path, "it is a link to something that is not a plain file")
            return None
        # A file that does not cross itself crosses as the content of the link.
        its_path = text_of(os.path.relpath(target, os.fsencode(self.root)))
        return (LINK, place) if its_path is not None and self._allows(its_path) else (FILE, target)

    def _take(self, below, path, found):
        kind, place = found
        if self.files_left == 0:
            self._leave_out(below)
            return
        if kind == FILE:
            yield from self._file(below, path, place)
            return
        target = b""
        if kind == LINK:
            try:
                target = os.readlink(place)
            except OSError as error:
                self.refusals.add(path, "its status cannot be read (%s)" % error.strerror)
                return
        if len(target) > self.bytes_left:
            self.refusals.add(path, "its %d bytes exceed what is left of the size limit" % len(target))
            return
        self.files_left -= 1
        self.bytes_left -= len(target)
        yield {"file": path, "kind": kind}, target

    def _file(self, below, path, found):
        try:
            fd, info = open_plain(found)
        except Refusal as refusal:
            self.refusals.add(below, refusal.answer.get("message", "it is not a plain file"))
            return
        try:
            if info.st_size > self.bytes_left:
                self.refusals.add_first(below, "its %d bytes exceed what is left of the size limit" % info.st_size)
                return
            self.files_left -= 1
            left = info.st_size
            yield {"file": path, "executable": is_executable(info)}, b""
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

    def _removed(self):
        """Exports the paths of what the host laid or the image has and is gone."""
        left, room = MAX_REMOVED, MAX_REMOVED_BYTES
        for number, below in enumerate(self.before.paths()):
            if below not in self.seen or number % UNTOUCHED_A_STEP == 0:
                yield
            path = None if below in self.seen else text_of(below)
            if path is None or self.before.is_hidden(below) or self._is_pruned(path):
                continue
            if not self._allows(path):
                if self.before.is_laid(below) and not self.exclude(path):
                    self._name_none(path)
                continue
            held = self.held.top_of(path)
            if held is not None:
                self.held.report(held)
                continue
            left, room = left - 1, room - len(below)
            if left < 0 or room < 0:
                self.refusals.add(path, "more files were deleted than can be listed; this one and those after it are kept")
                break
            yield {"file": path, "kind": ABSENT}, b""

    def _is_pruned(self, path):
        return any(self.prune(path[:end]) for end in range(len(path)) if path[end] == "/")


def _top_of(path):
    return path[: path.find(b"/") + 1]


def export(header, payload):
    return (yield from Export(header).parts())
