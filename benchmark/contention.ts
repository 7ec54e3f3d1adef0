import { capacityOf, machineHere } from "../src/command/run/concurrency.ts";
import { loadSuite } from "../src/config/suite.ts";
import { type Sandbox, type SandboxProvider, WORKSPACE } from "../src/core/sandbox.ts";
import type { SourceFile, Task } from "../src/core/task.ts";
import type { Expected } from "../src/core/verdict.ts";
import { grade } from "../src/grade/grade.ts";
import { learnExpected } from "../src/grade/learn-expected.ts";
import { overlay } from "../src/grade/submission.ts";
import { workThrough } from "../src/run/schedule.ts";
import { dockerSandboxProvider } from "../src/sandbox/docker/docker-provider.ts";
import { connectEngine } from "../src/sandbox/docker/engine.ts";
import { median, type Section, times } from "./section.ts";

const NEVER = new AbortController().signal;

type Solution = { readonly name: string; readonly task: Task; readonly files: readonly SourceFile[]; readonly expected: Expected };
type Graded = { readonly passed: boolean; readonly reason: string; readonly ms: number };

async function solutions(sandboxes: SandboxProvider): Promise<readonly Solution[]> {
  const { tasks } = loadSuite("tasks/starter");
  const all: Solution[] = [];
  for (const task of tasks) {
    const workspace = await task.files.workspace();
    const expected = await learnExpected({ task, sandboxes, signal: NEVER });
    const reference = (await task.files.reference()) ?? [];
    const [wrong] = await task.files.wrong();
    all.push({ name: `${task.id}: reference`, task, files: overlay(workspace, reference), expected });
    if (wrong) all.push({ name: `${task.id}: ${wrong.name}`, task, files: overlay(workspace, wrong.files), expected });
  }
  return all;
}

async function gradeAll(all: readonly Solution[], sandboxes: SandboxProvider, concurrency: number): Promise<ReadonlyMap<string, Graded>> {
  const graded = new Map<string, Graded>();
  await workThrough(all, { concurrency, signal: NEVER }, async ({ name, task, files, expected }) => {
    const verdict = await grade({ task, submitted: files, expected, sandboxes, signal: NEVER });
    graded.set(name, { passed: verdict.passed, reason: verdict.reason, ms: verdict.durationMs });
  });
  return graded;
}

/** Agents that only use up their processors, a heavier load than any real agent. */
async function busyAgents(provider: SandboxProvider, count: number): Promise<readonly Sandbox[]> {
  const limits = { memoryMb: 256, cpus: 1, pids: 64, workspaceMb: 16, tmpMb: 16 };
  const sandboxes = await Promise.all(Array.from({ length: count }, () => provider.open({ image: null, limits, purpose: "agent" }, NEVER)));
  const command = { command: "while :; do :; done", cwd: WORKSPACE, env: {}, timeoutMs: 3_600_000, maxOutputBytes: 1024 };
  for (const sandbox of sandboxes) sandbox.run(command).catch(() => {});
  return sandboxes;
}

/** The effect of a busy machine on verdicts and on the time of tests: gradings one by one on an idle machine, and as many as usual beside agents that are as busy as can be. */
export async function measure(): Promise<Section> {
  const sandboxes = dockerSandboxProvider(connectEngine(), { image: "bench-sandbox:latest", runId: "benchmark" });
  const all = await solutions(sandboxes);
  const { cpus, freeMb } = machineHere();
  const usual = capacityOf({ cpus, freeMb, load: 0 }, { cpus: 1, memoryMb: 1024 });
  const alone = await gradeAll(all, sandboxes, 1);
  const together = await gradeAll(all, sandboxes, usual.grading);
  const agents = await busyAgents(sandboxes, usual.concurrency);
  const crowded = await gradeAll(all, sandboxes, usual.grading);
  await Promise.all(agents.map((sandbox) => sandbox.close()));
  const slower = (other: ReadonlyMap<string, Graded>): number =>
    median([...alone].map(([name, { ms }]) => (other.get(name)?.ms ?? Number.NaN) / ms));
  const changed = (other: ReadonlyMap<string, Graded>): number =>
    [...alone].filter(([name, { passed, reason }]) => other.get(name)?.passed !== passed || other.get(name)?.reason !== reason).length;
  const row = (name: string, graded: ReadonlyMap<string, Graded>): string[] => [
    name,
    String([...graded.values()].filter(({ passed }) => passed).length),
    String([...graded.values()].filter(({ reason }) => reason === "test-timeout").length),
    String(changed(graded)),
    times(slower(graded)),
  ];
  const others = changed(together) + changed(crowded);
  return {
    title: "Contention",
    how: `The reference and one wrong solution of each starter task, ${all.length} gradings: one at a time on an idle machine; ${usual.grading} at a time, as many as are usual here; and so beside ${usual.concurrency} agents, as many as are usual, of which each keeps a processor busy all the time.`,
    tables: [
      [
        ["gradings", "passed", "timed out", "other verdict than alone", "median time over alone"],
        row("one at a time", alone),
        row("as many as usual", together),
        row("beside busy agents", crowded),
      ],
    ],
    findings: [
      {
        what: "Verdicts that differ between one grading at a time and the usual number, beside busy agents too",
        measured: `${others} of ${2 * all.length}`,
        bound: "none",
        holds: others === 0,
      },
    ],
  };
}
