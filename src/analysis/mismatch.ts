import { formatDate } from "../core/format.ts";
import type { ArmResult, RunRecord } from "../core/record.ts";
import type { Mismatch } from "./comparison.ts";
import type { ArmInRun } from "./report.ts";

// Below this share of tasks in common, the two sides took different suites.
const ENOUGH_COMMON = 0.95;

/** Lists all in which two arms differ besides their results, and which of it makes their figures incomparable. */
export function mismatchesOf(
  baseline: ArmInRun,
  candidate: ArmInRun,
  tasks: { readonly compared: number; readonly leftOut: number },
): readonly Mismatch[] {
  return [
    ...taskMismatch(baseline, candidate, tasks),
    ...runMismatches(baseline.run, candidate.run),
    ...settingMismatches(baseline.arm, candidate.arm),
    ...priceMismatches(baseline, candidate),
    ...confounded(baseline.arm, candidate.arm),
  ];
}

/** Tells whether the prices of two arms of one model differ, so that their costs measure the price list. */
export function pricesDiffer(baseline: ArmResult, candidate: ArmResult): boolean {
  return baseline.model === candidate.model && JSON.stringify(baseline.price) !== JSON.stringify(candidate.price);
}

function taskMismatch(
  baseline: ArmInRun,
  candidate: ArmInRun,
  tasks: { readonly compared: number; readonly leftOut: number },
): readonly Mismatch[] {
  if (tasks.leftOut === 0) return [];
  const misleading = tasks.compared / (tasks.compared + tasks.leftOut) < ENOUGH_COMMON;
  return [
    {
      what: `tasks (${tasks.compared} in common, ${tasks.leftOut} left out)`,
      baseline: suiteName(baseline.run),
      candidate: suiteName(candidate.run),
      misleading,
    },
  ];
}

function suiteName({ suite, suiteDigest }: RunRecord): string {
  return `${suite} ${suiteDigest.slice(0, 8)}`;
}

// The grader is part of the harness, so another version may judge in another way.
function runMismatches(baseline: RunRecord, candidate: RunRecord): readonly Mismatch[] {
  return [
    differing("image", { baseline: baseline.imageId.slice(0, 19), candidate: candidate.imageId.slice(0, 19) }, true),
    differing("harness and grader version", { baseline: baseline.harnessVersion, candidate: candidate.harnessVersion }, true),
    differing("container runtime", { baseline: runtimeOf(baseline), candidate: runtimeOf(candidate) }, true),
    differing("attempts", { baseline: String(baseline.attempts), candidate: String(candidate.attempts) }, false),
  ].flat();
}

function runtimeOf({ settings }: RunRecord): string {
  const flags = settings["flags"] as { readonly runtime?: unknown } | undefined;
  return typeof flags?.runtime === "string" ? flags.runtime : "the engine's own";
}

function settingMismatches(baseline: ArmResult, candidate: ArmResult): readonly Mismatch[] {
  const before = flattened(baseline.settings);
  const after = flattened(candidate.settings);
  const names = [...new Set([...before.keys(), ...after.keys()])].sort();
  return names.flatMap((name) =>
    // A tool profile may be what is compared; a limit that differs gives one side more room than the other.
    differing(name, { baseline: before.get(name) ?? "-", candidate: after.get(name) ?? "-" }, name.startsWith("limits.")),
  );
}

function priceMismatches(baseline: ArmInRun, candidate: ArmInRun): readonly Mismatch[] {
  if (pricesDiffer(baseline.arm, candidate.arm))
    return differing(
      "price (costs are not compared)",
      { baseline: JSON.stringify(baseline.arm.price), candidate: JSON.stringify(candidate.arm.price) },
      false,
    );
  const isBundled = baseline.arm.price === null && candidate.arm.price === null;
  const day = ({ run }: ArmInRun): string => formatDate(run.createdAt).slice(0, 10);
  return isBundled ? differing("date of the price list", { baseline: day(baseline), candidate: day(candidate) }, false) : [];
}

// Two changes at once cannot be told apart by any statistics.
function confounded(baseline: ArmResult, candidate: ArmResult): readonly Mismatch[] {
  if (baseline.model === candidate.model || baseline.promptDigest === candidate.promptDigest) return [];
  return differing(
    "model and prompt at once",
    { baseline: `${baseline.model}, ${baseline.promptName}`, candidate: `${candidate.model}, ${candidate.promptName}` },
    false,
  );
}

function differing(
  what: string,
  values: { readonly baseline: string; readonly candidate: string },
  misleading: boolean,
): readonly Mismatch[] {
  return values.baseline === values.candidate ? [] : [{ what, ...values, misleading }];
}

function flattened(record: Readonly<Record<string, unknown>>, prefix = ""): Map<string, string> {
  const entries = Object.entries(record).flatMap(([name, value]): [string, string][] => {
    const path = prefix === "" ? name : `${prefix}.${name}`;
    const isRecord = typeof value === "object" && value !== null && !Array.isArray(value);
    return isRecord ? [...flattened(value as Record<string, unknown>, path)] : [[path, JSON.stringify(value)]];
  });
  return new Map(entries);
}
