"""Checks paths: which may be used, and why others may not."""
import errno
import os
import stat

MAX_SIBLINGS = 2000
MAX_SUGGESTIONS = 3


class Refusal(Exception):
    """Raised for a path that cannot be used, with the answer to send."""

    def __init__(self, kind, **fields):
        super().__init__(kind)
        self.answer = dict(fields, kind=kind)


def root_of(path):
    return os.path.realpath(path)


def inside(root, path):
    return path == root or path.startswith(root.rstrip("/") + "/")


def locate(root, path):
    """Returns where `path` leads once every link is followed; refuses what is not below `root`."""
    try:
        found = os.path.realpath(os.path.join(root, path))
    except ValueError:
        raise Refusal("denied", message="the path is not valid text") from None
    if not inside(root, found):
        raise Refusal("outside")
    return found


def relative(root, path):
    """Names a located path for the host."""
    return os.path.relpath(path, root).encode("utf-8", "replace").decode()


def status(root, path):
    """Returns the status of a located path; refuses when there is nothing."""
    try:
        return os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        raise Refusal("not-found", suggestions=_suggestions(root, path)) from None
    except OSError as error:
        raise denied(error) from error


def must_be_file(info):
    if stat.S_ISDIR(info.st_mode):
        raise Refusal("is-directory")
    if not stat.S_ISREG(info.st_mode):
        raise Refusal("special-file")


def denied(error):
    """Turns an error of the system into an answer."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return Refusal("denied", message="no space left: the disk of this machine is full")
    if error.errno in (errno.ENOTDIR, errno.EEXIST):
        return Refusal("not-a-directory")
    if error.errno == errno.EISDIR:
        return Refusal("is-directory")
    return Refusal("denied", message=os.strerror(error.errno or 0).lower())


def _suggestions(root, path):
    """Names siblings of the first part that is missing which look like it."""
    missing = path
    while not os.path.isdir(os.path.dirname(missing)):
        missing = os.path.dirname(missing)
    folder, name = os.path.split(missing)
    if not inside(root, folder):
        return []
    wanted = name.lower()
    siblings = []
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                siblings.append(entry.name)
                if len(siblings) >= MAX_SIBLINGS:
                    break
    except OSError:
        return []
    by_lower = {}
    for sibling in sorted(siblings, reverse=True):
        by_lower[sibling.lower()] = sibling
    import difflib  # takes milliseconds, and few reads miss

    close = difflib.get_close_matches(wanted, list(by_lower), MAX_SUGGESTIONS, 0.6)
    return [relative(root, os.path.join(folder, by_lower[match])) for match in close]
