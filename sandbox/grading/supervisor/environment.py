"""The variables that tests and solution start with."""

import os

from supervisor.folders import JUDGE_HOME, JUDGE_TMP, SHARED_FILES, SHARED_TMP, SHIMS, SOLUTION_HOME, SOLUTION_TMP

CLIENT = "/opt/bench/grading/solution"
# Runs its arguments, for tests whose solution is no other user.
PLAIN_CLIENT = "/usr/bin/env"
PATH = "/usr/local/bin:/usr/bin:/bin"
FOR_ROOT = {"/usr/local/sbin", "/usr/sbin", "/sbin"}
# What the sandbox sets for the commands of an agent; every other variable of this process is one of the task's image.
OF_THE_SANDBOX = {"PATH", "HOME", "LANG", "PAGER", "MANPAGER", "LESS", "PIP_PROGRESS_BAR", "TQDM_DISABLE", "CI", "TERM", "HOSTNAME", "PWD", "OLDPWD",
                  "SHLVL", "_"}


class Environment:
    """
    Variables of the image, such as its PATH, and ours over them. Made before anything of the solution has run, and nothing of it is in them: a variable could
    load code into the tests.
    """

    def __init__(self, workspace, tests_root, isolated):
        self.workspace = workspace
        self.tests_root = tests_root
        self.isolated = isolated
        self.of_the_image = {name: value for name, value in os.environ.items() if name not in OF_THE_SANDBOX}
        self.path = trusted_path(os.environ.get("PATH", PATH), workspace)

    def of_judge(self, variables, shared_tmp):
        """
        Returns the environment of a judge.

        A judge that opens its temporary files to the solution one by one, as they cross the boundary, has a temporary folder that both can use.
        """
        judge_tmp = SHARED_TMP if shared_tmp else JUDGE_TMP
        home, temporary = (JUDGE_HOME, judge_tmp) if self.isolated else (SOLUTION_HOME, SOLUTION_TMP)
        usual = {**self.usual(home, temporary), **variables}
        if self.isolated:
            usual["PATH"] = f"{SHIMS}:{usual['PATH']}"
        client = CLIENT if self.isolated else PLAIN_CLIENT
        return {**usual, "SOLUTION": client, "SHARED": SHARED_FILES, "WORKSPACE": self.workspace, "TESTS": self.tests_root}

    def of_solution(self):
        """Returns the environment of a solution that a boundary connects with its tests."""
        return {**self.usual(SOLUTION_HOME, SOLUTION_TMP), "SHARED": SHARED_FILES, "WORKSPACE": self.workspace}

    def usual(self, home, temporary):
        return {"TZ": "UTC", **self.of_the_image, "PATH": self.path, "HOME": home, "TMPDIR": temporary, "LANG": "C.UTF-8", "CI": "1"}


def trusted_path(path, workspace):
    """Returns a PATH without the folders for root, and without those that a solution can fill: a program of its own would be taken for one of the image's."""
    folders = [os.path.normpath(folder) for folder in path.split(":") if folder.startswith("/")]
    kept = [folder for folder in folders if folder not in FOR_ROOT and not (folder + "/").startswith((workspace + "/", "/tmp/", "/dev/", "/proc/"))]
    return ":".join(kept) or PATH
