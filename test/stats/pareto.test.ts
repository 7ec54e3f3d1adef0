import fc from "fast-check";
import { expect, test } from "vitest";
import { type CostAndGain, paretoFrontier } from "../../src/stats/pareto.ts";

const frontierOf = (items: readonly CostAndGain[]): readonly CostAndGain[] => paretoFrontier(items, (item) => item);

test.for([
  { title: "none", items: [], frontier: [] },
  {
    title: "the cheapest first, without what costs more and gives less",
    items: [
      [3, 0.9],
      [1, 0.5],
      [2, 0.4],
      [2, 0.7],
    ],
    frontier: [
      [1, 0.5],
      [2, 0.7],
      [3, 0.9],
    ],
  },
  {
    title: "not what costs the same and gives less, nor what gives the same and costs more",
    items: [
      [1, 0.5],
      [1, 0.4],
      [2, 0.5],
    ],
    frontier: [[1, 0.5]],
  },
  {
    title: "both of two that are equal",
    items: [
      [1, 0.5],
      [1, 0.5],
    ],
    frontier: [
      [1, 0.5],
      [1, 0.5],
    ],
  },
] as { title: string; items: [number, number][]; frontier: [number, number][] }[])("the frontier holds $title", ({ items, frontier }) => {
  const asItems = (pairs: readonly [number, number][]): CostAndGain[] => pairs.map(([cost, gain]) => ({ cost, gain }));

  expect(frontierOf(asItems(items))).toEqual(asItems(frontier));
});

test("no item of the frontier dominates another, gain rises with cost along it, and every other item is dominated by one of them", () => {
  const item = fc.record({ cost: fc.integer({ min: 0, max: 9 }), gain: fc.integer({ min: 0, max: 9 }) });

  fc.assert(
    fc.property(fc.array(item), (items) => {
      const frontier = frontierOf(items);
      for (const [index, one] of frontier.entries()) {
        const next = frontier[index + 1];
        if (next) expect(next.gain - one.gain).toBeGreaterThanOrEqual(next.cost === one.cost ? 0 : 1);
      }
      for (const other of items.filter((one) => !frontier.includes(one)))
        expect(frontier.some((one) => one.cost <= other.cost && one.gain >= other.gain)).toBe(true);
    }),
  );
});
