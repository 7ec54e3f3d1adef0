import type { McpServer } from "./mcp.ts";
import type { Model, ModelRejection, ModelResponse, ToolCall, ToolResult } from "./model.ts";
import type { Sandbox } from "./sandbox.ts";
import type { SpendingLimit } from "./spending.ts";
import type { SourceFile } from "./task.ts";
import type { Web } from "./web.ts";

/** The names of the sets of tools that the loop has. */
export const TOOL_PROFILES = ["full", "no-exec", "read-only", "bash-only", "apply-patch"] as const;

/**
 * Which tools the loop offers a model: all eight, no commands, nothing that changes a file, a bare shell alone, or all with one tool for patches in place of those that
 * write and edit a file.
 */
export type ToolProfile = (typeof TOOL_PROFILES)[number];

/** The harness's own tool-calling loop. */
export type LoopSpec = {
  readonly kind: "loop";
  readonly profile: ToolProfile;
  /** The share of the context window at which it masks old tool results. */
  readonly maskAtShare: number;
  /** After how many iterations, each time, the model summarizes its work, which then stands for what was before; absent for never. */
  readonly summarizeAfter?: number;
};

/**
 * The command line of another agent, whose program setup installed or the image of the task has. In `command` and `env`, `{model}` stands for the provider's name of the model and `{base_url}` for
 * where the agent finds it. Two versions are two agents; an empty one is unknown.
 */
export type CliSpec = {
  readonly kind: "cli";
  readonly name: string;
  readonly version: string;
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Texts that are laid into its home folder before it starts, by their paths there; filled in as `command` is. */
  readonly files?: Readonly<Record<string, string>>;
  /** Files of the user's that are laid over them. */
  readonly config?: Overlay;
};

/** The agent of an arm: the harness's own loop, or another agent's command line. The limits of every agent are in AgentSettings. */
export type AgentSpec = LoopSpec | CliSpec;

/** Names an agent as reports show it: `loop`, or the name and version of another agent's command line. */
export function agentName(agent: AgentSpec): string {
  return agent.kind === "loop" ? "loop" : `${agent.name} ${agent.version}`.trimEnd();
}

/** Every bound of an agent's work, equal for all models of a run. Null is no limit. */
export type AgentLimits = {
  readonly maxIterations: number;
  readonly maxCostUsd: number | null;
  /** Working time: waiting for a provider's limits does not count. */
  readonly maxWallSeconds: number;
  readonly maxOutputTokens: number | null;
  readonly maxResultBytes: number;
  readonly maxCallsPerTurn: number;
  readonly commandTimeoutSeconds: number;
};

/** A system prompt with the name it is reported under. */
export type Prompt = { readonly name: string; readonly text: string; readonly digest: string };

/**
 * Files that are laid over the workspace of every task, such as AGENTS.md, or into an agent's home folder, with the name they are reported under. `read` gives them and throws UserError when they have
 * changed; it is absent where a stored arm is read.
 */
export type Overlay = { readonly name: string; readonly digest: string; readonly read?: () => Promise<readonly SourceFile[]> };

/** What every agent is run with, whatever its kind. */
export type AgentSettings = {
  readonly prompt: Prompt;
  readonly limits: AgentLimits;
  /** Whether the task's project files (AGENTS.md and the like) are shown. */
  readonly contextFiles: boolean;
  /** Absent for the workspace as it is. */
  readonly overlay?: Overlay;
};

/** Why the agent stopped. All of these are graded. */
export type StopKind =
  | "completed"
  | "max-iterations"
  | "budget-cost"
  | "budget-time"
  | "budget-tokens"
  | "stuck-repeat"
  | "stuck-errors"
  | "protocol-errors"
  | "context-exhausted"
  | "refused"
  | "sandbox-lost";

/** Why an agent's work ended, with a sentence about it. */
export type Stop = { readonly kind: StopKind; readonly detail: string };

/** The groups of tools that a profile allows or denies. */
export type Tier = "read" | "write" | "execute";

/** One tool call with its result. `errorKind` is set for the harness's own errors (`not_found`, `timeout`, ...). */
export type Action = {
  readonly call: ToolCall;
  readonly result: ToolResult;
  readonly tier: Tier | null;
  readonly decision: "allowed" | "denied" | "not-run";
  readonly errorKind: string | null;
  readonly exitCode: number | null;
  readonly timedOut: boolean;
  readonly durationMs: number;
  /** The output before it was cut for the model; null when the result is all there was. */
  readonly fullOutput: Uint8Array | null;
};

/**
 * Stores what an agent does before the agent continues. `iteration` numbers the model's responses from 1, `position` the calls of a response from 0.
 *
 * Contract: each method must have stored its argument when it returns; `toolStarted` is called before a tool runs, so a crash leaves a trace.
 */
export interface Journal {
  opened(opening: Opening): void;
  responded(iteration: number, response: ModelResponse): void;
  toolStarted(iteration: number, position: number, call: ToolCall): void;
  toolFinished(iteration: number, position: number, action: Action): void;
  /** Something the harness added by itself: a nudge to the model, a compaction. */
  noted(iteration: number, note: { readonly kind: string; readonly text: string }): void;
  /** A request that got no response: rejected for what the model did, or cut by the time limit. `iteration` is that of the last response before it. */
  unanswered(iteration: number, answer: Unanswered): void;
  /** Resolves when everything stored so far would survive a loss of power. */
  flushed(): Promise<void>;
}

/** What a model is sent before anything else; `tools` is the JSON of their schemas. */
export type Opening = { readonly system: string; readonly firstTurns: readonly string[]; readonly tools: string };

/** How a request ends that gets no response: the provider rejected it for something the model did, or the time limit cut it. */
export type Unanswered = ModelRejection | { readonly kind: "cut" };

/** The stored part of a trial that was interrupted. `answers` are in their order; `actions` are the calls that had ended, by `<iteration>/<position>`. */
export type Past = {
  readonly opening: Opening;
  readonly answers: readonly (ModelResponse | Unanswered)[];
  readonly actions: ReadonlyMap<string, PastAction>;
};

/** The stored result of a tool call; `text` is what the model was sent. */
export type PastAction = Omit<Action, "call" | "result"> & { readonly text: string };

/** A place where a replayed trial differs from its record, with what was there before and what is there now. */
export type Difference = { readonly where: string; readonly before: string; readonly now: string };

const MAX_EXCERPT = 120;

/** Thrown where an interrupted trial cannot be resumed: it begins anew, and what it had cost stays counted. */
export class CannotResume extends Error {
  override readonly name: string = "CannotResume";
}

/** Thrown where replaying the stored part of a trial gave something else than the record. */
export class ReplayDiverged extends CannotResume {
  override readonly name = "ReplayDiverged";

  constructor({ where, before, now }: Difference) {
    super(`${where} differs from the record: it was ${excerpt(before)}, now it is ${excerpt(now)}`);
  }
}

function excerpt(text: string): string {
  return JSON.stringify(text.length > MAX_EXCERPT ? `${text.slice(0, MAX_EXCERPT)}...` : text);
}

/** What an agent is given to work on one trial. */
export type AgentContext = {
  readonly task: TaskInputs;
  readonly model: Model;
  /** Holds the workspace already. */
  readonly sandbox: Sandbox;
  /** What the task allows of the web; absent for nothing. */
  readonly web?: Web;
  readonly settings: AgentSettings;
  readonly journal: Journal;
  /** The same for every request of the trial and for no other trial. */
  readonly cacheKey: string;
  readonly signal: AbortSignal;
  /** What requests reserve from; absent is no limit. */
  readonly spendingLimit?: SpendingLimit;
  /** The stored part of the trial, which is replayed first; null for a trial that begins. */
  readonly past: Past | null;
  /** Called for each difference between the replay and the record; without it the first difference throws ReplayDiverged. */
  readonly onDifference?: (difference: Difference) => void;
};

/** What an agent is given of a task. `contextFiles` are the paths of the workspace that it is shown at the start; `workspace` holds at least these files. */
export type TaskInputs = {
  readonly prompt: string;
  readonly contextFiles: readonly string[];
  readonly workspace: readonly SourceFile[];
  /** Programs that give the agent tools, to be started in its sandbox; absent for none. */
  readonly mcpServers?: readonly McpServer[];
};

/** How an agent's work ended. `unbilledAttempts` are HTTP attempts whose cost is unknown; `workingMs` is the time in the model and in tools. */
export type AgentEnd = { readonly stop: Stop; readonly unbilledAttempts: number; readonly workingMs: number };

/**
 * A program that works on a task with a model.
 *
 * Contract: what the agent or its model does wrong must be a value (`AgentEnd.stop`), never an error; every response and every tool call must be in the journal before
 * the agent continues; what `past` holds must not be asked for again; must stop within a second of `signal`, throwing the signal's reason. Throws UserError for a context
 * file that is not in the workspace, and CannotResume where it cannot continue what is stored, as where the record does not fit; lets InfraError and CapReached of a wider scope than the trial through;
 * throws InfraError (source `provider`) where only requests that broke off keep the trial from continuing within its limit.
 */
export interface Agent {
  work(context: AgentContext): Promise<AgentEnd>;
}
