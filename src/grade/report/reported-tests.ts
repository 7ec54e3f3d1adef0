import { clipped, plainText, withoutColours } from "../../core/printable.ts";
import type { ReportedTest } from "../runner/run-report.ts";

/** A test as a report has it, before its name and texts are bounded. */
export type RawTest = {
  readonly name: string;
  readonly status: ReportedTest["status"];
  readonly message?: string | null | undefined;
  readonly durationMs?: number | null | undefined;
  readonly repeats?: string | undefined;
};

/** What separates a test from the suite or file that it is in. */
export const SEPARATOR = " > ";

// As many as a task may require, and as many again.
const MAX_TESTS = 20_000;
const MAX_MESSAGE = 4_000;

/** Bounds what a report says; null if it has more tests than a task can have. */
export function reportedTests(found: readonly RawTest[]): readonly ReportedTest[] | null {
  if (found.length > MAX_TESTS) return null;
  return found.map(({ name, status, message, durationMs, repeats }) => ({
    name,
    status,
    ...(repeats === undefined ? {} : { repeats }),
    message: messageOf(message),
    durationMs: typeof durationMs === "number" && Number.isFinite(durationMs) && durationMs >= 0 ? durationMs : null,
  }));
}

function messageOf(message: string | null | undefined): string | null {
  if (typeof message !== "string") return null;
  const text = withoutColours(message.slice(0, 2 * MAX_MESSAGE)).trim();
  return text === "" ? null : clipped(plainText(text), MAX_MESSAGE);
}

/**
 * Gives each of several tests with equal names a name of its own, for frameworks that allow that: "adds", "adds (2)", "adds (3)". What repeats a name says so, since
 * whoever requires that name means all of its tests: one that a solution adds under it takes nobody's place.
 */
export function numberedByName(tests: readonly RawTest[]): readonly RawTest[] {
  const taken = new Set(tests.map(({ name }) => name));
  const times = new Map<string, number>();
  return tests.map((test) => {
    let count = (times.get(test.name) ?? 0) + 1;
    while (count > 1 && taken.has(`${test.name} (${count})`)) count++;
    times.set(test.name, count);
    return count === 1 ? test : { ...test, name: `${test.name} (${count})`, repeats: test.name };
  });
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
