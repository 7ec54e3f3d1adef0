import type { Action, Stop } from "../../core/agent.ts";
import { countUnbilled, type ModelResponse } from "../../core/model.ts";
import { isEmpty, withCallIds } from "./conversation.ts";
import { budgetHint, cutCall, cutResponse, EMPTY_RESPONSE, NOTHING_CHANGED } from "./nudge.ts";
import { makeRoom, type Progress } from "./progress.ts";
import type { ProtocolState } from "./stuck.ts";
import { failed } from "./tool/outcome.ts";
import { runCalls, skipCalls } from "./turn.ts";

// Without a limit, a provider that only ever pauses would keep a trial going forever; later pauses count as iterations.
const MAX_FREE_PAUSES = 5;

/** Handles a response: stores it, runs its calls and adds the results to the conversation. Returns why the trial ends here; null when it continues. */
export async function answerResponse(progress: Progress, received: ModelResponse): Promise<Stop | null> {
  const response = await register(progress, received, { isIteration: countsAsIteration(progress, received) });
  const { view } = response.turn;
  if (response.finish === "refusal" || view.refusal !== null) return endRefused(progress, response);
  if (response.finish === "context") return retryWithRoom(progress, response);
  if (response.finish === "cap") return askAgain(progress, response);
  progress.hasOverflowed = false;
  progress.conversation.addResponse(response);
  if (response.finish === "length") return answerCut(progress, response);
  if (view.calls.length > 0) return answerCalls(progress, response);
  if (response.finish === "pause" && !isEmpty(view)) return endStep(progress, { response, protocol: "unclear" });
  if (isEmpty(view)) return endStep(progress, { response, protocol: "broken", words: EMPTY_RESPONSE });
  return answerFinal(progress, response);
}

function countsAsIteration(progress: Progress, { finish }: ModelResponse): boolean {
  if (finish === "pause") progress.pauses += 1;
  const isFreePause = finish === "pause" && progress.pauses <= MAX_FREE_PAUSES;
  return !isFreePause && finish !== "context" && finish !== "cap";
}

/** Counts and stores a response. It was paid for, so it is safely on disk before any of its calls run. Returns it with an id for each call. */
export async function register(
  progress: Progress,
  received: ModelResponse,
  { isIteration }: { readonly isIteration: boolean },
): Promise<ModelResponse> {
  const { journal, budget } = progress;
  progress.responses += 1;
  progress.unbilledAttempts += countUnbilled(received.attempts);
  budget.addResponse(received, isIteration);
  const response = withCallIds(received, progress.responses);
  journal.responded(progress.responses, response);
  await journal.flushed();
  if (received.loweredTo !== undefined) note(progress, "cap", lowered(received.loweredTo, progress));
  for (const text of received.repairs) note(progress, "repaired", text);
  if (response !== received) note(progress, "call-ids", "calls without an id of their own were given one");
  if (received.finish === "other")
    note(progress, "finish", received.finishRaw === "" ? "no finish reason" : `unknown finish reason: ${received.finishRaw}`);
  if (!received.usage.isKnown && progress.responses === 1) note(progress, "usage", uncounted(progress.context.model.spec.stream));
  if (progress.context.settings.limits.maxCostUsd !== null && progress.responses === 1 && isWithoutPrice(received, progress)) {
    note(progress, "cost", "the cost of a response is unknown, so the cost limit cannot be kept");
  }
  return response;
}

// With a price, a response of unknown cost counts with the most that it could be, or with what the model's other answers cost.
function isWithoutPrice({ cost, attempts }: ModelResponse, { context }: Progress): boolean {
  return cost.costUsd === null && context.model.spec.price === null && !(attempts.at(-1)?.assumedUsd ?? 0);
}

// Servers that leave the counts out of streams often have them in whole answers.
function uncounted(isStreamed: boolean): string {
  const advice = isStreamed ? "; stream: false in models.yaml may bring one" : "";
  return `the provider gave no count of tokens, so those of this trial are unknown${advice}`;
}

function endRefused(progress: Progress, response: ModelResponse): Stop {
  const { refusal, text } = response.turn.view;
  skipCalls(response.turn.view.calls, progress.responses, failed("policy_denied", "the response was refused."), progress);
  return { kind: "refused", detail: (refusal ?? text).slice(0, 500) || response.finishRaw };
}

// The answer did not fit the window: it is dropped, and the same request is sent again with more room.
function retryWithRoom(progress: Progress, response: ModelResponse): Stop | null {
  progress.conversation.noteUsage(response.usage);
  return makeRoom(progress, "the response filled the context window") ?? progress.budget.reached();
}

// The money that was left bought only a part of an answer, which is dropped: whether any more is affordable is decided when the request is sent again.
function askAgain(progress: Progress, response: ModelResponse): Stop | null {
  progress.conversation.noteUsage(response.usage);
  return progress.budget.reached();
}

function lowered(outputTokens: number, { context }: Progress): string {
  return `a spending limit is nearly used up: the answer was limited to ${outputTokens} tokens, not ${context.model.spec.maxOutputTokens}`;
}

function answerCut(progress: Progress, response: ModelResponse): Stop | null {
  const { maxOutputTokens } = progress.context.model.spec;
  const { calls } = response.turn.view;
  if (calls.length === 0) return endStep(progress, { response, protocol: "unclear", words: cutResponse(maxOutputTokens) });
  const actions = skipCalls(calls, progress.responses, failed("truncated_call", cutCall(maxOutputTokens)), progress);
  return endStep(progress, { response, actions, protocol: "unclear" });
}

async function answerCalls(progress: Progress, response: ModelResponse): Promise<Stop | null> {
  const { actions, protocol, lost } = await runCalls(response.turn.view.calls, progress.responses, progress);
  if (lost === null) return endStep(progress, { response, actions, protocol });
  return { kind: "sandbox-lost", detail: lost.message };
}

async function answerFinal(progress: Progress, response: ModelResponse): Promise<Stop | null> {
  if (await isReminderDue(progress)) {
    progress.wasReminded = true;
    return endStep(progress, { response, protocol: "kept", words: NOTHING_CHANGED });
  }
  return { kind: "completed", detail: response.turn.view.text.slice(0, 500) };
}

async function isReminderDue({ wasReminded, tools, budget, changes }: Progress): Promise<boolean> {
  if (wasReminded || budget.reached() !== null) return false;
  const canChange = tools.offered.some(({ tier }) => tier !== "read");
  return canChange && !(await changes.hasChanged());
}

type StepEnd = {
  readonly response: ModelResponse;
  readonly protocol: ProtocolState;
  readonly actions?: readonly Action[];
  /** What the harness itself adds for the model. */
  readonly words?: string;
};

// Decides whether the trial ends with this step; if not, adds the results to the conversation, with what the harness has to say.
function endStep(progress: Progress, { response, protocol, actions = [], words }: StepEnd): Stop | null {
  const { stuck, budget, conversation } = progress;
  const ran = actions.filter(({ errorKind }) => errorKind !== "too_many_calls" && errorKind !== "truncated_call");
  const finding = stuck.addCalls(ran);
  const stop = stuck.addProtocol(protocol) ?? finding.stop ?? budget.reached();
  const nudges = stop === null ? [words, finding.nudge, budgetHint(budget.remainingIterations())].filter((text) => text != null) : [];
  const nudge = response.finish === "pause" && actions.length === 0 ? null : nudges.join("\n") || null;
  if (actions.length > 0)
    conversation.addResults(
      actions.map(({ result }) => result),
      nudge,
    );
  else if (nudge !== null) conversation.addWords(nudge);
  if (nudge !== null) note(progress, "nudge", nudge);
  return stop;
}

function note(progress: Progress, kind: string, text: string): void {
  progress.journal.noted(progress.responses, { kind, text });
}
