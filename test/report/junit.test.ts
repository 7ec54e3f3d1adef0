import { XMLParser, XMLValidator } from "fast-xml-parser";
import { expect, test } from "vitest";
import type { TrialRecord } from "../../src/core/record.ts";
import { junitReport } from "../../src/report/junit.ts";
import { aComparisonReport, aGateReport } from "../fixtures/report.ts";

type Case = { readonly "@name": string; readonly "@classname": string; readonly failure?: unknown; readonly error?: { readonly "#text": string } };
type Suite = { readonly "@name": string; readonly "@tests": number; readonly "@failures": number; readonly "@errors": number; readonly testcase: readonly Case[] };

const PARSER = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: "@",
  parseAttributeValue: true,
  isArray: (name) => name === "testcase" || name === "testsuite",
});

function suitesIn(xml: string): readonly Suite[] {
  expect(XMLValidator.validate(xml)).toBe(true);
  return (PARSER.parse(xml) as { testsuites: { testsuite: readonly Suite[] } }).testsuites.testsuite;
}

function aTrialRecord(id: number, changes: Partial<TrialRecord> = {}): TrialRecord {
  return {
    id,
    runId: "20260102-0304-abcd",
    taskId: `task-${id}`,
    armId: "arm-base",
    armName: "base",
    armApi: "openai-chat",
    attempt: 1,
    passed: true,
    stop: "completed",
    reason: "all-passed",
    testsPassed: 2,
    testsTotal: 2,
    errorSource: null,
    errorMessage: null,
    tampered: false,
    iterations: 4,
    inputTokens: 1,
    cacheReadTokens: 1,
    cacheWriteTokens: 1,
    outputTokens: 1,
    costUsd: 0.01,
    unbilledAttempts: 0,
    workingMs: 1500,
    stopDetail: null,
    ...changes,
  };
}

const failed = { passed: false, reason: "tests-failed", testsPassed: 1 } as const;
const broken = { passed: null, reason: null, stop: null, testsPassed: null, testsTotal: null, errorSource: "provider" } as const;

test("another parser counts the same passes, failures and errors", () => {
  const trials = [aTrialRecord(1), aTrialRecord(2, failed), aTrialRecord(3, { ...broken, errorMessage: "down" }), aTrialRecord(4, { armId: "arm-head", armName: "head" })];
  const [base, head] = suitesIn(junitReport(aComparisonReport(), trials));

  expect(base).toMatchObject({ "@name": "base", "@tests": 3, "@failures": 1, "@errors": 1 });
  expect(base?.testcase.map((one) => one["@name"])).toEqual(["task-1 #1", "task-2 #1", "task-3 #1"]);
  expect(base?.testcase.filter((one) => one.failure !== undefined)).toHaveLength(1);
  expect(head).toMatchObject({ "@name": "head", "@tests": 1, "@failures": 0, "@errors": 0 });
});

test("whatever a message holds, the file stays well formed and the text arrives", () => {
  const message = 'a < b & "c" > \u0000\u0007\u001b[31m ]]> \ud800 é 漢\nsecond line';
  const [base] = suitesIn(junitReport(aComparisonReport(), [aTrialRecord(1, { ...broken, errorMessage: message, taskId: 'odd "<task>" & more' })]));

  expect(base?.testcase[0]?.["@name"]).toBe('odd "<task>" & more #1');
  expect(base?.testcase[0]?.error?.["#text"]).toContain('a < b & "c" > [31m ]]> \ufffd é 漢');
});

test("a gate is a test case of its own", () => {
  const [gate] = suitesIn(junitReport(aGateReport(), []));

  expect(gate).toMatchObject({ "@name": "gate", "@tests": 1, "@failures": 1, "@errors": 0 });
  expect(gate?.testcase[0]?.["@name"]).toBe("head against base");
});
