import type { GatewayModel } from "../core/gateway.ts";
import type { Api, Cost, HttpAttempt, ModelRejection, ModelRequest, ModelResponse, ModelSpec, Usage } from "../core/model.ts";
import { nextTurn } from "../core/turn.ts";
import { boundedAnswer } from "./answer/bounded-answer.ts";
import { MAX_REQUEST_CHARS, MAX_WORD_CHARS } from "./answer/bounds.ts";
import { noToolParser, ToolParserWatch } from "./answer/tool-parser-watch.ts";
import { askingWhole, EmptyStream, streamedAnswer, wholeAnswer } from "./answer/whole-answer.ts";
import { anthropic } from "./anthropic/anthropic.ts";
import { billed, statedCost, totalTokens } from "./billed-answer.ts";
import { CappedRequest } from "./capped-request.ts";
import { httpGateway } from "./gateway/http-gateway.ts";
import { gemini } from "./gemini/gemini.ts";
import { openAiChat, openAiResponses } from "./openai/openai.ts";
import { type Decoded, type Protocol, REQUEST_TIMEOUT_MS, type Rewriting } from "./protocol.ts";
import { type Dispatchers, type Recording, recordedRequest } from "./recording-fetch.ts";
import { type Redact, redactedAnswer, redactedLong } from "./redact.ts";
import { askedIn } from "./traffic/blame.ts";
import type { TryContext } from "./traffic/next-try.ts";
import { type CallResult, type HttpTry, type RetryPlan, withRetries } from "./traffic/retry.ts";

/** What every model that is reached over HTTP needs. */
export type HttpDeps = Omit<TryContext, "who"> & {
  readonly protocol: Protocol;
  readonly key: string | null;
  readonly dispatchers: Dispatchers;
};

const BYTES_PER_TOKEN = 4;

/** Makes a model that is reached over HTTP in one of the wire protocols; all of them share the retries, rate limits and accounting here. */
export function httpModel(spec: ModelSpec, deps: HttpDeps): GatewayModel {
  const parserWatch = new ToolParserWatch();
  // What providers asked for when they rejected a conversation, by trial: it only grows, so that it would be rejected again each time.
  const rewritings: Rewritings = new Map();
  return {
    spec,
    openGateway: async (options) => httpGateway({ ...deps, spec }, options),
    async generate(request): Promise<ModelResponse | ModelRejection> {
      const sent = await sentUntilTaken(spec, deps, { request, rewritings });
      const { result, sending, repairs } = sent;
      if (result.kind !== "answered") return result;

      const { exchange, startedAt, attempts } = result;
      const { value, usage, cost, recording } = result.value;
      const finding = parserWatch.judge(value, request);
      if (finding.kind === "no-parser") throw noToolParser(spec, finding.call, { attempts, costUsd: cost.costUsd });
      return {
        kind: "response",
        turn: value.turn,
        finish: value.finish,
        finishRaw: value.finishRaw,
        usage,
        cost,
        served: {
          ...value.served,
          requestId: requestIdIn(exchange.headers, deps.redact),
        },
        startedAt: startedAt.toISOString(),
        durationMs: attempts.at(-1)?.durationMs ?? 0,
        firstTokenMs: recording.firstTokenMs(),
        attempts,
        repairs: [...repairs, ...value.repairs, ...(finding.kind === "slip" ? [finding.note] : [])],
        ...(sending.capped.loweredTo === null ? {} : { loweredTo: sending.capped.loweredTo }),
        rawBody: await recording.recorded((text) => redactedLong(text, deps.redact)),
      };
    },
  };
}

type Rewritings = Map<string, Rewriting>;
type Sent = {
  readonly result: Exclude<CallResult<Priced>, { kind: "bad-history" }>;
  readonly sending: Sending;
  readonly repairs: readonly string[];
};

/** Sends a request. A conversation that the provider rejects is written anew in its strictest form and sent once more, and those of the trial that follow are written so at once. */
async function sentUntilTaken(
  spec: ModelSpec,
  deps: HttpDeps,
  { request, rewritings }: { readonly request: ModelRequest; readonly rewritings: Rewritings },
): Promise<Sent> {
  const known = rewritings.get(request.cacheKey);
  const first = sendingOf(spec, deps, { request, earlier: [], rewriting: known });
  if (first.body.length > MAX_REQUEST_CHARS) return { result: tooLongToSend(first.body), sending: first, repairs: [] };
  const result = await withRetries(planOf(spec, deps, first));
  if (result.kind !== "bad-history") return { result, sending: first, repairs: [] };

  const { said, error, attempts } = result;
  const rewriting = { said: known === undefined ? said : `${known.said}\n${said}` };
  const sending = sendingOf(spec, deps, { request, earlier: attempts, rewriting });
  if (sending.body === first.body || askedIn(request).isFirst) throw error;
  const again = await withRetries(planOf(spec, deps, sending));
  if (again.kind === "bad-history") throw again.error;
  if (again.kind === "answered") rewritings.set(request.cacheKey, rewriting);
  const repair = `the provider did not take the conversation, so it was sent again in its strictest form (${said.slice(0, MAX_WORD_CHARS)})`;
  return { result: again, sending, repairs: [repair] };
}

/** One body that is sent until there is an answer: the text is what is sent, and what token counts are estimated from. */
type Sending = {
  readonly request: ModelRequest;
  readonly body: string;
  readonly capped: CappedRequest;
  readonly earlier: readonly HttpAttempt[];
  readonly isRewritten: boolean;
};

type Wanted = { readonly request: ModelRequest; readonly earlier: readonly HttpAttempt[]; readonly rewriting?: Rewriting | undefined };

function sendingOf(spec: ModelSpec, { protocol }: HttpDeps, { request, earlier, rewriting }: Wanted): Sending {
  const write = (entry: ModelSpec): string => JSON.stringify(protocol.encode(entry, request, rewriting));
  const body = write(spec);
  return { request, body, earlier, isRewritten: earlier.length > 0, capped: new CappedRequest(spec, request, { body, write }) };
}

function planOf(spec: ModelSpec, deps: HttpDeps, { request, body, capped, earlier, isRewritten }: Sending): RetryPlan<Priced> {
  const { spendingLimit, signal } = request;
  const form = { isStreamed: spec.stream };
  return {
    ...deps,
    who: spec,
    asked: askedIn(request, isRewritten),
    earlier,
    signal,
    onWait: request.onWait,
    estimatedTokens: Math.ceil(body.length / BYTES_PER_TOKEN),
    assumedUsd: () => capped.mostUsd(deps.clock.now()),
    reserve: spendingLimit === undefined ? null : () => capped.reserve(spendingLimit, deps.clock.now()),
    begin: (startedAt) => oneRequest(spec, deps, { request, capped, startedAt, form }),
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

/** In which form the next request of a call asks for its answer. */
type Form = { isStreamed: boolean };

function oneRequest(
  spec: ModelSpec,
  deps: HttpDeps,
  call: { readonly request: ModelRequest; readonly capped: CappedRequest; readonly startedAt: Date; readonly form: Form },
): HttpTry<Priced> {
  const { protocol, key, dispatchers } = deps;
  const signal = AbortSignal.any([call.request.signal, AbortSignal.timeout(REQUEST_TIMEOUT_MS)]);
  const isWholeInstead = spec.stream && !call.form.isStreamed;
  const recording = recordedRequest(dispatchers, call.form, signal);
  const { fetch, exchange } = recording;
  return {
    exchange,
    stated: () => statedCost(spec, exchange, call.startedAt),
    async answer() {
      const body = isWholeInstead ? askingWhole(call.capped.body()) : call.capped.body();
      await protocol.send(isWholeInstead ? { ...spec, stream: false } : spec, body, { fetch, signal, key });
      const answer = await answerOf(recording, protocol, call.form);
      // Parsing, redacting and decoding a large answer each take tens of milliseconds.
      await nextTurn();
      const redacted = await redactedAnswer(answer, deps.redact);
      await nextTurn();
      signal.throwIfAborted();
      const value = await withCleanView(boundedAnswer(protocol.decode(redacted, call.request.turns)), deps.redact);
      await nextTurn();
      const { usage, cost, countedUsd } = billed(spec, value, { headers: exchange.headers, at: call.startedAt });
      const finish = call.capped.answered({ usage, finish: value.finish });
      const tokens = usage.isKnown ? totalTokens(usage) : null;
      return { value: { value: { ...value, finish }, usage, cost, recording }, tokens, costUsd: countedUsd };
    },
  };
}

/** Reads an answer in the form in which it came. After a stream that said nothing, the next request asks for a whole answer. */
async function answerOf(recording: Recording, protocol: Protocol, form: Form): Promise<unknown> {
  if (!(await recording.isStream())) return wholeAnswer(recording, protocol);
  try {
    return await streamedAnswer(recording, protocol);
  } catch (error) {
    if (error instanceof EmptyStream) form.isStreamed = false;
    throw error;
  }
}

/** Decoding joins the parts of a text and reads the arguments of calls: a key that was in pieces before is whole after it. */
async function withCleanView(decoded: Decoded, redact: Redact): Promise<Decoded> {
  const { turn } = decoded;
  const view = (await redactedAnswer(turn.view, redact)) as typeof turn.view;
  return { ...decoded, turn: { ...turn, view } };
}

/** How each wire protocol is spoken. */
export const protocols: Readonly<Record<Exclude<Api, "scripted">, Protocol>> = {
  "openai-chat": openAiChat,
  "openai-responses": openAiResponses,
  anthropic,
  gemini,
};
