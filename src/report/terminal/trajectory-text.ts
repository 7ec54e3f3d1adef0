import { markedCost, trialDoubtNotes, uncachedTokens } from "../../core/figure.ts";
import { counted, formatDate, formatDuration, formatTokens, formatUsd } from "../../core/format.ts";
import { ISOLATION_WORDS } from "../../core/isolation-words.ts";
import { plainText, withoutColours } from "../../core/printable.ts";
import type { EarlierVerdict, ExecutionRecord, StepRecord, Trajectory, TrialRecord } from "../../core/record.ts";
import { fitText } from "../wrap.ts";
import { callLines } from "./call-text.ts";
import { blockLines, type TrialStyle } from "./folded-text.ts";
import type { Palette } from "./palette.ts";

/**
 * Writes a whole trial for reading: prompts, responses, tool calls with results, and the verdict with its tests. It comes in parts of one or more lines, without their last
 * line end, so that a long one never has to be one string. On a terminal long texts are folded unless `full`.
 */
export function* trajectoryLines(
  stored: Trajectory,
  paint: Palette,
  { full = false }: { readonly full?: boolean } = {},
): Generator<string> {
  const style = { paint, full };
  const { steps, ...rest } = stored;
  const trajectory = { ...readable(rest), steps: [] };
  const { trial } = trajectory;
  // What was not submitted stands with the verdict, except in trials of older versions.
  const isNews = ({ kind }: { readonly kind: string }) => trial.heldBack.length === 0 || kind !== "not-delivered";
  const fitted = (text: string): string => fitText(text, paint.width);
  yield paint.bold(
    fitted(
      `Trial ${trial.id}: ${trial.taskId}, ${trial.armName}${trial.armApi === "scripted" ? " (scripted, not a language model)" : ""}, attempt ${trial.attempt} (run ${trial.runId})`,
    ),
  );
  yield fitted(headline(trajectory, paint));
  for (const note of trialDoubtNotes(trial)) yield paint.yellow(fitted(note));
  yield "";
  yield* section("System prompt", trajectory.system, style);
  for (const turn of trajectory.firstTurns) yield* section("User", turn, style);
  for (const step of steps) yield* stepLines(readable({ ...step, notes: step.notes.filter(isNews) }), style);
  for (const note of trajectory.notes.filter(isNews)) yield noteLine(note, paint);
  yield* verdictLines(trajectory, style);
}

// The fields that hold what tools, tests and models wrote at length.
const LOGS: ReadonlySet<string> = new Set(["result", "message", "testLog", "evidence", "text", "reasoning"]);

// Models, tools and tests wrote most of this text, which could otherwise drive the terminal.
function readable<Part>(stored: Part): Part {
  return JSON.parse(JSON.stringify(stored), (key, value: unknown) =>
    typeof value === "string" ? plainText(LOGS.has(key) ? withoutColours(value) : value) : value,
  ) as Part;
}

const FIGURES_DISAGREE = "the provider's figures disagree";

function noteLine(note: { readonly kind: string; readonly text: string }, paint: Palette): string {
  return paint.yellow(fitText(`[harness: ${note.kind}] ${note.text}`, paint.width, "  "));
}

function headline({ trial }: Trajectory, paint: Palette): string {
  if (trial.errorSource) return paint.yellow(`Error (${trial.errorSource}): ${trial.errorMessage}`);
  const verdict = trial.passed ? paint.green("passed") : paint.red(`failed (${trial.reason})`);
  return [
    verdict,
    `stopped: ${trial.stop}${trial.stop === "completed" || !trial.stopDetail ? "" : ` (${trial.stopDetail})`}`,
    `${counted(trial.iterations, "iteration")}`,
    tokensOf(trial),
    costOf(trial),
    formatDuration(trial.workingMs),
  ].join(", ");
}

function tokensOf(record: TrialRecord | StepRecord): string {
  const uncached = uncachedTokens(record);
  if (uncached === null) return "tokens unknown";
  return `${formatTokens(uncached)} uncached, ${formatTokens(record.cacheReadTokens)} cached, ${formatTokens(record.outputTokens)} output`;
}

function costOf(trial: TrialRecord): string {
  return trial.costUsd === null ? "cost unknown" : markedCost(trial.costUsd, trial);
}

function section(title: string, text: string, style: TrialStyle): readonly string[] {
  return text === "" ? [] : [style.paint.cyan(`--- ${title}`), ...blockLines(text, "", style), ""];
}

function stepLines(step: StepRecord, style: TrialStyle): readonly string[] {
  const { paint } = style;
  const cost = step.costUsd === null ? "cost unknown" : formatUsd(step.costUsd) + (step.usageInconsistency === null ? "" : "?");
  const first = step.firstTokenMs === null ? "" : ` (first token ${formatDuration(step.firstTokenMs)})`;
  const figures = `${tokensOf(step)}, ${cost}, ${formatDuration(step.durationMs)}${first}`;
  return [
    fitText(paint.cyan(`--- Step ${step.iteration}`) + paint.dim(`  ${figures}, ${step.finish}`), paint.width, "    "),
    ...(step.reasoning ? blockLines(step.reasoning, "", style).map(paint.dim) : []),
    ...(step.text ? blockLines(step.text, "", style) : []),
    ...step.toolCalls.flatMap((call) => callLines(call, style)),
    ...(step.usageInconsistency === null ? [] : [noteLine({ kind: FIGURES_DISAGREE, text: step.usageInconsistency }, paint)]),
    ...step.notes.map((note) => noteLine(note, paint)),
    "",
  ];
}

function isolationLine({ isolation }: TrialRecord, paint: Palette): readonly string[] {
  if (isolation === null) return [];
  const line = fitText(`graded ${ISOLATION_WORDS[isolation]}`, paint.width, "  ");
  return [isolation === "process" ? line : paint.yellow(line)];
}

function rewardLine({ rewards }: TrialRecord, paint: Palette): readonly string[] {
  const given = Object.entries(rewards ?? {}).map(([name, value]) => `${name} ${value}`);
  return given.length === 0 ? [] : [fitText(`rewards: ${given.join(", ")}`, paint.width, "  ")];
}

function verdictLines(trajectory: Trajectory, style: TrialStyle): readonly string[] {
  const { paint } = style;
  const marks: Record<string, string> = { passed: paint.green("pass") };
  return [
    ...(trajectory.tests.length > 0 ? [paint.cyan("--- Hidden tests")] : []),
    ...trajectory.tests.flatMap(({ status, name, message }) => [
      fitText(`${marks[status] ?? paint.red(status)}  ${name}`, paint.width, "      "),
      ...(message ? blockLines(message, "      ", style) : []),
    ]),
    ...isolationLine(trajectory.trial, paint),
    ...rewardLine(trajectory.trial, paint),
    ...trajectory.trial.heldBack.map(({ path, reason }) => paint.yellow(fitText(`not graded: ${path}: ${reason}`, paint.width, "  "))),
    ...trajectory.tampering.map((sign) => paint.red(fitText(`tampering (${sign.kind}): ${sign.evidence}`, paint.width, "  "))),
    ...(trajectory.trial.passed === false && trajectory.testLog
      ? ["", ...section("Output of the test run", trajectory.testLog, style)]
      : []),
  ];
}

/** Writes the earlier executions and verdicts of a trial; empty for a trial that finished in its first execution. */
export function trialHistoryText(
  { executions, earlierVerdicts }: { readonly executions: readonly ExecutionRecord[]; readonly earlierVerdicts: readonly EarlierVerdict[] },
  paint: Palette,
): string {
  const isPlain = executions.every(({ ended, resumed }) => ended === "finished" && resumed === 0) && earlierVerdicts.length === 0;
  if (isPlain) return "";
  const verdicts = earlierVerdicts.map(
    ({ replacedAt, passed, reason, testsPassed, testsTotal }) =>
      `verdict until ${formatDate(replacedAt)}: ${passed ? "passed" : `failed (${reason})`}, ${testsPassed} of ${testsTotal} tests`,
  );
  return [
    "",
    paint.cyan("--- History"),
    ...[...executions.map(executionLine), ...verdicts].map((line) => fitText(line, paint.width, "  ")),
  ].join("\n");
}

function executionLine({ startedAt, ended, reason, resumed, steps, costUsd }: ExecutionRecord, index: number): string {
  const state = ended ?? "interrupted";
  const why = reason === null ? "" : ` (${plainText(reason).split("\n", 1)[0]})`;
  const again = resumed === 0 ? "" : `, resumed ${counted(resumed, "time")}`;
  const cost = steps === 0 ? "" : `, ${formatUsd(costUsd)}`;
  return `execution ${index + 1}, ${formatDate(startedAt)}: ${state}${why}, ${counted(steps, "response")}${cost}${again}`;
}
