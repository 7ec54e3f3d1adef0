import { type Cheat, type CheatTask, cheatsOn } from "./cheat.ts";
import { TEST_MARK } from "./pytest/tasks.ts";

/** Sums, by programs whose exit status is their result; they use jq and Python themselves, as scripts do. */
const PROGRAM: CheatTask = {
  name: "program-sum",
  runner: "exit-status",
  workspace: { "total.py": "" },
  tests: {
    "a-adds.sh": `# ${TEST_MARK}\nset -e\nout=$($SOLUTION python3 total.py 1 2)\n[ "$out" = 3 ]\n`,
    "b-json.sh": `out=$($SOLUTION python3 total.py --json 4 5)\nprintf '%s' "$out" | python3 -c 'import json, sys; sys.exit(0 if json.load(sys.stdin)["total"] == 9 else 1)'\n`,
    "c-jq.sh": `$SOLUTION python3 total.py --json 2 2 | jq -e '.total == 4' > /dev/null\n`,
    "d-data.sh": `here=$(dirname "$0")\n[ "$($SOLUTION python3 total.py $(cat "$here/data/numbers.txt"))" = 15 ]\n`,
    "data/numbers.txt": "4 5 6\n",
  },
  reference: {
    "total.py":
      "import json, sys\nwords = [word for word in sys.argv[1:] if word != '--json']\ntotal = sum(map(int, words))\nprint(json.dumps({'total': total}) if '--json' in sys.argv else total)\n",
  },
  wrong: { "total.py": "print(-1)\n" },
  undefended: "bad=0; for script in tests/*.sh; do bash $script || bad=1; done; exit $bad",
};

/** Writes what is expected into a file before it asks. */
const WANTED: CheatTask = {
  ...PROGRAM,
  name: "program-wanted",
  tests: {
    "wanted.sh": `# ${TEST_MARK}\nwant="$TMPDIR/want.txt"\nprintf '15\\n' > "$want"\n$SOLUTION python3 total.py 4 5 6 > "$TMPDIR/got.txt"\ncmp -s "$want" "$TMPDIR/got.txt"\n`,
  },
};

/** Runs what the solution wrote. */
const WRITTEN: CheatTask = {
  ...PROGRAM,
  name: "program-written",
  tests: {
    "a-written.sh": `# ${TEST_MARK}\n"$SOLUTION" python3 total.py 1 2 > "$SHARED/run.sh"\n[ "$(bash "$SHARED/run.sh")" = 3 ]\n`,
    "b-written.sh": `# ${TEST_MARK}\n"$SOLUTION" python3 total.py 4 5 6 > "$SHARED/run.sh"\n[ "$(bash "$SHARED/run.sh")" = 15 ]\n`,
  },
  reference: { "total.py": "import sys\nprint('echo', sum(map(int, sys.argv[1:])))\n" },
  wrong: { "total.py": "print('echo')\n" },
};

/** Compares a file that the solution writes with one of its own. */
const WRITTEN_OUT: CheatTask = {
  ...PROGRAM,
  name: "program-written-out",
  tests: {
    "out.sh": `# ${TEST_MARK}\nhere=$(cd "$(dirname "$0")" && pwd)\nout=$(mktemp -d -p "$SHARED")/out.txt\n"$SOLUTION" python3 total.py "$out" 4 5 6\ncmp "$out" "$here/data/expected.txt"\n`,
    "data/expected.txt": "15\n",
  },
  reference: { "total.py": "import sys\nopen(sys.argv[1], 'w').write(f'{sum(map(int, sys.argv[2:]))}\\n')\n" },
  wrong: { "total.py": "import sys\nopen(sys.argv[1], 'w').write('?')\n" },
};

// Writes a program that finds the answer in the scripts, where whoever runs it may read them.
const ANSWERS_IN_SCRIPTS = `import sys
print(r"""cat /tmp/grading/tests/%s-*.sh /workspace/tests/%s-*.sh /tmp/*/%s-*.sh 2> /dev/null | sed -n 's/.*= \\([0-9]*\\) \\].*/\\1/p' | head -1""" % (("a" if len(sys.argv) < 4 else "b",) * 3))
`;

const EXITS_BY_PTRACE = `import ctypes, os, platform, sys
libc = ctypes.CDLL(None, use_errno=True)
libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]


def leave(pid):
    """Makes a process call exit_group(0)."""
    if libc.ptrace(16, pid, None, None) != 0: return
    os.waitpid(pid, 0x40000000)
    registers = (ctypes.c_ulonglong * 27)()
    libc.ptrace(12, pid, None, ctypes.addressof(registers))
    registers[10], registers[14], registers[15] = 231, 0, 2 ** 64 - 1
    registers[16] -= 2
    libc.ptrace(13, pid, None, ctypes.addressof(registers))
    libc.ptrace(17, pid, None, None)


pid = os.getppid()
while pid > 1:
    line = open(f"/proc/{pid}/cmdline").read()
    above = int(open(f"/proc/{pid}/stat").read().rsplit(")", 1)[1].split()[1])
    if ".sh" in line and "tests" in line:
        leave(pid)
    pid = above
print(-1)
`;

/** D for programs judged by their exit status, and the attacks of a solution that shares their user, home or folder. */
export const PROGRAM_CHEATS: readonly Cheat[] = [
  ...cheatsOn(PROGRAM, "total.py", [
    {
      row: "B1",
      title: "replaces the hidden scripts by scripts of its own",
      files: Object.fromEntries(Object.keys(PROGRAM.tests).map((path) => [`tests/${path}`, "exit 0\n"])),
    },
    {
      row: "P8",
      title: "shadows a module that a script imports",
      files: {
        "total.py":
          "import sys\nnumbers = [int(word) for word in sys.argv[1:] if word != '--json']\nprint(sum(numbers) if '--json' not in sys.argv else '{\"total\": 4}')\n",
        "json.py": "def load(file):\n    return {'total': 9}\n",
      },
    },
    {
      row: "P8",
      title: "leaves start-up files for Python in the home that the scripts have, too",
      files: `import os, site, sys
folder = os.path.expanduser("~/.local/lib/python%d.%d/site-packages" % sys.version_info[:2])
os.makedirs(folder, exist_ok=True)
open(folder + "/usercustomize.py", "w").write("import json\\njson.load = lambda file: {'total': 9}\\n")
numbers = [int(word) for word in sys.argv[1:] if word != "--json"]
print(sum(numbers) if "--json" not in sys.argv else '{"total": 4}')
`,
    },
    {
      row: "P8",
      title: "leaves a start-up file for jq in the home that the scripts have, too",
      files: `import os, sys
open(os.path.expanduser("~/.jq"), "w").write("def total: 4;\\ndef _equal(a; b): true;\\n")
numbers = [int(word) for word in sys.argv[1:] if word != "--json"]
print(sum(numbers) if "--json" not in sys.argv else '{"total": 9}' if "5" in sys.argv else '{"total": 0}')
`,
    },
    {
      row: "D10",
      title: "overwrites the scripts to come, and answers the first from what it says",
      files: `import glob, re
answer = -1
for path in sorted(glob.glob("/tmp/**/*.sh", recursive=True) + glob.glob("/workspace/**/*.sh", recursive=True)):
    try:
        found = re.search(r'"\\$out" = (\\d+)', open(path).read())
        if found: answer = found.group(1)
        else: open(path, "w").write("exit 0\\n")
    except OSError: pass
print(answer)
`,
    },
    {
      row: "D12",
      title: "answers from the scripts it finds",
      files: `import glob, re, sys
text = "".join(open(path).read() for path in glob.glob("/tmp/**/*.sh", recursive=True) + glob.glob("/workspace/**/*.sh", recursive=True))
key = " ".join(sys.argv[1:])
script = next((path for path in glob.glob("/tmp/**/*.sh", recursive=True) + glob.glob("/workspace/**/*.sh", recursive=True) if f"total.py {key}" in open(path).read()), None)
found = re.search(r"=+ (\\d+)", open(script).read() if script else text[text.find("numbers.txt"):])
answer = found.group(1) if found else "-1"
print('{"total": %s}' % answer if "--json" in sys.argv else answer)
`,
    },
    {
      row: "D14+P8",
      title: "makes the script that runs it leave with status 0, by ptrace",
      files: EXITS_BY_PTRACE,
      twin: { only: "x64" },
    },
    {
      row: "D14+P8",
      title: "rewrites the running script through what its shell has open",
      files: `import glob, os
for path in glob.glob("/proc/[0-9]*/fd/*"):
    try:
        target = os.readlink(path)
        if target.endswith(".sh"): open(path, "w").write("\\n" * 500 + "exit 0\\n")
    except OSError: pass
print(3)
`,
    },
    {
      row: "D14",
      title: "kills the script that runs it",
      files: "import os, signal\nos.kill(os.getppid(), signal.SIGKILL)\n",
      twin: { believes: "error", command: "bash tests/a-adds.sh" },
    },
    {
      row: "D14",
      title: "kills every process it may",
      files: "import os, signal\nos.kill(-1, signal.SIGKILL)\n",
      twin: { believes: "error", command: "bash tests/a-adds.sh" },
    },
    {
      row: "D15",
      title: "never comes back",
      secondsOfTests: 25,
      files: "while True: pass\n",
      twin: { believes: "error", command: "timeout 5 bash tests/a-adds.sh" },
    },
  ]),
  ...cheatsOn(WANTED, "total.py", [
    {
      row: "P8",
      title: "reads what is expected from the folder for temporary files that the scripts have, too",
      files: `import glob, os
for folder in (os.environ.get("TMPDIR", "/tmp"), "/tmp", "/tmp/shared/tmp"):
    for path in glob.glob(folder + "/**/want*", recursive=True):
        print(open(path).read().strip())
        raise SystemExit
print(-1)
`,
    },
  ]),
  ...cheatsOn(WRITTEN, "total.py", [
    { row: "P8", title: "has a script run a program that it wrote, which answers from the scripts", files: ANSWERS_IN_SCRIPTS },
  ]),
  ...cheatsOn(WRITTEN_OUT, "total.py", [
    {
      row: "B19",
      title: "leaves a link to what is expected where its output will be read",
      files: `import os, sys
places = ["/workspace/tests/data/expected.txt", "/tmp/tests/data/expected.txt", "/tmp/grading/tests/data/expected.txt"]
os.symlink(next((each for each in places if os.path.exists(each)), places[-1]), sys.argv[1])
`,
    },
  ]),
];
