import { z } from "zod";
import { UserError } from "../core/errors.ts";
import type { Api, ModelSpec, Price } from "../core/model.ts";
import { printable } from "../core/printable.ts";
import { readYaml } from "./yaml-file.ts";

const MAX_RATE = 1e6;
const rate = z
  .number()
  .min(0)
  .refine((usd) => usd <= MAX_RATE, `expected at most ${MAX_RATE}`);
const priceSchema = z.strictObject({
  input: rate.describe("US dollars for a million input tokens"),
  output: rate.describe("US dollars for a million output tokens, reasoning included"),
  cache_read: rate.optional().describe("for a million tokens read from the cache"),
  cache_write_5m: rate.optional().describe("for a million tokens written to the cache for five minutes"),
  cache_write_1h: rate.optional().describe("for a million tokens written to the cache for an hour"),
  per_request: rate.optional().describe("for each request, on top of tokens"),
});

const SETTINGS = {
  api: z
    .enum(["openai-responses", "openai-chat", "anthropic", "scripted"])
    .describe("wire protocol; scripted plays a model without any provider"),
  base_url: z
    .url({ protocol: /^https?$/, error: "expected an http or https address" })
    .refine(isBareAddress, "expected an address without user, password, ?, # or spaces; a key belongs in the variable of api_key_env")
    .describe("where the provider answers"),
  api_key_env: z
    .string()
    .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, "expected the name of an environment variable")
    .nullable()
    .describe("name of the environment variable with the key; null for none"),
  max_output_tokens: z.int().min(1),
  max_tokens_field: z.enum(["max_completion_tokens", "max_tokens"]),
  system_role: z.enum(["system", "developer"]),
  reasoning: z.record(z.string(), z.unknown()).describe("effort and the like, as the provider names it"),
  parallel_tool_calls: z.boolean(),
  stream: z.boolean(),
  context_window: z.int().min(1000).describe("tokens; old tool results are masked when it fills up"),
  cache: z.enum(["auto", "off", "5m", "1h"]).describe("prompt caching"),
  limits: z
    .strictObject({ concurrency: z.int().min(1).optional(), rpm: z.number().positive().optional(), tpm: z.number().positive().optional() })
    .describe("what this key may do at once and in a minute"),
  price: priceSchema,
  max_cost: z.number().positive().describe("US dollars that a run may spend on this model in all"),
  max_trial_cost: z.number().positive().describe("US dollars that one trial of this model may cost"),
  headers: z
    .record(z.string(), z.string())
    .refine((headers) => Object.entries(headers).every(isHeader), "expected names and values that HTTP can send, each on one line"),
  extra_body: z.record(z.string(), z.unknown()).describe("sent verbatim in the request"),
  temperature: z.number().min(0).max(2),
  anthropic_version: z.string(),
  seed: z.int().describe("of a scripted model's draw"),
  enabled: z.boolean().describe("false leaves the model out unless --model names it"),
};

// What stands in an address goes into logs, and the SDKs put their path behind it.
function isBareAddress(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : null;
  return url !== null && url.username === "" && url.password === "" && !/[\s?#\p{C}]/u.test(text);
}

function isHeader([name, value]: readonly [string, string]): boolean {
  return /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name) && /^[\t\x20-\x7e\x80-\xff]*$/.test(value);
}

const entrySchema = z
  .strictObject({
    name: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._:/@-]*$/, "expected letters, digits and . _ : / @ -"),
    model: z.string().min(1),
    ...SETTINGS,
  })
  .partial()
  .required({ name: true, model: true });
const defaultsSchema = z.strictObject(SETTINGS).partial();

/** What models.yaml may hold; also exported as a JSON Schema for editors. */
export const modelsSchema = z
  .strictObject({ defaults: defaultsSchema.optional(), models: z.array(entrySchema).min(1) })
  .superRefine((file, context) => {
    const seen = new Set<string>();
    for (const [index, entry] of file.models.entries()) {
      const refuse = (field: string, message: string): void =>
        context.addIssue({ code: "custom", message, path: ["models", index, field] });
      const api = entry.api ?? file.defaults?.api;
      if (seen.has(entry.name)) refuse("name", `"${printable(entry.name)}" stands twice; give every model a name of its own`);
      seen.add(entry.name);
      if (!api) refuse("api", `model "${printable(entry.name)}" has none; expected one of ${Object.keys(API_DEFAULTS).join(", ")}`);
      if (api === "scripted" && !BEHAVIORS.includes(entry.model))
        refuse("model", `"${printable(entry.model)}" is no scripted behavior; expected one of ${BEHAVIORS.join(", ")}`);
      const hasKey = entry.api_key_env !== undefined || file.defaults?.api_key_env !== undefined;
      if ((entry.base_url ?? file.defaults?.base_url) && !hasKey && api !== "scripted")
        refuse(
          "api_key_env",
          `model "${printable(entry.name)}" has a base_url and no api_key_env; name the variable that holds its key, or write null`,
        );
    }
  });

const BEHAVIORS: readonly string[] = ["oracle", "nop", "flawed", "flaky", "prompt-directed"];

const API_DEFAULTS: Readonly<Record<Api, { readonly baseUrl: string; readonly apiKeyEnv: string | null }>> = {
  "openai-responses": { baseUrl: "https://api.openai.com/v1", apiKeyEnv: "OPENAI_API_KEY" },
  "openai-chat": { baseUrl: "https://api.openai.com/v1", apiKeyEnv: "OPENAI_API_KEY" },
  anthropic: { baseUrl: "https://api.anthropic.com", apiKeyEnv: "ANTHROPIC_API_KEY" },
  scripted: { baseUrl: "", apiKeyEnv: null },
};

/** One line of models.yaml: the model, and whether it runs without being asked for. */
export type ModelEntry = { readonly spec: ModelSpec; readonly enabled: boolean };

type Entry = z.output<typeof entrySchema>;

/** Reads models.yaml; throws UserError naming file, line and field. */
export function loadModels(path: string): readonly ModelEntry[] {
  const file = readYaml(path, modelsSchema);
  return file.models.map((entry) => {
    const limits = { ...file.defaults?.limits, ...entry.limits };
    const merged: Entry = { ...file.defaults, ...entry, limits };
    return { spec: specOf(merged), enabled: merged.enabled ?? true };
  });
}

function specOf(entry: Entry): ModelSpec {
  const { api, limits, price } = entry;
  if (!api) throw new UserError(`Cannot use model "${entry.name}": it has no api; add one to models.yaml`);
  const lane = { concurrency: limits?.concurrency ?? 4, rpm: limits?.rpm ?? null, tpm: limits?.tpm ?? null };
  return {
    name: entry.name,
    api,
    model: entry.model,
    ...endpointOf(entry, api),
    ...wireOf(entry),
    contextWindow: entry.context_window ?? null,
    limits: lane,
    price: price ? priceOf(price) : null,
    maxCostUsd: entry.max_cost ?? null,
    maxTrialCostUsd: entry.max_trial_cost ?? null,
    seed: entry.seed ?? 1,
  };
}

function endpointOf(entry: Entry, api: Api): Pick<ModelSpec, "baseUrl" | "apiKeyEnv" | "headers" | "anthropicVersion"> {
  const fallback = API_DEFAULTS[api];
  const key = entry.api_key_env === undefined ? fallback.apiKeyEnv : entry.api_key_env;
  return {
    baseUrl: entry.base_url ?? fallback.baseUrl,
    apiKeyEnv: api === "scripted" ? null : key,
    headers: entry.headers ?? {},
    anthropicVersion: entry.anthropic_version ?? null,
  };
}

type Transport =
  | "maxOutputTokens"
  | "maxTokensField"
  | "systemRole"
  | "reasoning"
  | "parallelToolCalls"
  | "stream"
  | "cache"
  | "extraBody"
  | "temperature";

function wireOf(entry: Entry): Pick<ModelSpec, Transport> {
  return {
    maxOutputTokens: entry.max_output_tokens ?? 16_000,
    maxTokensField: entry.max_tokens_field ?? "max_completion_tokens",
    systemRole: entry.system_role ?? "system",
    reasoning: entry.reasoning ?? null,
    parallelToolCalls: entry.parallel_tool_calls ?? null,
    stream: entry.stream ?? false,
    cache: entry.cache ?? "auto",
    extraBody: entry.extra_body ?? {},
    temperature: entry.temperature ?? null,
  };
}

function priceOf(price: z.output<typeof priceSchema>): Price {
  return {
    input: price.input,
    output: price.output,
    cacheRead: price.cache_read ?? null,
    cacheWrite5m: price.cache_write_5m ?? null,
    cacheWrite1h: price.cache_write_1h ?? null,
    perRequest: price.per_request ?? 0,
  };
}
