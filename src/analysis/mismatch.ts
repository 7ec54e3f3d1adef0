import { agentName } from "../core/agent.ts";
import type { ArmResult, RunRecord } from "../core/record.ts";
import type { Mismatch, MismatchSubject } from "./comparison.ts";

// Below this share of tasks in common, the two sides ran different suites.
const ENOUGH_COMMON = 0.95;

/** What is compared of an arm and its run. */
export type ComparableArm = {
  readonly run: Pick<RunRecord, "suite" | "suiteDigest" | "imageId" | "harnessVersion" | "attempts" | "createdAt" | "settings">;
  readonly arm: Pick<ArmResult, "agent" | "model" | "price" | "settings" | "promptName" | "promptDigest">;
};

/** Lists every difference between two arms besides their results, and marks those that make their figures incomparable. */
export function mismatchesOf(
  baseline: ComparableArm,
  candidate: ComparableArm,
  tasks: { readonly compared: number; readonly leftOut: number },
): readonly Mismatch[] {
  return [
    ...taskMismatch(baseline, candidate, tasks),
    ...runMismatches(baseline.run, candidate.run),
    ...differing({ kind: "agent" }, { baseline: agentName(baseline.arm.agent), candidate: agentName(candidate.arm.agent) }, false),
    ...settingMismatches(baseline.arm, candidate.arm),
    ...priceMismatches(baseline, candidate),
    ...confounded(baseline.arm, candidate.arm),
  ];
}

/** Checks whether two arms of one model have different prices, in which case their costs measure the price list. */
export function pricesDiffer(baseline: ComparableArm["arm"], candidate: ComparableArm["arm"]): boolean {
  return baseline.model === candidate.model && JSON.stringify(baseline.price) !== JSON.stringify(candidate.price);
}

function taskMismatch(
  baseline: ComparableArm,
  candidate: ComparableArm,
  tasks: { readonly compared: number; readonly leftOut: number },
): readonly Mismatch[] {
  if (tasks.leftOut === 0) return [];
  const misleading = tasks.compared / (tasks.compared + tasks.leftOut) < ENOUGH_COMMON;
  return [
    {
      subject: { kind: "tasks", compared: tasks.compared, leftOut: tasks.leftOut },
      baseline: suiteName(baseline.run),
      candidate: suiteName(candidate.run),
      misleading,
    },
  ];
}

function suiteName({ suite, suiteDigest }: ComparableArm["run"]): string {
  return `${suite} ${suiteDigest.slice(0, 8)}`;
}

// The grader is part of the harness, so another version may grade differently.
function runMismatches(baseline: ComparableArm["run"], candidate: ComparableArm["run"]): readonly Mismatch[] {
  return [
    differing({ kind: "image" }, { baseline: baseline.imageId.slice(0, 19), candidate: candidate.imageId.slice(0, 19) }, true),
    differing({ kind: "harness-version" }, { baseline: baseline.harnessVersion, candidate: candidate.harnessVersion }, true),
    differing({ kind: "runtime" }, { baseline: runtimeOf(baseline), candidate: runtimeOf(candidate) }, true),
    differing({ kind: "attempts" }, { baseline: String(baseline.attempts), candidate: String(candidate.attempts) }, false),
  ].flat();
}

function runtimeOf({ settings }: ComparableArm["run"]): string | null {
  const flags = settings["flags"] as { readonly runtime?: unknown } | undefined;
  return typeof flags?.runtime === "string" ? flags.runtime : null;
}

function settingMismatches(baseline: ComparableArm["arm"], candidate: ComparableArm["arm"]): readonly Mismatch[] {
  const isOneKind = baseline.agent.kind === candidate.agent.kind;
  const [before, after] = [fieldsOf(baseline, isOneKind), fieldsOf(candidate, isOneKind)];
  const names = [...new Set([...before.keys(), ...after.keys()])].sort();
  return names.flatMap((name) =>
    // A tool profile may be what is compared; a different limit gives one side an advantage.
    differing(
      { kind: "setting", name },
      { baseline: before.get(name) ?? null, candidate: after.get(name) ?? null },
      name.startsWith("limits."),
    ),
  );
}

// A setting that only one of two kinds of agent has does not count as different.
function fieldsOf({ agent, settings }: ComparableArm["arm"], isOneKind: boolean): ReadonlyMap<string, string> {
  if (!isOneKind || agent.kind !== "loop") return flattened(settings);
  const { kind: _kind, ...fields } = agent;
  return flattened({ ...fields, ...settings });
}

function priceMismatches(baseline: ComparableArm, candidate: ComparableArm): readonly Mismatch[] {
  if (pricesDiffer(baseline.arm, candidate.arm))
    return differing(
      { kind: "price" },
      { baseline: JSON.stringify(baseline.arm.price), candidate: JSON.stringify(candidate.arm.price) },
      false,
    );
  const isBundled = baseline.arm.price === null && candidate.arm.price === null;
  const day = ({ run }: ComparableArm): string => run.createdAt.slice(0, 10);
  return isBundled ? differing({ kind: "price-list-date" }, { baseline: day(baseline), candidate: day(candidate) }, false) : [];
}

// No statistics can separate the effects of two changes made at once.
function confounded(baseline: ComparableArm["arm"], candidate: ComparableArm["arm"]): readonly Mismatch[] {
  const parts = [
    {
      part: "agent" as const,
      isSame: agentName(baseline.agent) === agentName(candidate.agent),
      of: ({ agent }: ComparableArm["arm"]) => agentName(agent),
    },
    { part: "model" as const, isSame: baseline.model === candidate.model, of: ({ model }: ComparableArm["arm"]) => model },
    {
      part: "prompt" as const,
      isSame: baseline.promptDigest === candidate.promptDigest,
      of: ({ promptName }: ComparableArm["arm"]) => promptName,
    },
  ].filter(({ isSame }) => !isSame);
  if (parts.length < 2) return [];
  const values = (arm: ComparableArm["arm"]): string => parts.map(({ of }) => of(arm)).join(", ");
  const subject = { kind: "several-parts" as const, parts: parts.map(({ part }) => part) };
  return differing(subject, { baseline: values(baseline), candidate: values(candidate) }, false);
}

function differing(
  subject: MismatchSubject,
  values: { readonly baseline: string | null; readonly candidate: string | null },
  misleading: boolean,
): readonly Mismatch[] {
  return values.baseline === values.candidate ? [] : [{ subject, ...values, misleading }];
}

function flattened(record: Readonly<Record<string, unknown>>, prefix = ""): Map<string, string> {
  const entries = Object.entries(record).flatMap(([name, value]): [string, string][] => {
    const path = prefix === "" ? name : `${prefix}.${name}`;
    const isRecord = typeof value === "object" && value !== null && !Array.isArray(value);
    return isRecord ? [...flattened(value as Record<string, unknown>, path)] : [[path, JSON.stringify(value)]];
  });
  return new Map(entries);
}
