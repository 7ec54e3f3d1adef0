"""Links that the solution leaves where the tests look for its files, and that lead to what only the tests can read: a comparison through one would hold."""

import os

from supervisor.folders import PRIVATE, SHARED_FILES, SHARED_TMP
from supervisor.users import GRADER, SOLUTION

CLOSED = (PRIVATE, "/proc")
MAX_ENTRIES = 5_000


def remove_links(users):
    """Removes the solution's links from the shared folders that lead into the tests' own, or into /proc."""
    with users.acting_as(GRADER):
        found = list(links_into_tests(users.two))
    # With the rights of the solution, so that nothing is lost to a change of these names that it could not have removed itself.
    with users.acting_as(SOLUTION):
        for path in found:
            try:
                if os.path.islink(path):
                    os.unlink(path)
            except OSError:
                pass  # it is gone


def links_into_tests(two_users):
    pending, left = [SHARED_FILES, SHARED_TMP], MAX_ENTRIES
    while pending and left > 0:
        try:
            entries = list(os.scandir(pending.pop()))
        except OSError:
            continue
        left -= len(entries)
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                pending.append(entry.path)
            elif entry.is_symlink() and leads_to_tests(entry, two_users):
                yield entry.path


def leads_to_tests(entry, two_users):
    try:
        is_solutions = not two_users or entry.stat(follow_symlinks=False).st_uid == SOLUTION
    except OSError:
        return False
    target = os.path.realpath(entry.path)
    return is_solutions and any(target == each or target.startswith(f"{each}/") for each in CLOSED)
