import type { Api, ModelSpec } from "../../core/model.ts";
import { sizesIn } from "./blame.ts";
import type { Fault } from "./fault.ts";

/** The entry of models.yaml that a message is about. */
export type ModelLabel = Pick<
  ModelSpec,
  | "name"
  | "api"
  | "apiKeyEnv"
  | "model"
  | "baseUrl"
  | "maxOutputTokens"
  | "maxTokensField"
  | "contextWindow"
  | "temperature"
  | "reasoning"
  | "stream"
  | "systemRole"
  | "extraBody"
>;

/** Advises the user on a fault that does not pass by itself: names the field of models.yaml to change. */
export function adviceFor(who: ModelLabel, fault: Fault): string {
  const key = who.apiKeyEnv === null ? "the access of this host" : `the key in ${who.apiKeyEnv}`;
  switch (fault.about) {
    case "quota":
      return `the quota or credit of ${key} is used up: add to it, or name another key in api_key_env, then resume the run`;
    case "bad-key":
      return who.apiKeyEnv === null
        ? "this host wants a key: name its variable in api_key_env"
        : `check ${key}, or name another variable in api_key_env`;
    case "forbidden":
      return `check what ${key} may use, or change model or api_key_env`;
    case "wrong-model":
      return `check the model name "${who.model}" and the address ${who.baseUrl}: change model or base_url`;
    case "wrong-address":
      return `there is no such API at ${who.baseUrl}: check base_url, which ends before ${pathOf(who)}, and api`;
    case "wrong-parameter":
      return parameterAdvice(who, fault);
    case "no-tools":
      return `the model cannot call tools here: choose one that can in model, or start the server at ${who.baseUrl} with what it needs for tools`;
    case "no-tool-parser":
      return `start the server at base_url ${who.baseUrl} with --enable-auto-tool-choice and the --tool-call-parser of the model`;
    case "output-limit":
      return `lower max_output_tokens, now ${grouped(who.maxOutputTokens)}, to what the model may write`;
    case "overflow":
      return windowAdvice(who, fault);
    case "no-room":
      return roomAdvice(who, fault);
    case "over-tier":
      return `one request is larger than ${key} may send in a minute: lower max_output_tokens, now ${grouped(who.maxOutputTokens)}, or raise the limit of the account`;
    case "bad-history":
      return "the host does not take the conversation back, in its strictest form either: this is not the model's failure; report it";
    default:
      return fault.status === null ? `check that ${who.baseUrl} is up and can be reached` : "repeating the request would not help";
  }
}

const PATHS: Readonly<Record<Api, string>> = {
  anthropic: "/v1/messages",
  gemini: "/models",
  "openai-chat": "/chat/completions",
  "openai-responses": "/responses",
  scripted: "",
};

function pathOf({ api }: ModelLabel): string {
  return PATHS[api];
}

/** The prompt of the first request alone exceeds the window. */
function windowAdvice({ contextWindow }: ModelLabel, { message }: Fault): string {
  const { windowTokens } = sizesIn(message);
  const now = contextWindow === null ? "" : `, now ${grouped(contextWindow)}`;
  const window = windowTokens === null ? "a larger context" : `a context larger than ${grouped(windowTokens)} tokens`;
  return `the first prompt is too long for this model: give it ${window} on its server, or choose another model, and set context_window${now} to what it has`;
}

/** The prompt fits, and the answer that is asked for does not fit beside it. */
function roomAdvice(who: ModelLabel, fault: Fault): string {
  const { windowTokens, inputTokens } = sizesIn(fault.message);
  if (windowTokens !== null && inputTokens !== null && inputTokens >= windowTokens) return windowAdvice(who, fault);
  const now = `max_output_tokens, now ${grouped(who.maxOutputTokens)},`;
  if (windowTokens === null || inputTokens === null) return `lower ${now} so that prompt and answer fit into the window together`;
  const most = grouped(windowTokens - inputTokens);
  return `lower ${now} to below ${most}: the window has ${grouped(windowTokens)} tokens, the first prompt ${grouped(inputTokens)}, and the conversation grows`;
}

/** Parameters of requests, the field of models.yaml that each comes from, and the words of a message that name it. */
const FIELD_OF: readonly (readonly [field: string, names: RegExp])[] = [
  ["max_tokens_field", /max_tokens|max_completion_tokens|max_new_tokens/i],
  ["max_output_tokens", /max_output_tokens/i],
  ["temperature", /temperature/i],
  ["reasoning", /reasoning|thinking|effort/i],
  ["parallel_tool_calls", /parallel_tool_call/i],
  ["cache", /cache_control|prompt_cache/i],
  ["stream", /stream/i],
  ["system_role", /developer|message role|messages\[0\]/i],
];

function parameterAdvice(who: ModelLabel, { param, message }: Fault): string {
  const own = Object.keys(who.extraBody).find((name) => param === name || message.includes(name));
  if (own !== undefined) return `remove "${own}" from extra_body, or change it`;
  const field = fieldIn(param ?? "") ?? fieldIn(message);
  switch (field) {
    case "max_tokens_field":
      return `set max_tokens_field to ${who.maxTokensField === "max_tokens" ? "max_completion_tokens" : "max_tokens"}`;
    case "temperature":
      return `remove temperature${who.temperature === null ? "" : `, now ${who.temperature}`}, or set it to what the model takes`;
    case "stream":
      return `set stream to ${who.stream ? "false" : "true"}`;
    case "system_role":
      return `set system_role to ${who.systemRole === "developer" ? "system" : "developer"}`;
    case null:
      return "the host does not take a parameter of the request: check reasoning, temperature and extra_body";
    default:
      return `change or remove ${field}`;
  }
}

function fieldIn(text: string): string | null {
  return FIELD_OF.find(([, names]) => names.test(text))?.[0] ?? null;
}

function grouped(count: number): string {
  return count.toLocaleString("en-US");
}
