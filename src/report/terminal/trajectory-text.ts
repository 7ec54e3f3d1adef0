import { markedCost, trialDoubtNotes, uncachedTokens } from "../../core/figure.ts";
import { counted, formatDate, formatDuration, formatTokens, formatUsd } from "../../core/format.ts";
import { ISOLATION_WORDS } from "../../core/isolation-words.ts";
import { oneLine, plainText, withoutColours } from "../../core/printable.ts";
import type { EarlierVerdict, ExecutionRecord, StepRecord, ToolCallRecord, Trajectory, TrialRecord } from "../../core/record.ts";
import type { Palette } from "./palette.ts";

/**
 * Writes a whole trial for reading: prompts, responses, tool calls with results, and the verdict with its tests. It comes in parts of one or more lines, without their last
 * line end, so that a long one never has to be one string.
 */
export function* trajectoryLines(stored: Trajectory, paint: Palette): Generator<string> {
  const { steps, ...rest } = stored;
  const trajectory = { ...readable(rest), steps: [] };
  const { trial } = trajectory;
  // What was not submitted stands with the verdict, except in trials of older versions.
  const isNews = ({ kind }: { readonly kind: string }) => trial.heldBack.length === 0 || kind !== "not-delivered";
  yield paint.bold(
    `Trial ${trial.id}: ${trial.taskId}, ${trial.armName}${trial.armApi === "scripted" ? " (scripted, not a language model)" : ""}, attempt ${trial.attempt} (run ${trial.runId})`,
  );
  yield headline(trajectory, paint);
  for (const note of trialDoubtNotes(trial)) yield paint.yellow(note);
  yield "";
  yield* section("System prompt", trajectory.system, paint);
  for (const turn of trajectory.firstTurns) yield* section("User", turn, paint);
  for (const step of steps) yield* stepLines(readable({ ...step, notes: step.notes.filter(isNews) }), paint);
  for (const note of trajectory.notes.filter(isNews)) yield noteLine(note, paint);
  yield* verdictLines(trajectory, paint);
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
  return paint.yellow(`[harness: ${note.kind}] ${note.text}`);
}

function headline({ trial }: Trajectory, paint: Palette): string {
  if (trial.errorSource) return paint.yellow(`Error (${trial.errorSource}): ${trial.errorMessage}`);
  const verdict = trial.passed ? paint.green("passed") : paint.red(`failed (${trial.reason})`);
  return [
    verdict,
    `stopped: ${trial.stop}${trial.stop === "completed" || !trial.stopDetail ? "" : ` (${trial.stopDetail})`}`,
    `${trial.iterations} iterations`,
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

function section(title: string, text: string, paint: Palette): readonly string[] {
  return text === "" ? [] : [paint.cyan(`--- ${title}`), text, ""];
}

function stepLines(step: StepRecord, paint: Palette): readonly string[] {
  const cost = step.costUsd === null ? "cost unknown" : formatUsd(step.costUsd) + (step.usageInconsistency === null ? "" : "?");
  const first = step.firstTokenMs === null ? "" : ` (first token ${formatDuration(step.firstTokenMs)})`;
  const figures = `${tokensOf(step)}, ${cost}, ${formatDuration(step.durationMs)}${first}`;
  return [
    paint.cyan(`--- Step ${step.iteration}`) + paint.dim(`  ${figures}, ${step.finish}`),
    ...(step.reasoning ? [paint.dim(step.reasoning)] : []),
    ...(step.text ? [step.text] : []),
    ...step.toolCalls.flatMap((call) => callLines(call, paint)),
    ...(step.usageInconsistency === null ? [] : [noteLine({ kind: FIGURES_DISAGREE, text: step.usageInconsistency }, paint)]),
    ...step.notes.map((note) => noteLine(note, paint)),
    "",
  ];
}

function callLines(call: ToolCallRecord, paint: Palette): readonly string[] {
  const result = call.result ?? "(the harness stopped during this call)";
  const { inline, blocks } = argumentParts(call.arguments);
  const written = blocks.flatMap(([name, text]) => [paint.dim(`  ${name}:`), ...indented(text, "  | ")]);
  return [`${paint.bold(`> ${call.tool}`)} ${inline}`, ...written, ...indented(result, "  ")];
}

// Short arguments stay on the line of the call; text of several lines is shown as it was written.
function argumentParts(text: string): { readonly inline: string; readonly blocks: readonly (readonly [string, string])[] } {
  const values = parsedObject(text);
  if (values === null) return { inline: text, blocks: [] };
  const isBlock = (value: unknown): value is string => typeof value === "string" && value.includes("\n");
  const entries = Object.entries(values);
  const inline = entries.filter(([, value]) => !isBlock(value)).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  // Their JSON may have held escapes, which reading it has made characters.
  return {
    inline: plainText(inline.join(" ")),
    blocks: entries.flatMap(([name, value]) => (isBlock(value) ? [[oneLine(name), plainText(value)] as const] : [])),
  };
}

function parsedObject(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

function indented(text: string, margin: string): readonly string[] {
  return text
    .replace(/\n$/, "")
    .split("\n")
    .map((line) => margin + line);
}

function isolationLine({ isolation }: TrialRecord, paint: Palette): readonly string[] {
  if (isolation === null) return [];
  const line = `graded ${ISOLATION_WORDS[isolation]}`;
  return [isolation === "process" ? line : paint.yellow(line)];
}

function verdictLines(trajectory: Trajectory, paint: Palette): readonly string[] {
  const marks: Record<string, string> = { passed: paint.green("pass") };
  return [
    ...(trajectory.tests.length > 0 ? [paint.cyan("--- Hidden tests")] : []),
    ...trajectory.tests.map(
      (one) =>
        `${marks[one.status] ?? paint.red(one.status)}  ${one.name}${one.message ? `\n      ${one.message.split("\n").join("\n      ")}` : ""}`,
    ),
    ...isolationLine(trajectory.trial, paint),
    ...trajectory.trial.heldBack.map(({ path, reason }) => paint.yellow(`not graded: ${path}: ${reason}`)),
    ...trajectory.tampering.map((sign) => paint.red(`tampering (${sign.kind}): ${sign.evidence}`)),
    ...(trajectory.trial.passed === false && trajectory.testLog
      ? ["", ...section("Output of the test run", trajectory.testLog, paint)]
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
  return ["", paint.cyan("--- History"), ...executions.map(executionLine), ...verdicts].join("\n");
}

function executionLine({ startedAt, ended, reason, resumed, steps, costUsd }: ExecutionRecord, index: number): string {
  const state = ended ?? "interrupted";
  const why = reason === null ? "" : ` (${plainText(reason).split("\n", 1)[0]})`;
  const again = resumed === 0 ? "" : `, resumed ${counted(resumed, "time")}`;
  const cost = steps === 0 ? "" : `, ${formatUsd(costUsd)}`;
  return `execution ${index + 1}, ${formatDate(startedAt)}: ${state}${why}, ${counted(steps, "response")}${cost}${again}`;
}
