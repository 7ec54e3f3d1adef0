import { describe, test } from "vitest";
import { SANDBOX_KIND } from "../small-task.ts";
import { bash, supervise } from "./supervise.ts";

const SECRET = "the-hidden-answer-42";
const TESTS = { "expected.txt": `${SECRET}\n` };

// A judge with all that a solution might want: hidden files, an open descriptor, a variable, a working folder and memory.
const JUDGE = `cd "$TESTS"
exec 7< expected.txt
HIDDEN=$(cat expected.txt) sleep 1000 7<&7 &
python3 -c 'import time; kept = open("expected.txt").read() * 1000; time.sleep(1000)' &
sleep 0.5
cd /workspace
timeout 15 $SOLUTION python3 /workspace/attack.py
echo "the judge goes on"
kill $(jobs -p)`;

const PIDS = "pids = [p for p in os.listdir('/proc') if p.isdigit() and int(p) not in (1, os.getpid())]\n";
const TRY = (code: string): string =>
  `import ctypes, glob, os, re, resource, signal, socket, time\n${PIDS}for pid in pids:\n    try:\n        ${code.replaceAll("\n", "\n        ")}\n    except OSError: pass\n`;

/** What a solution tries, and what its output or the end of the run shows where it works. */
type Attack = {
  readonly title: string;
  readonly code: string;
  readonly works: RegExp;
  /** Why it works under gVisor all the same. */
  readonly gvisor?: string;
};

const READS: readonly Attack[] = [
  {
    title: "reads the hidden tests where they lie",
    code: "import os\nfor folder, _, names in os.walk('/tmp'):\n    for name in names:\n        try: print(open(os.path.join(folder, name)).read()[:200])\n        except OSError: pass\n",
    works: /the-hidden-answer/,
  },
  {
    title: "reads them by their full name",
    code: "import os\nfor root in ('/tmp/grading/tests', '/tmp/tests'):\n    try: print(open(root + '/expected.txt').read())\n    except OSError: pass\n",
    works: /the-hidden-answer/,
  },
  {
    title: "reads what another process has open",
    code: TRY("for fd in os.listdir(f'/proc/{pid}/fd'):\n    if fd == '7': print(open(f'/proc/{pid}/fd/7').read())"),
    works: /the-hidden-answer/,
  },
  {
    title: "reads the folder that another process works in",
    code: TRY("print(open(f'/proc/{pid}/cwd/expected.txt').read())"),
    works: /the-hidden-answer/,
  },
  {
    title: "reads them through the root of another process",
    code: TRY(
      "print(open(glob.glob(f'/proc/{pid}/root/tmp/*/expected.txt')[0]).read()) if glob.glob(f'/proc/{pid}/root/tmp/*/expected.txt') else print(open(f'/proc/{pid}/root/tmp/grading/tests/expected.txt').read())",
    ),
    works: /the-hidden-answer/,
  },
  {
    title: "reads the variables of another process",
    code: TRY("print(*re.findall(r'HIDDEN=.*', open(f'/proc/{pid}/environ').read()))"),
    works: /HIDDEN=the-hidden-answer/,
    gvisor: "it shows the variables of all processes, as Linux does their arguments; none of the grader's is secret",
  },
  {
    title: "reads the memory of another process",
    code: TRY(
      "memory = open(f'/proc/{pid}/mem', 'rb', 0)\nfor line in open(f'/proc/{pid}/maps'):\n    span, mode, *_ = line.split()\n    start, end = (int(each, 16) for each in span.split('-'))\n    if 'r' not in mode or end - start > 1 << 26 or 'vv' in line: continue\n    try:\n        memory.seek(start)\n        found = re.search(rb'the-hidden-answer-42\\n' * 3, memory.read(end - start))\n    except (OSError, ValueError, OverflowError): continue\n    if found: print(found.group().decode())",
    ),
    works: /the-hidden-answer/,
  },
];

const ACTS: readonly Attack[] = [
  {
    title: "traces another process",
    code: TRY(
      "libc = ctypes.CDLL(None, use_errno=True)\nif libc.ptrace(16, int(pid), None, None) == 0:\n    print('traced')\n    os.waitpid(int(pid), 0)\n    libc.ptrace(17, int(pid), None, None)",
    ),
    works: /traced/,
  },
  {
    title: "limits another process",
    code: TRY("resource.prlimit(int(pid), resource.RLIMIT_NOFILE, (3, 3))\nprint('limited')"),
    works: /limited/,
  },
  {
    title: "writes to what another process has open",
    code: TRY(
      'for fd in os.listdir(f\'/proc/{pid}/fd\'):\n    if fd in \'3456789\' and os.readlink(f"/proc/{pid}/fd/{fd}") != "/dev/null":\n        end = os.open(f\'/proc/{pid}/fd/{fd}\', os.O_WRONLY | os.O_NONBLOCK)\n        if os.write(end, b\'{"kind": "test", "name": "a", "status": "passed"}\\n\'): print(\'written\')',
    ),
    works: /written/,
  },
  {
    title: "removes the tests",
    code: "import os\nfor root in ('/tmp/grading/tests', '/tmp/tests'):\n    for act in (lambda: os.truncate(root + '/expected.txt', 0), lambda: os.rename(root, '/tmp/solution/tests'), lambda: os.unlink(root + '/expected.txt')):\n        try: act(); print('removed')\n        except OSError: pass\n",
    works: /removed/,
  },
];

const outputOf = async (isolation: "process" | "none", code: string): Promise<string> => {
  const script = { ...bash(JUDGE), env: {} };
  const report = await supervise({ isolation, workspace: { "attack.py": code }, tests: TESTS, steps: [script] });
  return report?.steps[0]?.log ?? "(no report)";
};

// Under gVisor some of these do not work between processes of one user either, so the twin proves nothing there.
const twins = SANDBOX_KIND === "docker";

describe.concurrent("a solution that", () => {
  test.for([...READS, ...ACTS].filter(({ gvisor }) => SANDBOX_KIND !== "runsc" || gvisor === undefined))(
    "$title: works on a grader of the same user, and not where it is kept apart",
    async ({ code, works }, { expect }) => {
      if (twins) expect(await outputOf("none", code)).toMatch(works);
      const said = await outputOf("process", code);

      expect(said).not.toMatch(works);
      expect(said).toContain("the judge goes on");
    },
  );

  const kills = (signal: string): string => TRY(`if int(pid) != os.getppid() or True: os.kill(int(pid), signal.${signal})`);

  test("kills all it may ends a judge of the same user, and no other", async ({ expect }) => {
    const run = async (isolation: "process" | "none") =>
      (await supervise({ isolation, workspace: { "attack.py": kills("SIGKILL") }, tests: TESTS, steps: [bash(JUDGE), bash("echo next")] }))
        ?.steps;
    const apart = await run("process");

    if (twins) expect((await run("none"))?.[0]).toMatchObject({ exit: { kind: "signalled", signal: "SIGKILL" } });
    expect(apart?.map((step) => step.exit)).toEqual([
      { kind: "exited", code: 0 },
      { kind: "exited", code: 0 },
    ]);
    expect(apart?.[0]?.log).toContain("the judge goes on");
    expect(apart?.[1]?.log).toBe("next\n");
  });

  test("stops all it may stops a judge of the same user, and no other", async ({ expect }) => {
    const run = async (isolation: "process" | "none") =>
      (await supervise({ isolation, timeoutMs: 8_000, workspace: { "attack.py": kills("SIGSTOP") }, tests: TESTS, steps: [bash(JUDGE)] }))
        ?.steps;

    if (twins) expect((await run("none"))?.[0]?.exit).toEqual({ kind: "timed-out" });
    expect((await run("process"))?.[0]?.log).toContain("the judge goes on");
  });

  test("multiplies without end is ended with its step, and the next one runs", async ({ expect }) => {
    const bomb = "import os\nwhile True:\n    try: os.fork()\n    except OSError: pass\n";
    const report = await supervise({
      workspace: { "bomb.py": bomb },
      steps: [bash("timeout -s KILL 2 $SOLUTION python3 bomb.py; exit 3"), bash("$SOLUTION echo next")],
    });

    expect(report?.steps.at(-1)?.log).toBe("next\n");
  });

  test("uses up all memory loses its own process first", async ({ expect }) => {
    const greedy = "blocks = []\nwhile True: blocks.append(bytearray(10_000_000))\n";
    const report = await supervise({ workspace: { "a.py": greedy }, steps: [bash("$SOLUTION python3 a.py; echo $?"), bash("echo next")] });

    expect(report?.steps.map((step) => step.log.split("\n").at(-2))).toEqual([expect.stringMatching(/^(137|1)$/), "next"]);
  });

  test("is one has no rights, no way to get the judge's, and no descriptors that it was not given", async ({ expect }) => {
    const code = `import os, sys
def tries(act):
    try: act(); return "did"
    except OSError: return "not"
print(tries(lambda: os.setuid(1001)), tries(lambda: os.setuid(0)), tries(lambda: os.setgid(0)), tries(lambda: os.setgroups([0])))
print([line.split()[1] for line in open("/proc/self/status") if line.startswith(("CapInh", "CapPrm", "CapEff"))])
print(sorted(set(map(int, os.listdir("/proc/self/fd"))) - {0, 1, 2, *map(int, sys.argv[-1].split(","))} - {os.open("/usr", 0)})[:-1] if "," in sys.argv[-1] else "")
`;
    const report = await supervise({
      steps: [{ argv: ["/bin/sleep", "1"], boundary: { argv: ["/usr/bin/python3", "-c", code] } }],
    });

    const zero = "'0000000000000000'";
    expect(report?.steps[0]?.log).toBe(`not not not not\n[${zero}, ${zero}, ${zero}]\n[]\n`);
  });
});
