import { isRecord, type JsonRecord, recordIn, recordsIn } from "../json.ts";
import { amountOf, countOf, USAGE_FIELDS } from "./stated-counts.ts";

const OLLAMA_FIELDS = ["prompt_eval_count", "eval_count", "prompt_eval_cached_count"];
const COST_FIELDS = ["cost", "total_cost", "estimated_cost", "cost_usd", "response_cost", "cost_in_usd_ticks", "cost_details", "is_byok"];
const COSTS_OF_BODY = ["cost", "total_cost", "response_cost"];
const KEPT = [...USAGE_FIELDS, ...COST_FIELDS, "service_tier", "speed"];
// Details of details stand no deeper.
const MAX_LEVELS = 4;
const MAX_FIELDS = 40;

/**
 * Gathers what a body or a chunk of a stream states of its usage: in `usage` or in its choices, else wherever it states it; an empty record when it states none.
 */
export function usageRecordIn(body: JsonRecord): JsonRecord {
  const costs = pick(body, COSTS_OF_BODY);
  const usual = mergedUsage(kept(recordIn(body, "usage")), ofChoices(body));
  if (hasCounts(usual)) return mergedUsage(usual, costs);
  const unusual = [...elsewhere(body), pick(body, OLLAMA_FIELDS)].reduce(mergedUsage, usual);
  return mergedUsage(hasCounts(unusual) ? unusual : mergedUsage(unusual, ofTimings(recordIn(body, "timings"))), costs);
}

/** Gemini's own names, of bridges that pass them on; Bedrock's metrics; and the `usage` of another field, such as Groq's `x_groq` or the `message` of Anthropic's events. */
const OTHER_FIELDS = ["usageMetadata", "usage_metadata", "amazon-bedrock-invocationMetrics"];

function elsewhere(body: JsonRecord): readonly JsonRecord[] {
  const inside = Object.values(body)
    .slice(0, MAX_FIELDS)
    .filter(isRecord)
    .map((field) => recordIn(field, "usage"));
  return [...OTHER_FIELDS.map((name) => recordIn(body, name)), ...inside].map(kept);
}

/**
 * Joins two statements about one answer: the larger count and the larger cost stay, so that a later 0 or null never replaces a count, and a count that grows from
 * event to event is taken at its end.
 */
function mergedUsage(before: JsonRecord, later: JsonRecord): JsonRecord {
  return merged(before, later, MAX_LEVELS);
}

function merged(before: JsonRecord, later: JsonRecord, levels: number): JsonRecord {
  const entries = Object.entries(later).map(([field, value]) => [field, joined(before[field], value, levels)] as const);
  return { ...before, ...Object.fromEntries(entries) };
}

function joined(before: unknown, later: unknown, levels: number): unknown {
  if (before === null || before === undefined) return later;
  if (isRecord(before) && isRecord(later) && levels > 0) return merged(before, later, levels - 1);
  const [known, fresh] = [amountOf(before), amountOf(later)];
  if (known === null) return later ?? before;
  return fresh !== null && fresh > known ? later : before;
}

/** A host that counts each choice by itself repeats the prompt in each; one that copies the whole count into each says the same every time. */
function ofChoices(body: JsonRecord): JsonRecord {
  const each = recordsIn(body, "choices").map(ofChoice);
  const different = [...new Map(each.filter(hasCounts).map((usage) => [JSON.stringify(usage), usage])).values()];
  const whole = different.reduce(mergedUsage, {});
  if (different.length < 2) return whole;
  const output = different.reduce((sum, usage) => sum + (countOf(usage["completion_tokens"]) ?? 0), 0);
  return { ...whole, completion_tokens: output };
}

function ofChoice(choice: JsonRecord): JsonRecord {
  return [choice, recordIn(choice, "delta"), recordIn(choice, "message")]
    .map((place) => kept(recordIn(place, "usage")))
    .reduce(mergedUsage, {});
}

/** llama.cpp's own measurements, in answers without usage. */
function ofTimings(timings: JsonRecord): JsonRecord {
  const [processed, cached, predicted] = ["prompt_n", "cache_n", "predicted_n"].map((field) => countOf(timings[field]));
  if (processed == null || predicted == null) return {};
  const prompt = processed + (cached ?? 0);
  return { prompt_tokens: prompt, completion_tokens: predicted, ...(cached != null && { cached_tokens: cached }) };
}

/** Whether a record states anything but zeros. */
const hasCounts = (usage: JsonRecord): boolean => USAGE_FIELDS.some((field) => (countOf(usage[field]) ?? 0) > 0);

// Of a record that a stranger fills, only what is read is kept: it is joined anew with every event of a stream.
function kept(record: JsonRecord): JsonRecord {
  const entries = Object.entries(pick(record, KEPT)).map(([field, value]) => [field, isRecord(value) ? shortened(value) : value]);
  return Object.fromEntries(entries);
}

function shortened(details: JsonRecord): JsonRecord {
  return Object.fromEntries(Object.entries(details).slice(0, MAX_FIELDS));
}

function pick(record: JsonRecord, fields: readonly string[]): JsonRecord {
  return Object.fromEntries(fields.filter((field) => record[field] != null).map((field) => [field, record[field]]));
}

const STATING: ReadonlySet<string> = new Set(["usage", "timings", ...OTHER_FIELDS, ...OLLAMA_FIELDS, ...COSTS_OF_BODY]);

// Of the hundreds of thousands of events that a stream may have, one or two state usage.
function mayStateUsage(event: JsonRecord): boolean {
  for (const field in event) {
    const value = event[field];
    if (value != null && (STATING.has(field) || (isRecord(value) && value["usage"] != null))) return true;
  }
  return false;
}

/** Gathers the usage of a stream, whose events state it once, again and again, or for each choice. */
export class StreamedUsage {
  #whole: JsonRecord = {};
  readonly #ofChoices = new Map<unknown, JsonRecord>();

  /** Adds what an event or a chunk states. */
  add(event: JsonRecord): void {
    const { choices, ...rest } = event;
    if (mayStateUsage(rest)) this.#whole = mergedUsage(this.#whole, usageRecordIn(rest));
    for (const choice of Array.isArray(choices) ? choices.filter(isRecord) : []) {
      if (!mayStateUsage(choice)) continue;
      const usage = ofChoice(choice);
      const index = choice["index"] ?? 0;
      if (hasCounts(usage)) this.#ofChoices.set(index, mergedUsage(this.#ofChoices.get(index) ?? {}, usage));
    }
  }

  /** Returns the `usage` of the whole answer, to be stored in its body; none when no event stated any. */
  field(): { readonly usage?: JsonRecord } {
    const choices = [...this.#ofChoices.values()].map((usage) => ({ usage }));
    const usage = mergedUsage(this.#whole, usageRecordIn({ choices }));
    return Object.keys(usage).length === 0 ? {} : { usage };
  }
}
