import { describe, test } from "vitest";
import { APART } from "../small-task.ts";
import { bash, supervise } from "./supervise.ts";

const PYTHON = ["/usr/bin/python3", "-c"];
const READ_PLAN =
  "import json, os\nplan = json.load(os.fdopen(int(os.environ['BENCH_PLAN'])))\nevents = int(os.environ['BENCH_EVENTS'])\ndef send(**event): os.write(events, (json.dumps({**event, 'secret': plan['secret']}) + '\\n').encode())\n";

describe.concurrent("a judge", () => {
  test("gets its plan on a pipe and its events come back without the secret", async ({ expect }) => {
    const judge = { any: ["thing", 1], large: "x".repeat(200_000) };
    const code = `${READ_PLAN}send(kind='test', name=plan['judge']['any'][0], size=len(plan['judge']['large']), time=float('nan'))\nos.write(events, b'{"kind": "test"}\\nno json\\n')\nsend(kind='end')\nraise SystemExit(3)\n`;
    const report = await supervise({ steps: [{ argv: [...PYTHON, code], judge }] });

    expect(report).toMatchObject({
      users: APART.users,
      steps: [
        {
          exit: { kind: "exited", code: 3 },
          strays: 2,
          events: [{ kind: "test", name: "thing", size: 200_000, time: null }, { kind: "end" }],
        },
      ],
    });
    expect(JSON.stringify(report)).not.toContain("secret");
  });

  test("is connected to the solution by pipes in both directions, and told their numbers", async ({ expect }) => {
    const judge = `${READ_PLAN}b = plan['boundary']\nos.write(b['out'], b'ask')\nsend(kind='test', answer=os.read(b['in'], 100).decode())\nos.write(b['ring'], b'r')\nsend(kind='test', heard=os.read(b['hear'], 1).decode(), uid=os.getuid(), cwd=os.getcwd())\nos.close(b['out'])\nsend(kind='test', end=os.read(b['in'], 1).decode())\n`;
    const solution =
      "import os, sys\nread, write, hear, ring = map(int, sys.argv[1].split(','))\nassert os.read(read, 100) == b'ask'\nos.write(write, f'{os.getuid()} {os.getcwd()}'.encode())\nos.write(ring, os.read(hear, 1).upper())\nassert os.read(read, 1) == b''\nprint('out')\n";
    const report = await supervise({ steps: [{ argv: [...PYTHON, judge], judge: {}, boundary: { argv: [...PYTHON, solution] } }] });

    expect(report?.steps[0]?.events).toEqual([
      { kind: "test", answer: "1000 /workspace" },
      { kind: "test", heard: "R", uid: APART.judge, cwd: "/tmp/grading/tests" },
      { kind: "test", end: "" },
    ]);
    expect(report?.steps[0]?.log).toContain("out\n");
  });

  test("has the image's variables and PATH, but for folders that a solution can fill, and none of those for the commands of an agent", async ({
    expect,
  }) => {
    const image = {
      GOROOT: "/opt/go",
      TZ: "Europe/Berlin",
      HOME: "/root",
      PATH: "/opt/go/bin:/workspace/bin:bin:/tmp/bin:/usr/sbin:/usr/bin:/bin",
    };
    const step = bash('echo "$GOROOT $TZ $HOME $PATH $PAGER"; "$SOLUTION" bash -c \'echo "$GOROOT $TZ $HOME $PATH"\'');

    expect((await supervise({ steps: [step], image }))?.steps[0]?.log).toBe(
      "/opt/go Europe/Berlin /tmp/grading/home /tmp/grading/shims:/opt/go/bin:/usr/bin:/bin \n/opt/go Europe/Berlin /tmp/solution/home /opt/go/bin:/usr/bin:/bin\n",
    );
  });

  test("has the environment that is described, in each isolation", async ({ expect }) => {
    const step = { argv: ["/usr/bin/env"], env: { OWN: "1" }, report: { kind: "stdout" } as const };
    const read = async (isolation: "process" | "none") => {
      const [file] = (await supervise({ isolation, steps: [step] }))?.steps[0]?.reports ?? [];
      return new TextDecoder().decode(file?.bytes).trim().split("\n").sort();
    };

    expect(await read("process")).toEqual([
      "CI=1",
      "HOME=/tmp/grading/home",
      "LANG=C.UTF-8",
      "OWN=1",
      "PATH=/tmp/grading/shims:/usr/local/bin:/usr/bin:/bin",
      "SHARED=/tmp/shared/files",
      "SOLUTION=/opt/bench/grading/solution",
      "TESTS=/tmp/grading/tests",
      "TMPDIR=/tmp/grading/tmp",
      "TZ=UTC",
      "WORKSPACE=/workspace",
    ]);
    expect(await read("none")).toEqual([
      "CI=1",
      "HOME=/tmp/solution/home",
      "LANG=C.UTF-8",
      "OWN=1",
      "PATH=/usr/local/bin:/usr/bin:/bin",
      "SHARED=/tmp/shared/files",
      "SOLUTION=/usr/bin/env",
      "TESTS=/tmp/tests",
      "TMPDIR=/tmp/solution/tmp",
      "TZ=UTC",
      "WORKSPACE=/workspace",
    ]);
  });

  test("may leave report files and folders of them, of which only plain ones are read", async ({ expect }) => {
    const script =
      "mkdir -p $TMPDIR/r; echo 1 > $TMPDIR/r/a.xml; ln -s /etc/passwd $TMPDIR/r/b.xml; mkfifo $TMPDIR/r/c.xml; mkdir $TMPDIR/r/d; echo 2 > $TMPDIR/one; head -c 9000000 /dev/zero > $TMPDIR/r/e.xml";
    const paths = ["/tmp/grading/tmp/r", "/tmp/grading/tmp/one", "/tmp/grading/tmp/none", "/dev/zero"];
    const report = await supervise({ steps: [{ ...bash(script), report: { kind: "files", paths } }] });

    expect(report?.steps[0]?.reports.map(({ path, bytes }) => [path, new TextDecoder().decode(bytes)])).toEqual([
      ["/tmp/grading/tmp/r/a.xml", "1\n"],
      ["/tmp/grading/tmp/one", "2\n"],
    ]);
  });

  test("that cannot be started or is killed is told as what it is", async ({ expect }) => {
    const report = await supervise({ steps: [{ argv: ["/no/such"] }, bash("kill -KILL $$"), bash("exit 2")] });

    expect(report?.steps.map((step) => step.exit)).toEqual([
      { kind: "exited", code: 127 },
      { kind: "signalled", signal: "SIGKILL" },
      { kind: "exited", code: 2 },
    ]);
  });

  test("has a time limit together with those before it, and none is begun after that", async ({ expect }) => {
    const report = await supervise({ timeoutMs: 2_000, steps: [bash("echo a"), bash("$SOLUTION sleep 100"), bash("echo c")] });

    expect(report?.steps.map((step) => [step.exit.kind, step.log])).toEqual([
      ["exited", "a\n"],
      ["timed-out", ""],
    ]);
  });

  test("has the first and the last of its output kept", async ({ expect }) => {
    const report = await supervise({ steps: [bash("echo first; head -c 30000000 /dev/zero | tr '\\0' x; echo; echo last")] });

    const log = report?.steps[0]?.log ?? "";
    expect(log).toMatch(/^first\nx+\n\[\.\.\. \d+ bytes left out \.\.\.\]\nx+\nlast\n$/u);
    expect(log.length).toBeLessThan(70_000);
  });
});
