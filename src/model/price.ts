import { calcPrice, findProvider, type ModelPrice } from "@pydantic/genai-prices";
import { type Cost, type ModelSpec, type Price, promptTokens, type Usage } from "../core/model.ts";
import type { WorstCase } from "../core/spending.ts";
import { isRecord, numberIn, recordsIn } from "./json.ts";
import { dearest } from "./usage/reported-cost.ts";

/** A response to be priced; `usage` is null or not known when the provider did not report it. */
export type Bill = {
  readonly spec: ModelSpec;
  readonly usage: Usage | null;
  readonly reportedUsd: number | null;
  readonly serviceTier: string | null;
  /** When the request started: prices change with time. */
  readonly at: Date;
};

/** A request that is about to be sent. */
export type Demand = { readonly spec: ModelSpec; readonly bodyBytes: number; readonly at: Date };

const PER_MILLION = 1e6;
/** What a provider's templates for tools and turns may add to the text that is sent. */
const TEMPLATE_TOKENS = 1000;
const OUTPUT_LIMITS = ["max_tokens", "max_completion_tokens", "max_output_tokens"];

/**
 * Prices one response. The price of models.yaml gives the cost, unless the entry says `cost: reported` or the usage is unknown; without a price there, what the provider
 * or a gateway reports is the cost; else the bundled price list gives it; else it is unknown. What was reported and what a price gives are both kept.
 */
export function costOf(bill: Bill): Cost {
  const { price, source } = priceOf(bill);
  const factor = tierFactor(bill);
  const usage = bill.usage?.isKnown ? bill.usage : null;
  const usable = price === null || usage === null || factor === null ? null : { price, usage, factor };
  const computedUsd = usable && cachedUsd(usable.usage, usable.price, usable.factor);
  const noCacheCostUsd = usable && uncachedUsd(usable.usage, usable.price, usable.factor);
  const { reportedUsd } = bill;
  const readings = { noCacheCostUsd, computedUsd, reportedUsd };
  const isPriceFirst = bill.spec.price !== null && bill.spec.costFrom !== "reported";
  if (computedUsd !== null && (isPriceFirst || reportedUsd === null)) return { costUsd: computedUsd, source, ...readings };
  return { costUsd: reportedUsd, source: reportedUsd === null ? "unknown" : "reported", ...readings };
}

// Rates that no vendor exceeds, as multiples of the input rate, and the dearest tier.
const MOST = { cacheRead: 1, cacheWrite5m: 1.25, cacheWrite1h: 2, tier: 2 };

/**
 * Returns what an answer counts for under a limit: the dearer of what was reported and what the price gives, whichever of them is its cost; where neither is known because
 * a rate or a factor is missing, the most that it could be. Null where the price or the usage is unknown.
 */
export function limitUsd(bill: Bill, { reportedUsd, computedUsd }: Cost): number | null {
  const { price } = priceOf(bill);
  const known = dearest([reportedUsd, computedUsd]);
  if (known !== null || price === null || bill.usage?.isKnown !== true) return known;
  const { input } = price;
  const filled: Price = {
    ...price,
    cacheRead: price.cacheRead ?? input * MOST.cacheRead,
    cacheWrite5m: price.cacheWrite5m ?? input * MOST.cacheWrite5m,
    cacheWrite1h: price.cacheWrite1h ?? input * MOST.cacheWrite1h,
  };
  return cachedUsd(bill.usage, filled, tierFactor(bill) ?? MOST.tier);
}

const MAX_DIFFERENCE = 0.02;
// Reported costs are often rounded to this.
const MICRO_USD = 1e-6;

/** Says that the reported cost and the one that the price gives are more than 2 % apart; null where they are not, or one of them is unknown. */
export function costDoubt({ reportedUsd, computedUsd }: Cost): string | null {
  if (reportedUsd === null || computedUsd === null) return null;
  const difference = Math.abs(reportedUsd - computedUsd);
  if (difference <= Math.max(MICRO_USD, Math.max(reportedUsd, computedUsd) * MAX_DIFFERENCE)) return null;
  return `a reported cost of $${inFigures(reportedUsd)} against $${inFigures(computedUsd)} by the price`;
}

const inFigures = (usd: number): string => String(Number(usd.toPrecision(4)));

function priceOf(bill: Bill): { price: Price | null; source: "models.yaml" | "bundled" } {
  const { spec, usage, at } = bill;
  return { price: priceAt(spec, usage === null ? 0 : promptTokens(usage), at), source: spec.price === null ? "bundled" : "models.yaml" };
}

function priceAt(spec: ModelSpec, promptTokens: number, at: Date): Price | null {
  return spec.price === null ? bundledPrice(spec, promptTokens, at) : withDefaults(spec.price, spec);
}

/**
 * Computes the most that a request can use, before it is sent: no token is shorter than a byte, none of the prompt is dearer than the dearest
 * way to bill it, and the answer is as long as it may be.
 */
export function worstCost({ spec, bodyBytes, at }: Demand): WorstCase {
  const promptTokens = longestPrompt(bodyBytes);
  const outputTokens = longestOutput(spec);
  const rates = dearestRates(spec, promptTokens, at);
  const costUsd = rates && promptTokens * rates.input + outputTokens * rates.output + rates.perRequest;
  return { costUsd, tokens: promptTokens + outputTokens };
}

/** Returns the most tokens that a request of so many bytes can have. */
export function longestPrompt(bodyBytes: number): number {
  return bodyBytes + TEMPLATE_TOKENS;
}

/** Dollars for a token of the prompt, for one of the answer, and for the request as such. */
export type DearestRates = { readonly input: number; readonly output: number; readonly perRequest: number };

/** Finds the dearest rates at which a prompt of up to so many tokens and its answer may be billed; null where the price is unknown. */
export function dearestRates(spec: ModelSpec, promptTokens: number, at: Date): DearestRates | null {
  const factor = hostedBy(spec) === "openai" && spec.extraBody["service_tier"] === "priority" ? 2 : 1;
  let dearest: DearestRates = { input: 0, output: 0, perRequest: 0 };
  for (const length of [0, promptTokens]) {
    const price = priceAt(spec, length, at);
    if (price === null) return null;
    dearest = {
      input: Math.max(dearest.input, (dearestInput(spec, price) / PER_MILLION) * factor),
      output: Math.max(dearest.output, (price.output / PER_MILLION) * factor),
      perRequest: Math.max(dearest.perRequest, price.perRequest),
    };
  }
  return dearest;
}

/** Returns the longest answer that a model's requests ask for: fields that are sent verbatim may also set it. */
export function longestOutput({ maxOutputTokens, extraBody }: ModelSpec): number {
  return Math.max(maxOutputTokens, ...OUTPUT_LIMITS.map((field) => numberIn(extraBody, field) ?? 0));
}

/** Changes an entry so that its requests ask for answers of at most so many tokens. */
export function withLongestOutput(spec: ModelSpec, outputTokens: number): ModelSpec {
  const lowered = OUTPUT_LIMITS.filter((field) => (numberIn(spec.extraBody, field) ?? 0) > outputTokens);
  return {
    ...spec,
    maxOutputTokens: Math.min(spec.maxOutputTokens, outputTokens),
    extraBody: { ...spec.extraBody, ...Object.fromEntries(lowered.map((field) => [field, outputTokens])) },
  };
}

function dearestInput(spec: ModelSpec, { input, cacheRead, cacheWrite5m, cacheWrite1h }: Price): number {
  const writesForAnHour = spec.cache === "1h" || JSON.stringify(spec.extraBody).includes('"1h"');
  return Math.max(input, cacheRead ?? 0, cacheWrite5m ?? 0, writesForAnHour ? (cacheWrite1h ?? 0) : 0);
}

/**
 * Looks a model up in the bundled price list by the host of its base URL and the provider's own name for it. A host that the list does not
 * know has no price, even for a model that it knows from elsewhere: a gateway sets its own.
 *
 * @internal
 */
export function bundledPrice(spec: ModelSpec, promptTokens: number, at: Date): Price | null {
  const providerId = hostedBy(spec);
  if (providerId === null) return null;
  const rates = calcPrice({}, spec.model, { providerId, timestamp: at })?.model_price;
  if (rates === undefined) return null;
  const input = rateIn(rates, "input_mtok", promptTokens);
  const output = rateIn(rates, "output_mtok", promptTokens);
  if (input === null || output === null) return null;

  const price: Price = {
    input,
    output,
    cacheRead: rateIn(rates, "cache_read_mtok", promptTokens),
    cacheWrite5m: rateIn(rates, "cache_write_mtok", promptTokens),
    cacheWrite1h: rateIn(rates, "cache_write_1h_mtok", promptTokens),
    perRequest: (rateIn(rates, "requests_kcount", promptTokens) ?? 0) / 1000,
  };
  return withDefaults(price, spec);
}

/** A rate in dollars for a million tokens, of the tier that a prompt of this length falls in. */
function rateIn(rates: ModelPrice, key: string, promptTokens: number): number | null {
  const rate: unknown = rates[key];
  if (typeof rate === "number") return rate;
  if (!isRecord(rate)) return null;
  const reached = recordsIn(rate, "tiers").filter((tier) => promptTokens > (numberIn(tier, "start") ?? Number.POSITIVE_INFINITY));
  return numberIn(reached.at(-1) ?? {}, "price") ?? numberIn(rate, "base");
}

/** Fills rates that the two vendors define as a multiple of the input rate, and those of a model that is free; for everyone else an absent rate stays unknown. */
function withDefaults(price: Price, spec: ModelSpec): Price {
  if (price.input === 0)
    return { ...price, cacheRead: price.cacheRead ?? 0, cacheWrite5m: price.cacheWrite5m ?? 0, cacheWrite1h: price.cacheWrite1h ?? 0 };
  const provider = hostedBy(spec);
  if (provider === "anthropic") {
    return {
      ...price,
      cacheRead: price.cacheRead ?? price.input * 0.1,
      cacheWrite5m: price.cacheWrite5m ?? price.input * 1.25,
      cacheWrite1h: price.cacheWrite1h ?? price.input * 2,
    };
  }
  if (provider === "openai")
    return { ...price, cacheWrite5m: price.cacheWrite5m ?? (billsCacheWrites(spec.model) ? price.input * 1.25 : 0) };
  return price;
}

/** From GPT-5.6 on, OpenAI bills what is written to the cache. */
function billsCacheWrites(model: string): boolean {
  const version = /^gpt-(\d+)(?:\.(\d+))?/.exec(model);
  const major = Number(version?.[1] ?? 0);
  return major > 5 || (major === 5 && Number(version?.[2] ?? 0) >= 6);
}

/** The factor that a service tier applies to OpenAI's list price; null where it is not known. */
function tierFactor({ spec, serviceTier }: Bill): number | null {
  const provider = hostedBy(spec);
  if (provider !== "openai" && provider !== "anthropic") return 1;
  if (serviceTier === null || ["auto", "default", "standard"].includes(serviceTier)) return 1;
  if (serviceTier === "flex" || serviceTier === "batch") return 0.5;
  return provider === "openai" && serviceTier === "priority" ? 2 : null;
}

function hostedBy(spec: ModelSpec): string | null {
  if (spec.api === "scripted") return null;
  return findProvider({ providerApiUrl: spec.baseUrl })?.id ?? null;
}

function cachedUsd(usage: Usage, price: Price, factor: number): number | null {
  const parts = [
    part(usage.inputTokens, price.input),
    part(usage.cacheReadTokens, price.cacheRead),
    part(usage.cacheWriteTokens - usage.cacheWrite1hTokens, price.cacheWrite5m),
    part(usage.cacheWrite1hTokens, price.cacheWrite1h),
    part(usage.outputTokens, price.output),
  ];
  let sum = 0;
  for (const value of parts) {
    if (value === null) return null;
    sum += value;
  }
  return (sum / PER_MILLION) * factor + price.perRequest;
}

function uncachedUsd(usage: Usage, price: Price, factor: number): number {
  return ((promptTokens(usage) * price.input + usage.outputTokens * price.output) / PER_MILLION) * factor + price.perRequest;
}

function part(tokens: number, rate: number | null): number | null {
  if (tokens === 0) return 0;
  return rate === null ? null : tokens * rate;
}
