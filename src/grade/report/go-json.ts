import type { ReportedTest } from "../runner/run-report.ts";
import { isRecord, type RawTest, reportedTests, textOf } from "./reported-tests.ts";

/** What `go test -json` says: every test that ended, and the packages whose end it reports. */
export type GoReport = { readonly tests: readonly ReportedTest[]; readonly endedPackages: ReadonlySet<string> };

const RESULTS: Readonly<Record<string, RawTest["status"]>> = { pass: "passed", fail: "failed", skip: "skipped" };
const WORDS: typeof RESULTS = { PASS: "passed", FAIL: "failed", SKIP: "skipped" };
const MAX_OUTPUT = 8_000;

/**
 * Reads the events of `go test -json`; null if there is none. Lines that are no events, such as what the compiler prints, are passed over. A test that began and did not
 * end, since it panicked or the process ended, failed. `nameOf` names a test of a package.
 *
 * @see https://pkg.go.dev/cmd/test2json
 */
export function readGoJson(bytes: Uint8Array, nameOf: (packagePath: string, test: string) => string): GoReport | null {
  const events = [...eventsOf(textOf(bytes))];
  if (events.length === 0) return null;
  const endedPackages = new Set(
    events.filter(({ test, action }) => test === null && resultOf(action)).map(({ packagePath }) => packagePath),
  );
  const outputs = new Map<string, string>();
  // All that was printed in a package about results, whichever test Go took it for a part of.
  const results = new Map<string, string>();
  const running = new Map<string, { readonly test: string; readonly packagePath: string }>();
  const ended: RawTest[] = [];
  for (const { action, packagePath, test, output, elapsed } of events) {
    if (action === "output" && output.includes("--- ")) results.set(packagePath, (results.get(packagePath) ?? "") + output);
    if (test === null) continue;
    const name = nameOf(packagePath, test);
    if (action === "run") running.set(name, { test, packagePath });
    if (action === "output") outputs.set(name, ((outputs.get(name) ?? "") + output).slice(-MAX_OUTPUT));
    const status = resultOf(action);
    if (status === undefined) continue;
    running.delete(name);
    ended.push({
      name,
      status,
      message: status === "passed" ? null : outputs.get(name),
      durationMs: elapsed === null ? null : elapsed * 1000,
    });
  }
  const others = [...running].map(([name, { test, packagePath }]) =>
    unfinished({ name, test, output: outputs.get(name) ?? "", results: results.get(packagePath) ?? "" }),
  );
  const tests = reportedTests([...ended, ...others]);
  return tests === null ? null : { tests, endedPackages };
}

// Go before 1.20 misses the result of a test that printed something without a line end before it.
function unfinished({ name, test, output, results }: Readonly<Record<"name" | "test" | "output" | "results", string>>): RawTest {
  const word = Object.keys(WORDS).find((each) => results.includes(`--- ${each}: ${test} (`));
  const status = word === undefined ? "failed" : (WORDS[word] ?? "failed");
  return { name, status, message: status === "passed" ? null : output || "it did not end" };
}

function resultOf(action: string): RawTest["status"] | undefined {
  return Object.hasOwn(RESULTS, action) ? RESULTS[action] : undefined;
}

type GoEvent = {
  readonly action: string;
  readonly packagePath: string;
  readonly test: string | null;
  readonly output: string;
  readonly elapsed: number | null;
};

function* eventsOf(text: string): Generator<GoEvent> {
  for (const line of text.split("\n")) {
    if (!line.startsWith("{")) continue;
    const value = parsed(line);
    if (!isRecord(value) || typeof value["Action"] !== "string" || typeof value["Package"] !== "string") continue;
    const { Test: test, Output: output, Elapsed: elapsed } = value;
    yield {
      action: value["Action"],
      packagePath: value["Package"],
      test: typeof test === "string" ? test : null,
      output: typeof output === "string" ? output : "",
      elapsed: typeof elapsed === "number" ? elapsed : null,
    };
  }
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}
