import type { ReportedTest } from "../runner/run-report.ts";

const HEAD = /^=+ short test summary info =+$/;
const LINE = /^(PASSED|FAILED|ERROR|SKIPPED|XFAIL|XPASS) (\S{1,500})/;
const MAX_TESTS = 20_000;

/** Reads the summary that pytest prints with `-rA`: a line for each test. Null where there is none. */
export function readPytestSummary(log: string): readonly ReportedTest[] | null {
  const lines = log.split("\n").map((line) => line.trimEnd());
  const start = lines.findLastIndex((line) => HEAD.test(line));
  if (start === -1) return null;
  const tests = lines.slice(start + 1).flatMap((line): ReportedTest[] => {
    const [, word = "", name = ""] = LINE.exec(line) ?? [];
    if (word === "") return [];
    const status = word === "PASSED" || word === "XPASS" ? "passed" : word === "FAILED" || word === "ERROR" ? "failed" : "skipped";
    return [{ name, status, message: status === "failed" ? line.slice(0, 1_000) : null, durationMs: null }];
  });
  return tests.length === 0 || tests.length > MAX_TESTS ? null : tests;
}
