import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import { expect, test } from "vitest";
import { compareArms } from "../../../src/analysis/compare.ts";
import { reportJsonSchema } from "../../../src/report/file/json-schema.ts";
import { writeReport } from "../../../src/report/written-report.ts";
import { aComparisonReport, aGate, aGateReport, anArmInRun, anArmReport, aReport, trialsOfReport } from "../../fixtures/report.ts";

const PUBLISHED = join(import.meta.dirname, "../../../schemas/report.schema.json");
const validate = new Ajv2020({ allErrors: true }).compile(JSON.parse(readFileSync(PUBLISHED, "utf8")) as object);
const asRead = (value: unknown): Record<string, unknown> => JSON.parse(JSON.stringify(value)) as Record<string, unknown>;

test("the published schema is that of the code", () => {
  expect(asRead(reportJsonSchema())).toEqual(JSON.parse(readFileSync(PUBLISHED, "utf8")));
});

test.for([
  { title: "a run", report: aReport({ comparisons: [] }) },
  { title: "a run with its trials", report: { ...aReport(), trials: trialsOfReport(aReport()) } },
  { title: "a comparison", report: aComparisonReport() },
  {
    title: "a comparison of arms without trials",
    report: writeReport(compareArms([anArmInRun("a", []), anArmInRun("b", [])], "suite")),
  },
  { title: "a gate", report: aGateReport() },
  {
    title: "a run with unknown tokens and a measured speed",
    report: aReport({
      arms: [
        anArmReport({
          uncachedTokens: null,
          cachedTokens: null,
          outputTokens: null,
          unknownUsageSteps: 2,
          outputTokensPerSecond: 4,
          firstTokenMs: 9,
        }),
      ],
    }),
  },
  { title: "a sequential gate", report: aReport({ gate: aGate() }) },
])("$title is as the published schema says", ({ report }) => {
  expect(validate(asRead(report)), JSON.stringify(validate.errors)).toBe(true);
});

test.for([
  { title: "a figure that is text", fault: { planned: "many" } },
  { title: "a field that is not there", fault: { arms: undefined } },
  { title: "an unknown field", fault: { extra: 1 } },
  { title: "an unknown outcome of a gate", fault: { gate: { ...aGate(), outcome: "maybe" } } },
  { title: "a share of a trial", fault: { missing: 0.5 } },
  {
    title: "an unknown field deep inside",
    fault: { comparisons: aReport().comparisons.map((one) => ({ ...one, mood: "good" })) },
  },
  { title: "a trial without its outcome", fault: { trials: trialsOfReport(aReport()).map((trial) => ({ ...trial, passed: undefined })) } },
])("the schema refuses $title", ({ fault }) => {
  expect(validate(asRead({ ...aReport(), ...fault }))).toBe(false);
});
