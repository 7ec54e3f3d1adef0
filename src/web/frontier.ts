import { formatRate } from "../core/format.ts";
import { chartPoint, frontierChart } from "./chart/frontier-chart.ts";
import { drawn, h, place } from "./dom.ts";
import type { ArmData, PageData } from "./page-data.ts";
import { armName } from "./page-model.ts";

const MIN_WIDTH = 300;

/** Shows cost against pass rate, drawn again when the page's width changes, and names the arms that cannot be plotted. */
export function showFrontier(page: PageData): void {
  const points = page.arms.map(chartPoint).filter((point) => point !== null);
  const unplotted = page.arms.filter((arm) => chartPoint(arm) === null);
  const unpriced = unplotted.filter((arm) => arm.passRate.rate !== null);
  const ungraded = unplotted.filter((arm) => arm.passRate.rate === null);
  if (unpriced.length > 0) place("chart-notes").append(h("p", {}, `Not plotted, cost unknown: ${unpriced.map(namedRate).join(", ")}.`));
  if (ungraded.length > 0) place("chart-notes").append(h("p", {}, `Not plotted, nothing graded: ${ungraded.map(namedRate).join(", ")}.`));
  if (points.length === 0) return;
  const section = place("chart");
  let drawnWidth = 0;
  const draw = (): void => {
    const width = Math.max(MIN_WIDTH, Math.floor(section.clientWidth));
    if (width === drawnWidth) return;
    drawnWidth = width;
    section.replaceChildren(drawn(frontierChart(points, width)));
  };
  draw();
  new ResizeObserver(draw).observe(section);
}

function namedRate(arm: ArmData): string {
  const { rate } = arm.passRate;
  return rate === null ? armName(arm) : `${armName(arm)} (${formatRate(rate)})`;
}
