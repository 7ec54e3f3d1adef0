import { expect, test } from "vitest";
import { fisherExact } from "../../src/stats/binomial.ts";

test.for([
  {
    title: "a lady tasting tea",
    table: [
      [3, 1],
      [1, 3],
    ],
    p: 34 / 70,
  },
  {
    title: "complete separation",
    table: [
      [4, 0],
      [0, 4],
    ],
    p: 2 / 70,
  },
  {
    title: "nothing in one column",
    table: [
      [0, 5],
      [0, 7],
    ],
    p: 1,
  },
  {
    title: "an empty table",
    table: [
      [0, 0],
      [0, 0],
    ],
    p: 1,
  },
] as const)("the exact p-value of $title is that of its definition", ({ table, p }) => {
  expect(fisherExact(table)).toBeCloseTo(p, 10);
});

test("rows and columns may change places", () => {
  expect(
    fisherExact([
      [2, 30],
      [11, 28],
    ]),
  ).toBeCloseTo(
    fisherExact([
      [2, 11],
      [30, 28],
    ]),
    10,
  );
  expect(
    fisherExact([
      [2, 30],
      [11, 28],
    ]),
  ).toBeCloseTo(
    fisherExact([
      [11, 28],
      [2, 30],
    ]),
    10,
  );
});
