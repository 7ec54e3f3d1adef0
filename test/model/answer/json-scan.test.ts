import fc from "fast-check";
import { expect, test } from "vitest";
import { MAX_JSON_LEVELS, MAX_JSON_VALUES, OverBound } from "../../../src/model/answer/bounds.ts";
import { JsonScan, parseBounded, writtenBytes } from "../../../src/model/answer/json-scan.ts";

/** Counts what a scan counts, of a value that has been parsed. */
function sizeOf(value: unknown): { readonly values: number; readonly levels: number } {
  if (typeof value !== "object" || value === null) return { values: 0, levels: 0 };
  const inner = Object.values(value).map(sizeOf);
  return {
    values: 1 + Math.max(0, inner.length - 1) + inner.reduce((sum, { values }) => sum + values, 0),
    levels: 1 + Math.max(0, ...inner.map(({ levels }) => levels)),
  };
}

function isRefused(pieces: readonly string[]): boolean {
  const scan = new JsonScan();
  try {
    for (const piece of pieces) scan.add(piece);
    return false;
  } catch (error) {
    if (error instanceof OverBound) return true;
    throw error;
  }
}

test("a JSON text counts as what it holds, however it is cut into pieces", () => {
  const texts = fc.json({ maxDepth: 5, stringUnit: fc.constantFrom('"', "\\", "[", ",", "{", "é", "x") });
  fc.assert(
    fc.property(texts, fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }), (json, lengths) => {
      const { values } = sizeOf(JSON.parse(json));
      const room = MAX_JSON_VALUES - 1 - values;
      const pieces: string[] = [];
      for (let at = 0, n = 0; at < json.length; n++) {
        const length = lengths[n % lengths.length] ?? 1;
        pieces.push(json.slice(at, at + length));
        at += length;
      }

      expect(isRefused([...pieces, ",".repeat(room)])).toBe(false);
      expect(isRefused([...pieces, ",".repeat(room + 1)])).toBe(true);
    }),
    { numRuns: 200 },
  );
});

test.for([
  { title: "too many arrays", text: `[${"[],".repeat(MAX_JSON_VALUES)}1]` },
  { title: "too many fields of one name", text: `{${'"a":1,'.repeat(MAX_JSON_VALUES)}"a":1}` },
  { title: "too many levels", text: "[".repeat(MAX_JSON_LEVELS + 1) + "]".repeat(MAX_JSON_LEVELS + 1) },
])("$title are refused, though JSON.parse takes them", ({ text }) => {
  expect(() => JSON.parse(text)).not.toThrow();
  expect(() => parseBounded(text)).toThrow(OverBound);
});

test("a value counts as many characters as JSON writes, and those that are escaped count more", () => {
  expect(writtenBytes({ a: "x".repeat(1000) })).toBeGreaterThan(1000);
  expect(writtenBytes("\u0001".repeat(1000))).toBeGreaterThan(JSON.stringify("\u0001".repeat(1000)).length - 10);
  expect(writtenBytes(JSON.parse("[".repeat(5000) + "]".repeat(5000)))).toBe(Number.POSITIVE_INFINITY);
});
