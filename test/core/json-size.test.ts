import fc from "fast-check";
import { expect, test } from "vitest";
import { JsonSize } from "../../src/core/json-size.ts";

type Size = { readonly values: number; readonly levels: number };

/** The size of a value that has been parsed: its lists and objects, and a comma for all but the first of what each holds. */
function sizeOf(value: unknown): Size {
  if (typeof value !== "object" || value === null) return { values: 0, levels: 0 };
  const inner = Object.values(value).map(sizeOf);
  return {
    values: 1 + Math.max(0, inner.length - 1) + inner.reduce((sum, { values }) => sum + values, 0),
    levels: 1 + Math.max(0, ...inner.map(({ levels }) => levels)),
  };
}

test("a JSON text has the values and levels of what it is parsed to, whatever stands in its strings and wherever it is cut", () => {
  const texts = fc.json({ maxDepth: 6, stringUnit: fc.constantFrom('"', "\\", "[", "]", ",", "{", "}", "é") });
  fc.assert(
    fc.property(texts, fc.integer({ min: 1, max: 9 }), (json, length) => {
      const size = new JsonSize();
      for (let at = 0; at < json.length; at += length) size.add(json.slice(at, at + length));

      const { values, levels } = sizeOf(JSON.parse(json));
      expect({ values: size.values, levels: size.levels }).toEqual({ values: values + 1, levels });
    }),
    { numRuns: 500, seed: 7 },
  );
});
