import type { ModelSpec } from "../../core/model.ts";
import { geminiModel } from "../gemini/gemini.ts";
import { isRecord, type JsonRecord, numberIn, recordIn, recordsIn, stringIn } from "../json.ts";
import { geminiData, geminiRefusal, inOneSpelling } from "./gemini-asked.ts";
import type { AnswerRoute, ProgramApi } from "./route.ts";

/** A request for an answer that may be passed on: its body, what it asks for, and what it may be billed as. */
export type Asked = {
  readonly api: ProgramApi;
  readonly body: JsonRecord;
  readonly isStreamed: boolean;
  /** The longest answer that it asks for, in tokens; null where it leaves that to the provider. */
  readonly outputTokens: number | null;
  /** Tokens of its images, which their bytes do not tell. */
  readonly imageTokens: number;
};

/** The fields in which each API takes the longest answer, the usual one first. */
const OUTPUT_FIELDS: Readonly<Record<ProgramApi, readonly string[]>> = {
  anthropic: ["max_tokens"],
  "openai-chat": ["max_completion_tokens", "max_tokens"],
  "openai-responses": ["max_output_tokens"],
  gemini: ["maxOutputTokens"],
};

/** More than any vendor counts for one image. */
const TOKENS_OF_AN_IMAGE = 20_000;
// A request nests a few levels; what lies deeper is the schema of a tool.
const MAX_LEVELS = 12;

/** Fields with which the provider would fetch, keep, multiply or bill more than the request shows, or ask other models. */
const REFUSED_FIELDS = [
  "previous_response_id",
  "conversation",
  "prompt",
  "background",
  "container",
  "mcp_servers",
  "web_search_options",
  "plugins",
  "models",
  "fallback_models",
  "route",
  "best_of",
  "speed",
];

/** Tools that a provider offers and the program runs. All others of a provider's own are run by the provider. */
const RUN_BY_PROGRAM: Readonly<Record<Exclude<ProgramApi, "gemini">, RegExp>> = {
  anthropic: /^(?:custom|(?:bash|text_editor|computer|memory)_\d{8})$/,
  "openai-chat": /^(?:function|custom)$/,
  "openai-responses": /^(?:function|custom|local_shell|apply_patch|namespace)$/,
};

/** Reads a request for an answer, and finds what must not be passed on: then a sentence about it. */
export function readAsked({ api, inPath }: AnswerRoute, text: string, spec: ModelSpec): Asked | { readonly refusal: string } {
  const whole = parsed(text);
  if (whole === null) return { refusal: "its body is not a JSON object" };
  const body = api === "gemini" ? inOneSpelling(whole) : whole;
  const refusal =
    foreignModel(inPath === null ? stringIn(body, "model") : inPath.model, spec) ??
    (api === "gemini" ? geminiRefusal(body) : (refusedField(body, spec) ?? providersTool(api, body)));
  if (refusal !== null) return { refusal };
  const { images, outside } = api === "gemini" ? geminiData(body) : dataIn(body);
  if (outside !== null)
    return {
      refusal: `it refers to ${outside}, which the provider would fetch or has kept; only what is in the request itself is passed on`,
    };
  const limits = OUTPUT_FIELDS[api].map((field) => numberIn(limitsOf(api, body), field)).filter((limit) => limit !== null);
  return {
    api,
    body,
    isStreamed: inPath === null ? body["stream"] === true : inPath.isStreamed,
    outputTokens: limits.length === 0 ? null : Math.max(...limits),
    imageTokens: images * TOKENS_OF_AN_IMAGE,
  };
}

/** Where an API has the fields of the longest answer. */
function limitsOf(api: ProgramApi, body: JsonRecord): JsonRecord {
  return api === "gemini" ? recordIn(body, "generationConfig") : body;
}

/** Writes the body of a request anew, so that nobody reads another meaning in it, such as the first of two fields of one name. */
export function bodyText({ body }: Asked): string {
  return JSON.stringify(body);
}

/** Writes the body with a longest answer of so many tokens. */
export function withOutputTokens({ api, body }: Asked, outputTokens: number): string {
  const [usual = ""] = OUTPUT_FIELDS[api];
  const holder = limitsOf(api, body);
  const present = OUTPUT_FIELDS[api].filter((field) => numberIn(holder, field) !== null);
  const fields = Object.fromEntries((present.length === 0 ? [usual] : present).map((field) => [field, outputTokens]));
  return JSON.stringify({ ...body, ...(api === "gemini" ? { generationConfig: { ...holder, ...fields } } : fields) });
}

function parsed(text: string): JsonRecord | null {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : null;
  } catch {
    return null;
  }
}

function foreignModel(model: string | null, spec: ModelSpec): string | null {
  const isOurs = model === spec.model || (spec.api === "gemini" && model === geminiModel(spec.model));
  return isOurs ? null : `it asks for the model "${model ?? "(none)"}", and this trial has ${spec.model} alone`;
}

function refusedField(body: JsonRecord, spec: ModelSpec): string | null {
  const field = REFUSED_FIELDS.find((name) => body[name] !== undefined && body[name] !== null && body[name] !== false);
  if (field !== undefined) return `it has the field "${field}", with which the provider would do more than the request shows`;
  if ((numberIn(body, "n") ?? 1) > 1) return "it asks for several answers at once";
  const tier = stringIn(body, "service_tier");
  const isUsual = tier === null || ["auto", "default", "standard_only", "flex"].includes(tier) || tier === spec.extraBody["service_tier"];
  return isUsual ? null : `it asks for the service tier "${tier}", which has prices of its own`;
}

function providersTool(api: Exclude<ProgramApi, "gemini">, body: JsonRecord): string | null {
  const tool = recordsIn(body, "tools").find((one) => {
    const type = stringIn(one, "type");
    return type !== null && !RUN_BY_PROGRAM[api].test(type);
  });
  return tool === undefined ? null : `it has the tool "${stringIn(tool, "type")}", which runs at the provider`;
}

type Found = { images: number; outside: string | null };
const IMAGES: ReadonlySet<string> = new Set(["image", "image_url", "input_image"]);
/** Their pages and seconds cost what their bytes do not tell. */
const FILES: ReadonlySet<string> = new Set(["document", "file", "input_file", "input_audio"]);
/** Fields that name what lies elsewhere: an address, or a file that the provider has kept. */
const ELSEWHERE = ["file_id", "file_url"];

/** Counts the images of a conversation, and finds what it only refers to, or what costs more than its bytes tell. */
function dataIn(body: JsonRecord): Readonly<Found> {
  const found: Found = { images: 0, outside: null };
  lookInto(body, found, MAX_LEVELS);
  return found;
}

function lookInto(value: unknown, found: Found, levels: number): void {
  if (typeof value !== "object" || value === null || levels === 0) return;
  if (Array.isArray(value)) {
    for (const item of value) lookInto(item, found, levels - 1);
    return;
  }
  const record = value as JsonRecord;
  const type = stringIn(record, "type") ?? "";
  if (IMAGES.has(type)) found.images += 1;
  found.outside ??= outsideOf(record, type);
  // Schemas of tools and what the model wrote for them are no messages.
  const skipped = type === "tool_use" ? "input" : "tools";
  for (const [field, inner] of Object.entries(record)) if (field !== skipped) lookInto(inner, found, levels - 1);
}

function outsideOf(record: JsonRecord, type: string): string | null {
  if (FILES.has(type)) return `a ${type}`;
  if (type === "url" || ELSEWHERE.some((field) => record[field] !== undefined)) return "a file elsewhere";
  const address = stringIn(record, "image_url") ?? stringIn(recordIn(record, "image_url"), "url");
  return address === null || address.startsWith("data:") ? null : "an image elsewhere";
}
