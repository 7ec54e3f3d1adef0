import { setTimeout as sleep } from "node:timers/promises";
import type { AgentSpec } from "../core/agent.ts";
import { InfraError, UserError } from "../core/errors.ts";
import { layerKey } from "../core/layer.ts";
import { printable, withoutColours } from "../core/printable.ts";
import {
  type CommandResult,
  type FrozenMachine,
  type Sandbox,
  SandboxLost,
  type SandboxProvider,
  type SandboxRequest,
} from "../core/sandbox.ts";
import { sandboxFor } from "../core/sandbox-for.ts";
import type { Healthcheck, SourceFile, Task } from "../core/task.ts";
import type { Verdict } from "../core/verdict.ts";
import { type GradedState, gradeState } from "../grade/state/grade-state.ts";

/** Where machines are opened, and what stops it. */
export type MachineDeps = { readonly sandboxes: SandboxProvider; readonly signal: AbortSignal };

const MAX_SOLVE_MS = 3_600_000;
const OUTPUT_BYTES = 16 * 1024;
const MAX_SAID = 200;

/** Describes the sandbox that an agent gets for a task; one that is known by name and version has its programs in it, where setup installed them. */
export function agentSandbox(task: Task, agent?: AgentSpec): SandboxRequest {
  const { machine } = task;
  const layer = agent?.kind === "cli" ? { layer: layerKey(agent) } : {};
  return { ...sandboxFor(task, "agent"), ...(machine === undefined ? {} : { machine }), ...layer };
}

/** Lays the workspace of a task into its sandbox, unless that had it from the start. Throws SandboxLost when there is no room. */
export async function layWorkspace(sandbox: Sandbox, workspace: readonly SourceFile[]): Promise<void> {
  if (sandbox.hasTree !== true) await sandbox.putFiles(sandbox.workspace, workspace);
}

/** Waits until a machine is as its task says that it must be before the agent begins. Throws InfraError (source `task`) when it does not become so. */
export async function awaitHealthy(sandbox: Sandbox, { machine }: Task, signal: AbortSignal): Promise<void> {
  const check = machine?.healthcheck ?? null;
  if (check === null) return;
  const startedAt = performance.now();
  for (let failures = 0; failures < check.retries; ) {
    const { exit } = await sandbox.run(healthCommand(sandbox, check), signal);
    if (exit.kind === "exited" && exit.code === 0) return;
    // Failures at the start do not count.
    if (performance.now() - startedAt > check.startSeconds * 1000) failures += 1;
    await pause(check.intervalSeconds * 1000, signal);
  }
  throw new InfraError(
    "task",
    `Cannot start: the healthcheck of the task failed ${check.retries} times in its untouched machine; correct it or the image`,
  );
}

function healthCommand({ workspace }: Sandbox, { command, timeoutSeconds }: Healthcheck) {
  return { command, cwd: workspace, env: {}, timeoutMs: timeoutSeconds * 1000, maxOutputBytes: OUTPUT_BYTES };
}

async function pause(durationMs: number, signal: AbortSignal): Promise<void> {
  await sleep(durationMs, undefined, { signal }).catch(() => signal.throwIfAborted());
}

/** Freezes a machine; null for one that was lost in a way that leaves nothing to grade. Throws InfraError for a sandbox that is no machine. */
export async function freezeFor(sandbox: Sandbox, signal: AbortSignal): Promise<FrozenMachine | null> {
  if (sandbox.freeze === undefined)
    throw new InfraError("sandbox", "Cannot grade the state of a sandbox: this kind of sandbox cannot be frozen; use --sandbox docker");
  try {
    return await sandbox.freeze(signal);
  } catch (error) {
    if (error instanceof SandboxLost) return null;
    throw error;
  }
}

/** The verdict on a machine that cannot be graded because of what the agent did to it. */
export const LOST_MACHINE: Verdict = {
  passed: false,
  reason: "nothing-delivered",
  testsPassed: 0,
  testsTotal: 0,
  tests: [],
  tampering: [],
  isolation: null,
  heldBack: [],
  log: "the machine was ended because it wrote more than it may hold, so that there is nothing to grade",
  durationMs: 0,
};

/** Opens the machine of a task, lets `work` do something in it, and freezes it. The frozen machine must be discarded. */
async function frozenAfter(
  task: Task,
  { sandboxes, signal }: MachineDeps,
  work: (sandbox: Sandbox) => Promise<void>,
): Promise<FrozenMachine> {
  const sandbox = await sandboxes.open(agentSandbox(task), signal);
  try {
    await awaitHealthy(sandbox, task, signal);
    await layWorkspace(sandbox, await task.files.workspace());
    await work(sandbox);
    const frozen = await freezeFor(sandbox, signal);
    if (frozen === null)
      throw new UserError(`Cannot grade task "${task.id}": its solution writes more than the machine may hold; raise storage_mb`);
    return frozen;
  } catch (error) {
    if (!(error instanceof SandboxLost)) throw error;
    throw new UserError(`Cannot grade task "${task.id}": its solution ended the machine: ${error.message}`);
  } finally {
    await sandbox.close();
  }
}

/** Freezes the machine of a task as nobody has touched it. */
export function untouchedMachine(task: Task, deps: MachineDeps): Promise<FrozenMachine> {
  return frozenAfter(task, deps, async () => {});
}

/** A machine that a task's solution script was run in; `problem` says how the script failed, null where it did not. */
export type SolvedMachine = { readonly machine: FrozenMachine; readonly problem: string | null };

/** Runs the solution script of a task in its machine and freezes that; null where the task has none. Throws UserError when it takes more than an hour. */
export async function solvedMachine(task: Task, deps: MachineDeps): Promise<SolvedMachine | null> {
  const solution = task.state?.solution ?? null;
  if (solution === null || task.files.solution === undefined) return null;
  const files = await task.files.solution();
  let problem: string | null = null;
  const machine = await frozenAfter(task, deps, async (sandbox) => {
    await sandbox.putFiles(solution.folder, files);
    const command = ["bash", `${solution.folder}/${solution.path}`];
    const request = { command, cwd: sandbox.workspace, env: solution.env, timeoutMs: MAX_SOLVE_MS, maxOutputBytes: OUTPUT_BYTES };
    const result = await sandbox.run(request, deps.signal);
    if (result.exit.kind === "timed-out")
      throw new UserError(`Cannot grade task "${task.id}": its solution takes more than an hour; make it faster`);
    problem = scriptProblem(result);
  });
  return { machine, problem };
}

function scriptProblem({ exit, head, tail }: CommandResult): string | null {
  if (exit.kind === "exited" && exit.code === 0) return null;
  const said = lastLine(new TextDecoder().decode(Buffer.concat([head, tail])));
  const how = exit.kind === "exited" ? `with status ${exit.code}` : `(${exit.kind})`;
  return `its solution script ended ${how}${said === undefined ? "" : `: ${printable(withoutColours(said), MAX_SAID)}`}`;
}

// What is frozen for one grading is gone after it.
async function gradeOnce(task: Task, machine: FrozenMachine, signal: AbortSignal): Promise<GradedState> {
  try {
    return await gradeState({ task, machine, signal });
  } finally {
    await machine.discard();
  }
}

/**
 * Makes sure that a task whose state is graded can be: its solution passes, where it has one. Returns the names of its tests. Throws UserError when the solution does not
 * pass.
 */
export async function learnState(task: Task, deps: MachineDeps): Promise<readonly string[]> {
  const solved = await solvedMachine(task, deps);
  if (solved === null) return [];
  const { machine, problem } = solved;
  const { ended } = machine;
  const { verdict } = await gradeOnce(task, machine, deps.signal);
  if (verdict.passed) return verdict.tests.map(({ name }) => name);
  throw new UserError(`Cannot grade task "${task.id}": its solution does not pass its tests, ${stateFailure(verdict, ended, problem)}`);
}

/** Says in a line why the state that a task's own solution leaves does not pass, and what may be the cause. */
export function stateFailure({ tests, rewards, reason, log }: Verdict, ended: readonly string[], problem: string | null): string {
  const failed = tests.find(({ status }) => status === "failed");
  const given = Object.entries(rewards ?? {}).map(([name, value]) => `${name} ${value}`);
  const found = failed === undefined ? (given.length > 0 ? given.join(", ") : (lastLine(log) ?? reason)) : `"${failed.name}" failed`;
  const cause =
    ended.length === 0
      ? ""
      : `; what it left running was ended before the tests (${ended.slice(0, 3).join("; ")}), and tests that need it cannot be graded by the state of the machine`;
  return `${problem === null ? "" : `${problem}; `}${found}${cause}`;
}

function lastLine(log: string): string | undefined {
  return log.trimEnd().split("\n").at(-1)?.slice(0, 300) || undefined;
}
