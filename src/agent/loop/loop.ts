import type { Step, Stop } from "../../core/agent.ts";
import { CapReached, unreachable } from "../../core/errors.ts";
import type { ModelRejection, ModelRequest } from "../../core/model.ts";
import { SandboxLost } from "../../core/sandbox.ts";
import { generateInTime, type TimedAnswer } from "./deadline.ts";
import { brokenCall, budgetHint } from "./nudge.ts";
import { keepRoom, makeRoom } from "./overflow.ts";
import { type AgentRun, begin, countUnbilled, type Progress } from "./progress.ts";
import { answerResponse } from "./response.ts";
import { renderSystemPrompt } from "./system-prompt.ts";
import { schemaOf } from "./tool/tool.ts";

/** What an agent came to. `unbilledAttempts` are requests that broke off or were cut, whose cost nobody knows. */
export type AgentEnd = {
  readonly stop: Stop;
  readonly steps: readonly Step[];
  readonly unbilledAttempts: number;
  readonly workingMs: number;
};

/**
 * Lets a model work on a task with tools until it is done or a limit is reached: ask, write the answer down, carry out its calls,
 * write down what they came to, ask again.
 *
 * What the model does wrong is a value. Throws the reason of `signal` when that is aborted, and lets an InfraError through.
 */
export async function runAgent(run: AgentRun): Promise<AgentEnd> {
  const progress = begin(run);
  const stop = await workUntilStop(progress);
  const { steps, unbilledAttempts, budget } = progress;
  return { stop, steps, unbilledAttempts, workingMs: budget.workingMs() };
}

async function workUntilStop(progress: Progress): Promise<Stop> {
  const { run, tools, journal } = progress;
  const system = renderSystemPrompt(run.settings.prompt.text, { tools: tools.offered, limits: run.settings.limits });
  const schemas = tools.offered.map(schemaOf);
  const opening = { system, firstTurns: run.firstTurns, tools: JSON.stringify(schemas) };
  progress.replay.open(opening);
  journal.opened(opening);
  try {
    for (;;) {
      const turns = progress.conversation.snapshot();
      const { cacheKey, signal, spendingLimit } = run;
      const request = { system, turns, tools: schemas, cacheKey, signal, ...(spendingLimit === undefined ? {} : { spendingLimit }) };
      const stop = await answerTo(progress, progress.replay.nextAnswer() ?? (await ask(progress, request)));
      if (stop !== null) return stop;
      keepRoom(progress);
    }
  } catch (error) {
    if (error instanceof SandboxLost) return { kind: "sandbox-lost", detail: error.message };
    if (error instanceof CapReached && error.scope === "trial") return { kind: "budget-cost", detail: error.message };
    throw error;
  }
}

async function ask({ run, budget, journal, responses }: Progress, request: ModelRequest): Promise<TimedAnswer> {
  const answer = await generateInTime(run.model, request, budget.remainingMs());
  if (answer.kind !== "response") journal.unanswered(responses, answer);
  return answer;
}

async function answerTo(progress: Progress, answer: TimedAnswer): Promise<Stop | null> {
  switch (answer.kind) {
    case "response":
      return answerResponse(progress, answer);
    case "cut":
      return endCut(progress);
    case "refused":
    case "context-exhausted":
    case "bad-tool-call":
      return answerRejection(progress, answer);
    default:
      return unreachable(answer);
  }
}

function endCut(progress: Progress): Stop {
  const { maxWallSeconds } = progress.run.settings.limits;
  progress.unbilledAttempts += 1;
  progress.budget.addWork(progress.budget.remainingMs());
  const detail = `the time limit of ${maxWallSeconds} s cut a request`;
  progress.journal.noted(progress.responses, { kind: "cut-request", text: detail });
  return { kind: "budget-time", detail };
}

function answerRejection(progress: Progress, rejection: ModelRejection): Stop | null {
  progress.unbilledAttempts += countUnbilled(rejection.attempts);
  progress.journal.noted(progress.responses, { kind: "rejected", text: `${rejection.kind}: ${rejection.message}`.slice(0, 2000) });
  switch (rejection.kind) {
    case "refused":
      return { kind: "refused", detail: rejection.message.slice(0, 500) };
    case "context-exhausted":
      return makeRoom(progress, rejection.message);
    case "bad-tool-call":
      progress.unbilledAttempts += 1;
      return tellBrokenCall(progress, rejection.message);
    default:
      return unreachable(rejection);
  }
}

function tellBrokenCall({ conversation, stuck, journal, responses, budget }: Progress, message: string): Stop | null {
  const stop = stuck.addProtocol("broken");
  if (stop !== null) return stop;
  const words = [brokenCall(message), budgetHint(budget.remainingIterations())].filter((text) => text !== null).join("\n");
  conversation.addWords(words);
  journal.noted(responses, { kind: "nudge", text: words });
  return null;
}
