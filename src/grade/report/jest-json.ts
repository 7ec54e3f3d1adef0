import { z } from "zod";
import type { ReportedTest } from "../runner/run-report.ts";
import { jsonOf, numberedByName, type RawTest, reportedTests, SEPARATOR } from "./reported-tests.ts";

const jestSchema = z.object({
  success: z.boolean(),
  testResults: z.array(
    z.object({
      name: z.string(),
      status: z.string(),
      message: z.string().nullish(),
      assertionResults: z.array(
        z.object({
          ancestorTitles: z.array(z.string()),
          title: z.string(),
          status: z.string(),
          duration: z.number().nullish(),
          // What a test throws may have no message.
          failureMessages: z.array(z.string().nullable()).nullish(),
        }),
      ),
    }),
  ),
});

/** The tests of a run, and the files whose tests could not be run, each with what the framework says of it. */
export type JestReport = { readonly tests: readonly ReportedTest[]; readonly brokenFiles: ReadonlyMap<string, string> };

/**
 * Reads the JSON of Jest's and vitest's reporters; null if it is none. A test is named by its `describe` blocks and its title; `fileOf` gives what goes before that for a
 * test file's absolute path: its path in the task, or nothing. Tests of equal names are numbered.
 */
export function readJestJson(bytes: Uint8Array, fileOf: (path: string) => string | null): JestReport | null {
  const parsed = jestSchema.safeParse(jsonOf(bytes));
  if (!parsed.success) return null;
  const found: RawTest[] = [];
  const brokenFiles = new Map<string, string>();
  for (const { name: path, status: ofFile, message, assertionResults } of parsed.data.testResults) {
    const file = fileOf(path);
    if (ofFile === "failed" && assertionResults.length === 0) brokenFiles.set(path, message ?? "");
    for (const { ancestorTitles, title, status, duration, failureMessages } of assertionResults) {
      const name = [...(file === null ? [] : [file]), ...ancestorTitles.filter((part) => part !== ""), title].join(SEPARATOR);
      found.push({
        name,
        status: statusOf(status),
        message: failureMessages?.filter((text) => text !== null).join("\n"),
        durationMs: duration,
      });
    }
  }
  const tests = reportedTests(numberedByName(found));
  return tests === null ? null : { tests, brokenFiles };
}

function statusOf(status: string): ReportedTest["status"] {
  if (status === "passed") return "passed";
  return ["skipped", "pending", "todo", "disabled"].includes(status) ? "skipped" : "failed";
}
