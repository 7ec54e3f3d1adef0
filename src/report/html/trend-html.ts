import { createHash } from "node:crypto";
import type { Trend, TrendLine, TrendPoint } from "../../analysis/trend.ts";
import { formatDate, formatInterval, formatRate, formatUsd } from "../../core/format.ts";
import { drawingMarkup, escapeMarkup } from "../../web/chart/drawing.ts";
import { type TrendMeasure, trendChart } from "../../web/chart/trend-chart.ts";
import { DRIFT_NOTE, driftTexts, runFlawTexts, runMarks } from "../trend-drift.ts";
import { unfinishedPoints, type Whereabouts } from "../unfinished-words.ts";

const STYLE = `
:root { color-scheme: light dark; --ground: #ffffff; --line: #d5d9e0; --text: #1c2230; --quiet: #566073; --accent: #1f5fbf; --warn: #7a4b00; }
@media (prefers-color-scheme: dark) { :root { --ground: #14171d; --line: #39414f; --text: #e6e9ef; --quiet: #a3adbd; --accent: #7fb2ff; --warn: #ffd27a; } }
body { max-width: 64rem; margin: 0 auto; padding: 1rem 1.25rem 3rem; background: var(--ground); color: var(--text); font: 15px/1.5 system-ui, sans-serif; }
h1 { font-size: 1.6rem; margin: 0; } h2 { font-size: 1.2rem; margin: 2rem 0 0; overflow-wrap: anywhere; } h3 { font-size: 1rem; margin: 1rem 0 0; }
p { color: var(--quiet); margin: 0.25rem 0; }
svg { width: 100%; height: auto; display: block; }
svg text { fill: var(--quiet); font-size: 12px; }
.grid { stroke: var(--line); } .series { stroke: var(--accent); stroke-width: 2; fill: none; } .whisker { stroke: var(--accent); stroke-width: 1.5; opacity: 0.6; }
.dot { fill: var(--accent); } .break { stroke: var(--warn); stroke-dasharray: 4 4; } svg .break-label { fill: var(--warn); }
.scroll { overflow-x: auto; } table { border-collapse: collapse; font-variant-numeric: tabular-nums; margin-top: 0.5rem; font-size: 0.9rem; }
th, td { text-align: right; padding: 0.2rem 0.5rem; border-bottom: 1px solid var(--line); white-space: nowrap; } th:nth-child(-n + 3), td:nth-child(-n + 3) { text-align: left; }
.other td { border-top: 2px dashed var(--warn); }
`;

/** Makes a page that is one file without a script: for each arm the pass rate and the cost over runs, as charts and as a table. */
export function trendHtml(trend: Trend, whereabouts: Whereabouts = {}): string {
  const digest = createHash("sha256").update(STYLE).digest("base64");
  const title = `Trend of ${trend.lines.map(({ name }) => name).join(", ")}`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-${digest}'; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeMarkup(title)} - bench</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>${escapeMarkup(title)}</h1>
<p>Pass rates weight tasks equally; bars are 95 % intervals over tasks like these. Runs with other tasks are set apart: they cannot be compared.</p>
${unfinishedPoints(trend, whereabouts)
  .map((text) => `<p>${escapeMarkup(text)}</p>`)
  .join("\n")}
${trend.lines.map(section).join("\n")}
${trend.lines.some(({ drift }) => drift.some((each) => each.p !== null)) ? `<p>${escapeMarkup(DRIFT_NOTE)}</p>\n` : ""}</main>
</body>
</html>
`;
}

const HEADINGS = ["Date (UTC)", "Run", "Tag or commit", "Passed", "Pass rate", "95% interval", "Cost per trial", "Cost per solved"];

function section(line: TrendLine): string {
  const { name, scripted, points } = line;
  const notes = [
    ...(scripted ? ["<p>Scripted, not a language model; its prices are simulated.</p>"] : []),
    ...(points.some(({ armChanged }) => armChanged) ? ["<p>* the model's entry, the prompt or the settings changed.</p>"] : []),
    ...runFlawTexts(line).map((text) => `<p>${escapeMarkup(text)}</p>`),
  ];
  return `<section>
<h2>${escapeMarkup(name)}</h2>
${notes.join("\n")}
<h3>Pass rate</h3>
${driftTexts(line)
  .map((text) => `<p>${escapeMarkup(text)}</p>`)
  .join("\n")}
${drawingMarkup(trendChart(points, passRateOf(name)))}
<h3>Cost per trial</h3>
${drawingMarkup(trendChart(points, costOf(name, points)))}
<div class="scroll" tabindex="0"><table>
<thead><tr>${HEADINGS.map((heading) => `<th scope="col">${heading}</th>`).join("")}</tr></thead>
<tbody>
${points.map(row).join("\n")}
</tbody>
</table></div>
</section>`;
}

function passRateOf(name: string): TrendMeasure {
  return {
    title: `Pass rate of ${name} over runs`,
    top: 1,
    format: (value) => `${Math.round(100 * value)} %`,
    of: ({ passRate }) => ({ value: passRate.rate, low: passRate.low, high: passRate.high }),
  };
}

function costOf(name: string, points: readonly TrendPoint[]): TrendMeasure {
  return {
    title: `Cost per trial of ${name} over runs`,
    top: highestCost(points),
    format: formatUsd,
    of: ({ costPerTrialUsd }) => ({ value: costPerTrialUsd, low: null, high: null }),
  };
}

function highestCost(points: readonly TrendPoint[]): number {
  return Math.max(...points.map(({ costPerTrialUsd }) => costPerTrialUsd ?? 0)) * 1.1 || 1;
}

function row(point: TrendPoint): string {
  const cells = [
    formatDate(point.createdAt),
    [point.runId, runMarks(point)].join(" ").trim(),
    [...point.tags, ...(point.commit ? [point.commit.slice(0, 7)] : [])].join(", "),
    `${point.passed}/${point.trials}`,
    formatRate(point.passRate.rate),
    formatInterval(point.passRate.low, point.passRate.high),
    formatUsd(point.costPerTrialUsd),
    point.passed === 0 ? "-" : formatUsd(point.costPerSolvedUsd),
  ];
  return `<tr${point.suiteChanged ? ' class="other" title="other tasks from here on"' : ""}>${cells.map((cell) => `<td>${escapeMarkup(cell)}</td>`).join("")}</tr>`;
}
