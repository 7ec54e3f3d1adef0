import { createHash } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { GatewayOptions } from "../../core/gateway.ts";
import { type Asked, readAsked } from "./asked.ts";
import { KnownPrompts } from "./known-prompts.ts";
import { type Passed, type PassOnDeps, passOn } from "./pass-on.ts";
import { errorBody, sayError } from "./program-error.ts";
import { readRequest } from "./reading.ts";
import { bodyOf, comforted } from "./reply.ts";
import type { AnswerRoute, ProgramApi } from "./route.ts";
import { Waiting } from "./waiting.ts";

/** Headers of a program that mean something to its provider; all others stay here. */
const PASSED_HEADERS = ["anthropic-version", "anthropic-beta", "openai-beta"];
const MAX_HEADER_CHARS = 2000;
/** Answers that are kept for programs that have closed their connection. */
const MAX_UNDELIVERED = 8;

/** Answers the requests of one trial for a model's words. */
export class Answering {
  readonly #deps: PassOnDeps;
  readonly #options: GatewayOptions;
  readonly #waiting: Waiting;
  /** By what they ask: a program that has lost its patience asks the same again, and is given the answer to its first request. */
  readonly #open = new Map<string, Promise<Passed>>();
  readonly #prompts = new KnownPrompts();

  constructor(deps: PassOnDeps, options: GatewayOptions) {
    this.#deps = deps;
    this.#options = options;
    this.#waiting = new Waiting(options.events.waiting);
  }

  /** Answers a request; what fails is told to the trial, and the program learns that it is over. */
  async answer(request: IncomingMessage, response: ServerResponse, route: AnswerRoute): Promise<void> {
    const { api, search } = route;
    const text = await bodyOf(request);
    if (text === null) return this.refuse(response, api, { status: 413, why: "it is larger than any context window" });
    const asked = readAsked(route, text, this.#deps.spec);
    if ("refusal" in asked) return this.refuse(response, api, { status: 400, why: asked.refusal });

    const stop = asked.isStreamed ? comforted(response, api) : () => {};
    const key = createHash("sha256").update(`${api}\n${search}\n${text}`).digest("hex");
    response.once("finish", () => this.#open.delete(key));
    try {
      const passing = this.#open.get(key) ?? this.#begin(key, asked, { search, headers: headersOf(request) });
      deliver(response, await passing, api);
    } catch (error) {
      const why = error instanceof NotSent ? error.message : "the trial is over";
      const status = error instanceof NotSent ? 429 : 503;
      sayError(response, api, { status, body: errorBody(api, status, why) });
    } finally {
      stop();
    }
  }

  /** Tells a program that its request is not passed on, and the trial. */
  refuse(response: ServerResponse, api: ProgramApi | null, { status, why }: { readonly status: number; readonly why: string }): void {
    this.#options.events.refused(why);
    sayError(response, api, { status, body: errorBody(api, status, `This request is not passed on: ${why}`) });
  }

  #begin(
    key: string,
    asked: Asked,
    sent: { readonly search: string; readonly headers: Readonly<Record<string, string>> },
  ): Promise<Passed> {
    const passing = this.#passOn(asked, sent);
    const [oldest] = this.#open.keys();
    if (this.#open.size >= MAX_UNDELIVERED && oldest !== undefined) this.#open.delete(oldest);
    this.#open.set(key, passing);
    passing.catch(() => this.#open.delete(key));
    return passing;
  }

  async #passOn(asked: Asked, sent: { readonly search: string; readonly headers: Readonly<Record<string, string>> }): Promise<Passed> {
    const { events, signal, spendingLimit } = this.#options;
    const { isFirst, ...told } = readRequest(asked.api, asked.body);
    const why = events.asked(told);
    if (why !== null) throw new NotSent(why);
    const wait = this.#waiting.begin();
    try {
      const prompt = this.#prompts.of(asked);
      const passed = await passOn(this.#deps, {
        asked,
        ...sent,
        isFirst,
        knownTokens: prompt.longest(),
        signal,
        spendingLimit,
        onWait: wait.set,
      });
      if (passed.kind === "answered") {
        prompt.learn(passed.response.usage);
        events.answered(told, passed.response);
      } else events.rejected(told, passed.rejection);
      return passed;
    } catch (error) {
      if (!signal.aborted) events.failed(error);
      throw error;
    } finally {
      wait.end();
    }
  }
}

/** Thrown for a request that the trial does not want to be sent. */
class NotSent extends Error {
  override readonly name = "NotSent";
}

/** Gives a program what came of its request: the provider's bytes as they are, or its words. */
function deliver(response: ServerResponse, passed: Passed, api: ProgramApi): void {
  if (passed.kind === "rejected") {
    const status = Math.max(passed.status, 400);
    sayError(response, api, { status, body: passed.body || errorBody(api, status, passed.rejection.message) });
    return;
  }
  if (response.destroyed) return;
  if (!response.headersSent) response.writeHead(200, { "content-type": passed.contentType });
  response.end(passed.bytes);
}

function headersOf(request: IncomingMessage): Readonly<Record<string, string>> {
  const entries = PASSED_HEADERS.map((name) => [name, request.headers[name]] as const);
  return Object.fromEntries(
    entries.filter((entry): entry is [string, string] => typeof entry[1] === "string" && entry[1].length < MAX_HEADER_CHARS),
  );
}
