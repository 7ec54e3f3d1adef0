import { XMLParser, XMLValidator } from "fast-xml-parser";
import { expect, test } from "vitest";
import { plainText } from "../../../src/core/printable.ts";
import { junitReport } from "../../../src/report/file/junit.ts";
import type { WrittenGate } from "../../../src/report/written-report.ts";
import { aTaskResult } from "../../fixtures/record.ts";
import { aGate, anArmReport, aReport, aTrialRecord, trialsOfReport } from "../../fixtures/report.ts";

type Told = { readonly "@type": string; readonly "@message": string; readonly "#text": string };
type Case = {
  readonly "@name": string;
  readonly "@classname": string;
  readonly "@time": number;
  readonly failure?: Told;
  readonly error?: Told;
  readonly skipped?: Told;
};
type Counts = { readonly "@tests": number; readonly "@failures": number; readonly "@errors": number; readonly "@skipped": number };
type Suite = Counts & { readonly "@name": string; readonly testcase: readonly Case[] };

const PARSER = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: "@",
  parseAttributeValue: true,
  isArray: (name) => name === "testcase" || name === "testsuite",
});

function read(xml: string): Counts & { readonly testsuite: readonly Suite[] } {
  expect(XMLValidator.validate(xml)).toBe(true);
  return (PARSER.parse(xml) as { testsuites: Counts & { testsuite: readonly Suite[] } }).testsuites;
}

function counted({ testcase }: Suite): Counts {
  const having = (what: "failure" | "error" | "skipped"): number => testcase.filter((one) => one[what] !== undefined).length;
  return { "@tests": testcase.length, "@failures": having("failure"), "@errors": having("error"), "@skipped": having("skipped") };
}

const FAILED = { passed: false, reason: "tests-failed", testsPassed: 1 } as const;
const BROKEN = { passed: null, reason: null, stop: null, testsPassed: null, testsTotal: null, errorSource: "provider" } as const;

test("another parser finds as many passes, failures and errors as the report has", () => {
  const report = aReport();
  const { testsuite, ...totals } = read(junitReport(report, trialsOfReport(report)));

  expect(totals).toMatchObject({ "@tests": 36, "@failures": 13, "@errors": 0, "@skipped": 0 });
  expect(testsuite).toHaveLength(2);
  for (const [index, arm] of report.arms.entries()) {
    const suite = testsuite[index];
    if (!suite) throw new Error("a suite is missing");
    expect(suite).toMatchObject({ "@name": arm.label, "@tests": 18, "@failures": 18 - arm.passed });
    expect(suite).toMatchObject(counted(suite));
    expect(suite.testcase.every((one) => one["@classname"] === arm.label)).toBe(true);
  }
});

test("a failure shows its reason and the command that shows the trial, an error its source and whole message", () => {
  const report = aReport({ arms: [anArmReport({ perTask: [aTaskResult("add-dates", 0, 3)] })] });
  const trials = [
    aTrialRecord(FAILED),
    aTrialRecord({ ...FAILED, attempt: 2, tampered: true, reason: "tampered", stop: "budget-time" }),
    aTrialRecord({ ...BROKEN, attempt: 3, errorMessage: "quota used up\nsecond line" }),
  ];
  const xml = junitReport(report, trials);

  expect(xml).toMatchInlineSnapshot(`
    "<?xml version="1.0" encoding="UTF-8"?>
    <testsuites name="bench" tests="3" failures="2" errors="1" skipped="0" time="120.750">
    <testsuite name="gpt-5.1" tests="3" failures="2" errors="1" skipped="0" time="120.750" timestamp="2026-01-02T03:04:05">
    <testcase classname="gpt-5.1" name="add-dates #1" time="40.250"><failure type="tests-failed" message="tests-failed, 1 of 4 tests passed; stopped: completed">tests-failed, 1 of 4 tests passed; stopped: completed
    Read it with: bench show 7</failure></testcase>
    <testcase classname="gpt-5.1" name="add-dates #2" time="40.250"><failure type="tampered" message="tampered, 1 of 4 tests passed, tampering was found or attempted; stopped: budget-time">tampered, 1 of 4 tests passed, tampering was found or attempted; stopped: budget-time
    Read it with: bench show 7</failure></testcase>
    <testcase classname="gpt-5.1" name="add-dates #3" time="40.250"><error type="provider" message="quota used up">quota used up
    second line</error></testcase>
    </testsuite>
    </testsuites>
    "
  `);
  expect(read(xml).testsuite[0]?.testcase[2]?.error?.["#text"]).toBe("quota used up\nsecond line");
});

test("trials without a result are listed as skipped", () => {
  const report = aReport();
  const { testsuite } = read(junitReport(report, trialsOfReport(report).slice(0, 20)));

  expect(testsuite.map((suite) => suite["@skipped"])).toEqual([0, 16]);
  expect(testsuite[1]).toMatchObject({ "@tests": 18 });
  expect(testsuite[1]?.testcase.at(-1)).toMatchObject({ "@name": "wordy #3", skipped: { "@message": "no result yet" } });
});

test.for([
  'a < b & "c" > \u0000\u0007\u001b[31m ]]> \ud800 é 漢 \ufffe\uffff',
  "<![CDATA[ <!-- &#0; &lol; --> ]]>",
  "line\r\nline\ttab\u0085\u2028end",
  "",
])("whatever a message, task or label holds, the file stays well formed and the text arrives: %j", (text) => {
  const trial = aTrialRecord({ ...BROKEN, errorMessage: `m ${text}.`, taskId: `t ${text}.` });
  const report = aReport({ arms: [anArmReport({ label: `l ${text}.`, perTask: [] })] });
  const xml = junitReport(report, [trial]);
  const [suite] = read(xml).testsuite;
  const arrived = plainText(text);

  // What XML 1.0 allows: https://www.w3.org/TR/xml/#charsets
  expect(xml).toMatch(/^[\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]*$/u);
  expect(suite?.["@name"]).toBe(`l ${arrived}.`.replace(/\s+/g, " "));
  expect(suite?.testcase[0]?.["@name"]).toBe(`t ${arrived}. #1`.replace(/\s+/g, " "));
  expect(suite?.testcase[0]?.error?.["#text"]).toBe(`m ${arrived}.`);
});

test("a long message is cut in its middle and says so", () => {
  const errorMessage = `begin ${"x".repeat(5_000_000)} end`;
  const xml = junitReport(aReport({ arms: [anArmReport({ perTask: [] })] }), [aTrialRecord({ ...BROKEN, errorMessage })]);
  const error = read(xml).testsuite[0]?.testcase[0]?.error;

  expect(xml.length).toBeLessThan(25_000);
  expect(error?.["#text"]).toMatch(/^begin x+\n\[\.\.\. [\d,]+ characters left out here; "bench show 7" has them \.\.\.\]\nx+ end$/);
  expect(error?.["@message"]).toMatch(/^begin x+…$/);
});

test("where there is no room for all trials, those that did not pass are kept, and the file says how many are left out", () => {
  const passed = Array.from({ length: 60_000 }, (_, index) => aTrialRecord({ passed: true, taskId: "a".repeat(280), attempt: index + 1 }));
  const all = [...passed, aTrialRecord({ ...FAILED, attempt: 60_001 })];
  const xml = junitReport(aReport({ arms: [anArmReport({ perTask: [] })] }), all);
  const written = xml.match(/<testcase/g)?.length ?? 0;

  // What it would take without the limit.
  expect((xml.length / written) * all.length).toBeGreaterThan(16_000_000);
  expect(xml.length).toBeLessThan(16_300_000);
  expect(xml.match(/<failure/g)).toHaveLength(1);
  expect(xml).toContain(`<system-out>${all.length - written} more trials do not fit here; the JSON report has all</system-out>`);
  expect(xml).toContain(`tests="${written}" failures="1"`);
});

test("a run with absurdly many attempts ends the list of those without a result", () => {
  const report = aReport({ arms: [anArmReport({ perTask: [aTaskResult("a", 0, 0)] })] });
  const xml = junitReport({ ...report, runs: report.runs.map((run) => ({ ...run, attempts: 2_000_000_000 })) }, []);

  expect(xml.match(/<skipped/g)).toHaveLength(50_000);
});

const OVER: WrittenGate["cost"] = { limit: 0.2, state: "over", increase: { value: 0.5, low: 0.4, high: 0.6 }, uneven: false };

test.for<{ title: string; changes: Partial<WrittenGate>; found: readonly string[] }>([
  { title: "that fails for its rate leaves its open cost apart", changes: {}, found: ["failure", "error"] },
  { title: "without a limit on the cost has one check", changes: { cost: null }, found: ["failure"] },
  { title: "that fails for its cost", changes: { state: "not-worse", cost: OVER }, found: ["passed", "failure"] },
  { title: "that passes has no failure", changes: { state: "inconclusive", outcome: "pass", exitCode: 0 }, found: ["passed", "passed"] },
  {
    title: "that fails because it is open",
    changes: { state: "inconclusive", cost: null, outcome: "fail", exitCode: 1 },
    found: ["failure"],
  },
  {
    title: "that cannot tell",
    changes: { state: "inconclusive", cost: null, outcome: "inconclusive", exitCode: 3 },
    found: ["error"],
  },
  { title: "that is invalid", changes: { state: "invalid", cost: null, outcome: "invalid", exitCode: 4 }, found: ["error"] },
])("a gate $title", ({ changes, found }) => {
  const [suite] = read(junitReport(aReport({ gate: aGate(changes) }), [])).testsuite;
  if (!suite) throw new Error("there is no suite");

  expect(suite).toMatchObject({ "@name": "gate", ...counted(suite) });
  expect(suite.testcase.map((one) => (one.failure ? "failure" : one.error ? "error" : "passed"))).toEqual(found);
  expect(suite.testcase[0]?.["@name"]).toBe("claude-sonnet-4-5 against gpt-5.1: pass rate");
});
