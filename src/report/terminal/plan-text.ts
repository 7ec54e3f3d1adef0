import type { Basis, Bottleneck, Forecast, Plan, PlannedArm, PlannedCost } from "../../analysis/plan/plan-result.ts";
import { counted, formatDuration, formatPlanUsd } from "../../core/format.ts";
import { clipped, oneLine } from "../../core/printable.ts";
import { foreseenCapSentence } from "../foreseen-cap-words.ts";
import { undecidableSentence } from "../power-words.ts";
import { fitText } from "../wrap.ts";
import { assumptionWords } from "../written-plan.ts";
import type { Palette } from "./palette.ts";
import { detectableLines } from "./plan-power-text.ts";
import { columnsOf, fittedTable } from "./table/fitted-table.ts";
import { cellText, markedName, SCRIPTED_NOTE } from "./table/table-style.ts";

const MAX_ARMS = 30;
const MAX_NAME = 22;

/** Draws a plan: cost and time by arm and in total, and the difference that it could detect. */
export function planText(plan: Plan, paint: Palette): string {
  const lines = [
    paint.bold(
      `${counted(plan.arms.length, "arm")} x ${counted(plan.tasks, "task")} x ${counted(plan.attempts, "attempt")} = ${counted(plan.trials, "trial")} of ${cellText(plan.suite)}`,
    ),
    "",
    armTable(plan, paint),
    "",
    `${paint.bold("Cost")}  ${costLine(plan.cost)}`,
    ...runnableLines(plan),
    `${paint.bold("Time")}  ${timeLine(plan)}`,
    ...capLines(plan).map((line, index) => (index === 0 ? `${paint.bold("Caps")}  ${line}` : `      ${line}`)),
    "",
    ...detectableLines(plan, paint),
    ...notes(plan).flatMap((note, index) => (index === 0 ? ["", paint.dim(note)] : [paint.dim(note)])),
  ];
  return fitText(lines.join("\n"), paint.width, "  ");
}

/** Summarizes the expected cost and time of a run in a line or two, and says where no result of it, or of the gate that it is for, could show a difference. */
export function shortPlan(plan: Plan, purpose: "run" | "gate" = "run"): string {
  const { cost } = plan;
  const unknown = cost.unknown.length > 0 ? `\nThe cost of ${listed(cost.unknown)} is unknown and comes on top.` : "";
  const head = `${counted(plan.trials, "trial")}: ${costLine(cost)}, about ${formatDuration(1000 * plan.wallSeconds)}${unknown}`;
  return [head, ...capLines(plan), ...undecidableLine(plan, purpose)].join("\n");
}

// A single arm is compared with nothing in its run.
function undecidableLine({ arms, comparison, undecidable }: Plan, purpose: "run" | "gate"): readonly string[] {
  if (purpose === "gate") return undecidable === null ? [] : [`${undecidableSentence(undecidable)}.`];
  return arms.length < 2 || comparison.undecidable === null ? [] : [`${undecidableSentence(comparison.undecidable)}.`];
}

const MAX_CAPS = 6;

// One line each: a reader searches for them.
function capLines({ caps }: Plan): readonly string[] {
  const shown = caps.slice(0, MAX_CAPS).map((cap) => oneLine(foreseenCapSentence(cap)));
  return caps.length > MAX_CAPS ? [...shown, `and ${caps.length - MAX_CAPS} more; "bench plan --json" lists all`] : shown;
}

function armTable({ arms }: Plan, paint: Palette): string {
  const column = columnsOf(arms.slice(0, MAX_ARMS));
  const table = fittedTable(
    [
      column("Arm", "word", (arm) => shortened(markedName(arm)) + (arm.missingKey === null ? "" : " †")),
      column("Trials", "figure", ({ trials }) => String(trials), 2),
      column("Each", "figure", ({ costPerTrialUsd }) => formatPlanUsd(costPerTrialUsd), 3),
      column("Cost", "figure", ({ costUsd }) => formatPlanUsd(costUsd?.value ?? null)),
      column("95% range", "figure", ({ costUsd }) => (costUsd ? bounds(costUsd) : "-"), 4),
      column("At most", "figure", ({ worstCost }) => (worstCost.by === "scripted" ? "-" : formatPlanUsd(worstCost.usd))),
      column("Time", "figure", ({ secondsPerTrial }) => formatDuration(1000 * secondsPerTrial), 1),
      column("From", "text", ({ costBasis }) => basisText(costBasis), 5),
    ],
    paint.width,
  );
  return table + (arms.length > MAX_ARMS ? `\nand ${arms.length - MAX_ARMS} more; --json lists all` : "");
}

function basisText(basis: Basis): string {
  if (basis.kind === "arm") return `${basis.trials} past`;
  if (basis.kind === "model") return `${basis.trials} of model`;
  if (basis.kind === "flag") return "--assume-cost";
  return basis.kind === "assumption" ? "assumed" : "no price";
}

function costLine(cost: PlannedCost): string {
  const { known, worstUsd } = cost;
  const most = worstUsd === null ? ", the maximum is unknown" : worstUsd === 0 ? "" : `, at most ${formatPlanUsd(worstUsd)}`;
  const assumed = cost.pastTrials > 0 ? ", partly assumed" : "assumed";
  const source = `${cost.pastTrials > 0 ? `from ${counted(cost.pastTrials, "past trial")}` : ""}${cost.isAssumed ? assumed : ""}`;
  if (source === "") return `unknown${most}`;
  const isPoint = known.low === null || formatPlanUsd(known.low) === formatPlanUsd(known.high);
  const range = isPoint ? source : `${bounds(known)} ${source}`;
  const open = cost.unknown.length > 0 ? " plus an unknown part" : "";
  const pretended = cost.paidUsd === 0 && cost.unknown.length === 0 ? "; simulated prices, nothing is paid" : "";
  return `about ${formatPlanUsd(known.value)} (${range})${open}${most}${pretended}`;
}

function bounds({ low, high }: Forecast): string {
  return low === null || high === null ? "-" : `${formatPlanUsd(low)} to ${formatPlanUsd(high)}`;
}

function runnableLines({ runnable, arms }: Plan): readonly string[] {
  if (!runnable) return [];
  const left = arms.filter(({ missingKey }) => missingKey !== null);
  const keys = [...new Set(left.flatMap(({ missingKey }) => missingKey ?? []))];
  return [
    `      † no key here: bench run would leave out ${counted(left.length, "arm")} (${listed(keys, 2)} not set),`,
    runnable.trials === 0
      ? "      and nothing would run"
      : `      and run ${counted(runnable.trials, "trial")} for ${costLine(runnable.cost)}`,
  ];
}

function timeLine({ wallSeconds, concurrency, pace, arms }: Plan): string {
  const guessed = arms.filter(({ timeBasis }) => timeBasis.kind === "assumption" || timeBasis.kind === "flag").length;
  const assumed = guessed === 0 ? "" : guessed === arms.length ? " (assumed)" : " (partly assumed)";
  return `about ${formatDuration(1000 * wallSeconds)} with ${concurrency} at a time${assumed}${bottleneckText(pace)}`;
}

function bottleneckText(pace: Bottleneck): string {
  if (pace.kind === "concurrency") return "";
  if (pace.kind === "grading") return "; limited by the gradings, see --grading";
  if (pace.kind === "longest") return "; limited by the longest trial";
  const what = { concurrency: "concurrent requests", rpm: "requests a minute", tpm: "tokens a minute" }[pace.limit];
  return `; limited by ${what} at ${hostOf(pace.baseUrl)}`;
}

function hostOf(url: string): string {
  return cellText(URL.canParse(url) ? new URL(url).host : url);
}

function notes({ arms, cost }: Plan): readonly string[] {
  const assumptions = new Set(
    arms.flatMap(({ costBasis }) => (costBasis.kind === "assumption" ? [assumptionWords(costBasis.assumed)] : [])),
  );
  const limited = arms.some(({ worstCost }) => worstCost.by === "max-trial-cost");
  const full = arms.some(({ worstCost }) => worstCost.by === "full-context");
  return [
    ...pastNotes(arms),
    ...[...assumptions].map((text) => `Assumed: ${text}.`),
    ...(assumptions.size > 0 ? ["Set your own with --assume-cost and --assume-seconds."] : []),
    ...(limited ? ["At most: every trial reaches its cap."] : []),
    ...(arms.some(({ worstCost }) => worstCost.by === "max_cost") ? ["At most: the model reaches its max_cost."] : []),
    ...(full ? ["At most: every trial takes all its responses at full length; --max-trial-cost lowers this."] : []),
    ...(cost.unknown.length > 0 ? [`No price: ${listed(cost.unknown, 2)}; add one to models.yaml, or use --assume-cost.`] : []),
    ...(arms.some(({ api }) => api === "scripted") ? [`${SCRIPTED_NOTE}: its prices are simulated`] : []),
  ];
}

function pastNotes(arms: readonly PlannedArm[]): readonly string[] {
  const past = arms.flatMap(({ costBasis }) => (costBasis.kind === "arm" || costBasis.kind === "model" ? [costBasis] : []));
  const newest = past
    .map(({ newestRun }) => newestRun)
    .sort()
    .at(-1);
  if (newest === undefined) return [];
  const several = new Set(past.map(({ newestRun }) => newestRun)).size > 1 || past.some(({ runs }) => runs > 1);
  return [
    `Past: graded trials of the same arm${past.some(({ kind }) => kind === "model") ? ", else of the same model" : ""}; ${several ? "the newest run is" : "all from run"} ${cellText(newest)}.`,
    ...(past.some(({ repriced }) => repriced) ? ["If a price has changed, past tokens are priced again."] : []),
  ];
}

function listed(names: readonly string[], most = 3): string {
  const shown = names.slice(0, most + 1).map((name) => cellText(name));
  return names.length <= most + 1 ? shown.join(", ") : `${shown.slice(0, most).join(", ")} and ${names.length - most} more`;
}

function shortened(name: string): string {
  return clipped(name, MAX_NAME);
}
