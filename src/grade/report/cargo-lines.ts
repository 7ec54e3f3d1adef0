import type { ReportedTest } from "../runner/run-report.ts";
import { type RawTest, reportedTests, textOf } from "./reported-tests.ts";

/** What one or more test programs of cargo printed: their tests, and how many of the programs reached their end. */
export type CargoReport = { readonly tests: readonly ReportedTest[]; readonly ended: number };

const RESULT = /^test (.+?)(?: - (?:should panic|compile fail|compile))? \.\.\. (ok|FAILED|ignored)(?:, (.*))?$/;
const END = /^test result: (?:ok|FAILED)\. \d+ passed; \d+ failed; \d+ ignored; /;
const CAPTURED = /^---- (.+) stdout ----$/;
const STATUS = { ok: "passed", FAILED: "failed", ignored: "skipped" } as const;
// A line that is longer is none of the test program's own.
const MAX_LINE = 5_000;

/**
 * Reads the lines of `cargo test`, which are stable; null if there is none. What failed tests printed becomes their message. `nameOf` names a test of the program that is
 * the n-th, from 0, to print its results.
 */
export function readCargoLines(bytes: Uint8Array, nameOf: (name: string, program: number) => string): CargoReport | null {
  const found: RawTest[] = [];
  const messages = new Map<string, string>();
  let ended = 0;
  let captured: string | null = null;
  // Results come first; what follows "failures:" shows what tests printed, which may look like results.
  let isAfterResults = false;
  for (const line of textOf(bytes).split("\n")) {
    if (line.length > MAX_LINE) continue;
    const isEnd = END.test(line);
    const header = CAPTURED.exec(line)?.[1];
    if (header !== undefined) captured = nameOf(header, ended);
    else if (isEnd || line === "failures:") [captured, isAfterResults] = [null, !isEnd];
    else if (captured !== null) messages.set(captured, `${messages.get(captured) ?? ""}${line}\n`);
    if (!isAfterResults) found.push(...testIn(line, (name) => nameOf(name, ended)));
    ended += isEnd ? 1 : 0;
  }
  if (found.length === 0 && ended === 0) return null;
  const tests = reportedTests(found.map((test) => (test.status === "failed" ? { ...test, message: messages.get(test.name) } : test)));
  return tests === null ? null : { tests, ended };
}

function testIn(line: string, nameOf: (name: string) => string): readonly RawTest[] {
  const [, name, word, reason] = RESULT.exec(line) ?? [];
  if (name === undefined) return [];
  return [{ name: nameOf(name), status: STATUS[word as keyof typeof STATUS], message: reason }];
}
