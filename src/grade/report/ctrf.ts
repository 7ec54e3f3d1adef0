import { z } from "zod";
import type { ReportedTest } from "../runner/run-report.ts";
import { jsonOf, numberedByName, reportedTests, SEPARATOR } from "./reported-tests.ts";

// What the published schema requires, and what is used of the rest; a report may hold more.
const ctrfSchema = z.object({
  results: z.object({
    tool: z.object({ name: z.string() }),
    summary: z.object({ tests: z.int(), passed: z.int(), failed: z.int() }),
    tests: z.array(
      z.object({
        name: z.string(),
        status: z.enum(["passed", "failed", "skipped", "pending", "other"]),
        duration: z.number(),
        suite: z.union([z.string(), z.array(z.string())]).optional(),
        message: z.string().optional(),
        trace: z.string().optional(),
      }),
    ),
  }),
});

/**
 * Reads a report in the Common Test Report Format; null if it is none, or its summary disagrees with its tests. Tests are named after their suite. Tests of equal names
 * count as one.
 *
 * @see https://ctrf.io/docs/specification/overview
 */
export function readCtrf(bytes: Uint8Array): readonly ReportedTest[] | null {
  const parsed = ctrfSchema.safeParse(jsonOf(bytes));
  if (!parsed.success) return null;
  const { summary, tests } = parsed.data.results;
  if (summary.tests !== tests.length || summary.failed !== tests.filter(({ status }) => status === "failed").length) return null;
  const found = tests.map(({ name, status, duration, suite, message, trace }) => ({
    name: [...suitesOf(suite), name].join(SEPARATOR),
    status: statusOf(status),
    message: [message, trace].filter((part) => part !== undefined).join("\n"),
    durationMs: duration,
  }));
  return reportedTests(numberedByName(found));
}

function suitesOf(suite: string | readonly string[] | undefined): readonly string[] {
  if (suite === undefined || suite === "") return [];
  return typeof suite === "string" ? [suite] : suite;
}

// What is neither passed, nor skipped or pending, must not count for the solution.
function statusOf(status: "passed" | "failed" | "skipped" | "pending" | "other"): ReportedTest["status"] {
  if (status === "passed") return "passed";
  return status === "skipped" || status === "pending" ? "skipped" : "failed";
}
