import { homedir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { SandboxProvider } from "../../src/core/sandbox.ts";
import type { Task } from "../../src/core/task.ts";
import type { Verdict } from "../../src/core/verdict.ts";
import { gradeWithDetails } from "../../src/grade/grade.ts";
import { overlay } from "../../src/grade/submission.ts";
import { examineBubblewrap } from "../../src/sandbox/bubblewrap/availability.ts";
import { bubblewrapSandboxProvider } from "../../src/sandbox/bubblewrap/bubblewrap-provider.ts";
import { dockerSandboxProvider } from "../../src/sandbox/docker/docker-provider.ts";
import { connectEngine, describeEngine } from "../../src/sandbox/docker/engine.ts";
import { EVERY_RUNNER, type RunnerCase } from "./every-runner.ts";
import { sources, type Texts } from "./small-task.ts";

const { signal } = new AbortController();
const image = process.env["BENCH_TEST_IMAGE"] ?? "bench-sandbox:latest";
const engine = connectEngine();
const docker = dockerSandboxProvider(engine, { image, runId: "test-every" });
const { runtimes } = await describeEngine(engine);
const root = await examineBubblewrap(join(process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache"), "bench/rootfs"));

/** What is there besides Docker's own runtime; `isolation` is what a grading with isolation "process" says there. */
const OTHERS: readonly { readonly name: string; readonly provider: SandboxProvider | null; readonly isolation: Verdict["isolation"] }[] = [
  {
    name: "gVisor",
    provider: runtimes.includes("runsc") ? dockerSandboxProvider(engine, { image, runtime: "runsc", runId: "test-every" }) : null,
    isolation: "process",
  },
  {
    name: "bubblewrap",
    provider:
      root.kind === "usable" ? bubblewrapSandboxProvider({ rootFolder: root.rootFolder, image: { name: image, id: root.rootId } }) : null,
    isolation: "process-one-user",
  },
];

/** Grades the reference and the other solutions, as a run does; returns what was said of each. */
async function verdictsOf({ task, others }: RunnerCase, sandboxes: SandboxProvider): Promise<Readonly<Record<string, Verdict>>> {
  const workspace = await task.files.workspace();
  const handedIn = async (files: Texts, expected: Parameters<typeof gradeWithDetails>[0]["expected"]) =>
    gradeWithDetails({ task, submitted: overlay(workspace, sources(files)), expected, sandboxes, signal });
  const first = await handedIn(await referenceOf(task), null);
  const required = first.verdict.tests.filter(({ status }) => status === "passed").map(({ name }) => name);
  const expected = { required, shapes: first.shapes };
  const found: Record<string, Verdict> = { reference: first.verdict };
  for (const [name, files] of Object.entries(others)) found[name] = (await handedIn(files, expected)).verdict;
  return found;
}

async function referenceOf(task: Task): Promise<Texts> {
  const files = (await task.files.reference()) ?? [];
  return Object.fromEntries(files.map(({ path, bytes }) => [path, new TextDecoder().decode(bytes)]));
}

/** What decides of each verdict, and the result of each test. */
function summary(verdicts: Readonly<Record<string, Verdict>>): unknown {
  return Object.entries(verdicts).map(([name, { passed, reason, testsTotal, tests }]) => ({
    name,
    passed,
    reason,
    testsTotal,
    tests: tests.map((test) => `${test.status} ${test.name}`).sort(),
  }));
}

describe.concurrent("every sandbox gives the same verdicts", () => {
  test.for(EVERY_RUNNER)("$name", { timeout: 300_000 }, async (one) => {
    const verdicts = await verdictsOf(one, docker);

    expect(Object.entries(verdicts).filter(([, { passed }]) => passed)).toEqual([["reference", expect.anything()]]);
    expect(verdicts["reference"]?.tests.length).toBeGreaterThan(1);
    for (const verdict of Object.values(verdicts)) expect([one.task.tests.isolation, null]).toContain(verdict.isolation);
    for (const { name, provider, isolation } of OTHERS) {
      if (provider === null) continue;
      const there = await verdictsOf(one, provider);
      expect(summary(there), name).toEqual(summary(verdicts));
      const said = one.task.tests.isolation === "none" ? "none" : isolation;
      for (const verdict of Object.values(there)) expect([said, null], name).toContain(verdict.isolation);
    }
  });
});
