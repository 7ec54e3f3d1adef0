import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** One request as the server saw it; times are of the monotonic clock. `what` is the same for equal requests; `endedMs` is null while it is open. */
type Counted = { readonly what: string; readonly startedMs: number; endedMs: number | null; billed: boolean };

/** A provider that plays a working agent, answers by the conversation alone, and counts what it would bill. */
export type CountingServer = {
  readonly url: string;
  readonly requests: readonly Counted[];
  /** Resolves when the next request has arrived. */
  nextRequest(): Promise<void>;
  close(): Promise<void>;
};

/** How a request fails; `drop` breaks the answer off in the middle, which a provider bills. */
export type Failure = "none" | "500" | "429" | "529" | "garbled" | "drop";

export type CountingOptions = {
  readonly latencyMs: number;
  /** Decides how the n-th request fails. */
  readonly failure?: (index: number) => Failure;
};

/** What the server bills for each answer. */
export const USAGE = { prompt_tokens: 900, completion_tokens: 60, total_tokens: 960 };

/** Requests of one trial, if none fails. */
export const REQUESTS_A_TRIAL = 5;

/** Starts the server on the loopback interface. */
export async function startCountingServer({ latencyMs, failure = () => "none" }: CountingOptions): Promise<CountingServer> {
  const requests: Counted[] = [];
  let onRequest: () => void = () => {};
  const server = createServer(async (request, response) => {
    const body = JSON.parse(await textOf(request)) as Body;
    const counted: Counted = { what: identity(body), startedMs: performance.now(), endedMs: null, billed: false };
    const index = requests.push(counted) - 1;
    onRequest();
    await new Promise((resolve) => setTimeout(resolve, latencyMs));
    counted.billed = answer(response, body, failure(index));
    response.on("close", () => {
      counted.endedMs = performance.now();
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    requests,
    nextRequest: () =>
      new Promise((resolve) => {
        onRequest = resolve;
      }),
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

type Body = { readonly model: string; readonly messages: readonly { readonly role: string }[] };

async function textOf(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of request.setEncoding("utf8")) text += String(chunk);
  return text;
}

function identity({ model, messages }: Body): string {
  return createHash("sha256")
    .update(JSON.stringify([model, messages]))
    .digest("hex")
    .slice(0, 16);
}

// Tells whether a provider would bill it.
function answer(response: ServerResponse, body: Body, failure: Failure): boolean {
  const send = (status: number, text: string, headers: Record<string, string> = {}): void => {
    response.writeHead(status, { "content-type": "application/json", ...headers }).end(text);
  };
  const whole = JSON.stringify(completion(body));
  switch (failure) {
    case "none":
      send(200, whole);
      return true;
    case "garbled":
      send(200, whole.slice(0, whole.length / 2));
      return true;
    case "drop":
      response.writeHead(200, { "content-type": "application/json", "content-length": String(whole.length) });
      response.write(whole.slice(0, whole.length / 2), () => response.destroy());
      return true;
    case "429":
      send(429, JSON.stringify({ error: { message: "slow down", code: "rate_limit_exceeded" } }), { "retry-after-ms": "50" });
      return false;
    default:
      send(Number(failure), JSON.stringify({ error: { message: "overloaded" } }), { "retry-after-ms": "20" });
      return false;
  }
}

function completion({ model, messages }: Body): unknown {
  const step = messages.filter(({ role }) => role === "assistant").length;
  const call = CALLS[step];
  const message = call
    ? { role: "assistant", content: `step ${step + 1}`, tool_calls: [{ id: `c${step}`, type: "function", function: call(model) }] }
    : { role: "assistant", content: "Done." };
  return {
    id: "x",
    object: "chat.completion",
    model,
    choices: [{ index: 0, message, finish_reason: call ? "tool_calls" : "stop" }],
    usage: USAGE,
  };
}

const call = (name: string, args: unknown) => ({ name, arguments: JSON.stringify(args) });

// A model whose name starts with "wrong" multiplies.
const CALLS: readonly ((model: string) => { readonly name: string; readonly arguments: string })[] = [
  () => call("list_directory", { path: "." }),
  () => call("read_file", { path: "add.py" }),
  (model) => call("write_file", { path: "add.py", content: `def add(a, b):\n    return a ${model.startsWith("wrong") ? "*" : "+"} b\n` }),
  () => call("run_command", { command: "date; python3 -c 'import add; print(add.add(1, 2))'" }),
];
