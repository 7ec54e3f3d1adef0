import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Api } from "../../src/core/model.ts";
import { bodyOf, type UpstreamTurn } from "./upstream-shapes.ts";

type WireApi = Exclude<Api, "scripted" | "gemini">;

/** One request as the upstream saw it. `billed` is what the upstream counts for it; null where it refused. */
export type Booked = {
  readonly api: WireApi;
  readonly model: string;
  readonly stream: boolean;
  readonly body: Record<string, unknown>;
  readonly billed: UpstreamTurn["usage"] | null;
};

/** A scripted provider that speaks all three APIs, so that a gateway may ask it by whichever it likes, and keeps its own books. */
export type Upstream = {
  readonly url: string;
  readonly booked: readonly Booked[];
  /** Called at each request, before it is answered. */
  onRequest: (booked: Booked) => void | Promise<void>;
  close(): Promise<void>;
};

/** Starts the upstream on the loopback interface. The model's name chooses the situation (see SITUATIONS); what follows a `~` tells apart who asks. */
export async function startUpstream(port = 0): Promise<Upstream> {
  const booked: Booked[] = [];
  const upstream: { onRequest: Upstream["onRequest"] } = { onRequest: () => undefined };
  const server = createServer(async (request, response) => {
    const api = apiOf(request.url ?? "");
    if (api === null) {
      response.writeHead(404, { "content-type": "text/plain" }).end("404 page not found");
      return;
    }
    const body = JSON.parse(await textOf(request)) as Record<string, unknown>;
    const model = String(body["model"]);
    const situation = SITUATIONS[model.split("~")[0] ?? ""];
    const asked = { api, body, step: stepOf(body), earlier: booked.filter((entry) => entry.model === model).length };
    const answer = situation === undefined ? refused(404, `The model \`${model}\` does not exist`, "model_not_found") : situation(asked);
    const entry = { api, model, stream: body["stream"] === true, body, billed: answer.kind === "turn" ? answer.turn.usage : null };
    booked.push(entry);
    await upstream.onRequest(entry);
    send(response, api, answer, body);
  });
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  return Object.assign(upstream, {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    booked,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  });
}

type Asked = { readonly api: WireApi; readonly body: Record<string, unknown>; readonly step: number; readonly earlier: number };
type Answer =
  | { readonly kind: "turn"; readonly turn: UpstreamTurn }
  | {
      readonly kind: "refused";
      readonly status: number;
      readonly message: string;
      readonly code: string;
      readonly headers?: Record<string, string>;
    };

const refused = (status: number, message: string, code: string, headers: Record<string, string> = {}): Answer => ({
  kind: "refused",
  status,
  message,
  code,
  headers,
});

const usageAt = (step: number): UpstreamTurn["usage"] => ({
  input: 1000 + 200 * step,
  cacheRead: 300 * step,
  cacheWrite: 0,
  output: 60 + step,
});
const turn = (step: number, parts: Partial<UpstreamTurn>): Answer => ({
  kind: "turn",
  turn: { text: "", calls: [], finish: parts.calls === undefined ? "stop" : "calls", usage: usageAt(step), ...parts },
});

/** Solves the task of `tinySuite`: two calls at once, a write, a closing word. */
function solve({ step }: Asked): Answer {
  const write = { path: "add.py", content: "def add(a, b):\n    return a + b\n" };
  if (step === 0) {
    const calls = [
      { id: "call_a", name: "list_directory", args: { path: "." } },
      { id: "call_b", name: "read_file", args: { path: "add.py" } },
    ];
    return turn(step, { text: "Let me look.", calls });
  }
  if (step === 1) return turn(step, { calls: [{ id: "call_c", name: "write_file", args: write }] });
  return turn(step, { text: "Done." });
}

const OVERFLOW: Record<WireApi, string> = {
  "openai-chat":
    "This model's maximum context length is 8192 tokens. However, your messages resulted in 9211 tokens. Please reduce the length of the messages.",
  "openai-responses": "Your input exceeds the context window of this model. Please adjust your input and try again.",
  anthropic: "prompt is too long: 212000 tokens > 200000 maximum",
};
const overflow = ({ api }: Asked): Answer => refused(400, OVERFLOW[api], "context_length_exceeded");

// What the upstream does, by the name of the model that is asked for.
const SITUATIONS: Readonly<Record<string, (asked: Asked) => Answer>> = {
  solve,
  "cache-writes": (asked) => {
    const answer = solve(asked);
    if (answer.kind !== "turn") return answer;
    return { kind: "turn", turn: { ...answer.turn, usage: { ...answer.turn.usage, cacheWrite: 150 } } };
  },
  "cut-off": ({ step }) => turn(step, { text: "I would begin by", finish: "length" }),
  refuses: ({ step }) => turn(step, { text: "I cannot help with that.", finish: "refusal" }),
  moderated: () => refused(400, "Output blocked by content filtering policy", "invalid_request_error"),
  "overflow-first": overflow,
  "overflow-later": (asked) =>
    asked.step < 2
      ? turn(asked.step, { calls: [{ id: `call_${asked.step}`, name: "read_file", args: { path: "add.py" } }] })
      : overflow(asked),
  "rate-limited": (asked) =>
    asked.earlier === 0 ? refused(429, "Rate limit reached for requests", "rate_limit_exceeded", { "retry-after": "2" }) : solve(asked),
  "malformed-call": (asked) =>
    asked.earlier === 0
      ? refused(500, 'error parsing tool call: raw=\'{"path": "add.py\', err=unexpected end of JSON input', "api_error")
      : solve(asked),
  "always-malformed": () =>
    refused(500, 'error parsing tool call: raw=\'{"path": "add.py\', err=unexpected end of JSON input', "api_error"),
  "bad-key": () => refused(401, "Incorrect API key provided: sk-wrong.", "invalid_api_key"),
  "spent-key": () =>
    refused(
      429,
      "You exceeded your current quota, please check your plan and billing details. For more information on this error, read the docs: https://platform.openai.com/docs/guides/error-codes/api-errors.",
      "insufficient_quota",
    ),
  "no-tools": () => refused(400, "registry.ollama.ai/library/m does not support tools", "api_error"),
  broken: () => refused(500, "The server had an error while processing your request.", "server_error"),
  flaky: (asked) => (asked.earlier === 0 ? refused(503, "Service overloaded", "overloaded") : solve(asked)),
};

function send(response: ServerResponse, api: WireApi, answer: Answer, body: Record<string, unknown>): void {
  if (answer.kind === "refused") {
    const { status, message, code, headers } = answer;
    const type = status === 400 ? "invalid_request_error" : code;
    const error =
      api === "anthropic"
        ? { type: "error", error: { type, message }, request_id: "req_up" }
        : { error: { message, type, param: null, code } };
    response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(error));
    return;
  }
  const options = body["stream_options"] as { include_usage?: boolean } | undefined;
  const { contentType, text } = bodyOf(api, answer.turn, {
    model: String(body["model"]),
    stream: body["stream"] === true,
    includeUsage: options?.include_usage === true,
  });
  response.writeHead(200, { "content-type": contentType, "x-request-id": "req_up" }).end(text);
}

function apiOf(path: string): WireApi | null {
  if (path.endsWith("/chat/completions")) return "openai-chat";
  if (path.endsWith("/responses")) return "openai-responses";
  return path.endsWith("/messages") ? "anthropic" : null;
}

/** How many turns the model has had; an item of Responses is a turn where the one before it is none. */
function stepOf(body: Record<string, unknown>): number {
  const entries = (body["messages"] ?? body["input"]) as unknown;
  if (!Array.isArray(entries)) return 0;
  const isAnswer = (entry: { role?: string; type?: string } | undefined): boolean =>
    entry !== undefined && (entry.role === "assistant" || entry.type === "function_call" || entry.type === "reasoning");
  return entries.filter((entry, index) => isAnswer(entry) && !isAnswer(entries[index - 1])).length;
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of request.setEncoding("utf8")) text += String(chunk);
  return text;
}
