import { chatBody, chatCall, messageBody, outputCall, outputMessage, responsesBody } from "../fixtures/model-body.ts";
import { sse } from "../fixtures/model-server.ts";
import type { Echo } from "./echo-provider.ts";
import { spellingsOf } from "./secret.ts";

/** A model of a provider that passes on what it must not; `yaml` is the rest of its entry in models.yaml. */
export type Part = { readonly yaml: string; readonly play: (turn: number) => Echo };

const json = (body: unknown, more: Omit<Echo, "body"> = {}): Echo => ({ body: JSON.stringify(body), ...more });
const events = (list: readonly unknown[]): Echo => ({ body: sse(list), headers: { "content-type": "text/event-stream" } });
const chat = (message: Readonly<Record<string, unknown>>, finish: "stop" | "tool_calls" = "stop"): Echo =>
  json(chatBody({ message, finish }));
const done = chat({ content: "Done." });
const calling = (text: string, ...commands: readonly string[]): Echo =>
  chat(
    { content: text, tool_calls: commands.map((command, n) => chatCall(`c${n}`, "run_command", JSON.stringify({ command }))) },
    "tool_calls",
  );
const delta = (content: string, finish: string | null = null): object => ({
  id: "c",
  model: "m",
  choices: [{ index: 0, delta: { content }, finish_reason: finish }],
});

/** Plays the first turn as given, and is done in every other. */
const once =
  (first: Echo, rest: Echo = done) =>
  (turn: number): Echo =>
    turn === 0 ? first : rest;

const CHAT = "api: openai-chat";
const RESPONSES = "api: openai-responses";
const ANTHROPIC = "api: anthropic";

/** Failures that quote a secret. */
export function failingParts(secret: string): Readonly<Record<string, Part>> {
  const all = spellingsOf(secret)
    .map(({ text }) => text)
    .join(" | ");
  const error = { error: { message: `Bad key: ${secret}, Bearer ${secret}`, type: "e", code: `bad ${secret}`, param: secret } };
  const spelt = { error: { message: `Bad: ${all}` } };
  const page = `<html>\n<title>${all}</title>\n<a href="/login?key=${encodeURIComponent(secret)}">${secret}</a></html>`;
  // A key that stands where a long message is cut.
  const straddling = { error: { message: `${"x".repeat(985)}${secret}` } };
  const generation = { error: { message: "no", code: "tool_use_failed", failed_generation: `${"x".repeat(485)}${secret}` } };
  return {
    "refused-401": { yaml: CHAT, play: () => json(error, { status: 401 }) },
    "refused-401-anthropic": { yaml: ANTHROPIC, play: () => json({ type: "error", ...error }, { status: 401 }) },
    "bad-400": { yaml: CHAT, play: () => json(error, { status: 400 }) },
    "bad-400-spelt": { yaml: CHAT, play: () => json(spelt, { status: 400 }) },
    "bad-400-cut": { yaml: RESPONSES, play: () => json(straddling, { status: 400 }) },
    "bad-400-generation": { yaml: CHAT, play: once(json(generation, { status: 400 })) },
    "bad-418-page": { yaml: CHAT, play: () => ({ status: 418, headers: { "content-type": "text/html" }, body: page }) },
    "down-500": { yaml: CHAT, play: once(json(error, { status: 500 })) },
    "page-500": { yaml: ANTHROPIC, play: once({ status: 500, body: page }, json(messageBody())) },
    "moved-307": {
      yaml: CHAT,
      play: () => ({ status: 307, headers: { location: `/login?key=${encodeURIComponent(secret)}` }, body: `<a href="?k=${secret}">` }),
    },
    "header-200": { yaml: CHAT, play: () => ({ ...done, headers: { "x-request-id": secret, "x-echo": secret } }) },
    "disguised-200": { yaml: CHAT, play: () => json({ error: { ...error.error, code: 400 } }) },
    "failed-200": {
      yaml: RESPONSES,
      play: once(json(responsesBody({ status: "failed", error: { code: "server_error", message: secret } })), json(responsesBody())),
    },
    "refusing-400": { yaml: CHAT, play: () => json({ error: { message: `flagged: ${all}`, code: "content_filter" } }, { status: 400 }) },
    "event-error": { yaml: `${CHAT}, stream: true`, play: () => events([delta("a"), { error: { message: secret, code: 401 } }]) },
    "event-error-anthropic": {
      yaml: `${ANTHROPIC}, stream: true`,
      play: () => events([{ type: "error", error: { type: "authentication_error", message: `${secret} ${all}` } }]),
    },
    "event-error-responses": {
      yaml: `${RESPONSES}, stream: true`,
      play: () => events([{ type: "error", code: "401", message: secret, error: { code: "401", message: secret } }]),
    },
    "no-json": { yaml: CHAT, play: once({ body: `${secret.slice(0, 12)}"${secret} is no JSON` }) },
  };
}

/** Answers that quote a secret. */
export function quotingParts(secret: string): Readonly<Record<string, Part>> {
  const all = spellingsOf(secret)
    .map(({ text }) => text)
    .join(" | ");
  const third = Math.ceil(secret.length / 3);
  const write = JSON.stringify({ path: "note.txt", content: all });
  const odd = {
    ...chatBody({ message: { content: "x", tool_calls: [chatCall(secret, secret, secret)] } }),
    model: secret,
    id: secret,
    service_tier: secret,
  };
  return {
    "text-200": { yaml: CHAT, play: once(chat({ content: all, reasoning_content: all, refusal: all })) },
    "calls-200": { yaml: CHAT, play: once(calling(`My key is ${secret}`, `echo '${secret}' > key.txt; cat key.txt`)) },
    "write-200": { yaml: CHAT, play: once(chat({ content: null, tool_calls: [chatCall("w", "write_file", write)] }, "tool_calls")) },
    "names-200": { yaml: CHAT, play: once(json({ ...odd, provider: secret })) },
    "finish-200": {
      yaml: CHAT,
      play: once(json({ ...chatBody(), choices: [{ index: 0, message: { content: "x" }, finish_reason: secret }] })),
    },
    "items-200": {
      yaml: RESPONSES,
      play: once(
        json(responsesBody({ output: [outputMessage(all), outputCall("c", "read_file", `{"path":${JSON.stringify(secret)}}`)] })),
        json(responsesBody()),
      ),
    },
    "blocks-200": {
      yaml: ANTHROPIC,
      play: once(
        json(
          messageBody({
            stop: "tool_use",
            content: [
              { type: "thinking", thinking: all, signature: "s" },
              { type: "tool_use", id: "t", name: "run_command", input: { command: `echo ${secret}` }, caller: { type: "direct" } },
            ],
          }),
        ),
        json(messageBody()),
      ),
    },
    "pieces-200": {
      yaml: `${CHAT}, stream: true`,
      play: () =>
        events([
          delta(`It is ${secret.slice(0, third)}`),
          delta(secret.slice(third, 2 * third)),
          delta(secret.slice(2 * third)),
          delta(".", "stop"),
          "[DONE]",
        ]),
    },
    "looks-round": {
      yaml: CHAT,
      play: once(calling("", "env; cat /proc/*/environ | tr '\\0' '\\n'", "cat /proc/*/cmdline; ls -la / /root /tmp /run")),
    },
  };
}
