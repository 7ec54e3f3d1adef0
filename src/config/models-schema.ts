import { z } from "zod";
import type { Api } from "../core/model.ts";
import { printable } from "../core/printable.ts";
import { agentOf, agentSchema } from "./agent/agent.ts";

const APIS = ["openai-responses", "openai-chat", "anthropic", "gemini", "scripted"] as const satisfies readonly Api[];
const BEHAVIORS: readonly string[] = ["oracle", "nop", "flawed", "flaky", "prompt-directed"];

// Arms are made of every two models and prompts, and names stand in every report.
const MAX_MODELS = 1000;
const MAX_NAME = 200;

const MAX_RATE = 1e6;
const rate = z
  .number()
  .min(0)
  .refine((usd) => usd <= MAX_RATE, `expected at most ${MAX_RATE}`);
const priceSchema = z.strictObject({
  input: rate.describe("US dollars per million input tokens"),
  output: rate.describe("US dollars per million output tokens, reasoning included"),
  cache_read: rate.optional().describe("US dollars per million tokens read from the cache"),
  cache_write_5m: rate.optional().describe("US dollars per million tokens written to the cache for five minutes"),
  cache_write_1h: rate.optional().describe("US dollars per million tokens written to the cache for one hour"),
  per_request: rate.optional().describe("US dollars per request, in addition to tokens"),
});

const SETTINGS = {
  agent: agentSchema,
  api: z.enum(APIS).describe("API of the provider; scripted runs a built-in model without a provider"),
  base_url: z
    .url({ protocol: /^https?$/, error: "expected an http or https address" })
    .refine(isBareAddress, "expected an address without user, password, ?, # or spaces; a key belongs in the variable of api_key_env")
    .describe("address of the provider"),
  api_key_env: z
    .string()
    .max(MAX_NAME)
    .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, "expected the name of an environment variable")
    .nullable()
    .describe("name of the environment variable with the key; null for none"),
  max_output_tokens: z.int().min(1),
  max_tokens_field: z.enum(["max_completion_tokens", "max_tokens"]),
  system_role: z.enum(["system", "developer"]),
  reasoning: z.record(z.string(), z.unknown()).describe("reasoning settings as the provider names them, such as effort"),
  parallel_tool_calls: z.boolean(),
  stream: z.boolean(),
  context_window: z.int().min(1000).describe("context window in tokens; old tool results are masked when it fills up"),
  context: z
    .strictObject({
      summarize_after: z
        .int()
        .min(2)
        .max(1000)
        .describe(
          "after how many responses, each time, the model writes a summary of its work in place of what was before; never by default",
        ),
    })
    .describe("how the conversation is kept short, besides masking"),
  cache: z.enum(["auto", "off", "5m", "1h"]).describe("prompt caching"),
  limits: z
    .strictObject({ concurrency: z.int().min(1).optional(), rpm: z.number().positive().optional(), tpm: z.number().positive().optional() })
    .describe("concurrent requests, requests per minute and tokens per minute of this key"),
  price: priceSchema,
  cost: z
    .enum(["price", "reported"])
    .describe("which cost counts where the entry has a price and a gateway reports a cost, too; price by default"),
  max_cost: z.number().positive().describe("US dollars that a run may spend on this model in total"),
  max_trial_cost: z.number().positive().describe("US dollars that one trial of this model may cost"),
  headers: z
    .record(z.string(), z.string())
    .refine((headers) => Object.entries(headers).every(isHeader), "expected names and values that HTTP can send, each on one line")
    .refine((headers) => !Object.keys(headers).some(isOfConnection), "expected no header of the connection itself, such as host"),
  extra_body: z.record(z.string(), z.unknown()).describe("fields added to the request unchanged"),
  temperature: z.number().min(0).max(2),
  anthropic_version: z.string(),
  seed: z.int().describe("seed of the random choices of a scripted model"),
  enabled: z.boolean().describe("false leaves the model out unless --model names it"),
};

/** Headers whose names say that their value is a secret. */
const SECRET_HEADER = /auth|key|token|secret|cookie/i;

// Loopback never leaves the machine; anywhere else a key sent by plain http can be read on its way.
function isOpenToReaders(address: string): boolean {
  const { protocol, hostname } = new URL(address);
  return protocol === "http:" && hostname !== "localhost" && hostname !== "[::1]" && !/^127(\.\d+){3}$/.test(hostname);
}

// Addresses are written to logs, and the SDKs append their path to them.
function isBareAddress(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : null;
  return url !== null && url.username === "" && url.password === "" && !/[\s?#\p{C}]/u.test(text);
}

// The address says where a request goes, and the connection how: a header that says otherwise could reach another host behind a shared server, or breaks the request.
function isOfConnection(name: string): boolean {
  return /^(?:host|connection|upgrade|transfer-encoding|content-length|expect|te|trailer|keep-alive|proxy-.*)$/i.test(name);
}

function isHeader([name, value]: readonly [string, string]): boolean {
  return /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name) && /^[\t\x20-\x7e\x80-\xff]*$/.test(value);
}

const entrySchema = z
  .strictObject({
    name: z
      .string()
      .max(MAX_NAME)
      .regex(/^[A-Za-z0-9][A-Za-z0-9._:/@-]*$/, "expected letters, digits and . _ : / @ -"),
    model: z.string().min(1).max(MAX_NAME),
    ...SETTINGS,
  })
  .partial()
  .required({ name: true, model: true });
const defaultsSchema = z.strictObject(SETTINGS).partial();

type Settings = z.output<typeof defaultsSchema>;

type Issue = { readonly field: string; readonly message: string };

// `settings` are those of the entry with the defaults of the file.
function endpointIssue(
  { name }: Pick<ModelYaml, "name">,
  { base_url: baseUrl, api_key_env: keyEnv, headers = {} }: Settings,
): Issue | null {
  if (!baseUrl || !URL.canParse(baseUrl)) return null;
  const header = Object.keys(headers).find((one) => SECRET_HEADER.test(one));
  const secret = keyEnv ? keyEnv : header && `the header ${header}`;
  if (secret && isOpenToReaders(baseUrl))
    return {
      field: "base_url",
      message: `model "${printable(name)}" would send ${printable(secret)} unencrypted to ${printable(new URL(baseUrl).host)}; use https, or a server on localhost`,
    };
  if (keyEnv !== undefined) return null;
  return {
    field: "api_key_env",
    message: `model "${printable(name)}" has a base_url but no api_key_env; name the variable that holds its key, or write null`,
  };
}

// Another agent speaks the API of its entry, and keeps its own conversation.
function agentIssue({ name, context }: ModelYaml, agent: Settings["agent"], api: Api | undefined): Issue | null {
  const choice = api === undefined ? null : agentOf(agent, api);
  if (choice === null) return null;
  if (choice.kind === "wrong") return { field: "agent", message: choice.problem };
  if (choice.agent === null || context === undefined) return null;
  return {
    field: "context",
    message: `model "${printable(name)}" has another agent, which keeps its own conversation; remove the context, or the agent`,
  };
}

/** Schema of models.yaml; also published as a JSON Schema for editors. */
export const modelsSchema = z
  .strictObject({ defaults: defaultsSchema.optional(), models: z.array(entrySchema).min(1).max(MAX_MODELS) })
  .superRefine((file, context) => {
    const seen = new Set<string>();
    for (const [index, entry] of file.models.entries()) {
      const reject = (field: string, message: string): void =>
        context.addIssue({ code: "custom", message, path: ["models", index, field] });
      const api = entry.api ?? file.defaults?.api;
      if (seen.has(entry.name)) reject("name", `"${printable(entry.name)}" is used twice; give every model a different name`);
      seen.add(entry.name);
      if (!api) reject("api", `model "${printable(entry.name)}" has no api; expected one of ${APIS.join(", ")}`);
      if (api === "scripted" && !BEHAVIORS.includes(entry.model))
        reject("model", `"${printable(entry.model)}" is not a scripted behavior; expected one of ${BEHAVIORS.join(", ")}`);
      const conflict = agentIssue(entry, entry.agent ?? file.defaults?.agent, api);
      if (conflict) reject(conflict.field, conflict.message);
      const issue = api === "scripted" ? null : endpointIssue(entry, { ...file.defaults, ...entry });
      if (issue) reject(issue.field, issue.message);
    }
  });

/** One entry of models.yaml as it is written. */
export type ModelYaml = z.output<typeof entrySchema>;
