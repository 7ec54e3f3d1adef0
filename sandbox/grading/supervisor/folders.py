"""The folders of a grading sandbox: makes them, lays the hidden tests, and reads report files."""

import os
import stat

from supervisor.users import GRADER, SOLUTION

WORKSPACE = "/workspace"
# Nobody but the tests' user may enter it.
PRIVATE = "/tmp/grading"
JUDGE_HOME = PRIVATE + "/home"
# Where scripts put temporary files: what they expect may be among them.
JUDGE_TMP = PRIVATE + "/tmp"
SHIMS = PRIVATE + "/shims"
SOCKET = PRIVATE + "/solution.sock"
# Only the tests may add to it or rename what is in it.
SHARED = "/tmp/shared"
SHARED_FILES = SHARED + "/files"
SHARED_TMP = SHARED + "/tmp"
# Copies of test data that the tests lend to the solution, which can read them and write nothing there.
LENT = SHARED + "/tests"
SOLUTION_HOME = "/tmp/solution/home"
SOLUTION_TMP = "/tmp/solution/tmp"
READ_BYTES = 1 << 20
CLIENT = "/opt/bench/grading/solution"
# Interpreters, which run a program of the workspace as the solution.
SHIM_NAMES = ("python3", "python", "node", "bash", "sh")
# The solution may use what a script makes with mktemp in a folder that both share, as it could if it were the same user.
MKTEMP = b"""#!/bin/sh
made=$(/usr/bin/mktemp "$@") || exit
[ ! -e "$made" ] || chmod g+rwX "$made"
printf '%s\\n' "$made"
"""


def make_folders(users, isolated):
    """Makes the folders that all programs of the sandbox use, and gives the workspace to the solution alone."""
    if users.two:
        # An engine may have given both the rights that they have in the image.
        os.chmod("/tmp", 0o1777)
    with users.acting_as(SOLUTION):
        os.chmod(WORKSPACE, 0o700)
    tests_user = GRADER if isolated else SOLUTION
    with users.acting_as(tests_user):
        make_folder(SHARED, 0o755)
        for folder in (SHARED_FILES, SHARED_TMP):
            make_folder(folder, 0o775)
        if isolated:
            make_folder(LENT, 0o755)
            make_folder(PRIVATE, 0o700)
            for folder in (JUDGE_HOME, JUDGE_TMP, SHIMS):
                make_folder(folder, 0o700)
            for name in SHIM_NAMES:
                os.symlink(CLIENT, f"{SHIMS}/{name}")
            lay_files(SHIMS, [("mktemp", MKTEMP, True)], private=True)
    with users.acting_as(SOLUTION):
        for folder in ("/tmp/solution", SOLUTION_HOME, SOLUTION_TMP):
            make_folder(folder, 0o755)


def make_folder(path, mode):
    os.mkdir(path)
    os.chmod(path, mode)


def lay_files(root, files, private):
    """
    Writes files below a folder, with the rights this process has now. What is in the way is removed. Private ones are for their owner alone: gVisor opens what
    another user's process has open as if it were any file.

    Each file is a path, its content, and whether it is executable. Runs while no other process does, so nothing changes below its hands.
    """
    os.makedirs(root, exist_ok=True)
    for path, content, executable in files:
        *folders, name = path.split("/")
        place = root
        for folder in folders:
            place = os.path.join(place, folder)
            if os.path.islink(place) or not os.path.isdir(place):
                remove(place)
                os.mkdir(place)
        place = os.path.join(place, name)
        remove(place)
        descriptor = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        with open(descriptor, "wb") as file:
            file.write(content)
        os.chmod(place, (0o755 if executable else 0o644) & (0o700 if private else 0o777))


def remove(path):
    """Removes whatever is at a path."""
    try:
        kind = os.lstat(path).st_mode
    except FileNotFoundError:
        return
    if not stat.S_ISDIR(kind):
        os.unlink(path)
        return
    os.chmod(path, 0o700)
    for name in os.listdir(path):
        remove(os.path.join(path, name))
    os.rmdir(path)


def read_reports(paths, base, most_bytes):
    """
    Reads report files with the rights this process has now: pairs of path and content.

    A path that names a folder stands for the plain files in it. Links are not followed, anything but a plain file is left out, and so is what exceeds
    `most_bytes` in all.
    """
    found = []
    for path in paths:
        place = os.path.join(base, path)
        for each in [place] if not is_folder(place) else sorted(os.path.join(place, name) for name in os.listdir(place)):
            content = read_plain(each, most_bytes)
            if content is not None:
                most_bytes -= len(content)
                found.append((each, content))
    return found


def is_folder(path):
    try:
        return stat.S_ISDIR(os.lstat(path).st_mode)
    except OSError:
        return False


def read_plain(path, most_bytes):
    """Reads a plain file of at most so many bytes; None for anything else, without waiting for it."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        info = os.fstat(descriptor)
        if not stat.S_ISREG(info.st_mode) or info.st_size > most_bytes:
            return None
        content = b""
        while len(content) <= most_bytes:
            piece = os.read(descriptor, READ_BYTES)
            if not piece:
                return content
            content += piece
        return None
    except OSError:
        return None
    finally:
        os.close(descriptor)
