import { isRecord, type JsonRecord, recordIn } from "../json.ts";
import { amountOf } from "./stated-counts.ts";
import { usageRecordIn } from "./usage-record.ts";

// No answer costs more; a larger number is none of dollars.
const MAX_USD = 10_000;
// xAI counts in parts of a dollar.
const TICKS_PER_USD = 1e10;

/** Names of a cost in dollars: OpenRouter and LiteLLM's streams (`cost`), DeepInfra (`estimated_cost`), others. Perplexity's `cost` is a record with a `total_cost`. */
const NAMES = ["cost", "total_cost", "estimated_cost", "cost_usd", "response_cost"];

/**
 * Reads the cost in US dollars that a provider or gateway states in an answer; the dearest where it states several, null where it states none or nothing plausible.
 * With the user's own key at an upstream host, the upstream's charge is added to the gateway's.
 */
export function reportedCostIn(body: JsonRecord): number | null {
  const usage = usageRecordIn(body);
  const ticks = amountOf(usage["cost_in_usd_ticks"]);
  const cost = dearest([...NAMES.map((name) => costOfField(usage[name])), ticks === null ? null : usd(ticks / TICKS_PER_USD)]);
  if (cost === null || usage["is_byok"] !== true) return cost;
  const upstream = usd(recordIn(usage, "cost_details")["upstream_inference_cost"]);
  return upstream === null ? null : cost + upstream;
}

// LiteLLM's proxy states the cost of a whole answer in a header, and passes on the headers of a proxy behind it with a prefix.
const HEADERS = ["x-litellm-response-cost", "llm_provider-x-litellm-response-cost"];

/** Reads the cost in US dollars that a gateway states in the headers of an answer; null where it states none. */
export function reportedCostInHeaders(headers: Headers | null): number | null {
  return dearest(HEADERS.map((name) => usd(headers?.get(name))));
}

/** The dearest of several readings of a cost, null where none is known. */
export function dearest(costs: readonly (number | null)[]): number | null {
  const known = costs.filter((cost) => cost !== null);
  return known.length === 0 ? null : Math.max(...known);
}

function costOfField(value: unknown): number | null {
  return usd(isRecord(value) ? (value["total_cost"] ?? value["total"]) : value);
}

function usd(value: unknown): number | null {
  const amount = amountOf(value);
  return amount !== null && amount <= MAX_USD ? amount : null;
}
