import { expect, test } from "vitest";
import { type Drawing, drawingMarkup } from "../../../src/web/chart/drawing.ts";
import { frontierChart } from "../../../src/web/chart/frontier-chart.ts";

type Point = Parameters<typeof frontierChart>[0][number];

function point(name: string, mean: number, rate: number): Point {
  return { name, cost: { mean, low: null, high: null }, rate: { rate, low: null, high: null } };
}

function parts(drawing: Drawing, className: string): readonly Drawing[] {
  const own = String(drawing.attributes["class"] ?? "").split(" ");
  const inner = drawing.children.flatMap((child) => (typeof child === "string" ? [] : parts(child, className)));
  return own.includes(className) ? [drawing, ...inner] : inner;
}

test("the stepped line joins the arms that no other beats, and its description names them with their figures", () => {
  const chart = frontierChart([point("dear", 0.03, 0.9), point("cheap", 0.01, 0.5), point("beaten", 0.02, 0.4)], 900);

  expect(parts(chart, "point")).toHaveLength(3);
  expect(parts(chart, "best")).toHaveLength(2);
  expect(parts(chart, "frontier")[0]?.attributes["d"]).toMatch(/^M[\d. ]+H[\d.]+V[\d.]+$/);
  expect(chart.attributes["aria-label"]).toBe(
    "Pass rate against cost of a trial. Not beaten on both: cheap 50.0 % at $0.010; dear 90.0 % at $0.030.",
  );
});

test.for([
  { title: "evenly where they lie close", most: 0.05, label: "cost of a trial →" },
  { title: "by orders of magnitude where they lie far apart", most: 2, label: "cost of a trial (logarithmic) →" },
])("costs are laid out $title", ({ most, label }) => {
  expect(drawingMarkup(frontierChart([point("a", 0.01, 0.5), point("b", most, 0.9)], 900))).toContain(`>${label}<`);
});

test("arms without a cost of their own still make a chart", () => {
  const markup = drawingMarkup(frontierChart([point("free", 0, 0), point("free too", 0, 1)], 300));

  expect(markup).not.toContain("NaN");
});

test("an interval is drawn where it is known, and a long name is cut in its middle", () => {
  const name = `model-${"x".repeat(60)}@20260102`;
  const chart = frontierChart(
    [{ name, cost: { mean: 0.02, low: 0.01, high: 0.03 }, rate: { rate: 0.5, low: 0.4, high: 0.6 } }, point("b", 0.02, 0.9)],
    900,
  );

  expect(parts(chart, "whisker")).toHaveLength(2);
  expect(parts(chart, "label")[0]?.children).toEqual([expect.stringMatching(/^model-x+…x+@20260102$/)]);
  expect(parts(chart, "label")[0]?.children[0]).toHaveLength(40);
});
