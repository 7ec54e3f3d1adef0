import { WORKSPACE } from "../../../src/core/sandbox.ts";
import type { Isolation, SandboxLimits } from "../../../src/core/task.ts";
import type { GradingStep } from "../../../src/grade/runner/step.ts";
import { readSupervisor, type SupervisorReport, supervisorCommand } from "../../../src/grade/runner/supervisor.ts";
import { ISOLATED_TESTS, PLAIN_TESTS } from "../../../src/grade/runner/test-runner.ts";
import { sandboxes, sources, type Texts } from "../small-task.ts";

const LIMITS: SandboxLimits = { memoryMb: 256, cpus: 1, pids: 64, workspaceMb: 32, tmpMb: 32 };

/** One grading without a task: what lies in the workspace, what the tests are, and the programs that judge. */
export type Supervised = {
  readonly workspace?: Texts;
  readonly tests?: Texts;
  readonly isolation?: Isolation;
  readonly timeoutMs?: number;
  /** Variables that stand for those of a task's image. */
  readonly image?: Readonly<Record<string, string>>;
  readonly steps: readonly (Partial<GradingStep> & Pick<GradingStep, "argv">)[];
};

/** Runs the supervisor in a real sandbox for grading; null when it told nothing readable after its token. */
export async function supervise(given: Supervised): Promise<SupervisorReport | null> {
  const isolation = given.isolation ?? "process";
  const token = "00112233445566778899";
  const steps = given.steps.map((step) => ({ env: {}, judge: null, boundary: null, report: { kind: "events" } as const, ...step }));
  const testsRoot = isolation === "process" ? ISOLATED_TESTS : PLAIN_TESTS;
  const plan = { files: sources(given.tests ?? {}), steps };
  const command = supervisorCommand({ token, isolation, timeoutMs: given.timeoutMs ?? 30_000, testsRoot, plan });
  const signal = new AbortController().signal;
  const sandbox = await sandboxes.open({ image: null, limits: LIMITS, purpose: "grading" }, signal);
  try {
    await sandbox.putFiles(WORKSPACE, sources(given.workspace ?? {}));
    const result = await sandbox.run({ ...command, env: given.image ?? {} }, signal);
    const told = readSupervisor(result, token);
    if (!told.begun) throw new Error(`the supervisor did not begin: ${new TextDecoder().decode(result.head)}`);
    return told.report;
  } finally {
    await sandbox.close();
  }
}

/** Runs one Bash script of the tests, which starts in the workspace, and returns what it printed. */
export async function scriptOutput(script: string, rest: Omit<Supervised, "steps"> = {}): Promise<string> {
  const report = await supervise({ ...rest, steps: [bash(script)] });
  return report?.steps[0]?.log ?? "(no report)";
}

/** A step that runs a Bash script in the workspace. */
export function bash(script: string): Supervised["steps"][number] {
  return { argv: ["/bin/bash", "-c", script], cwd: WORKSPACE, report: { kind: "files", paths: [] } };
}
