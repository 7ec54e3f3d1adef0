"""
Lends files of the tests to the solution when a test names them to a program that it starts, as both could use them if they were one user.

All of this happens with the rights of the tests' user. A file or folder in the temporary folder that both can reach is opened to the solution. One in the
tests' own temporary folder is moved to where both can reach it, and a link stays in its place, if its name is one that was drawn by lot: no solution can
have made it up. What a test does not name stays closed.
"""

import os
import re

from python.bench_boundary.opened import FOLDER, open_below

from supervisor.folders import JUDGE_TMP, SHARED_FILES, SHARED_TMP

FOLDERS = tuple(each + "/" for each in (JUDGE_TMP, SHARED_TMP, SHARED_FILES))
PLACES = re.compile("(?:" + "|".join(map(re.escape, FOLDERS)) + r")[^\0\s\"'`$\\:;,|&<>()*?\[\]{}]+")
# Variables that name folders which each side has for itself, or its own programs.
OWN_VARIABLES = frozenset(("HOME", "TMPDIR", "PWD", "OLDPWD", "TESTS", "SHARED", "WORKSPACE", "PATH", "PYTHONPATH", "SOLUTION", "BENCH_PLAN",
                            "BENCH_EVENTS", "_"))
# A name as mktemp and Python's tempfile make them.
DRAWN = re.compile(r"tmp\.?\w{8,}\Z")


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
                open_below(os.open(shared, FOLDER), os.path.relpath(path, shared))
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
