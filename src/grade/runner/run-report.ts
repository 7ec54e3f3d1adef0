// How the test process ended, as its supervisor saw it.
type RunEnd =
  | { readonly kind: "exited"; readonly code: number }
  | { readonly kind: "signalled"; readonly signal: string }
  | { readonly kind: "timed-out" };

/** One test as the runner reported it. */
export type ReportedTest = {
  readonly name: string;
  readonly status: "passed" | "failed" | "skipped";
  readonly message: string | null;
  readonly durationMs: number | null;
};

/** What the supervisor wrote after everything else in the sandbox had ended. */
export type RunReport = {
  readonly end: RunEnd;
  /** The runner reported that it reached the end of the suite. */
  readonly finished: boolean;
  /** Messages on the runner's channel that it did not send. */
  readonly strays: number;
  readonly outOfMemory: boolean;
  readonly tests: readonly ReportedTest[];
};

// As many as a task may require, and as many again. Each is stored with its trial.
const MAX_TESTS = 20_000;

/** Parses a report; null if it is not one, or has more tests than a task can have. */
export function parseReport(bytes: Uint8Array): RunReport | null {
  const value = parseJson(bytes);
  if (!isRecord(value)) return null;
  const { finished, strays, outOfMemory, tests } = value;
  const end = parseEnd(value["end"]);
  if (end === null || typeof finished !== "boolean" || typeof strays !== "number" || typeof outOfMemory !== "boolean") return null;
  if (!Array.isArray(tests) || tests.length > MAX_TESTS) return null;
  const parsed = tests.map(parseTest);
  if (parsed.includes(null)) return null;
  return { end, finished, strays, outOfMemory, tests: parsed.filter((test) => test !== null) };
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    return null;
  }
}

function parseEnd(value: unknown): RunEnd | null {
  if (!isRecord(value)) return null;
  if (value["kind"] === "timed-out") return { kind: "timed-out" };
  if (value["kind"] === "exited" && typeof value["code"] === "number") return { kind: "exited", code: value["code"] };
  if (value["kind"] === "signalled" && typeof value["signal"] === "string") return { kind: "signalled", signal: value["signal"] };
  return null;
}

function parseTest(value: unknown): ReportedTest | null {
  if (!isRecord(value)) return null;
  const { name, status, message, durationMs } = value;
  if (typeof name !== "string") return null;
  return {
    name,
    status: status === "passed" || status === "skipped" ? status : "failed",
    message: typeof message === "string" ? message : null,
    durationMs: typeof durationMs === "number" && Number.isFinite(durationMs) ? durationMs : null,
  };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
