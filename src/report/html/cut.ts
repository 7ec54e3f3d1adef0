import type { StepRecord, ToolCallRecord, Trajectory } from "../../core/record.ts";

// The beginning of a text shows what it is, and its end how it came out.
const HEAD_SHARE = 0.6;

/** Cuts the long texts of a trajectory to about `limit` characters each, with a note in each of how much is missing. */
export function cutTrajectory(trajectory: Trajectory, limit: number): Trajectory {
  const id = trajectory.trial.id;
  const cut = (text: string): string => cutText(text, limit, id);
  return {
    ...trajectory,
    firstTurns: trajectory.firstTurns.map((turn) => cutText(turn, 4 * limit, id)),
    steps: trajectory.steps.map((step) => cutStep(step, cut)),
    notes: trajectory.notes.map((note) => ({ ...note, text: cut(note.text) })),
    tests: trajectory.tests.map((test) => ({ ...test, message: test.message === null ? null : cut(test.message) })),
    tampering: trajectory.tampering.map((sign) => ({ ...sign, evidence: cut(sign.evidence) })),
    testLog: cut(trajectory.testLog),
  };
}

function cutStep(step: StepRecord, cut: (text: string) => string): StepRecord {
  return {
    ...step,
    text: cut(step.text),
    reasoning: cut(step.reasoning),
    usageInconsistency: step.usageInconsistency === null ? null : cut(step.usageInconsistency),
    toolCalls: step.toolCalls.map((call) => cutCall(call, cut)),
    notes: step.notes.map((note) => ({ ...note, text: cut(note.text) })),
  };
}

function cutCall(call: ToolCallRecord, cut: (text: string) => string): ToolCallRecord {
  return { ...call, arguments: cutArguments(call.arguments, cut), result: call.result === null ? null : cut(call.result) };
}

// Arguments stay an object, so that the page can show each by its name.
function cutArguments(text: string, cut: (text: string) => string): string {
  if (cut(text) === text) return text;
  try {
    const short: unknown = JSON.parse(text, (_key, value: unknown) => (typeof value === "string" ? cut(value) : value));
    const written = JSON.stringify(short);
    return written.length < text.length ? written : cut(text);
  } catch {
    return cut(text);
  }
}

/** Cuts a text in its middle, with a note of how much is left out and the command that shows it. */
export function cutText(text: string, limit: number, trialId: number): string {
  if (text.length <= limit) return text;
  const head = Math.floor(limit * HEAD_SHARE);
  const tail = limit - head;
  const missing = (text.length - limit).toLocaleString("en");
  return `${wholeStart(text, head)}\n[... ${missing} characters left out here; "bench show ${trialId}" has them ...]\n${wholeEnd(text, tail)}`;
}

// Half a pair of surrogates is no character.
function wholeStart(text: string, length: number): string {
  return text.slice(0, length).replace(/[\ud800-\udbff]$/, "");
}

function wholeEnd(text: string, length: number): string {
  return text.slice(-length).replace(/^[\udc00-\udfff]/, "");
}
