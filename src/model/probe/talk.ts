import { CapReached, InfraError } from "../../core/errors.ts";
import type { HttpAttempt, Model, ModelRejection, ModelRequest, ModelResponse, ToolSchema, Turn } from "../../core/model.ts";

/** The tool that a probe offers; its result is what the plain answer should repeat. */
export const PROBE_TOOL: ToolSchema = {
  name: "read_file",
  description: "Reads a text file of the workspace.",
  parameters: {
    type: "object",
    properties: { path: { type: "string", description: "Path relative to the workspace root." } },
    required: ["path"],
    additionalProperties: false,
  },
};

/**
 * What came of a short conversation: a request for one call of a tool, and one for a plain answer after it. `rejection` and `failure` say why there are not two responses; one
 * response that calls nothing ends the conversation too. `attempts` are all HTTP requests.
 */
export type Talk = {
  readonly responses: readonly ModelResponse[];
  readonly rejection: ModelRejection | null;
  readonly failure: InfraError | CapReached | null;
  readonly attempts: readonly HttpAttempt[];
};

/** How a probe talks: `signal` stops it; an answer may take `answerTimeoutMs`, and longer where the provider asks to wait. */
export type TalkOptions = Pick<ModelRequest, "signal" | "spendingLimit"> & { readonly answerTimeoutMs: number };

/** Statuses of a request that the server takes for wrong. */
const REJECTED: ReadonlySet<number | null | undefined> = new Set([400, 404, 405, 410, 413, 414, 415, 422]);

/** Returns whether the server took the last request for wrong. A probe is a sound request, so the entry asks for something that the server does not take. */
export function isRejected({ failure, attempts }: Talk): boolean {
  return failure instanceof InfraError && failure.source === "provider" && REJECTED.has(attempts.at(-1)?.status);
}

const SYSTEM = "You test a connection. Do exactly what you are asked, in as few words as possible.";
const QUESTION =
  'Call the tool read_file with the path "number.txt". When you have its result, answer with the number in it and nothing else.';
const RESULT = "1\t42";
const REFUSED_CALL = "There is no such tool. The number is 42.";

/** Talks to a model as a trial would, with the parameters of its entry. Throws nothing but the signal's reason. */
export async function talk(model: Model, options: TalkOptions): Promise<Talk> {
  const first = await ask(model, [{ kind: "user", text: QUESTION }], options);
  const [answer] = first.responses;
  if (answer === undefined || answer.turn.view.calls.length === 0) return first;
  const results = answer.turn.view.calls.map(({ id, name }) => ({
    callId: id,
    name,
    text: name === PROBE_TOOL.name ? RESULT : REFUSED_CALL,
    isError: name !== PROBE_TOOL.name,
  }));
  const second = await ask(model, [{ kind: "user", text: QUESTION }, answer.turn, { kind: "tool", results }], options);
  return {
    ...second,
    responses: [...first.responses, ...second.responses],
    attempts: [...first.attempts, ...second.attempts],
  };
}

async function ask(model: Model, turns: readonly Turn[], options: TalkOptions): Promise<Talk> {
  const { signal, spendingLimit, answerTimeoutMs } = options;
  const deadline = new Deadline(model.spec.name, answerTimeoutMs);
  try {
    const result = await model.generate({
      system: SYSTEM,
      turns,
      tools: [PROBE_TOOL],
      cacheKey: "probe",
      signal: AbortSignal.any([signal, deadline.signal]),
      onWait: deadline.pause,
      ...(spendingLimit && { spendingLimit }),
    });
    const { attempts } = result;
    if (result.kind !== "response") return { responses: [], rejection: result, failure: null, attempts };
    return { responses: [result], rejection: null, failure: null, attempts };
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof InfraError || error instanceof CapReached)) throw error;
    return { responses: [], rejection: null, failure: error, attempts: error instanceof InfraError ? error.attempts : [] };
  } finally {
    deadline.clear();
  }
}

/** The time that an answer may take; waiting for the provider's limits, or for a server that is loading, does not count. */
class Deadline {
  readonly #controller = new AbortController();
  readonly #reason: InfraError;
  #leftMs: number;
  #startedMs = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(name: string, leftMs: number) {
    this.#leftMs = leftMs;
    const seconds = Math.round(leftMs / 1000);
    this.#reason = new InfraError(
      "provider",
      `Cannot get an answer from "${name}": none came within ${seconds} s; the server may be busy or loading`,
    );
    this.#start();
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  readonly pause = (isWaiting: boolean): void => {
    if (isWaiting) this.clear();
    else if (this.#timer === undefined) this.#start();
  };

  clear(): void {
    if (this.#timer === undefined) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#leftMs = Math.max(0, this.#leftMs - (performance.now() - this.#startedMs));
  }

  #start(): void {
    this.#startedMs = performance.now();
    this.#timer = setTimeout(() => this.#controller.abort(this.#reason), this.#leftMs);
  }
}
