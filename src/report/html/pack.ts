import { deflateRawSync } from "node:zlib";
import { uncachedTokens } from "../../core/figure.ts";
import type { StepRecord, ToolCallRecord, Trajectory } from "../../core/record.ts";
import type { PackedCall, PackedNote, PackedSegment, PackedStep, PackedText } from "../../web/page-data.ts";
import { cutText, cutTrajectory } from "./cut.ts";
import type { PlacedTrial } from "./trial-columns.ts";

/** Trajectories packed for the page: for each task a list of segments, one for each trial, which the page reads in their order. */
export type Packed = {
  readonly segments: ReadonlyMap<number, readonly string[]>;
  /** Index of a trial's segment among those of its task; -1 for a trial that did not fit. */
  readonly segmentOf: (trialId: number) => number;
  /** System prompts, each once; segments hold their indexes. */
  readonly systems: readonly string[];
  readonly kept: number;
};

type PackInput = { readonly trajectoryOf: (trialId: number) => Trajectory | null; readonly budgetBytes: number };

const MIN_CUT = 2_000;
const MAX_CUT = 64_000;
const MAX_SYSTEM = 16_000;
const MAX_MISSES = 12;

/** Packs trajectories in the order given until the budget is filled; reads one at a time, and stops reading after several that did not fit. */
export function packTrajectories(ordered: readonly PlacedTrial[], { trajectoryOf, budgetBytes }: PackInput): Packed {
  const packer = new SegmentPacker(budgetBytes);
  const limit = Math.min(MAX_CUT, Math.max(MIN_CUT, Math.floor(budgetBytes / Math.max(1, ordered.length))));
  let misses = 0;
  for (const { trial, task } of ordered) {
    if (misses === MAX_MISSES) break;
    const trajectory = trajectoryOf(trial.id);
    if (trajectory === null) continue;
    const isKept = packer.add(task, cutTrajectory(trajectory, limit)) || packer.add(task, cutTrajectory(trajectory, MIN_CUT / 4));
    misses = isKept ? 0 : misses + 1;
  }
  return packer.packed();
}

/** Deflates a value's JSON and writes it as base64, which the page can inflate. */
export function deflated(value: unknown): string {
  return deflateRawSync(JSON.stringify(value), { level: 9 }).toString("base64");
}

// Texts that occur more than once in a task, such as its prompt and the files that every arm reads, are kept once: later segments refer to them.
class SegmentPacker {
  readonly #segments = new Map<number, string[]>();
  readonly #texts = new Map<number, Map<string, number>>();
  readonly #places = new Map<number, number>();
  readonly #systems = new Map<string, number>();
  #left: number;

  constructor(budgetBytes: number) {
    this.#left = budgetBytes;
  }

  add(task: number, trajectory: Trajectory): boolean {
    const texts = this.#texts.get(task) ?? new Map<string, number>();
    const fresh = new Map<string, number>();
    const system = cutText(trajectory.system, MAX_SYSTEM, trajectory.trial.id);
    const systemPlace = this.#systems.get(system) ?? this.#systems.size;
    const body = segmentOf(trajectory, systemPlace, textWriter(texts, fresh));
    const packed: PackedSegment = { texts: [...fresh.keys()], ...body };
    const segment = deflated(packed);
    const size = segment.length + 1 + (systemPlace === this.#systems.size ? deflated(system).length : 0);
    if (size > this.#left) return false;
    this.#left -= size;
    this.#systems.set(system, systemPlace);
    for (const [text, place] of fresh) texts.set(text, place);
    this.#texts.set(task, texts);
    const segments = this.#segments.get(task) ?? [];
    this.#segments.set(task, segments);
    this.#places.set(trajectory.trial.id, segments.push(segment) - 1);
    return true;
  }

  packed(): Packed {
    return {
      segments: this.#segments,
      segmentOf: (trialId) => this.#places.get(trialId) ?? -1,
      systems: [...this.#systems.keys()],
      kept: this.#places.size,
    };
  }
}

type WriteText = (text: string) => PackedText;

// A reference to a shorter text would save less than it costs.
const MIN_SHARED = 80;

function textWriter(texts: ReadonlyMap<string, number>, fresh: Map<string, number>): WriteText {
  return (text) => {
    if (text.length < MIN_SHARED) return text;
    const place = texts.get(text) ?? fresh.get(text) ?? texts.size + fresh.size;
    if (!texts.has(text)) fresh.set(text, place);
    return place;
  };
}

function segmentOf(trajectory: Trajectory, system: number, text: WriteText): Omit<PackedSegment, "texts"> {
  return {
    system,
    firstTurns: trajectory.firstTurns.map(text),
    steps: trajectory.steps.map((step) => stepOf(step, text)),
    notes: notesOf(trajectory.notes, text),
    tests: trajectory.tests.map(({ name, status, message }) => [text(name), status, message === null ? null : text(message)]),
    tampering: trajectory.tampering.map(({ kind, evidence }) => [kind, text(evidence)]),
    testLog: text(trajectory.testLog),
  };
}

function stepOf(step: StepRecord, text: WriteText): PackedStep {
  return [
    step.iteration,
    text(step.text),
    text(step.reasoning),
    step.finish,
    uncachedTokens(step),
    step.cacheReadTokens,
    step.outputTokens,
    step.costUsd,
    Math.round(step.durationMs),
    step.toolCalls.map((call) => callOf(call, text)),
    notesOf(step.notes, text),
    step.firstTokenMs === null ? null : Math.round(step.firstTokenMs),
    step.usageInconsistency === null ? null : text(step.usageInconsistency),
  ];
}

function callOf(call: ToolCallRecord, text: WriteText): PackedCall {
  const { tool, result, decision, errorKind, exitCode, timedOut, durationMs } = call;
  return [tool, text(call.arguments), result === null ? null : text(result), decision, errorKind, exitCode, timedOut ? 1 : 0, durationMs];
}

function notesOf(notes: StepRecord["notes"], text: WriteText): readonly PackedNote[] {
  return notes.map((note) => [note.kind, text(note.text)]);
}
