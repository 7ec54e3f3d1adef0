import type { Stop } from "../../core/agent.ts";
import { countUnbilled, type ModelResponse } from "../../core/model.ts";
import type { TimedAnswer } from "./deadline.ts";
import type { Progress } from "./progress.ts";
import { register } from "./response.ts";
import { failed } from "./tool/outcome.ts";
import { skipCalls } from "./turn.ts";

/**
 * What a model is sent when it is to summarize its work.
 *
 * @internal
 */
export const SUMMARY_REQUEST = `[harness] To save room, everything but the task, your last response and its results is now replaced by a summary that you write for yourself. Call no tool and reply with the summary alone:
1. what of the task is done and what is left;
2. which files you changed, and how;
3. what you found out and will need again: paths, names, lines, commands and what they printed;
4. what you tried that did not work, and why;
5. your next steps.`;

/**
 * Writes the turn that stands for what was summarized.
 *
 * @internal
 */
export function summaryTurn(summary: string): string {
  return `[harness] Your summary of your work so far, in place of the messages before it:\n\n${summary.trim()}`;
}

/**
 * Lets the model summarize its work when it has given as many responses since the last summary as the arm's setting says. `ask` sends the conversation as it stands. The
 * summary is a response like others for limits, cost and record, but no iteration. Without a usable summary the conversation stays as it was until the next one is due.
 * Returns the end of the trial where a limit was reached meanwhile.
 */
export async function summarizeWhenDue(
  progress: Progress,
  ask: () => Promise<Exclude<TimedAnswer, { kind: "cut" }> | Stop>,
): Promise<Stop | null> {
  const { conversation, budget, summarizeAfter } = progress;
  if (summarizeAfter === null || budget.iterations() - progress.summarizedAt < summarizeAfter) return null;
  progress.summarizedAt = budget.iterations();
  if (!conversation.canBeSummarized()) return null;
  conversation.addWords(SUMMARY_REQUEST);
  const answer = await ask();
  if (answer.kind === "response") return useSummary(progress, answer);
  conversation.dropWords();
  if (!("attempts" in answer)) return answer;
  progress.unbilledAttempts += countUnbilled(answer.attempts);
  note(progress, `a summary was asked for and not given (${answer.kind}); nothing was replaced`);
  return budget.reached();
}

async function useSummary(progress: Progress, received: ModelResponse): Promise<Stop | null> {
  const { conversation, budget } = progress;
  const response = await register(progress, received, { isIteration: false });
  const { text, calls } = response.turn.view;
  skipCalls(calls, progress.responses, failed("policy_denied", "a summary was asked for, so nothing was run."), progress);
  const isSummary = calls.length === 0 && text.trim() !== "" && (response.finish === "stop" || response.finish === "other");
  if (isSummary) {
    const replaced = conversation.summarize(summaryTurn(text));
    note(progress, `this response is a summary; it replaces ${replaced} messages before it`);
  } else {
    conversation.dropWords();
    note(progress, "a summary was asked for, and this response is none; nothing was replaced");
  }
  return budget.reached();
}

function note({ journal, responses }: Progress, text: string): void {
  journal.noted(responses, { kind: "summary", text });
}
