import type { HttpAttempt, ModelRejection, ModelResponse, ModelSpec } from "../../core/model.ts";
import type { SpendingLimit } from "../../core/spending.ts";
import { nextTurn } from "../../core/turn.ts";
import { boundedAnswer } from "../answer/bounded-answer.ts";
import { streamedAnswer, wholeAnswer } from "../answer/whole-answer.ts";
import { billed, statedCost, totalTokens } from "../billed-answer.ts";
import { BadAnswer, type Protocol, REQUEST_TIMEOUT_MS } from "../protocol.ts";
import { type Dispatchers, recordedRequest } from "../recording-fetch.ts";
import { redactedAnswer, redactedLong } from "../redact.ts";
import type { TryContext } from "../traffic/next-try.ts";
import { type HttpTry, type RetryPlan, withRetries } from "../traffic/retry.ts";
import type { Asked } from "./asked.ts";
import { CappedPassing } from "./capped-passing.ts";
import { withOwnIds } from "./gemini-calls.ts";
import { addressOf } from "./route.ts";

const BYTES_PER_TOKEN = 4;

/** What a gateway needs to reach its provider. */
export type PassOnDeps = Omit<TryContext, "who"> & {
  readonly spec: ModelSpec;
  /** That of the entry: a program speaks no other. */
  readonly protocol: Protocol;
  readonly key: string | null;
  readonly dispatchers: Dispatchers;
};

/** A request to be passed on: what it asks, the headers that go with it, and what bounds it. */
export type Passing = {
  readonly asked: Asked;
  readonly search: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly isFirst: boolean;
  /** The most tokens that its prompt can have by what is known of the conversation; null where nothing is. */
  readonly knownTokens: number | null;
  readonly signal: AbortSignal;
  readonly spendingLimit: SpendingLimit | undefined;
  readonly onWait: (isWaiting: boolean) => void;
};

/** What came of it: an answer with the bytes as the provider sent them, or the provider's rejection with its words. */
export type Passed =
  | { readonly kind: "answered"; readonly response: ModelResponse; readonly bytes: Buffer; readonly contentType: string }
  | { readonly kind: "rejected"; readonly rejection: ModelRejection; readonly status: number; readonly body: string };

/**
 * Passes a request on to the provider until there is an answer: it waits for limits and is retried as a request of the loop is. The answer is held until it is whole, so
 * that one that breaks off is asked for again and the program never sees half of it. Throws what `withRetries` throws.
 */
export async function passOn(deps: PassOnDeps, passing: Passing): Promise<Passed> {
  const capped = new CappedPassing(deps.spec, passing.asked, { now: () => deps.clock.now(), knownTokens: passing.knownTokens });
  let last: HttpTry<Priced> | null = null;
  const plan: RetryPlan<Priced> = {
    ...deps,
    who: deps.spec,
    // The conversation is the program's own: it is not written anew for a host that rejects it.
    asked: { isFirst: passing.isFirst, hasInvalidCalls: false, isRewritten: true },
    earlier: [],
    signal: passing.signal,
    onWait: passing.onWait,
    estimatedTokens: Math.ceil(capped.body().length / BYTES_PER_TOKEN),
    assumedUsd: () => capped.mostUsd(),
    reserve: passing.spendingLimit === undefined ? null : () => capped.reserve(passing.spendingLimit as SpendingLimit, passing.signal),
    begin: (startedAt) => {
      last = oneRequest(deps, passing, { capped, startedAt });
      return last;
    },
  };
  const result = await withRetries(plan);
  if (result.kind === "bad-history") throw result.error;
  if (result.kind !== "answered") {
    const { status, responseBody } = (last as HttpTry<Priced> | null)?.exchange ?? { status: null, responseBody: "" };
    return { kind: "rejected", rejection: result, status: status ?? 400, body: deps.redact(responseBody) };
  }
  return answered(result.value, { attempts: result.attempts, startedAt: result.startedAt, loweredTo: capped.loweredTo });
}

type Priced = {
  readonly response: Omit<ModelResponse, "attempts" | "startedAt" | "durationMs">;
  readonly bytes: Buffer;
  readonly contentType: string;
};

function answered(
  { response, bytes, contentType }: Priced,
  sent: { readonly attempts: readonly HttpAttempt[]; readonly startedAt: Date; readonly loweredTo: number | null },
): Passed {
  const { attempts, startedAt, loweredTo } = sent;
  const timing = { attempts, startedAt: startedAt.toISOString(), durationMs: attempts.at(-1)?.durationMs ?? 0 };
  return { kind: "answered", response: { ...response, ...timing, ...(loweredTo === null ? {} : { loweredTo }) }, bytes, contentType };
}

function oneRequest(
  deps: PassOnDeps,
  passing: Passing,
  call: { readonly capped: CappedPassing; readonly startedAt: Date },
): HttpTry<Priced> {
  const { spec, protocol, key, redact } = deps;
  const { asked } = passing;
  const signal = AbortSignal.any([passing.signal, AbortSignal.timeout(REQUEST_TIMEOUT_MS)]);
  const pieces: Uint8Array[] = [];
  const recording = recordedRequest(deps.dispatchers, { isStreamed: asked.isStreamed, onBytes: (bytes) => pieces.push(bytes) }, signal);
  const { exchange } = recording;
  const answer: HttpTry<Priced>["answer"] = async () => {
    const address = addressOf(spec, asked, passing.search);
    const answer = await recording.fetch(address, { method: "POST", headers: headersOf(passing, spec, key), body: call.capped.body() });
    if (!answer.ok) throw new BadAnswer(`http-${answer.status}`, "the provider answered with an error");
    const raw = (await recording.isStream()) ? await streamedAnswer(recording, protocol) : await wholeAnswer(recording, protocol);
    await nextTurn();
    const value = boundedAnswer(protocol.decode(await redactedAnswer(raw, redact), []));
    const { usage, cost, countedUsd } = billed(spec, value, { headers: exchange.headers, at: call.startedAt });
    const finish = call.capped.answered(value.finish, usage.isKnown ? usage.outputTokens : null);
    const response = {
      kind: "response",
      turn: asked.api === "gemini" ? withOwnIds(value.turn) : value.turn,
      finish,
      finishRaw: value.finishRaw,
      usage,
      cost,
      served: { ...value.served, requestId: exchange.headers?.get("x-request-id") ?? exchange.headers?.get("request-id") ?? null },
      firstTokenMs: recording.firstTokenMs(),
      repairs: [],
      rawBody: await recording.recorded((text) => redactedLong(text, redact)),
    } as const;
    const contentType = exchange.headers?.get("content-type") ?? "application/json";
    return {
      value: { response, bytes: Buffer.concat(pieces), contentType },
      tokens: usage.isKnown ? totalTokens(usage) : null,
      costUsd: countedUsd,
    };
  };
  return { exchange, answer, stated: () => statedCost(spec, exchange, call.startedAt) };
}

function headersOf({ asked, headers }: Passing, spec: ModelSpec, key: string | null): Record<string, string> {
  const auth = key === null ? {} : keyHeader(asked.api, key);
  return { "content-type": "application/json", ...headers, ...spec.headers, ...auth };
}

function keyHeader(api: Asked["api"], key: string): Record<string, string> {
  if (api === "anthropic") return { "x-api-key": key };
  return api === "gemini" ? { "x-goog-api-key": key } : { authorization: `Bearer ${key}` };
}
