import type { Billing, SpendingLimit } from "./spending.ts";

/** The wire protocol of an entry in models.yaml. */
export type Api = "openai-responses" | "openai-chat" | "anthropic" | "gemini" | "scripted";

/** Rates in US dollars for a million tokens; a null rate is unknown and makes the cost null when tokens of that kind were used. */
export type Price = {
  readonly input: number;
  readonly output: number;
  readonly cacheRead: number | null;
  readonly cacheWrite5m: number | null;
  readonly cacheWrite1h: number | null;
  /** Dollars for each request, on top of tokens. */
  readonly perRequest: number;
};

/** What one key may do at once and in a minute; null is no limit. */
export type RateLimits = { readonly concurrency: number; readonly rpm: number | null; readonly tpm: number | null };

/** The behavior of a scripted model. */
export type ScriptedBehavior = "oracle" | "nop" | "flawed" | "flaky" | "prompt-directed";

/** One entry of models.yaml with every default filled in. */
export type ModelSpec = {
  readonly name: string;
  readonly api: Api;
  /** The name the provider knows; for `scripted` the behavior. */
  readonly model: string;
  readonly baseUrl: string;
  /** Name of the environment variable that holds the key; null when no key is needed. */
  readonly apiKeyEnv: string | null;
  readonly maxOutputTokens: number;
  readonly maxTokensField: "max_completion_tokens" | "max_tokens";
  readonly systemRole: "system" | "developer";
  /** Effort and the like, declared for each entry; null sends nothing. */
  readonly reasoning: Readonly<Record<string, unknown>> | null;
  readonly parallelToolCalls: boolean | null;
  readonly stream: boolean;
  readonly contextWindow: number | null;
  readonly cache: "auto" | "off" | "5m" | "1h";
  readonly limits: RateLimits;
  readonly price: Price | null;
  /** Which cost counts where the price is known and a gateway reports another one. */
  readonly costFrom: "price" | "reported";
  /** What a run may spend on this model in all, in US dollars; null is no limit. */
  readonly maxCostUsd: number | null;
  /** What one trial of it may cost; null leaves it to the run's own flag. */
  readonly maxTrialCostUsd: number | null;
  readonly headers: Readonly<Record<string, string>>;
  /** Sent verbatim in the request body. */
  readonly extraBody: Readonly<Record<string, unknown>>;
  readonly temperature: number | null;
  /** `anthropic-version` header; null leaves it to the SDK for Anthropic's own host. */
  readonly anthropicVersion: string | null;
  /** Seed of the scripted draw. */
  readonly seed: number;
  /** After how many iterations, each time, the loop lets the model summarize its work; absent for never. */
  readonly summarizeAfter?: number;
};

/** A tool as the model sees it; `parameters` is a JSON Schema of the plain subset every provider accepts. */
export type ToolSchema = { readonly name: string; readonly description: string; readonly parameters: Readonly<Record<string, unknown>> };

/** Arguments as the model wrote them: an object, or the reason why they are not an object. */
export type ParsedArgs =
  | { readonly kind: "ok"; readonly value: Readonly<Record<string, unknown>> }
  | { readonly kind: "invalid"; readonly error: string };

/** One call of a tool. `rawArguments` is null where the protocol has no text for them. */
export type ToolCall = { readonly id: string; readonly name: string; readonly args: ParsedArgs; readonly rawArguments: string | null };

/** What the loop reads of a model's turn, whatever the provider. */
export type AssistantView = {
  readonly text: string;
  readonly reasoning: string;
  readonly refusal: string | null;
  readonly calls: readonly ToolCall[];
};

/** The answer to one tool call; `isError` is true only for errors of the harness's making, never for a non-zero exit code. */
export type ToolResult = { readonly callId: string; readonly name: string; readonly text: string; readonly isError: boolean };

/** One turn of a conversation. `native` is the provider's own turn and goes back verbatim. */
export type Turn =
  | { readonly kind: "user"; readonly text: string }
  | { readonly kind: "assistant"; readonly native: unknown; readonly view: AssistantView }
  | { readonly kind: "tool"; readonly results: readonly ToolResult[] };

/** Why the model stopped writing; `cap` is a length that was lowered because a spending limit was nearly used up. */
export type Finish = "stop" | "tool-calls" | "length" | "cap" | "context" | "refusal" | "pause" | "other";

/** Tokens in disjoint classes; `reasoningTokens` is a part of `outputTokens`, null where the provider does not say. */
export type Usage = {
  readonly inputTokens: number;
  readonly cacheReadTokens: number;
  readonly cacheWriteTokens: number;
  /** The part of `cacheWriteTokens` written for an hour. */
  readonly cacheWrite1hTokens: number;
  readonly outputTokens: number;
  readonly reasoningTokens: number | null;
  /** What does not add up in the provider's figures, or null. */
  readonly inconsistency: string | null;
  /** False where the provider gave no count: the numbers are 0 then and mean nothing. */
  readonly isKnown: boolean;
};

/** Adds up the tokens of a prompt, whichever of them a cache had or was given. */
export function promptTokens({ inputTokens, cacheReadTokens, cacheWriteTokens }: Usage): number {
  return inputTokens + cacheReadTokens + cacheWriteTokens;
}

/** What a response cost. Unknown is null, never 0. */
export type Cost = {
  readonly costUsd: number | null;
  /** The same tokens without any caching; comparable across trial orders. */
  readonly noCacheCostUsd: number | null;
  readonly source: "reported" | "models.yaml" | "bundled" | "unknown";
  /** What the price of models.yaml or of the bundled list gives. */
  readonly computedUsd: number | null;
  /** What the provider or a gateway reported. */
  readonly reportedUsd: number | null;
};

/** One HTTP request made for a response, the failed ones included. */
export type HttpAttempt = {
  readonly status: number | null;
  readonly fault: string | null;
  readonly waitedMs: number;
  readonly durationMs: number;
  readonly billing: Billing;
  /** What an attempt that may have been billed is assumed to have cost, in US dollars; null where no price is known, 0 for all others. */
  readonly assumedUsd: number | null;
};

/** Counts the attempts that failed, may have been billed and whose cost is unknown. An answer of unknown cost is a step, and makes the cost of its trial unknown. */
export function countUnbilled(attempts: readonly HttpAttempt[]): number {
  return attempts.filter(({ billing, fault }) => billing === "maybe" && fault !== null).length;
}

/** Adds up what attempts are assumed to have cost, in US dollars; those without a known price count as zero. */
export function assumedUsd(attempts: readonly HttpAttempt[]): number {
  return attempts.reduce((sum, attempt) => sum + (attempt.assumedUsd ?? 0), 0);
}

/** Who really answered. */
export type Served = {
  readonly model: string | null;
  readonly provider: string | null;
  readonly responseId: string | null;
  readonly requestId: string | null;
  readonly serviceTier: string | null;
};

/** The prompt of an earlier request, from which the length of the next one follows. */
export type LastPrompt = { readonly turns: readonly Turn[]; readonly tokens: number };

/** What is asked of a model; `turns` only ever grows at its end. */
export type ModelRequest = {
  readonly system: string;
  readonly turns: readonly Turn[];
  /** The last request of this conversation that was answered: its turns, and its prompt's tokens as the provider counted them. */
  readonly lastPrompt?: LastPrompt;
  readonly tools: readonly ToolSchema[];
  /** The same for every request of one trial. */
  readonly cacheKey: string;
  readonly signal: AbortSignal;
  /** Called with true when an adapter starts to wait for the provider's limits and with false when it continues; the time limit is suspended meanwhile. */
  readonly onWait?: (waiting: boolean) => void;
  /** What every single request, a repeated one too, must reserve from before it is sent; absent is no limit. */
  readonly spendingLimit?: SpendingLimit;
};

/** What a model answered. `durationMs` is the attempt that succeeded; waiting is in `attempts`. */
export type ModelResponse = {
  readonly kind: "response";
  readonly turn: Extract<Turn, { kind: "assistant" }>;
  readonly finish: Finish;
  readonly finishRaw: string;
  readonly usage: Usage;
  readonly cost: Cost;
  readonly served: Served;
  readonly startedAt: string;
  readonly durationMs: number;
  /** Time from the request to the first token of a streamed answer; null where it was not streamed. */
  readonly firstTokenMs: number | null;
  readonly attempts: readonly HttpAttempt[];
  /** What had to be changed in the model's turn so that it can be sent back, a sentence each. */
  readonly repairs: readonly string[];
  /** The length that the answer was limited to, in tokens, where a spending limit afforded less than the model's own maximum. */
  readonly loweredTo?: number;
  /** The response body as received, keys redacted. */
  readonly rawBody: string;
};

/** A request that the provider answered with a rejection that the model caused, which is not a fault. */
export type ModelRejection =
  | { readonly kind: "context-exhausted"; readonly message: string; readonly attempts: readonly HttpAttempt[] }
  | { readonly kind: "refused"; readonly message: string; readonly attempts: readonly HttpAttempt[] }
  | { readonly kind: "bad-tool-call"; readonly message: string; readonly attempts: readonly HttpAttempt[] };

/**
 * A language model, or a scripted stand-in for one.
 *
 * Contract: must send `native` turns back unchanged; must retry transient faults itself and account for them in `attempts`; must
 * stop within a second of `signal`, throwing the signal's reason. Throws InfraError (source `provider`) when the provider
 * cannot be used: scope `arm` for a bad key, an exhausted quota, a host that has been down for long or asks to wait for long, else `trial`. Lets CapReached through.
 */
export interface Model {
  readonly spec: ModelSpec;
  generate(request: ModelRequest): Promise<ModelResponse | ModelRejection>;
}
