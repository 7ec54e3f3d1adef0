import { clipped, plainText, withoutColours } from "../../core/printable.ts";
import type { ReportedTest } from "../runner/run-report.ts";

/** A test as a report has it, before its name and texts are bounded. */
export type RawTest = {
  readonly name: string;
  readonly status: ReportedTest["status"];
  readonly message?: string | null | undefined;
  readonly durationMs?: number | null | undefined;
};

/** What separates a test from the suite or file that it is in. */
export const SEPARATOR = " > ";

// As many as a task may require, and as many again.
const MAX_TESTS = 20_000;
const MAX_MESSAGE = 4_000;

/** Bounds what a report says; null if it has more tests than a task can have. */
export function reportedTests(found: readonly RawTest[]): readonly ReportedTest[] | null {
  if (found.length > MAX_TESTS) return null;
  return found.map(({ name, status, message, durationMs }) => ({
    name,
    status,
    message: messageOf(message),
    durationMs: typeof durationMs === "number" && Number.isFinite(durationMs) && durationMs >= 0 ? durationMs : null,
  }));
}

function messageOf(message: string | null | undefined): string | null {
  if (typeof message !== "string") return null;
  const text = withoutColours(message.slice(0, 2 * MAX_MESSAGE)).trim();
  return text === "" ? null : clipped(plainText(text), MAX_MESSAGE);
}

const RANK = { passed: 0, skipped: 1, failed: 2 } as const;

/**
 * Makes one test of those with equal names, for frameworks that allow several: it passed if all of them did. A name that is taken twice so gains nothing, whichever of
 * them is the forged one.
 */
export function mergedByName(tests: readonly RawTest[]): readonly RawTest[] {
  const merged = new Map<string, RawTest>();
  for (const test of tests) {
    const known = merged.get(test.name);
    merged.set(test.name, known === undefined ? test : worse(known, test));
  }
  return [...merged.values()];
}

function worse(first: RawTest, second: RawTest): RawTest {
  const chosen = RANK[second.status] > RANK[first.status] ? second : first;
  const durations = [first.durationMs, second.durationMs].filter((ms) => typeof ms === "number");
  return { ...chosen, durationMs: durations.length === 0 ? null : durations.reduce((sum, ms) => sum + ms, 0) };
}

/** Reads bytes as UTF-8; what is no UTF-8 becomes replacement characters, as tests may print anything. */
export function textOf(bytes: Uint8Array): string {
  return new TextDecoder("utf-8").decode(bytes);
}

/** Reads bytes as JSON; null if they are not. */
export function jsonOf(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(textOf(bytes));
  } catch {
    return null;
  }
}

/** Tells whether a value is an object with keys. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
