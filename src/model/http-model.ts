import type { Api, Cost, Model, ModelRejection, ModelRequest, ModelResponse, ModelSpec, Usage } from "../core/model.ts";
import { nextTurn } from "../core/turn.ts";
import { boundedAnswer } from "./answer/bounded-answer.ts";
import { MAX_REQUEST_CHARS, MAX_WORD_CHARS } from "./answer/bounds.ts";
import { jsonLines } from "./answer/event-stream.ts";
import { anthropic } from "./anthropic/anthropic.ts";
import { CappedRequest } from "./capped-request.ts";
import { openAiChat, openAiResponses } from "./openai/openai.ts";
import { costDoubt, costOf } from "./price.ts";
import { BadAnswer, type Decoded, type Protocol, REQUEST_TIMEOUT_MS } from "./protocol.ts";
import { type Dispatchers, type Recording, recordedRequest } from "./recording-fetch.ts";
import { type Redact, redactedAnswer, redactedLong } from "./redact.ts";
import type { Clock } from "./traffic/clock.ts";
import type { RateLimiter } from "./traffic/rate-limiter.ts";
import { type HttpTry, type Patience, withRetries } from "./traffic/retry.ts";
import { plausibleUsage, usageInHeaders } from "./usage/read-usage.ts";
import { dearest, reportedCostInHeaders } from "./usage/reported-cost.ts";

/** What every model that is reached over HTTP needs. */
export type HttpDeps = {
  readonly protocol: Protocol;
  readonly key: string | null;
  readonly limiter: RateLimiter;
  readonly clock: Clock;
  readonly random: () => number;
  readonly dispatchers: Dispatchers;
  readonly redact: Redact;
  readonly patience: Patience;
};

const BYTES_PER_TOKEN = 4;

/** Makes a model that is reached over HTTP in one of the wire protocols; all of them share the retries, rate limits and accounting here. */
export function httpModel(spec: ModelSpec, deps: HttpDeps): Model {
  return {
    spec,
    async generate(request): Promise<ModelResponse | ModelRejection> {
      const { protocol, limiter, clock, random, redact, patience } = deps;
      const { spendingLimit, signal } = request;
      // Encoded once for all retries: the text is what is sent, and what token counts are estimated from.
      const write = (entry: ModelSpec): string => JSON.stringify(protocol.encode(entry, request));
      const body = write(spec);
      if (body.length > MAX_REQUEST_CHARS) return tooLongToSend(body);
      const capped = new CappedRequest(spec, request, { body, write });
      const result = await withRetries({
        who: { name: spec.name, keyEnv: spec.apiKeyEnv, model: spec.model, baseUrl: spec.baseUrl },
        limiter,
        clock,
        random,
        redact,
        patience,
        signal,
        onWait: request.onWait,
        estimatedTokens: Math.ceil(body.length / BYTES_PER_TOKEN),
        reserve: spendingLimit === undefined ? null : () => capped.reserve(spendingLimit, clock.now()),
        begin: (startedAt) => oneRequest(spec, deps, { request, capped, startedAt }),
      });
      if (result.kind !== "answered") return result;

      const { exchange, startedAt, attempts } = result;
      const { value, usage, cost, recording } = result.value;
      return {
        kind: "response",
        turn: value.turn,
        finish: value.finish,
        finishRaw: value.finishRaw,
        usage,
        cost,
        served: {
          ...value.served,
          requestId: requestIdIn(exchange.headers, redact),
        },
        startedAt: startedAt.toISOString(),
        durationMs: attempts.at(-1)?.durationMs ?? 0,
        firstTokenMs: recording.firstTokenMs(),
        attempts,
        repairs: value.repairs,
        ...(capped.loweredTo === null ? {} : { loweredTo: capped.loweredTo }),
        rawBody: await recording.recorded((text) => redactedLong(text, redact)),
      };
    },
  };
}

function requestIdIn(headers: Headers | null, redact: Redact): string | null {
  const id = headers?.get("x-request-id") ?? headers?.get("request-id");
  return id == null ? null : redact(id).slice(0, MAX_WORD_CHARS);
}

/** A conversation that no window holds: the model's own turns and the results of its calls have filled it. */
function tooLongToSend(body: string): ModelRejection {
  const size = `${body.length.toLocaleString("en-US")} characters`;
  return { kind: "context-exhausted", message: `the conversation has ${size}, more than any context window holds`, attempts: [] };
}

type Priced = { readonly value: Decoded; readonly usage: Usage; readonly cost: Cost; readonly recording: Recording };

function oneRequest(
  spec: ModelSpec,
  deps: HttpDeps,
  call: { readonly request: ModelRequest; readonly capped: CappedRequest; readonly startedAt: Date },
): HttpTry<Priced> {
  const { protocol, key, dispatchers } = deps;
  const signal = AbortSignal.any([call.request.signal, AbortSignal.timeout(REQUEST_TIMEOUT_MS)]);
  const recording = recordedRequest(dispatchers, spec.stream, signal);
  const { fetch, exchange } = recording;
  return {
    exchange,
    async answer() {
      await protocol.send(spec, call.capped.body(), { fetch, signal, key });
      const isStream = await recording.isStream();
      const answer = isStream ? await protocol.collect(recording.readEvents(), recording.isDone) : await wholeAnswer(recording, protocol);
      // Parsing, redacting and decoding a large answer each take tens of milliseconds.
      await nextTurn();
      const redacted = await redactedAnswer(answer, deps.redact);
      await nextTurn();
      signal.throwIfAborted();
      const value = await withCleanView(boundedAnswer(protocol.decode(redacted, call.request.turns)), deps.redact);
      await nextTurn();
      const { usage, cost } = billed(spec, value, { headers: exchange.headers, at: call.startedAt });
      const finish = call.capped.answered({ usage, finish: value.finish });
      const tokens = usage.isKnown ? totalTokens(usage) : null;
      // Under a limit the dearer reading counts.
      return {
        value: { value: { ...value, finish }, usage, cost, recording },
        tokens,
        costUsd: dearest([cost.reportedUsd, cost.computedUsd]),
      };
    },
  };
}

/** What an answer used and cost, by all that its body and its headers state of it. */
function billed(
  spec: ModelSpec,
  { usage: stated, reportedUsd: inBody, turn, served }: Decoded,
  { headers, at }: { readonly headers: Headers | null; readonly at: Date },
): { readonly usage: Usage; readonly cost: Cost } {
  const usage = plausibleUsage(stated ?? usageInHeaders(headers), turn.view);
  const reportedUsd = dearest([inBody, reportedCostInHeaders(headers)]);
  const cost = costOf({ spec, usage, reportedUsd, serviceTier: served.serviceTier, at });
  const inconsistency = [usage.inconsistency, costDoubt(cost)].filter((doubt) => doubt !== null).join("; ") || null;
  return { usage: { ...usage, inconsistency }, cost };
}

/** Decoding joins the parts of a text and reads the arguments of calls: a key that was in pieces before is whole after it. */
async function withCleanView(decoded: Decoded, redact: Redact): Promise<Decoded> {
  const { turn } = decoded;
  const view = (await redactedAnswer(turn.view, redact)) as typeof turn.view;
  return { ...decoded, turn: { ...turn, view } };
}

/**
 * Parses a whole answer, whatever its content type says; one that is not meant to be JSON is no answer, and not a broken one. Some servers write the events of a stream
 * as lines of JSON.
 */
async function wholeAnswer({ exchange, readWhole }: Recording, protocol: Protocol): Promise<unknown> {
  const text = await readWhole();
  if (text.trim() === "") throw new BadAnswer("no-answer", "the answer is empty");
  try {
    return JSON.parse(text);
  } catch (error) {
    const events = jsonLines(text);
    if (events !== null) return protocol.collect(events);
    if (text.trimStart().startsWith("{") || exchange.headers?.get("content-type")?.includes("json")) throw error;
    throw new BadAnswer("no-answer", "the body is not a JSON object");
  }
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
