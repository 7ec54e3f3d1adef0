import type { Agent, AgentContext, AgentEnd, LoopSpec, Stop } from "../../core/agent.ts";
import { CapReached, unreachable } from "../../core/errors.ts";
import { countUnbilled, type ModelRejection, type ModelRequest } from "../../core/model.ts";
import { SandboxLost } from "../../core/sandbox.ts";
import { stopAtCap } from "../cap-stop.ts";
import { generateInTime, type TimedAnswer } from "./deadline.ts";
import type { McpTools } from "./mcp/mcp-tools.ts";
import { brokenCall, budgetHint } from "./nudge.ts";
import { keepRoom, makeRoom, type Progress, startProgress } from "./progress.ts";
import { answerResponse } from "./response.ts";
import { summarizeWhenDue } from "./summary.ts";

/**
 * Makes the harness's own agent, which lets a model work with tools until it is done or a limit is reached: ask, store the answer, run its calls, store their
 * results, ask again.
 */
export function loopAgent(spec: LoopSpec): Agent {
  return { work: (context) => runLoop(spec, context) };
}

async function runLoop(spec: LoopSpec, context: AgentContext): Promise<AgentEnd> {
  const servers = await startServers(context);
  try {
    const progress = startProgress(spec, context, servers.tools);
    const stop = await workUntilStop(progress);
    const { unbilledAttempts, budget } = progress;
    return { stop, unbilledAttempts, workingMs: budget.workingMs() };
  } finally {
    await servers.close();
  }
}

// The client of the protocol takes long to load, and few tasks bring servers.
async function startServers({ task, sandbox, signal }: AgentContext): Promise<McpTools> {
  if (task.mcpServers === undefined) return { tools: [], close: () => Promise.resolve() };
  const { startMcpTools } = await import("./mcp/mcp-tools.ts");
  return startMcpTools(task.mcpServers, { sandbox, signal });
}

async function workUntilStop(progress: Progress): Promise<Stop> {
  const { context, opening, schemas, journal } = progress;
  progress.replay.open(opening);
  journal.opened(opening);
  const { cacheKey, signal, spendingLimit } = context;
  const fixed = { system: opening.system, tools: schemas, cacheKey, signal, ...(spendingLimit === undefined ? {} : { spendingLimit }) };
  const next = async (): Promise<TimedAnswer> => {
    const { lastPrompt } = progress.conversation;
    const request = { ...fixed, turns: progress.conversation.snapshot(), ...(lastPrompt === null ? {} : { lastPrompt }) };
    return progress.replay.nextAnswer() ?? (await ask(progress, request));
  };
  const askForSummary = async () => {
    const answer = await next();
    return answer.kind === "cut" ? endCut(progress) : answer;
  };
  try {
    for (;;) {
      const stop = (await summarizeWhenDue(progress, askForSummary)) ?? (await answerTo(progress, await next()));
      if (stop !== null) return stop;
      keepRoom(progress);
    }
  } catch (error) {
    if (error instanceof SandboxLost) return { kind: "sandbox-lost", detail: error.message };
    if (error instanceof CapReached && error.scope === "trial") return stopAtCap(error);
    throw error;
  }
}

async function ask({ context, budget, journal, responses }: Progress, request: ModelRequest): Promise<TimedAnswer> {
  const answer = await generateInTime(context.model, request, budget.remainingMs());
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
  const { maxWallSeconds } = progress.context.settings.limits;
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
      return answerBrokenCall(progress, rejection.message);
    default:
      return unreachable(rejection);
  }
}

function answerBrokenCall({ conversation, stuck, journal, responses, budget }: Progress, message: string): Stop | null {
  const stop = stuck.addProtocol("broken");
  if (stop !== null) return stop;
  const words = [brokenCall(message), budgetHint(budget.remainingIterations())].filter((text) => text !== null).join("\n");
  conversation.addWords(words);
  journal.noted(responses, { kind: "nudge", text: words });
  return null;
}
