import type { GradedIsolation } from "../core/verdict.ts";
import type { PackedCall, PackedNote, PackedSegment, PackedStep, PackedText, PackedTrials, PageData } from "./page-data.ts";
import { type PageModel, pageModel } from "./page-model.ts";

/** One trial of the page; `task` and `arm` are indexes into the page's lists, and `passed` is null without a grade. */
export type Trial = {
  readonly id: number;
  readonly task: number;
  readonly arm: number;
  readonly attempt: number;
  readonly passed: boolean | null;
  readonly stop: string | null;
  readonly stopDetail: string | null;
  readonly reason: string | null;
  readonly testsPassed: number | null;
  readonly testsTotal: number | null;
  readonly errorSource: string | null;
  readonly errorMessage: string | null;
  readonly tampered: boolean;
  readonly isolation: GradedIsolation | null;
  readonly iterations: number;
  readonly uncached: number | null;
  readonly cached: number | null;
  readonly output: number | null;
  readonly costUsd: number | null;
  readonly unbilledAttempts: number;
  readonly assumedUsd: number;
  readonly unknownUsageSteps: number;
  readonly doubtfulUsageSteps: number;
  readonly modelMs: number | null;
  readonly firstTokenMs: number | null;
  readonly workingMs: number;
  readonly segment: number;
};

/** The page's trials, by id and by cell (`task/arm`, both indexes), and the system prompts of their trajectories. */
export type TrialList = {
  readonly byId: ReadonlyMap<number, Trial>;
  readonly cells: ReadonlyMap<string, readonly Trial[]>;
  readonly systems: readonly string[];
};

/** A note of the harness. */
export type Note = { readonly kind: string; readonly text: string };

/** A tool call; `result` is null when the harness stopped while it ran. */
export type Call = {
  readonly tool: string;
  readonly arguments: string;
  readonly result: string | null;
  readonly decision: string | null;
  readonly errorKind: string | null;
  readonly exitCode: number | null;
  readonly timedOut: boolean;
  readonly durationMs: number | null;
};

/** One response of the model with its tool calls; `uncached`, `cached` and `output` are tokens, null where the provider gave no count. */
export type Step = {
  readonly iteration: number;
  readonly text: string;
  readonly reasoning: string;
  readonly finish: string;
  readonly uncached: number | null;
  readonly cached: number | null;
  readonly output: number | null;
  readonly costUsd: number | null;
  readonly durationMs: number;
  readonly calls: readonly Call[];
  readonly notes: readonly Note[];
  readonly firstTokenMs: number | null;
  /** What does not add up in the provider's figures, or null. */
  readonly doubt: string | null;
};

/** A whole trial as the page shows it. */
export type PageTrajectory = {
  readonly system: string;
  readonly firstTurns: readonly string[];
  readonly steps: readonly Step[];
  readonly notes: readonly Note[];
  readonly tests: readonly { readonly name: string; readonly status: string; readonly message: string | null }[];
  readonly tampering: readonly { readonly kind: string; readonly evidence: string }[];
  readonly testLog: string;
};

/** Reads what the page shows at once, with each arm's results by task. */
export function readPage(): PageModel {
  return pageModel(JSON.parse(textOf("data")) as PageData);
}

function textOf(id: string): string {
  return document.getElementById(id)?.textContent ?? "";
}

async function inflated(base64: string): Promise<unknown> {
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  return JSON.parse(await new Response(stream).text());
}

let trialsOnce: Promise<TrialList> | null = null;

/** Gives the list of trials; unpacked when it is first asked for. */
export function readTrials(): Promise<TrialList> {
  trialsOnce ??= inflated(textOf("trials")).then((packed) => trialList(packed as PackedTrials));
  return trialsOnce;
}

function trialList(packed: PackedTrials): TrialList {
  const trials = packed.id.map((id, index) => trialAt(packed, id, index));
  const cells = new Map<string, Trial[]>();
  for (const trial of trials) {
    const key = `${trial.task}/${trial.arm}`;
    cells.set(key, [...(cells.get(key) ?? []), trial]);
  }
  return { byId: new Map(trials.map((trial) => [trial.id, trial])), cells, systems: packed.systems };
}

function trialAt(packed: PackedTrials, id: number, index: number): Trial {
  const number = (column: readonly number[]): number => column[index] ?? 0;
  const word = (column: readonly number[]): string | null => packed.words[column[index] ?? -1] ?? null;
  const passed = number(packed.passed);
  return {
    id,
    task: number(packed.task),
    arm: number(packed.arm),
    attempt: number(packed.attempt),
    passed: passed < 0 ? null : passed === 1,
    stop: word(packed.stop),
    stopDetail: word(packed.stopDetail),
    reason: word(packed.reason),
    testsPassed: packed.testsPassed[index] ?? null,
    testsTotal: packed.testsTotal[index] ?? null,
    errorSource: word(packed.errorSource),
    errorMessage: word(packed.errorMessage),
    tampered: number(packed.tampered) === 1,
    isolation: word(packed.isolation) as GradedIsolation | null,
    iterations: number(packed.iterations),
    uncached: packed.uncached[index] ?? null,
    cached: packed.cached[index] ?? null,
    output: packed.output[index] ?? null,
    costUsd: packed.costUsd[index] ?? null,
    unbilledAttempts: number(packed.unbilled),
    assumedUsd: number(packed.assumedUsd),
    unknownUsageSteps: number(packed.unknownSteps),
    doubtfulUsageSteps: number(packed.doubtfulSteps),
    modelMs: packed.modelMs[index] ?? null,
    firstTokenMs: packed.firstTokenMs[index] ?? null,
    workingMs: number(packed.workingMs),
    segment: packed.segment[index] ?? -1,
  };
}

type TaskSegments = { readonly segments: readonly PackedSegment[]; readonly texts: readonly string[] };

const tasksOnce = new Map<number, Promise<TaskSegments>>();

/** Gives the trajectory of a trial, or null where this file does not hold it. */
export async function readTrajectory(trial: Trial, systems: readonly string[]): Promise<PageTrajectory | null> {
  if (trial.segment < 0) return null;
  const reading = tasksOnce.get(trial.task) ?? Promise.all(textOf(`task-${trial.task}`).split(" ").map(inflated)).then(sharedTexts);
  tasksOnce.set(trial.task, reading);
  const { segments, texts } = await reading;
  const segment = segments[trial.segment];
  return segment ? unpacked(segment, texts, systems) : null;
}

// A text that came before is a number: its index among all texts of the task.
function sharedTexts(unpackedSegments: readonly unknown[]): TaskSegments {
  const segments = unpackedSegments as readonly PackedSegment[];
  return { segments, texts: segments.flatMap((segment) => segment.texts) };
}

function unpacked(segment: PackedSegment, texts: readonly string[], systems: readonly string[]): PageTrajectory {
  const text = (value: PackedText): string => (typeof value === "number" ? (texts[value] ?? "") : value);
  return {
    system: systems[segment.system] ?? "",
    firstTurns: segment.firstTurns.map(text),
    steps: segment.steps.map((step) => unpackedStep(step, text)),
    notes: unpackedNotes(segment.notes, text),
    tests: segment.tests.map(([name, status, message]) => ({
      name: text(name),
      status,
      message: message === null ? null : text(message),
    })),
    tampering: segment.tampering.map(([kind, evidence]) => ({ kind, evidence: text(evidence) })),
    testLog: text(segment.testLog),
  };
}

type TextOf = (value: PackedText) => string;

function unpackedStep(step: PackedStep, text: TextOf): Step {
  const [iteration, said, reasoning, finish, uncached, cached, output, costUsd, durationMs, calls, notes, firstTokenMs, doubt] = step;
  return {
    iteration,
    text: text(said),
    reasoning: text(reasoning),
    finish,
    uncached,
    cached,
    output,
    costUsd,
    durationMs,
    calls: calls.map((call) => unpackedCall(call, text)),
    notes: unpackedNotes(notes, text),
    firstTokenMs,
    doubt: doubt === null ? null : text(doubt),
  };
}

function unpackedCall([tool, args, result, decision, errorKind, exitCode, timedOut, durationMs]: PackedCall, text: TextOf): Call {
  const shown = result === null ? null : text(result);
  return { tool, arguments: text(args), result: shown, decision, errorKind, exitCode, timedOut: timedOut === 1, durationMs };
}

function unpackedNotes(notes: readonly PackedNote[], text: TextOf): readonly Note[] {
  return notes.map(([kind, value]) => ({ kind, text: text(value) }));
}
