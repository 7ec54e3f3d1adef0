import { counted, folded, h, place } from "./dom.js";
import { formatDate, formatPoints, formatPointsInterval, formatRatio } from "./format.js";

const VERDICTS = { pass: "✓ Gate passed", fail: "✗ Gate failed", inconclusive: "? Gate inconclusive", invalid: "! Gate cannot judge" };

/** Shows what the report is about, the gate's verdict, and what makes its figures incomparable. */
export function showHeader(page) {
  const suites = [...new Set(page.runs.map((run) => run.suite))].join(", ");
  const missing = page.missing > 0 ? ` ${page.missing.toLocaleString("en")} of ${counted(page.planned, "trial")} have no result yet.` : "";
  place("title").textContent = suites || "No run";
  place("about").append(`${counted(page.arms.length, "arm")} on ${counted(page.tasks.length, "task")}.${missing}`);
  place("runs").append(...page.runs.map(runLine));
  if (page.gate) place("banners").append(gateBanner(page.gate));
  place("banners").append(...mismatchBanners(page.comparisons));
}

function runLine(run) {
  const commit =
    run.commit === null
      ? null
      : [h("dt", {}, "Commit"), h("dd", {}, h("code", {}, run.commit.slice(0, 10)), run.dirty ? " with changes" : "")];
  const end = run.end === null ? "not finished" : run.end;
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

function gateBanner(gate) {
  const [verdict, ...others] = gate.reasons;
  const { difference, cost, sequential } = gate;
  const bounds =
    difference && difference.low !== null && difference.high !== null ? ` ${formatPointsInterval(difference.low, difference.high)}` : "";
  const margin = `margin ${formatPoints(gate.margin).replace("+", "")}`;
  return h(
    "section",
    { class: `banner gate-${gate.outcome}`, "aria-label": "Verdict of the gate" },
    h("h2", {}, VERDICTS[gate.outcome]),
    h("p", {}, h("strong", {}, verdict ?? "")),
    others.length > 0
      ? h(
          "ul",
          {},
          others.map((reason) => h("li", {}, reason)),
        )
      : null,
    h(
      "p",
      { class: "quiet" },
      `${gate.candidate.label} against ${gate.baseline.label}, ${gate.mode}, ${margin}, alpha ${gate.alpha}. `,
      difference ? `Difference ${formatPoints(difference.value)}${bounds}. ` : "",
      cost
        ? `Cost ${cost.state}${cost.increase ? ` (${formatRatio(1 + cost.increase.value)})` : ""}, limit ${formatRatio(1 + cost.limit)}.`
        : "",
    ),
    sequential
      ? folded(`${counted(sequential.looks.length, "look")} of ${sequential.plannedRounds} planned`, looksTable(sequential))
      : null,
  );
}

function looksTable({ looks, trials, plannedTrials }) {
  const rows = looks.map((look) =>
    h(
      "tr",
      {},
      [look.round, formatPoints(look.difference), formatPointsInterval(look.low, look.high), look.state].map((text) =>
        h("td", {}, String(text)),
      ),
    ),
  );
  const head = ["Round", "Difference", "Interval", "State"].map((text) => h("th", { scope: "col" }, text));
  return [
    h("table", { class: "plain" }, h("thead", {}, h("tr", {}, head)), h("tbody", {}, rows)),
    h("p", { class: "quiet" }, `${trials} of ${plannedTrials} planned trials were run.`),
  ];
}

function mismatchBanners(comparisons) {
  const differing = comparisons.filter(({ mismatches }) => mismatches.length > 0);
  const misleading = differing.filter(({ mismatches }) => mismatches.some((mismatch) => mismatch.misleading));
  const other = differing.map((comparison) => ({ ...comparison, mismatches: comparison.mismatches.filter((one) => !one.misleading) }));
  const rest = other.filter(({ mismatches }) => mismatches.length > 0);
  const red = misleading.map((comparison) => ({ ...comparison, mismatches: comparison.mismatches.filter((one) => one.misleading) }));
  return [
    red.length === 0
      ? null
      : h(
          "section",
          { class: "banner misleading", "aria-label": "Not comparable" },
          h("h2", {}, "! These figures do not compare like with like"),
          red.map(mismatchTable),
        ),
    rest.length === 0
      ? null
      : h("section", { class: "banner other" }, folded("What else differs between the arms", rest.map(mismatchTable))),
  ].filter((banner) => banner !== null);
}

function mismatchTable({ labels, mismatches }) {
  const rows = mismatches.map(({ what, baseline, candidate }) =>
    h("tr", {}, h("th", { scope: "row" }, what), h("td", {}, baseline), h("td", {}, candidate)),
  );
  const head = ["Differs in", labels.baseline, labels.candidate].map((text) => h("th", { scope: "col" }, text));
  return h("div", { class: "scroll" }, h("table", { class: "plain" }, h("thead", {}, h("tr", {}, head)), h("tbody", {}, rows)));
}
