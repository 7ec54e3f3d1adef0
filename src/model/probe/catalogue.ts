import type { ModelSpec } from "../../core/model.ts";
import { MAX_WORD_CHARS } from "../answer/bounds.ts";
import { geminiRoot } from "../gemini/gemini.ts";
import { countIn, isRecord, type JsonRecord, recordIn } from "../json.ts";
import { isHost } from "../protocol.ts";
import type { ServerAnswer, ServerReader } from "./server-reader.ts";

/**
 * A model that a server offers. `contextWindow` is in tokens, null where the server does not tell it; `isServed` is false where that is only what the model could have, and the
 * server may have been started with less.
 */
export type OfferedModel = { readonly id: string; readonly contextWindow: number | null; readonly isServed: boolean };

/** What a server offers, or why it does not say. */
export type Catalogue =
  | { readonly kind: "listed"; readonly models: readonly OfferedModel[] }
  | { readonly kind: "unlisted"; readonly status: number | null; readonly message: string };

// The largest gateways list a few thousand.
const MAX_MODELS = 10_000;

/** Fields in which servers state the context window that they serve: vLLM, LM Studio, OpenRouter and Together, Groq, Google, Anthropic. */
const SERVED_FIELDS = ["max_model_len", "loaded_context_length", "context_length", "context_window", "inputTokenLimit", "max_input_tokens"];
/** Fields in which they state what the model could have: Mistral and LM Studio. */
const POSSIBLE_FIELDS = ["max_context_length"];

/** Where else servers list their models: Ollama's own list, and AICredits'. */
const OTHER_LISTS = ["/api/tags", "/api/models"];

/** Asks a server which models it offers: by the list of its API, or where it has none by another that it may have. Throws nothing but the signal's reason. */
export async function readCatalogue(spec: ModelSpec, ask: ServerReader): Promise<Catalogue> {
  const answer = await ask(listUrl(spec));
  const listed = catalogueOf(answer);
  if (listed.kind === "listed")
    return spec.api !== "gemini" && isHost(spec, "generativelanguage.googleapis.com")
      ? withGoogleWindows(spec, listed.models, ask)
      : listed;
  // A host that cannot be reached, or refuses the key, would say the same again.
  if (answer.kind === "failed" && (answer.status === null || answer.status === 401 || answer.status === 403)) return listed;
  for (const path of OTHER_LISTS) {
    const other = catalogueOf(await ask(new URL(path, spec.baseUrl)));
    if (other.kind === "listed") return other;
  }
  return listed;
}

/** Returns whether a server has the list of its models below `/v1`, where `base_url` does not end with it. */
export async function isListedBelowV1(spec: ModelSpec, ask: ServerReader): Promise<boolean> {
  if (spec.api === "anthropic" || spec.api === "gemini" || /\/v\d\w*(\/|$)/.test(new URL(spec.baseUrl).pathname)) return false;
  return catalogueOf(await ask(below(spec.baseUrl, "v1/models"))).kind === "listed";
}

function listUrl(spec: ModelSpec): URL {
  if (spec.api === "gemini") return below(geminiRoot(spec.baseUrl), "models?pageSize=1000");
  if (spec.api !== "anthropic") return below(spec.baseUrl, "models");
  return below(spec.baseUrl.replace(/\/v1\/?$/, ""), "v1/models?limit=1000");
}

/** The address of a path below a base URL, whether or not that ends with a slash. */
function below(baseUrl: string, path: string): URL {
  return new URL(path, baseUrl.endsWith("/") ? baseUrl : `${baseUrl}/`);
}

function catalogueOf(answer: ServerAnswer): Catalogue {
  if (answer.kind === "failed") return { kind: "unlisted", status: answer.status, message: answer.message };
  const models = offeredIn(answer.body);
  return models === null ? { kind: "unlisted", status: 200, message: "the answer is not a list of models" } : { kind: "listed", models };
}

/**
 * Reads the models out of a list in any of the shapes that servers have: an object with `data` or `models`, or the bare array; entries are objects or names. Null when there is
 * no list.
 *
 * @internal
 */
export function offeredIn(body: unknown): readonly OfferedModel[] | null {
  const holder: JsonRecord = isRecord(body) ? body : {};
  const list = [body, holder["data"], holder["models"]].find(Array.isArray) as readonly unknown[] | undefined;
  if (list === undefined) return null;
  const models = list.slice(0, MAX_MODELS).flatMap((entry): readonly OfferedModel[] => {
    if (typeof entry === "string") return entry === "" ? [] : [{ id: bounded(entry), contextWindow: null, isServed: false }];
    if (!isRecord(entry)) return [];
    const id = [entry["id"], entry["name"], entry["model"]].find((name) => typeof name === "string" && name !== "");
    return typeof id === "string" ? [{ id: bounded(id), ...windowIn(entry) }] : [];
  });
  // A list of other things, such as messages, has no names.
  return models.length === 0 && list.length > 0 ? null : models;
}

function bounded(id: string): string {
  return id.replace(/^models\//, "").slice(0, MAX_WORD_CHARS);
}

function windowIn(entry: JsonRecord): Pick<OfferedModel, "contextWindow" | "isServed"> {
  const meta = recordIn(entry, "meta");
  const served = firstCount(entry, SERVED_FIELDS) ?? countIn(meta, "n_ctx") ?? countIn(recordIn(entry, "top_provider"), "context_length");
  if (served !== null) return { contextWindow: served, isServed: true };
  return { contextWindow: firstCount(entry, POSSIBLE_FIELDS) ?? countIn(meta, "n_ctx_train"), isServed: false };
}

function firstCount(entry: JsonRecord, fields: readonly string[]): number | null {
  return fields.map((field) => countIn(entry, field)).find((count) => count !== null && count > 0) ?? null;
}

/** Google's OpenAI-compatible list leaves the windows out; its own has them. */
async function withGoogleWindows(spec: ModelSpec, models: readonly OfferedModel[], ask: ServerReader): Promise<Catalogue> {
  const own = catalogueOf(await ask(new URL("/v1beta/models?pageSize=1000", spec.baseUrl)));
  const windows = new Map(own.kind === "listed" ? own.models.map((model) => [model.id, model]) : []);
  return { kind: "listed", models: models.map((model) => windows.get(model.id) ?? model) };
}

/** Finds the entry for a model: by its name, or as Ollama does by its name with the tag `latest`. */
export function offeredAs(catalogue: Catalogue, model: string): OfferedModel | null {
  if (catalogue.kind !== "listed") return null;
  const wanted = [model, model.replace(/^models\//, ""), `${model}:latest`];
  return catalogue.models.find(({ id }) => wanted.includes(id)) ?? null;
}
