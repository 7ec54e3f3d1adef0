"""
Lends files of the tests to the solution when a test names them to a program that it starts, as both could use them if they were one user.

All of this happens with the rights of the tests' user. A file or folder in the temporary folder that both can reach is opened to the solution. One in the
tests' own temporary folder is moved to where both can reach it, and a link stays in its place, if its name is one that was drawn by lot: no solution can
have made it up. What a test does not name stays closed.
"""

import os
import re
import stat

from supervisor.folders import JUDGE_TMP, SHARED_FILES, SHARED_TMP

FOLDERS = tuple(each + "/" for each in (JUDGE_TMP, SHARED_TMP, SHARED_FILES))
PLACES = re.compile("(?:" + "|".join(map(re.escape, FOLDERS)) + r")[^\0\s\"'`$\\:;,|&<>()*?\[\]{}]+")
# Variables that name folders which each side has for itself, or its own programs.
OWN_VARIABLES = frozenset(("HOME", "TMPDIR", "PWD", "OLDPWD", "TESTS", "SHARED", "WORKSPACE", "PATH", "PYTHONPATH", "SOLUTION", "BENCH_PLAN",
                            "BENCH_EVENTS", "_"))
# A name as mktemp and Python's tempfile make them.
DRAWN = re.compile(r"tmp\.?\w{8,}\Z")
MAX_LENT = 2000
FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC


def lend(cwd, argv, env):
    """Returns a working folder, arguments and variables in which every file of the tests is named as the solution can reach it."""
    cwd = place_of(cwd) if below(cwd, JUDGE_TMP) or below(cwd, SHARED_TMP) else cwd
    return cwd, [named(each) for each in argv], {name: value if name in OWN_VARIABLES else named(value) for name, value in env.items()}


def named(text):
    if text.startswith(FOLDERS) and os.path.isdir(os.path.dirname(text)):
        return place_of(text)
    return PLACES.sub(lambda found: place_of(found.group()), text) if any(each in text for each in FOLDERS) else text


def place_of(path):
    """Lends what a path names, and returns where the solution finds it; a path that cannot be lent stays as it is."""
    try:
        path = os.path.normpath(path)
        if below(path, JUDGE_TMP):
            path = moved(path)
        for shared in (SHARED_TMP, SHARED_FILES):
            if below(path, shared):
                open_below(path, shared)
    except OSError:
        pass
    return path


def below(path, folder):
    return path.startswith(folder + "/")


def moved(path):
    """
    Moves a file or folder that only the tests reach to the shared folder, with a link in its place; what does not exist yet will be made there. A path through
    such a link is one in the shared folder already.
    """
    place, names = JUDGE_TMP, os.path.relpath(path, JUDGE_TMP).split("/")
    if not DRAWN.match(names[0]):
        return path
    for at, name in enumerate(names, 1):
        place = f"{place}/{name}"
        if os.path.islink(place):
            # Only the tests can make links here; what lies behind this one is in the solution's reach, so that no link there is followed.
            target = os.readlink(place)
            return "/".join((target, *names[at:])) if below(target, SHARED_TMP) else path
    outer = f"{SHARED_TMP}/{os.urandom(12).hex()}"
    os.mkdir(outer, 0o770)
    target = f"{outer}/{names[-1]}"
    if os.path.lexists(path):
        os.rename(path, target)
    os.symlink(target, path)
    return target


# The solution may rename what lies in a folder that both can write to, and put links there at any moment. So every name is looked up in an open folder, no
# link is followed, and rights are changed on what was opened.
def open_below(path, shared):
    """Gives the group of both users access to a path below a folder that both can reach, to the folders above it and to all below it."""
    *folders, last = os.path.relpath(path, shared).split("/")
    place = os.open(shared, FOLDER)
    try:
        for name in folders:
            outer, place = place, os.open(name, FOLDER, dir_fd=place)
            os.close(outer)
            permit(place)
        permit_all(place, last, MAX_LENT)
    finally:
        os.close(place)


def permit_all(folder, name, most):
    try:
        descriptor = os.open(name, FILE, dir_fd=folder)
    except OSError:
        return most - 1
    try:
        permit(descriptor)
        for each in os.listdir(descriptor) if stat.S_ISDIR(os.fstat(descriptor).st_mode) else ():
            most = permit_all(descriptor, each, most) if most > 0 else 0
    finally:
        os.close(descriptor)
    return most - 1


def permit(descriptor):
    found = os.fstat(descriptor)
    if found.st_uid != os.geteuid() or not (stat.S_ISDIR(found.st_mode) or stat.S_ISREG(found.st_mode)):
        return
    # As one user would have them: a folder that a test made read-only stays so.
    wanted = (found.st_mode & 0o700) >> 3
    if found.st_mode & wanted != wanted:
        os.fchmod(descriptor, stat.S_IMODE(found.st_mode) | wanted)
