"""
Limits on resources that the tests set before they start the solution, such as by `ulimit`: it has them as a child of theirs would.

A program of the solution is a child of the supervisor, which has none of them.
"""

# The names that /proc gives limits which belong to one process, and those of the module resource.
NAMES = {
    "Max cpu time": "RLIMIT_CPU",
    "Max file size": "RLIMIT_FSIZE",
    "Max data size": "RLIMIT_DATA",
    "Max stack size": "RLIMIT_STACK",
    "Max core file size": "RLIMIT_CORE",
    "Max open files": "RLIMIT_NOFILE",
    "Max address space": "RLIMIT_AS",
}
NAME_WIDTH = 25


class Limits:
    """The limits of this process, and what others have changed of them."""

    def __init__(self):
        self.own = limits_of("self")

    def changed_by(self, pid):
        """Returns the names of limits that a process has other than this one, each with its soft and hard limit as text."""
        return {name: pair for name, pair in limits_of(pid).items() if name in NAMES and pair != self.own.get(name)}


def limits_of(pid):
    """Returns the limits of a process by name; none where they cannot be read."""
    try:
        with open(f"/proc/{pid}/limits", encoding="ascii") as file:
            lines = file.readlines()[1:]
    except (OSError, ValueError):
        return {}
    return {line[:NAME_WIDTH].rstrip(): line[NAME_WIDTH:].split()[:2] for line in lines}


def set_limits(changed):
    """Sets limits of this process, a child that is about to start a program; one that may not be set stays as it is."""
    if not changed:
        return
    import resource  # most programs are started without any

    for name, pair in changed.items():
        try:
            soft, hard = (resource.RLIM_INFINITY if text == "unlimited" else int(text) for text in pair)
            resource.setrlimit(getattr(resource, NAMES[name]), (soft, hard))
        except (OSError, ValueError):
            continue
