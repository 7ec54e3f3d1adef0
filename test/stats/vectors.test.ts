import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { checkVector, RUNNERS, type Vector } from "./vector-runner.ts";

const { vectors } = JSON.parse(readFileSync(join(import.meta.dirname, "vectors.json"), "utf8")) as { readonly vectors: readonly Vector[] };

test.for(vectors)("agrees with the reference: $id", (vector) => {
  const { compared, faults } = checkVector(vector);

  expect(faults).toEqual([]);
  expect(compared).toBeGreaterThan(0);
});

test("every vector is present under a unique name and is run by a test", () => {
  expect(vectors.length).toBe(122);
  expect(new Set(vectors.map(({ id }) => id)).size).toBe(vectors.length);
  expect(vectors.filter(({ method }) => !RUNNERS[method]).map(({ id }) => id)).toEqual([]);
});

test("nothing runs a method that no vector asks for", () => {
  const asked = new Set(vectors.map(({ method }) => method));

  expect(Object.keys(RUNNERS).filter((method) => !asked.has(method))).toEqual([]);
});

test("a wrong value is found, whichever vector it is planted in", () => {
  const missed = vectors.filter((vector) => {
    const planted = plant(vector.expected, 2 * vector.tolerance + 1e-9);
    return checkVector({ ...vector, expected: planted }).faults.length === 0;
  });

  expect(missed.map(({ id }) => id)).toEqual([]);
});

test("a method without a runner is found", () => {
  expect(checkVector({ id: "x", method: "no-such-method", inputs: {}, expected: { a: 1 }, tolerance: 1 }).faults).toHaveLength(1);
});

// Changes the last number of the expected values.
function plant(expected: unknown, by: number): unknown {
  const text = JSON.stringify(expected);
  const last = [...text.matchAll(/-?\d+(\.\d+)?(e-?\d+)?(?=[,\]}])/g)].at(-1);
  if (!last) return null;
  return JSON.parse(`${text.slice(0, last.index)}${Number(last[0]) + by}${text.slice(last.index + last[0].length)}`);
}
