import type { Agent, Difference, Journal, Past } from "../core/agent.ts";
import type { Model } from "../core/model.ts";
import type { FrozenMachine, SandboxProvider } from "../core/sandbox.ts";
import type { SourceFile } from "../core/task.ts";
import type { Submission } from "../core/trial.ts";
import type { Verdict } from "../core/verdict.ts";
import type { Web } from "../core/web.ts";
import { changesOf, isSameFile } from "../grade/submission.ts";
import { giveInputs } from "./agent-inputs.ts";
import { type Grading, takeSubmission } from "./grading.ts";
import { agentSandbox, awaitHealthy, freezeFor } from "./machine.ts";
import type { PlannedTrial } from "./planned-trial.ts";
import { webPart } from "./run-web.ts";

/** A stored trial, and what it is replayed with. */
export type ReplayRequest = {
  readonly planned: PlannedTrial;
  readonly past: Past;
  readonly submission: Submission;
  readonly sandboxes: SandboxProvider;
  readonly agent: Agent;
  /** What the task allows of the web, as it is stored with the run. */
  readonly web?: Web | undefined;
  readonly grading: Grading;
  readonly signal: AbortSignal;
};

/** The result of a replay: where it differs from the record, and the verdict on its own submission. */
export type Replay = { readonly differences: readonly Difference[]; readonly verdict: Verdict };

/**
 * Replays a stored trial in a fresh sandbox, with the recorded answers in place of a model, and grades what it submits. Nothing is stored and nothing
 * is paid for. Throws InfraError when the sandbox fails.
 */
export async function replayTrial(request: ReplayRequest): Promise<Replay> {
  const { planned, submission, grading, signal } = request;
  const differences: Difference[] = [];
  const { task } = planned;
  const { files, machine } = await replayAgent(request, (difference) => differences.push(difference));
  if (task.state !== undefined) return { differences, verdict: await gradeMachine(request, machine) };
  const before = submission.isWhole ? changesOf(submission.files, await task.files.workspace(), task.deliver) : submission.files;
  differences.push(...fileDifferences(before, files, await task.files.workspace()));
  await grading.prepare(task, signal);
  const verdict = await grading.grade(task, files, signal);
  return { differences, verdict };
}

async function gradeMachine({ planned, grading, signal }: ReplayRequest, machine: FrozenMachine | null): Promise<Verdict> {
  try {
    return await grading.gradeState(planned.task, machine, signal);
  } finally {
    await machine?.discard();
  }
}

/** What the agent left: its files, or the frozen machine of a task whose state is graded, null where that was lost. */
type Left = { readonly files: readonly SourceFile[]; readonly machine: FrozenMachine | null };

async function replayAgent(request: ReplayRequest, onDifference: (difference: Difference) => void): Promise<Left> {
  const { planned, past, submission, agent, sandboxes, web, signal } = request;
  const { task, arm } = planned;
  const sandbox = await sandboxes.open(agentSandbox(task), signal);
  try {
    await awaitHealthy(sandbox, task, signal);
    const { ofAgent } = await giveInputs(sandbox, planned);
    const { stop } = await agent.work({
      ...ofAgent,
      model: silentModel(arm.model),
      sandbox,
      ...webPart(web),
      journal: NO_JOURNAL,
      signal,
      past,
      onDifference,
    });
    if (stop.kind !== submission.stop.kind)
      onDifference({ where: "the end of the agent's work", before: submission.stop.kind, now: stop.kind });
    if (task.state !== undefined) return { files: [], machine: await freezeFor(sandbox, signal) };
    return { files: await takeSubmission(sandbox, task, () => {}), machine: null };
  } finally {
    await sandbox.close();
  }
}

// A replay that asks for more answers than there are in the record ends with a refusal.
function silentModel(spec: Model["spec"]): Model {
  const turn = { kind: "assistant" as const, native: null, view: { text: "", reasoning: "", refusal: "the record ends here", calls: [] } };
  const usage = { inputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0, cacheWrite1hTokens: 0, outputTokens: 0, reasoningTokens: null };
  return {
    spec,
    generate: async () => ({
      kind: "response",
      turn,
      finish: "refusal",
      finishRaw: "replay",
      usage: { ...usage, inconsistency: null, isKnown: true },
      cost: { costUsd: 0, noCacheCostUsd: 0, source: "unknown", computedUsd: null, reportedUsd: null },
      served: { model: null, provider: null, responseId: null, requestId: null, serviceTier: null },
      startedAt: "",
      durationMs: 0,
      firstTokenMs: null,
      attempts: [],
      repairs: [],
      rawBody: "",
    }),
  };
}

const NO_JOURNAL: Journal = {
  opened: () => {},
  responded: () => {},
  toolStarted: () => {},
  toolFinished: () => {},
  noted: () => {},
  unanswered: () => {},
  flushed: async () => {},
};

type Files = readonly SourceFile[];

// What neither of them changed is in both as it was in the workspace.
function fileDifferences(before: Files, now: Files, workspace: Files): Difference[] {
  const [started, then, later] = [workspace, before, now].map((files) => new Map(files.map((file) => [file.path, file])));
  const paths = [...new Set([...before, ...now].map(({ path }) => path))].sort();
  return paths.flatMap((path) => {
    const [a, b] = [then, later].map((files) => files?.get(path) ?? started?.get(path) ?? NOT_THERE);
    if (a === undefined || b === undefined || isSameFile(a, b)) return [];
    return [{ where: `the file ${path}`, before: describe(a), now: describe(b) }];
  });
}

const NOT_THERE: SourceFile = { path: "", bytes: new Uint8Array(), executable: false, kind: "absent" };

function describe({ kind, bytes }: SourceFile): string {
  if (kind === "absent") return "not there";
  return kind === undefined ? `${bytes.length} bytes` : `a ${kind}`;
}
