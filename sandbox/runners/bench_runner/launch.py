"""Starts the process that runs the tests, and with a boundary the one that runs the solution."""

import os
import sys

from bench_runner import minimal_json

HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
PYTHON = sys.executable
NODE = "/usr/local/bin/node"
NODE_FLAGS = ("--experimental-transform-types", "--disable-warning=ExperimentalWarning")
LOADERS = {"x86_64": "/lib64/ld-linux-x86-64.so.2", "aarch64": "/lib/ld-linux-aarch64.so.1"}
CODE = (".py", ".js", ".mjs", ".cjs", ".ts", ".mts", ".cts")


def worker_command(plan):
    """Returns the command that runs the tests, by absolute path."""
    if plan["runner"] == "pytest":
        return [PYTHON, "-P", "-s", os.path.join(HERE, "run_pytest.py")]
    if plan["runner"] != "node":
        raise ValueError(f"there is no program for the runner {plan['runner']!r}")
    node = [*unreadable_start(), NODE] if has_boundary(plan) else [NODE]
    return [*node, *NODE_FLAGS, os.path.join(HERE, "run_node.mjs")]


def has_boundary(plan):
    return plan.get("boundary") == "process" and plan["runner"] in ("pytest", "node")


def unreadable_start():
    """
    Returns a prefix that starts a program so that other processes of the same user cannot read its memory.

    Linux makes a process unreadable when its user may not read its program file. The file started here is a copy of the dynamic loader that may only be
    executed, and the loader is passed the program to run. gVisor does not start unreadable files, so there the prefix is empty.
    """
    source = LOADERS.get(os.uname().machine)
    if source is None or not os.path.exists(source):
        return []
    folder = new_folder("start")
    path = os.path.join(folder, "ld.so")
    with open(source, "rb") as original, open(path, "xb") as copy:
        copy.write(original.read())
    os.chmod(path, 0o111)
    import subprocess

    try:
        subprocess.run([path, "--version"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    except PermissionError:
        return []
    return [path]


def environment(home, temporary):
    """Returns the environment of a runner. Nothing is inherited, since a variable could load code into it."""
    return {
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "HOME": home,
        "TMPDIR": temporary,
        "LANG": "C.UTF-8",
        "TZ": "UTC",
        "CI": "1",
        "PYTHONHASHSEED": "0",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
    }


def new_folder(name):
    path = f"/tmp/{name}-{os.urandom(8).hex()}"
    os.mkdir(path, 0o700)
    return path


class Fork:
    """Runs the exit-status runner in a fork of this process: it loads no code of the workspace, so it needs no interpreter of its own."""

    def __init__(self, workspace, variables, own, others):
        self.status = None
        self.pid = os.fork()
        if self.pid == 0:
            self.become_runner(workspace, variables, own, others)

    def become_runner(self, workspace, variables, own, others):
        """Never returns."""
        status = 1
        try:
            os.setsid()
            os.chdir(workspace)
            os.environ.clear()
            os.environ.update(variables)
            os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
            for descriptor in others:
                os.close(descriptor)
            sys.argv[1:] = [str(descriptor) for descriptor in own]
            import run_exit_status

            status = run_exit_status.main()
        except BaseException:
            import traceback

            traceback.print_exc()
        finally:
            os._exit(status)

    def poll(self):
        """Returns the exit status once it has ended, negative for a signal; None before."""
        if self.status is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid != 0:
                self.status = os.waitstatus_to_exitcode(status)
        return self.status


class Launch:
    """The processes of one run: the tests, and the solution once the tests have hidden what it must not see."""

    def __init__(self, plan, secret):
        self.plan = plan
        self.home = new_folder("home")
        self.temporary = new_folder("shared") if has_boundary(plan) else "/tmp"
        self.solution_ends = ()
        test_ends, pipes = (), None
        if has_boundary(plan):
            ask_read, ask_write = os.pipe()
            answer_read, answer_write = os.pipe()
            to_tests, to_solution = os.pipe(), os.pipe()
            test_ends = (answer_read, ask_write, to_tests[0], to_solution[1])
            self.solution_ends = (ask_read, answer_write, to_solution[0], to_tests[1])
            pipes = dict(zip(("in", "out", "hear", "ring"), test_ends))
        plan_read, plan_write = os.pipe()
        self.events, event_write = os.pipe()
        if plan["runner"] == "exit-status":
            self.worker = Fork(plan["workspace"], environment(self.home, self.temporary), (plan_read, event_write), (plan_write, self.events))
        else:
            self.worker = self.start([*worker_command(plan), str(plan_read), str(event_write)], (plan_read, event_write, *test_ends))
        for descriptor in (plan_read, event_write, *test_ends):
            os.close(descriptor)
        private = {key: value for key, value in plan.items() if key != "report"}
        send_plan(plan_write, minimal_json.dumps({**private, "secret": secret, "pipes": pipes}))

    def start(self, command, descriptors):
        import subprocess  # costs milliseconds, and not every runner needs it

        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            cwd=self.plan["workspace"],
            env=environment(self.home, self.temporary),
            pass_fds=descriptors,
            start_new_session=True,
        )

    def start_solution(self):
        """Starts the solution's process once; it knows the workspace and nothing about the tests."""
        if not self.solution_ends:
            return
        own = ",".join(self.plan["ownModules"])
        if self.plan["runner"] == "pytest":
            program = [PYTHON, "-P", "-s", os.path.join(HERE, "subject_python.py")]
        else:
            program = [NODE, *NODE_FLAGS, os.path.join(HERE, "subject_node.mjs")]
        protected = f"{self.worker.pid},{os.getpid()}"
        shared = self.temporary if has_data(self.plan) else ""
        ends = [str(each) for each in self.solution_ends]
        confine = [PYTHON, "-I", os.path.join(HERE, "confine.py"), protected, shared]
        self.start([*confine, *program, *ends, self.plan["workspace"], own], self.solution_ends)
        self.close()

    def close(self):
        for descriptor in self.solution_ends:
            os.close(descriptor)
        self.solution_ends = ()


def has_data(plan):
    """Tells whether the tests have data files on the disk; code is read into memory before the solution starts."""
    if plan["testsRoot"] == plan["workspace"]:
        return False
    return any(not name.endswith(CODE) for _, _, names in os.walk(plan["testsRoot"]) for name in names)


def send_plan(descriptor, data):
    """Sends the worker its plan; a worker that died before reading it is not a failure of the harness."""
    try:
        while data:
            data = data[os.write(descriptor, data):]
    except BrokenPipeError:
        pass
    finally:
        os.close(descriptor)
