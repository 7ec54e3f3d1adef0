import { dirname } from "node:path";
import type { CliSpec } from "../core/agent.ts";
import { UserError } from "../core/errors.ts";
import { wildcard } from "../core/glob.ts";
import type { Api, ModelSpec, Price } from "../core/model.ts";
import { printable } from "../core/printable.ts";
import { suggestion } from "../core/suggestion.ts";
import { type Place, placeNamed } from "../files/place.ts";
import { agentConfig, agentOf } from "./agent/agent.ts";
import { type ModelYaml, modelsSchema } from "./models-schema.ts";
import { readYaml } from "./yaml-file.ts";

const API_DEFAULTS: Readonly<Record<Api, { readonly baseUrl: string; readonly apiKeyEnv: string | null }>> = {
  "openai-responses": { baseUrl: "https://api.openai.com/v1", apiKeyEnv: "OPENAI_API_KEY" },
  "openai-chat": { baseUrl: "https://api.openai.com/v1", apiKeyEnv: "OPENAI_API_KEY" },
  anthropic: { baseUrl: "https://api.anthropic.com", apiKeyEnv: "ANTHROPIC_API_KEY" },
  gemini: { baseUrl: "https://generativelanguage.googleapis.com/v1beta", apiKeyEnv: "GEMINI_API_KEY" },
  scripted: { baseUrl: "", apiKeyEnv: null },
};

/** One entry of models.yaml: the model, the agent that works with it where that is not the loop, and whether it runs without being named. */
export type ModelEntry = { readonly spec: ModelSpec; readonly agent: CliSpec | null; readonly enabled: boolean };

/** Reads models.yaml and fills in defaults; throws UserError naming file, line and field. */
export function loadModels(path: string): readonly ModelEntry[] {
  const file = readYaml(placeNamed(path), modelsSchema);
  const beside = placeNamed(dirname(path));
  return file.models.map((entry) => {
    const limits = { ...file.defaults?.limits, ...entry.limits };
    const merged: ModelYaml = { ...file.defaults, ...entry, limits };
    const spec = specOf(merged);
    return { spec, agent: chosenAgent(merged, { api: spec.api, beside }), enabled: merged.enabled ?? true };
  });
}

function chosenAgent(entry: ModelYaml, { api, beside }: { readonly api: Api; readonly beside: Place }): CliSpec | null {
  const choice = agentOf(entry.agent, api);
  if (choice.kind === "wrong") throw new UserError(`Cannot use model "${entry.name}": ${choice.problem}`);
  const config = agentConfig(entry.agent, beside);
  return choice.agent === null || config === undefined ? choice.agent : { ...choice.agent, config };
}

function specOf(entry: ModelYaml): ModelSpec {
  const { api, limits, price } = entry;
  if (!api) throw new UserError(`Cannot use model "${entry.name}": it has no api; add one to models.yaml`);
  const rates = { concurrency: limits?.concurrency ?? 4, rpm: limits?.rpm ?? null, tpm: limits?.tpm ?? null };
  return {
    name: entry.name,
    api,
    model: entry.model,
    ...endpointOf(entry, api),
    ...requestOf(entry),
    contextWindow: entry.context_window ?? null,
    limits: rates,
    price: price ? priceOf(price) : null,
    costFrom: entry.cost ?? "price",
    maxCostUsd: entry.max_cost ?? null,
    maxTrialCostUsd: entry.max_trial_cost ?? null,
    seed: entry.seed ?? 1,
    ...(entry.context === undefined ? {} : { summarizeAfter: entry.context.summarize_after }),
  };
}

function endpointOf(entry: ModelYaml, api: Api): Pick<ModelSpec, "baseUrl" | "apiKeyEnv" | "headers" | "anthropicVersion"> {
  const fallback = API_DEFAULTS[api];
  const key = entry.api_key_env === undefined ? fallback.apiKeyEnv : entry.api_key_env;
  return {
    baseUrl: entry.base_url ?? fallback.baseUrl,
    apiKeyEnv: api === "scripted" ? null : key,
    headers: entry.headers ?? {},
    anthropicVersion: entry.anthropic_version ?? null,
  };
}

type RequestFields =
  | "maxOutputTokens"
  | "maxTokensField"
  | "systemRole"
  | "reasoning"
  | "parallelToolCalls"
  | "stream"
  | "cache"
  | "extraBody"
  | "temperature";

function requestOf(entry: ModelYaml): Pick<ModelSpec, RequestFields> {
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

function priceOf(price: NonNullable<ModelYaml["price"]>): Price {
  return {
    input: price.input,
    output: price.output,
    cacheRead: price.cache_read ?? null,
    cacheWrite5m: price.cache_write_5m ?? null,
    cacheWrite1h: price.cache_write_1h ?? null,
    perRequest: price.per_request ?? 0,
  };
}

/** Which models run, and why the others do not. */
export type ModelChoice = {
  readonly chosen: readonly ModelEntry[];
  readonly leftOut: readonly { readonly name: string; readonly reason: string }[];
};

/**
 * Chooses the models of a run: the named ones (`*` matches anything), or all enabled ones when none is named. A model whose key is not
 * set is left out unless its exact name was given.
 *
 * Throws UserError when a name matches nothing, the key of a model named exactly is not set, or no model is left.
 */
export function chooseModels(
  entries: readonly ModelEntry[],
  names: readonly string[],
  keyOf: (variable: string) => string | undefined,
): ModelChoice {
  const candidates = names.length === 0 ? entries.filter((entry) => entry.enabled) : named(entries, names);
  const leftOut: { name: string; reason: string }[] = [];
  const chosen: ModelEntry[] = [];
  for (const entry of candidates) {
    const { spec } = entry;
    if (spec.apiKeyEnv === null || keyOf(spec.apiKeyEnv)) {
      chosen.push(entry);
      continue;
    }
    if (names.includes(spec.name))
      throw new UserError(`Cannot run model "${spec.name}": ${spec.apiKeyEnv} is not set; export it with the provider's key`);
    leftOut.push({ name: spec.name, reason: `${spec.apiKeyEnv} is not set` });
  }
  if (chosen.length === 0)
    throw new UserError(
      `Cannot start: none of ${candidates.length} models can be used (${leftOut[0]?.reason ?? "all are disabled"}); set a key or name a scripted model with --model`,
    );
  return { chosen, leftOut };
}

function named(entries: readonly ModelEntry[], names: readonly string[]): readonly ModelEntry[] {
  const patterns = names.map((name) => ({ name, matches: wildcard(name) }));
  for (const { name, matches } of patterns) {
    if (!entries.some((entry) => matches.test(entry.spec.name))) {
      throw new UserError(
        `Cannot select model "${name}": no model has this name${suggestion(
          name,
          entries.map((entry) => entry.spec.name),
        )}; choose from ${printable(entries.map((entry) => entry.spec.name).join(", "), 300)}`,
      );
    }
  }
  return entries.filter((entry) => patterns.some(({ matches }) => matches.test(entry.spec.name)));
}
