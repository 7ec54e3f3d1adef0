"""
Opens what the tests' user made in a folder that both users can reach to the solution's user.

The solution may rename what lies in such a folder, and put links there at any moment. So every name is looked up in an open folder, no link is followed, and
rights are changed on what was opened.
"""

import os
import stat

MAX_OPENED = 2000
FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC


def open_below(place, path):
    """Gives both users access to a path below `place`, an open folder that is closed then: to the path, the folders above it and all below it."""
    *folders, last = path.split("/")
    try:
        for name in folders:
            outer, place = place, os.open(name, FOLDER, dir_fd=place)
            os.close(outer)
            permit(place)
        permit_all(place, last, MAX_OPENED)
    finally:
        os.close(place)


def permit_all(folder, name, most):
    """Gives access to a file, or to a folder and all below it, at most so many in all; returns how many are left."""
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
    # As one user would have them: what a test made read-only stays so.
    wanted = (found.st_mode & 0o700) >> 3
    if found.st_mode & wanted != wanted:
        os.fchmod(descriptor, stat.S_IMODE(found.st_mode) | wanted)
