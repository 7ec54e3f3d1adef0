import { beforeAll, expect, test } from "vitest";
import type { Isolation } from "../../src/core/task.ts";
import type { Verdict } from "../../src/core/verdict.ts";
import { dockerSandboxProvider } from "../../src/sandbox/docker/docker-provider.ts";
import { connectEngine } from "../../src/sandbox/docker/engine.ts";
import { gradeTexts, smallTask, sources } from "../grade/small-task.ts";
import { PROGRAMS, SCRIPT_DATA, SCRIPTS } from "./script-oddities.ts";

const NAMES = Object.keys(SCRIPTS);
const IMAGE = process.env["BENCH_TEST_IMAGE"] ?? "bench-sandbox:latest";

// Each script as its author runs it: by its own first line, or by bash, in the workspace.
const RUNS_ALL = `for script in "$TESTS"/*; do
  [ -f "$script" ] || continue
  case $(head -c 2 "$script")$script in '#!'*) timeout 30 "$script" ;; *.py) timeout 30 python3 "$script" ;; *) timeout 30 bash "$script" ;; esac > /tmp/output 2>&1 < /dev/null
  status=$?
  echo "$(basename "$script") $status" >> /tmp/results
done
cat /tmp/results`;

async function runPlainly(): Promise<ReadonlyMap<string, string>> {
  const provider = dockerSandboxProvider(connectEngine(), { image: IMAGE, runId: `fidelity-${process.pid}` });
  const sandbox = await provider.open(
    { image: null, limits: { memoryMb: 512, cpus: 1, pids: 128, workspaceMb: 64, tmpMb: 64 }, purpose: "agent" },
    new AbortController().signal,
  );
  try {
    await sandbox.putFiles("/workspace", sources(PROGRAMS));
    const tests = sources({ ...SCRIPTS, ...SCRIPT_DATA }).map((file) => ({ ...file, executable: true }));
    await sandbox.putFiles("/tmp/plain", tests);
    await sandbox.putFiles("/tmp/shared", sources({ ".keep": "" }));
    const env = {
      PATH: "/usr/local/bin:/usr/bin:/bin",
      HOME: "/tmp/shared",
      SOLUTION: "/usr/bin/env",
      SHARED: "/tmp/shared",
      TESTS: "/tmp/plain",
    };
    const { head } = await sandbox.run({ command: RUNS_ALL, cwd: "/workspace", env, timeoutMs: 300_000, maxOutputBytes: 100_000 });
    const lines = new TextDecoder().decode(head).trim().split("\n");
    return new Map(lines.map((line) => [line.slice(0, line.lastIndexOf(" ")), line.endsWith(" 0") ? "passed" : "failed"]));
  } finally {
    await sandbox.close();
  }
}

function gradeAll(isolation: Isolation): Promise<Verdict> {
  const task = smallTask({
    workspace: PROGRAMS,
    tests: { ...SCRIPTS, ...SCRIPT_DATA },
    plan: { runner: "exit-status", files: NAMES, isolation, timeoutSeconds: 300 },
  });
  return gradeTexts(task, {}, NAMES);
}

let plain: ReadonlyMap<string, string> = new Map();
const verdicts = new Map<Isolation, Verdict>();

beforeAll(async () => {
  const [without, ...graded] = await Promise.all([runPlainly(), gradeAll("process"), gradeAll("none")]);
  plain = without;
  verdicts.set("process", graded[0]).set("none", graded[1]);
}, 900_000);

test.for(NAMES.flatMap((name) => (["process", "none"] as const).map((isolation) => [name, isolation] as const)))(
  "%s comes out as without bench, in isolation %s",
  ([name, isolation]) => {
    const graded = verdicts.get(isolation)?.tests.find((one) => one.name === name);

    expect({ status: graded?.status, message: graded?.status === plain.get(name) ? null : graded?.message }).toEqual({
      status: plain.get(name),
      message: null,
    });
  },
);

test("scripts that should pass do, and those that say so fail", () => {
  expect(NAMES.filter((name) => plain.get(name) !== (name.includes("fails") ? "failed" : "passed"))).toEqual([]);
});
