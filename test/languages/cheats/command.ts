import type { CheatedTask } from "./cheat.ts";

const PYTEST_TEST =
  "from price import price\n\n\ndef test_nothing():\n    assert price(0) == 0\n\n\ndef test_twelve():\n    assert price(12) == 60\n";
const WRONG = { "price.py": "def price(n):\n    return -1\n" };
const PYTEST = "python3 -m pytest -q -p no:cacheprovider --junitxml=/tmp/r.xml test_price.py";
const BELIEVES_REPORT = `grep -q "<testcase" /tmp/r.xml && ! grep -q "<failure\\|<error" /tmp/r.xml`;
const FORGED =
  '<testsuite><testcase classname=\\"test_price\\" name=\\"test_nothing\\"/><testcase classname=\\"test_price\\" name=\\"test_twelve\\"/></testsuite>';

/** A task whose command runs the solution in its own process. */
export const COMMAND_TASK: CheatedTask = {
  name: "command",
  runner: "command",
  isolation: "none",
  project: {
    plan: "tests:\n  runner: command\n  isolation: none\n  placement: workspace\n  files: [test_price.py]\n  command: [python3, -m, pytest, -q, -p, no:cacheprovider, --junitxml=/tmp/r.xml, test_price.py]\n  report: {format: junit, path: /tmp/r.xml}",
    workspace: WRONG,
    tests: { "test_price.py": PYTEST_TEST },
    solution: { "price.py": "def price(n):\n    return n * 5\n" },
  },
  wrong: WRONG,
  undefended: PYTEST,
  cheats: [
    { row: "D2", title: "leaves with status 0 at import", files: { "price.py": "import os\nos._exit(0)\n" } },
    {
      row: "D3",
      title: "sets the status when Python ends",
      files: { "price.py": "import atexit, os\natexit.register(os._exit, 0)\ndef price(n): return -1\n" },
    },
    {
      row: "D9",
      title: "skips the file",
      files: { "price.py": 'import pytest\npytest.skip("no", allow_module_level=True)\n' },
      twin: `${PYTEST}; [ $? = 5 ] || [ $? = 0 ]`,
    },
    {
      row: "B2",
      title: "turns reports into passes in conftest.py",
      files: {
        ...WRONG,
        "conftest.py":
          'import pytest\n\n\n@pytest.hookimpl(hookwrapper=True)\ndef pytest_runtest_makereport(item, call):\n    report = (yield).get_result()\n    report.outcome, report.longrepr = "passed", None\n',
      },
    },
    { row: "B6", title: "has pytest.ini collect only", files: { ...WRONG, "pytest.ini": "[pytest]\naddopts = --collect-only\n" } },
    { row: "B8", title: "shadows pytest itself", files: { ...WRONG, "pytest.py": "raise SystemExit(0)\n" } },
    {
      row: "B18",
      title: "writes the report beforehand and leaves before there is another",
      files: { "price.py": `import os\nopen("/tmp/r.xml", "w").write("${FORGED}")\nos.kill(os.getpid(), 9)\n` },
      twin: `${PYTEST}; ${BELIEVES_REPORT}`,
    },
    {
      row: "D2+D10",
      title: "writes the report and leaves with status 0",
      files: { "price.py": `import os\nopen("/tmp/r.xml", "w").write("${FORGED}")\nos._exit(0)\n` },
      open: true,
    },
    {
      row: "D7",
      title: "clears failures in pytest's own record of a call",
      files: {
        "price.py":
          'from _pytest.runner import CallInfo\nfound = CallInfo.from_call.__func__\nCallInfo.from_call = classmethod(lambda cls, func, when, reraise=None: found(cls, (lambda: None) if when == "call" else func, when, reraise))\ndef price(n): return -1\n',
      },
      open: true,
    },
  ],
};

const SCRIPT = `#!/bin/sh
echo 1..2
n=0
for each in "0 0" "12 60"; do
  n=$((n + 1))
  set -- $each
  if [ "$("$SOLUTION" python3 price.py "$1")" = "$2" ]; then echo "ok $n - price of $1"; else echo "not ok $n - price of $1"; bad=1; fi
done
exit \${bad:-0}
`;
const PROGRAM_WRONG = { "price.py": "print(-1)\n" };
const BY_SCRIPT = "SOLUTION=/usr/bin/env bash run.sh > /tmp/printed";

/** A task whose command starts the solution as a program. */
export const PROGRAM_TASK: CheatedTask = {
  name: "command",
  runner: "command",
  isolation: "process",
  project: {
    plan: 'tests:\n  runner: command\n  isolation: process\n  files: [run.sh]\n  command: [bash, run.sh]\n  timeout_seconds: 60\n  report: {format: tap, path: "-"}',
    workspace: PROGRAM_WRONG,
    tests: { "run.sh": SCRIPT },
    solution: { "price.py": "import sys\nprint(int(sys.argv[1]) * 5)\n" },
  },
  wrong: PROGRAM_WRONG,
  undefended: BY_SCRIPT,
  cheats: [
    {
      row: "D11",
      title: "prints results into what the tests print",
      files: {
        "price.py":
          'import os\nwith open("/proc/%d/fd/1" % os.getppid(), "a") as out: out.write("ok 1 - price of 0\\nok 2 - price of 12\\n")\nos.kill(os.getppid(), 9)\n',
      },
      twin: `${BY_SCRIPT}; grep -c "^ok" /tmp/printed | grep -q 2`,
    },
    {
      row: "D12",
      title: "answers from the tests that it finds",
      files: {
        "price.py":
          'import glob, re, sys\nfor path in [*glob.glob("/workspace/*.sh"), *glob.glob("/tmp/**/run.sh", recursive=True)]:\n    print(re.search(\'"%s (\\\\d+)"\' % sys.argv[1], open(path).read()).group(1))\n    break\n',
      },
    },
    {
      row: "D10",
      title: "overwrites the tests as they run",
      files: {
        "price.py":
          'import glob\nfor path in [*glob.glob("/workspace/*.sh"), *glob.glob("/tmp/**/run.sh", recursive=True)]:\n    with open(path, "r+") as file: file.write("exit 0\\n" * 80)\nprint(0)\n',
      },
    },
    {
      row: "B8",
      title: "shadows the programs that the tests start",
      files: { ...PROGRAM_WRONG, bash: "#!/bin/sh\necho ok\nexit 0\n" },
      twin: "PATH=/workspace:$PATH; bash run.sh",
    },
    {
      row: "D14",
      title: "ends the tests with status 0, by a debugger's call",
      only: "x64",
      files: {
        "price.py":
          "import ctypes, os\nlibc = ctypes.CDLL(None)\nlibc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]\npid = os.getppid()\nwhile pid > 1:\n    above = int(open(f'/proc/{pid}/stat').read().rsplit(')', 1)[1].split()[1])\n    if 'run.sh' in open(f'/proc/{pid}/cmdline').read() and libc.ptrace(16, pid, None, None) == 0:\n        os.waitpid(pid, 0x40000000)\n        r = (ctypes.c_ulonglong * 27)()\n        libc.ptrace(12, pid, None, ctypes.addressof(r))\n        r[10], r[14], r[15] = 231, 0, 2 ** 64 - 1\n        r[16] -= 2\n        libc.ptrace(13, pid, None, ctypes.addressof(r))\n        libc.ptrace(17, pid, None, None)\n        break\n    pid = above\nprint(-1)\n",
      },
    },
    {
      row: "D2",
      title: "leaves with status 0, for tests that look at no more",
      files: { "price.py": "raise SystemExit(0)\n" },
      twin: "python3 price.py 0 && python3 price.py 12",
    },
  ],
};
