import type { Api, Cost, Model, ModelRejection, ModelRequest, ModelResponse, ModelSpec, Usage } from "../core/model.ts";
import { anthropic } from "./anthropic/anthropic.ts";
import { openAiChat, openAiResponses } from "./openai/openai.ts";
import { costOf, worstCost } from "./price.ts";
import { BadAnswer, type Decoded, type Protocol, REQUEST_TIMEOUT_MS } from "./protocol.ts";
import { type Dispatchers, recordingFetch } from "./recording-fetch.ts";
import { type Redact, redactedIn } from "./redact.ts";
import type { Clock } from "./traffic/clock.ts";
import type { RateLimiter } from "./traffic/rate-limiter.ts";
import { type HttpTry, withRetries } from "./traffic/retry.ts";
import { UNREPORTED_USAGE } from "./usage.ts";

/** What every model that is reached over HTTP needs. */
export type HttpDeps = {
  readonly protocol: Protocol;
  readonly key: string | null;
  readonly limiter: RateLimiter;
  readonly clock: Clock;
  readonly random: () => number;
  readonly dispatchers: Dispatchers;
  readonly redact: Redact;
};

const BYTES_PER_TOKEN = 4;

/** Makes a model that is reached over HTTP in one of the wire protocols; all of them share the retries, rate limits and accounting here. */
export function httpModel(spec: ModelSpec, deps: HttpDeps): Model {
  return {
    spec,
    async generate(request): Promise<ModelResponse | ModelRejection> {
      const { protocol, limiter, clock, random, redact } = deps;
      const { spendingLimit, signal } = request;
      // Encoded once for all retries: the text is what is sent, and what token counts are estimated from.
      const body = JSON.stringify(protocol.encode(spec, request));
      const worst = () => worstCost({ spec, bodyBytes: Buffer.byteLength(body), at: clock.now() });
      const result = await withRetries({
        who: { name: spec.name, keyEnv: spec.apiKeyEnv, model: spec.model, baseUrl: spec.baseUrl },
        limiter,
        clock,
        random,
        redact,
        signal,
        onWait: request.onWait,
        estimatedTokens: Math.ceil(body.length / BYTES_PER_TOKEN),
        reserve: spendingLimit === undefined ? null : () => spendingLimit.reserve(worst(), signal),
        begin: (startedAt) => oneRequest(spec, deps, { request, body, startedAt }),
      });
      if (result.kind !== "answered") return result;

      const { exchange, startedAt, attempts } = result;
      const { value, cost } = result.value;
      return {
        kind: "response",
        turn: value.turn,
        finish: value.finish,
        finishRaw: value.finishRaw,
        usage: value.usage ?? UNREPORTED_USAGE,
        cost,
        served: {
          ...value.served,
          requestId: redactedOrNull(exchange.headers?.get("x-request-id") ?? exchange.headers?.get("request-id"), redact),
        },
        startedAt: startedAt.toISOString(),
        durationMs: attempts.at(-1)?.durationMs ?? 0,
        attempts,
        rawBody: redact(exchange.responseBody),
      };
    },
  };
}

function redactedOrNull(text: string | null | undefined, redact: Redact): string | null {
  return text == null ? null : redact(text);
}

type Priced = { readonly value: Decoded; readonly cost: Cost };

function oneRequest(
  spec: ModelSpec,
  deps: HttpDeps,
  call: { readonly request: ModelRequest; readonly body: string; readonly startedAt: Date },
): HttpTry<Priced> {
  const { protocol, key, dispatchers } = deps;
  const { fetch, exchange } = recordingFetch(spec.stream ? dispatchers.streamed : dispatchers.whole);
  const signal = AbortSignal.any([call.request.signal, AbortSignal.timeout(REQUEST_TIMEOUT_MS)]);
  return {
    exchange,
    async answer() {
      const isWhole = (): boolean => exchange.status === 200 && !exchange.isStream && exchange.responseBody !== "";
      const answer = await protocol.send(spec, call.body, { fetch, signal, key }).catch((error: unknown) => {
        // Some hosts answer a request for a stream with a whole body, which an SDK takes for an empty stream.
        if (spec.stream && isWhole()) return JSON.parse(exchange.responseBody);
        if (spec.stream && exchange.status !== null && exchange.status < 300 && exchange.responseBody === "")
          throw new BadAnswer("no-answer", "the answer is empty");
        throw error;
      });
      // The SDKs end an aborted stream without an error.
      signal.throwIfAborted();
      const value = protocol.decode(redactedIn(answer, deps.redact), call.request.turns);
      const { usage, reportedUsd, served } = value;
      const cost = costOf({ spec, usage, reportedUsd, serviceTier: served.serviceTier, at: call.startedAt });
      return { value: { value, cost }, tokens: usage && totalTokens(usage), costUsd: cost.costUsd };
    },
  };
}

function totalTokens(usage: Usage): number {
  return usage.inputTokens + usage.cacheReadTokens + usage.cacheWriteTokens + usage.outputTokens;
}

/** How each wire protocol is spoken. */
export const protocols: Readonly<Record<Exclude<Api, "scripted">, Protocol>> = {
  "openai-chat": openAiChat,
  "openai-responses": openAiResponses,
  anthropic,
};
