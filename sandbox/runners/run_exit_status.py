"""Runs hidden programs over an untrusted workspace; the exit status of each is its result, 0 is a pass.

The programs are read once and written again before each run, and processes that a run leaves behind are killed, so that one
test cannot change the next. A shell script is wrapped so that the shell reads all of it before the first command.
Scripts that must fail run first and last.
"""

import os
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from bench_runner.channel import read_plan
from bench_runner.process import kill_descendants, protect_this_process

BASH = "/bin/bash"
CANARIES = ("exit {code}\n", "false\n", "set -e\n[ {code} = 0 ]\n", "kill -TERM $$\n", "cd / && test -e /{code}\n", "ls | grep -q {code}\n", "! true\n")


def read_tree(root):
    """Reads every file of the tests folder, with its mode."""
    tree = {}
    for folder, _, names in os.walk(root):
        for name in names:
            path = os.path.join(folder, name)
            with open(path, "rb") as file:
                tree[os.path.relpath(path, root)] = (file.read(), os.stat(path).st_mode & 0o777)
    return tree


def read_listed(root, files):
    """Reads only the listed files, for tests that lie among the files of the workspace."""
    tree = {}
    for name in files:
        path = os.path.join(root, name)
        with open(path, "rb") as file:
            tree[name] = (file.read(), os.stat(path).st_mode & 0o777)
    return tree


def lay_down(root, tree):
    for name, (content, mode) in tree.items():
        path = os.path.join(root, name)
        if os.path.islink(path) or os.path.isdir(path):
            remove(path)
        make_folder(root, os.path.dirname(name))
        if os.path.lexists(path):
            os.remove(path)
        with open(path, "xb") as file:
            file.write(content)
        os.chmod(path, mode)


def make_folder(root, relative):
    """Makes a folder and its parents; removes anything else in their place."""
    path = root
    for part in [step for step in relative.split("/") if step]:
        path = os.path.join(path, part)
        if os.path.islink(path) or (os.path.lexists(path) and not os.path.isdir(path)):
            os.remove(path)
        os.makedirs(path, exist_ok=True)


def remove(path):
    if os.path.isdir(path) and not os.path.islink(path):
        import shutil  # takes milliseconds, and few tests leave folders in the way

        shutil.rmtree(path)
    else:
        os.remove(path)


def is_shell(content):
    line = content.split(b"\n", 1)[0]
    return not line.startswith(b"#!") or line.split(b"/")[-1].split()[:2] in ([b"bash"], [b"sh"], [b"env", b"bash"], [b"env", b"sh"])


def prepared(name, content):
    """Returns the text to write and the command that runs it."""
    if is_shell(content):
        return b"{\n" + content + b"\n}; exit\n", [BASH, "--noprofile", "--norc"]
    line = content.split(b"\n", 1)[0][2:].decode("utf-8", "replace").strip()
    return content, line.split()


def run_one(path, command, plan):
    """Runs a program; returns its exit status and the seconds it took."""
    started = time.monotonic()
    try:
        pid = os.posix_spawn(
            command[0],
            [*command, path],
            {**os.environ, "TESTS": plan["testsRoot"], "WORKSPACE": plan["workspace"]},
            file_actions=[(os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0)],
            setsid=True,
        )
    except OSError as error:
        print(f"Cannot run {command[0]}: {error.strerror}", file=sys.stderr)
        return 127, 0.0
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    kill_descendants()
    return status, time.monotonic() - started


def describe(status):
    if status == 0:
        return None
    if status < 0:
        return f"ended by signal {-status}"
    return f"exit status {status}"


def canary_scripts(names):
    shuffled = sorted(names, key=lambda _: os.urandom(8))
    return [(name, CANARIES[index % len(CANARIES)].format(code=1 + os.urandom(1)[0] % 119).encode()) for index, name in enumerate(shuffled)]


def main():
    protect_this_process()
    plan, send = read_plan()
    root = plan["testsRoot"]
    tree = read_tree(root) if root != plan["workspace"] else read_listed(root, plan["files"])
    canaries = canary_scripts(plan["canaries"])
    half = (len(canaries) + 1) // 2
    programs = [*canaries[:half], *[(name, None) for name in plan["files"]], *canaries[half:]]
    failures = 0
    for name, script in programs:
        place, content, mode = (name, *tree[name]) if script is None else (f"{os.urandom(8).hex()}.sh", script, 0o644)
        text, command = prepared(place, content)
        lay_down(root, {**tree, place: (text, mode)})
        status, seconds = run_one(os.path.join(root, place), command, plan)
        if script is not None:
            os.remove(os.path.join(root, place))
        failures += status != 0
        send({
            "kind": "test",
            "name": name,
            "status": "passed" if status == 0 else "failed",
            "message": describe(status),
            "durationMs": seconds * 1000,
        })
    send({"kind": "end"})
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
