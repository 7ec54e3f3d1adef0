"""Walks a folder without following links, and matches paths with the rule of an export."""
import os

MAX_HELD = 100
MAX_REFUSED = 100
MAX_LIMITS = 10


def walk(root, descend, unreadable=lambda below, error: None):
    """
    Yields every entry below `root` as (path, entry), in order and without following links, and enters the folders for which `descend(path)` is true. Calls
    `unreadable` with the path and the error of a folder that cannot be read.
    """
    stack = [_entries(root, b"", unreadable)]
    while stack:
        entries = stack[-1]
        if not entries:
            stack.pop()
            continue
        below, entry = entries.pop()
        yield below, entry
        if _is_folder(entry) and descend(below):
            stack.append(_entries(entry.path, below + b"/", unreadable))


def _entries(folder, prefix, unreadable):
    try:
        with os.scandir(folder) as entries:
            found = [(prefix + entry.name, entry) for entry in entries]
    except OSError as error:
        unreadable(prefix[:-1], error)
        return []
    found.sort(key=lambda item: item[0], reverse=True)
    return found


def has_entries(folder):
    try:
        with os.scandir(folder) as entries:
            return next(entries, None) is not None
    except OSError:
        return True


def _is_folder(entry):
    try:
        return entry.is_dir(follow_symlinks=False)
    except OSError:
        return False


ANY = "[^/]*"


def matcher(expressions):
    """
    Returns a function that tells whether one of the expressions matches a whole path. Choices of plain names, with one star in each at most, need no
    module re: to load it and to compile dozens of choices takes more time than the rest of an export.
    """
    choices = [_plain_choice(choice) for expression in expressions for choice in expression.split("|")]
    if None in choices:
        import re

        matchers = [re.compile(expression).fullmatch for expression in expressions]
        if len(matchers) == 1:
            return matchers[0]
        return lambda path: any(match(path) for match in matchers)
    names = frozenset(choice[0] for choice in choices if len(choice) == 1)
    starred = [choice for choice in choices if len(choice) == 2]
    if not starred:
        return names.__contains__
    return lambda path: path in names or any(_fits(path, start, end) for start, end in starred)


def _fits(path, start, end):
    """Tells whether a path is the start, anything but a slash, and the end."""
    if not path.startswith(start):
        return False
    rest = path[len(start) :]
    return rest.endswith(end) and "/" not in rest[: len(rest) - len(end)]


def _plain_choice(choice):
    """Returns what `(?:name)` matches as a tuple of the name, or of what stands before and after its one star; None where there is more to it."""
    if not (choice.startswith("(?:") and choice.endswith(")")):
        return None
    parts = tuple(_plain_name(part) for part in choice[3:-1].split(ANY))
    return None if None in parts or len(parts) > 2 else parts


def _plain_name(text):
    """Returns the one name that an expression matches, or None where it is not a plain name."""
    name = []
    letters = iter(text)
    for letter in letters:
        if letter == "\\":
            letter = next(letters, "")
            if letter.isalnum() or not letter:
                return None
        elif letter in "^$.|?*+()[]{}":
            return None
        name.append(letter)
    return "".join(name)


class HeldNames:
    """Files and folders whose names, in small letters, keep them inside, and those of them that have changed: a folder stands for all below it."""

    def __init__(self, expressions, exceptions):
        self._holds = matcher(expressions)
        self._exceptions = frozenset(exceptions)
        self._by_name = {}
        self._known = set()
        self.found = []

    def top_of(self, path):
        """Returns the path, or the first folder above it, that is held back; None when it is not."""
        if path in self._exceptions:
            return None
        parts = path.split("/")
        for count, name in enumerate(parts, 1):
            if name not in self._by_name:
                self._by_name[name] = self._holds(name.lower())
            if self._by_name[name]:
                return "/".join(parts[:count])
        return None

    def is_known(self, path):
        return path in self._known

    def report(self, path):
        if path not in self._known and len(self.found) < MAX_HELD:
            self.found.append(path)
        self._known.add(path)


class Refusals:
    """What does not leave the sandbox, with the reasons, in a list of bounded length."""

    def __init__(self):
        self.limits = []
        self.first = []
        self.more = 0

    def add(self, path, reason):
        if len(self.first) >= MAX_REFUSED:
            self.more += 1
            return
        name = path.decode("utf-8", "replace") if isinstance(path, bytes) else path
        self.first.append({"path": name, "reason": reason})

    def add_first(self, path, reason):
        """Adds what a reader should know before the others, unless there is much of it already."""
        if len(self.limits) >= MAX_LIMITS:
            self.more += 1
            return
        self.limits.append({"path": path.decode("utf-8", "replace"), "reason": reason})

    def listed(self):
        return self.limits + self.first + ([{"path": ".", "reason": "%d more were refused" % self.more}] if self.more else [])


def text_of(name):
    try:
        return name.decode()
    except UnicodeDecodeError:
        return None
