import { describe, expect, test } from "vitest";
import type { Isolation } from "../../src/core/task.ts";
import { APART, gradeTexts, learn, smallTask, type Texts } from "./small-task.ts";

const honest = "import sys\nprint(sum(int(word) for word in sys.argv[1:]))\n";

const taskWith = (isolation: Isolation) =>
  smallTask({
    workspace: { "total.py": "" },
    reference: { "total.py": honest },
    tests: {
      "adds.sh": 'set -e\n# adds two numbers\n[ "$(python3 total.py 1 2)" = 3 ]\n',
      "nothing.sh": '#!/bin/bash\n[ "$(python3 /workspace/total.py)" = 0 ] || exit 7\n# the end',
      "file.sh": '[ "$(python3 total.py $(cat "$(dirname "$0")/data/numbers.txt"))" = 15 ]\n',
      "in_python.py":
        "#!/usr/bin/env python3\nimport subprocess\nassert subprocess.check_output(['python3', 'total.py', '4']) == b'4\\n'\n",
      "data/numbers.txt": "4 5 6\n",
    },
    plan: { runner: "exit-status", isolation, files: ["adds.sh", "nothing.sh", "file.sh", "in_python.py"] },
  });

const required = ["adds.sh", "nothing.sh", "file.sh", "in_python.py"];
const wrong = "print(-1)\n";

const oddities: readonly { readonly title: string; readonly files: Texts }[] = [
  { title: "is plain", files: { "total.py": honest } },
  {
    title: "leaves children in sessions of their own",
    files: {
      "total.py": `import subprocess\nsubprocess.Popen(["sleep", "1000"], start_new_session=True, stdout=subprocess.DEVNULL)\n${honest}`,
    },
  },
  { title: "prints to standard error", files: { "total.py": `import sys\nsys.stderr.write("x" * 1_000_000)\n${honest}` } },
  { title: "writes files beside itself", files: { "total.py": `open("notes.txt", "a").write("x")\n${honest}` } },
];

const exploits: readonly { readonly title: string; readonly files: Texts }[] = [
  { title: "is simply wrong", files: { "total.py": wrong } },
  { title: "ends with status 0", files: { "total.py": "raise SystemExit(0)\n" } },
  { title: "kills the script that runs it", files: { "total.py": "import os, signal\nos.kill(os.getppid(), signal.SIGKILL)\n" } },
  {
    title: "ends the script that runs it by a gentler signal",
    files: {
      "total.py":
        "import os, signal, time\nfor name in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGUSR1):\n    os.kill(os.getppid(), name)\ntime.sleep(1)\n",
    },
  },
  {
    title: "overwrites the scripts while they run",
    files: {
      "total.py": `import glob, os\nfor path in glob.glob("/tmp/*/*.sh") + glob.glob("/tmp/*/*.py"):\n    try:\n        size = os.path.getsize(path)\n        open(path, "r+").write("exit 0\\n" * (size // 7 + 100))\n    except OSError: pass\n${wrong}`,
    },
  },
  {
    title: "leaves a process that overwrites the scripts to come",
    files: {
      "total.py": `import os, subprocess\nsubprocess.Popen(["bash", "-c", "while true; do for f in /tmp/*/*.sh; do echo exit 0 > $f; done; done"], start_new_session=True, stdout=subprocess.DEVNULL)\n${wrong}`,
    },
  },
  {
    title: "puts folders and links where the scripts will be",
    files: {
      "total.py": `import glob, os, shutil\nfor path in glob.glob("/tmp/*/*.sh"):\n    try:\n        os.remove(path)\n        os.symlink("/bin/true", path)\n    except OSError: pass\n${wrong}`,
    },
  },
  {
    title: "brings programs named like the ones that are used",
    files: {
      "total.py": wrong,
      python3: "#!/bin/sh\nexit 0\n",
      bash: "#!/bin/sh\nexit 0\n",
      "bin/cat.sh": "exit 0\n",
      ".bashrc": "exit 0\n",
      ".profile": "exit 0\n",
    },
  },
  { title: "brings scripts of its own", files: { "total.py": wrong, "adds.sh": "exit 0\n", "nothing.sh": "exit 0\n" } },
  {
    title: "prints what a report may look like",
    files: { "total.py": `print('{"kind": "test", "name": "adds.sh", "status": "passed"}')\n${wrong}` },
  },
  {
    title: "writes to the descriptors of the processes above it",
    files: {
      "total.py": `import glob, os\nfor path in glob.glob("/proc/*/fd/*"):\n    try:\n        fd = os.open(path, os.O_WRONLY | os.O_NONBLOCK)\n        os.write(fd, b'{"kind": "test", "name": "adds.sh", "status": "passed"}\\n')\n    except OSError: pass\n${wrong}`,
    },
  },
  { title: "kills every process it may", files: { "total.py": "import os, signal\nos.kill(-1, signal.SIGKILL)\n" } },
];

describe.concurrent.for(["process", "none"] as const)("programs judged by their exit status with isolation %s", (isolation) => {
  const task = taskWith(isolation);
  const graded = isolation === "none" ? "none" : APART.isolation;

  test.for(oddities)("pass when the solution $title", async ({ files }, { expect }) => {
    const verdict = await gradeTexts(task, files, required);

    expect(verdict).toMatchObject({ passed: true, reason: "all-passed", testsPassed: 4, tampering: [], isolation: graded });
  });

  test.for(exploits)("fail when the solution $title", async ({ files }, { expect }) => {
    expect(await gradeTexts(task, files, required)).toMatchObject({ passed: false, isolation: graded });
  });

  test("are all required when the reference passes them", async ({ expect }) => {
    expect(await learn(task)).toEqual(required);
  });

  test("say how they ended and what they printed last", async ({ expect }) => {
    const verdict = await gradeTexts(task, { "total.py": `import sys\nprint("oh", file=sys.stderr)\n${wrong}` }, required);

    const messages = verdict.tests.map((one) => one.message);
    expect(messages.slice(0, 3)).toEqual(["exit status 1\noh", "exit status 7\noh", "exit status 1\noh"]);
    expect(messages[3]).toMatch(/^exit status 1\noh\nTraceback[\s\S]*AssertionError$/);
    expect(verdict.tampering).toEqual([]);
  });

  test("can lie in the workspace and name a program that is not there", async ({ expect }) => {
    const own = smallTask({
      workspace: { "total.py": "" },
      tests: { "checks/a.sh": "python3 total.py 1 | grep -qx 1", "checks/b": "#!/usr/bin/nowhere\n" },
      plan: { runner: "exit-status", isolation, files: ["checks/a.sh", "checks/b"], placement: "workspace" },
    });

    const verdict = await gradeTexts(own, { "total.py": honest }, ["checks/a.sh", "checks/b"]);

    expect(verdict.tests.map((one) => [one.name, one.status, one.message])).toEqual([
      ["checks/a.sh", "passed", null],
      ["checks/b", "failed", "exit status 127\n/usr/bin/nowhere: command not found"],
    ]);
  });
});

describe("a solution that opens its folder to all and puts a module of the library there", () => {
  const files = {
    "total.py": `import os\nos.chmod(".", 0o777)\nwith open("json.py", "w") as file: file.write("import os\\nos._exit(0)\\n")\n${wrong}`,
  };
  const script = `out=$("$SOLUTION" python3 total.py 1 2)\npython3 -c 'import json, sys; sys.exit(json.loads(sys.argv[1]) != 3)' "$out"\n`;
  const taskOf = (isolation: "process" | "none") =>
    smallTask({ workspace: { "total.py": "" }, tests: { "a.sh": script }, plan: { runner: "exit-status", isolation, files: ["a.sh"] } });

  test("fools a script of the same user", async () => {
    expect((await gradeTexts(taskOf("none"), files, ["a.sh"])).passed).toBe(true);
  });

  // Two users need Landlock for it, which gVisor lacks.
  test.skipIf(process.env["BENCH_TEST_SANDBOX"] === "runsc")("fails with isolation process", async () => {
    expect(await gradeTexts(taskOf("process"), files, ["a.sh"])).toMatchObject({ passed: false, reason: "tests-failed" });
  });
});
