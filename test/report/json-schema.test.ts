import { Ajv2020 } from "ajv/dist/2020.js";
import { expect, test } from "vitest";
import { reportJsonSchema } from "../../src/report/json-schema.ts";
import { aComparisonReport, aGateReport } from "../fixtures/report.ts";

const validate = new Ajv2020({ strict: false }).compile(reportJsonSchema());
const asRead = (value: unknown): Record<string, unknown> => JSON.parse(JSON.stringify(value)) as Record<string, unknown>;

test.for([
  { title: "a comparison", report: aComparisonReport() },
  { title: "a gate", report: aGateReport() },
])("$title is as the published schema says", ({ report }) => {
  expect(validate(asRead(report)), JSON.stringify(validate.errors)).toBe(true);
});

test.for([
  { title: "a figure that is text", fault: { planned: "many" } },
  { title: "a field that is not there", fault: { arms: undefined } },
  { title: "a field that nobody knows", fault: { extra: 1 } },
])("the schema refuses $title", ({ fault }) => {
  expect(validate(asRead({ ...aComparisonReport(), ...fault }))).toBe(false);
});
