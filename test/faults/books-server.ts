import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { seededRandom } from "./counted-run.ts";

/** Prices of the server's models, in dollars for a million tokens. */
export type BooksPrice = { readonly input: number; readonly output: number };

/** How a request fails. A provider bills those whose connection breaks, and the answers that arrive in pieces. */
type BooksFailure = "none" | "break-before" | "break-amid" | "garbled" | "500" | "503" | "529" | "429";

/** What a request would be billed as. */
type Entry = {
  readonly trial: string;
  readonly usd: number;
  readonly tokens: number;
  readonly isAnswered: boolean;
  readonly lowered: boolean;
};

export type BooksOptions = {
  readonly price: BooksPrice;
  /** Requests of a trial that nothing stops. */
  readonly steps: number;
  readonly seed: number;
  /** The share of all requests that fail. */
  readonly faults: number;
  /** Whether a connection that breaks before the answer is billed, by the habit of the vendor. */
  readonly billsBroken: boolean;
  readonly latencyMs: number;
  /** The longest answer that a request asks for. */
  readonly maxOutputTokens: number;
};

/** A provider that keeps books of what it generates, whether or not it arrives. */
export type BooksServer = {
  readonly url: string;
  readonly entries: readonly Entry[];
  /** How many requests have arrived. */
  arrivals(): number;
  /** What was billed in all, or to the trials whose names begin so. */
  billedUsd(prefix?: string): number;
  billedTokens(): number;
  close(): Promise<void>;
};

const FAILURES: readonly BooksFailure[] = ["break-before", "break-amid", "garbled", "500", "503", "529"];
const BYTES_PER_TOKEN = 4;

type Body = {
  readonly model: string;
  readonly messages: readonly { readonly role: string; readonly content: string }[];
  readonly max_completion_tokens: number;
};

/** Starts the server on the loopback interface. What it answers follows from the conversation alone; how it fails, from the seed, the conversation and how often it was tried. */
export async function startBooksServer(options: BooksOptions): Promise<BooksServer> {
  const entries: Entry[] = [];
  const random = seededRandom(options.seed);
  const tries = new Map<string, number>();
  let arrivals = 0;
  const server = createServer(async (request, response) => {
    const text = await textOf(request);
    arrivals += 1;
    const body = JSON.parse(text) as Body;
    const asked = `${trialOf(body)} ${stepOf(body)}`;
    const earlier = tries.get(asked) ?? 0;
    tries.set(asked, earlier + 1);
    const failure = drawFailure(randomOf(`${asked} ${earlier}`, options.seed), options.faults);
    await new Promise((resolve) => setTimeout(resolve, options.latencyMs * (0.5 + random())));
    const { answer, usage } = answerTo(body, text.length, options);
    const isBilled =
      failure === "none" || failure === "break-amid" || failure === "garbled" || (failure === "break-before" && options.billsBroken);
    if (isBilled) {
      const usd = (usage.prompt_tokens * options.price.input + usage.completion_tokens * options.price.output) / 1e6;
      const lowered = body.max_completion_tokens < options.maxOutputTokens;
      entries.push({ trial: trialOf(body), usd, tokens: usage.total_tokens, isAnswered: failure === "none", lowered });
    }
    send(response, failure, JSON.stringify(answer));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const sum = (of: (entry: Entry) => number, prefix = ""): number =>
    entries.filter(({ trial }) => trial.startsWith(prefix)).reduce((total, entry) => total + of(entry), 0);
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    entries,
    arrivals: () => arrivals,
    billedUsd: (prefix) => sum(({ usd }) => usd, prefix),
    billedTokens: () => sum(({ tokens }) => tokens),
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of request.setEncoding("utf8")) text += String(chunk);
  return text;
}

function drawFailure(random: () => number, share: number): BooksFailure {
  const draw = random();
  return draw < share ? (FAILURES[Math.floor((draw / share) * FAILURES.length)] ?? "500") : "none";
}

function trialOf({ model, messages }: Body): string {
  const task = /This is (\S+)\./.exec(messages.map(({ content }) => content ?? "").join("\n"))?.[1];
  return `${model}/${task}.`;
}

// Usually 100 to 500 tokens, one in twenty ten times as many; the same for the same step of the same trial.
function lengthOf(trial: string, step: number): number {
  const random = randomOf(trial, step * 7919);
  const usual = Math.floor(100 + 400 * random());
  return random() < 0.05 ? 10 * usual : usual;
}

function randomOf(text: string, seed: number): () => number {
  let mixed = seed;
  for (const char of text) mixed = (Math.imul(mixed, 31) + char.charCodeAt(0)) >>> 0;
  const random = seededRandom(mixed);
  // Numbers that differ by little begin with draws that differ by little.
  random();
  return random;
}

function stepOf({ messages }: Body): number {
  return messages.filter(({ role }) => role === "assistant").length;
}

function answerTo(body: Body, bytes: number, { steps, maxOutputTokens }: BooksOptions) {
  const step = stepOf(body);
  const trial = trialOf(body);
  const wanted = lengthOf(trial, step);
  const limit = Math.min(body.max_completion_tokens, maxOutputTokens);
  const isCut = wanted > limit;
  const length = Math.min(wanted, limit);
  const words = "word".repeat(Math.max(1, length - 60));
  const isLast = step >= steps - 1;
  const call = { id: `c${step}`, type: "function", function: callOf(body.model, step, steps) };
  const message = isCut || isLast ? { role: "assistant", content: words } : { role: "assistant", content: words, tool_calls: [call] };
  const prompt_tokens = Math.ceil(bytes / BYTES_PER_TOKEN);
  const usage = { prompt_tokens, completion_tokens: length, total_tokens: prompt_tokens + length };
  const finish_reason = isCut ? "length" : isLast ? "stop" : "tool_calls";
  return {
    answer: { id: "x", object: "chat.completion", model: body.model, choices: [{ index: 0, message, finish_reason }], usage },
    usage,
  };
}

function callOf(model: string, step: number, steps: number) {
  const sign = model.startsWith("wrong") ? "*" : "+";
  if (step === steps - 2)
    return { name: "write_file", arguments: JSON.stringify({ path: "add.py", content: `def add(a, b):\n    return a ${sign} b\n` }) };
  return { name: "write_file", arguments: JSON.stringify({ path: `notes-${step}.md`, content: `Step ${step}.\n` }) };
}

function send(response: ServerResponse, failure: BooksFailure, whole: string): void {
  const headers = { "content-type": "application/json" };
  switch (failure) {
    case "none":
      response.writeHead(200, headers).end(whole);
      return;
    case "break-before":
      response.destroy();
      return;
    case "break-amid":
      response.writeHead(200, { ...headers, "content-length": String(whole.length) });
      response.write(whole.slice(0, whole.length / 2), () => response.destroy());
      return;
    case "garbled":
      response.writeHead(200, headers).end(whole.slice(0, whole.length / 2));
      return;
    default:
      response.writeHead(Number(failure), { ...headers, "retry-after-ms": "10" }).end(JSON.stringify({ error: { message: "overloaded" } }));
  }
}
