import type { SequentialPath } from "../analysis/gate/gate-result.ts";
import { counted, formatDate, formatPoints, formatPointsInterval, formatRatio } from "../core/format.ts";
import { folded, h, place, plainTable } from "./dom.ts";
import type { ComparisonData, GateData, PageData, RunData } from "./page-data.ts";

const VERDICTS = { pass: "✓ Gate passed", fail: "✗ Gate failed", inconclusive: "? Gate inconclusive", invalid: "! Gate cannot judge" };

/** Shows what the report is about, the gate's verdict, and what makes its figures incomparable. */
export function showHeader(page: PageData): void {
  const suites = [...new Set(page.runs.map((run) => run.suite))].join(", ");
  const missing = page.missing > 0 ? ` ${page.missing.toLocaleString("en")} of ${counted(page.planned, "trial")} have no result yet.` : "";
  place("title").textContent = suites || "No run";
  place("about").append(`${counted(page.arms.length, "arm")} on ${counted(page.tasks.length, "task")}.${missing}`);
  place("runs").append(...page.runs.map(runLine));
  if (page.unfinished.length > 0)
    place("banners").append(
      h(
        "section",
        { class: "banner misleading", "aria-label": "Not finished" },
        ...page.unfinished.map((sentence) => h("p", {}, sentence)),
      ),
    );
  if (page.published !== null) place("banners").append(h("section", { class: "banner" }, h("p", { class: "sentence" }, page.published)));
  if (page.gate) place("banners").append(gateBanner(page.gate));
  place("banners").append(...mismatchBanners(page.comparisons));
}

function runLine(run: RunData): HTMLElement {
  const commit =
    run.commit === null
      ? null
      : [h("dt", {}, "Commit"), h("dd", {}, h("code", {}, run.commit.slice(0, 10)), run.dirty ? " with changes" : "")];
  const end = run.end ?? "not finished";
  return h(
    "dl",
    { class: "run" },
    h("dt", {}, "Run"),
    h("dd", {}, h("code", {}, run.id), run.end === "complete" ? "" : ` (${end})`),
    h("dt", {}, "Started"),
    h("dd", {}, `${formatDate(run.createdAt)} UTC`),
    h("dt", {}, "Suite"),
    h("dd", {}, run.suite, " ", h("code", {}, run.suiteDigest.slice(0, 8)), `, ${counted(run.attempts, "attempt")} each`),
    commit,
    h("dt", {}, "Harness"),
    h("dd", {}, run.harnessVersion),
    run.tags.length > 0 ? [h("dt", {}, "Tags"), h("dd", {}, run.tags.join(", "))] : null,
  );
}

function gateBanner(gate: GateData): HTMLElement {
  const items = gate.reasons.filter((reason) => !gate.sentence.startsWith(reason)).map((reason) => h("li", {}, reason));
  return h(
    "section",
    { class: `banner gate-${gate.outcome}`, "aria-label": "Verdict of the gate" },
    h("h2", {}, VERDICTS[gate.outcome]),
    h("p", {}, h("strong", {}, gate.sentence)),
    items.length > 0 ? h("ul", {}, items) : null,
    h("p", { class: "quiet" }, gateFigures(gate)),
    gate.sequential
      ? folded(`${gate.sequential.looks.length} of ${gate.sequential.plannedRounds} planned interim analyses`, looksTable(gate.sequential))
      : null,
  );
}

function gateFigures({ baseline, candidate, mode, margin, alpha, failWhen, difference, cost }: GateData): string {
  const bounds =
    difference && difference.low !== null && difference.high !== null ? ` ${formatPointsInterval(difference.low, difference.high)}` : "";
  const increase = cost?.increase ? ` (${formatRatio(1 + cost.increase.value)})` : "";
  const accepted = formatPoints(margin, { sign: false });
  return [
    `${candidate.label} against ${baseline.label}, ${mode}, margin ${accepted}, fails when ${failWhen}, alpha ${alpha}. `,
    difference ? `Difference ${formatPoints(difference.value)}${bounds}. ` : "",
    cost ? `Cost ${cost.state}${increase}, limit ${formatRatio(1 + cost.limit)}.` : "",
  ].join("");
}

function looksTable({ looks, trials, plannedTrials }: SequentialPath): readonly HTMLElement[] {
  const rows = looks.map(({ round, difference, low, high, state }) =>
    h(
      "tr",
      {},
      [String(round), formatPoints(difference), formatPointsInterval(low, high), state].map((text) => h("td", {}, text)),
    ),
  );
  return [
    plainTable("plain", ["Round", "Difference", "Interval", "State"], rows),
    h("p", { class: "quiet" }, `${trials} of ${plannedTrials} planned trials were run.`),
  ];
}

// Misleading differences are shown open, others are folded.
function mismatchBanners(comparisons: readonly ComparisonData[]): readonly HTMLElement[] {
  const misleading = mismatchTables(comparisons, true);
  const others = mismatchTables(comparisons, false);
  const heading = h("h2", {}, "! These figures do not compare like with like");
  return [
    ...(misleading.length > 0 ? [h("section", { class: "banner misleading", "aria-label": "Not comparable" }, heading, misleading)] : []),
    ...(others.length > 0 ? [h("section", { class: "banner other" }, folded("What else differs between the arms", others))] : []),
  ];
}

function mismatchTables(comparisons: readonly ComparisonData[], isMisleading: boolean): readonly HTMLElement[] {
  return comparisons.flatMap(({ labels, mismatches }) => {
    const rows = mismatches
      .filter(({ misleading }) => misleading === isMisleading)
      .map(({ what, baseline, candidate }) => h("tr", {}, h("th", { scope: "row" }, what), h("td", {}, baseline), h("td", {}, candidate)));
    if (rows.length === 0) return [];
    return [h("div", { class: "scroll" }, plainTable("plain", ["Differs in", labels.baseline, labels.candidate], rows))];
  });
}
