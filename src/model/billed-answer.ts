import { type Cost, type ModelSpec, promptTokens, type Usage } from "../core/model.ts";
import { isRecord, parsedOr } from "./json.ts";
import { costDoubt, costOf, limitUsd } from "./price.ts";
import type { Decoded } from "./protocol.ts";
import type { Exchange } from "./recording-fetch.ts";
import { plausibleUsage, usageInHeaders, usageOf } from "./usage/read-usage.ts";
import { dearest, reportedCostIn, reportedCostInHeaders } from "./usage/reported-cost.ts";

/** What an answer used and cost, by all that its body and its headers state of it, and what it counts for under a limit. */
export function billed(
  spec: ModelSpec,
  { usage: stated, reportedUsd: bodyUsd, turn, served }: Decoded,
  { headers, at }: { readonly headers: Headers | null; readonly at: Date },
): { readonly usage: Usage; readonly cost: Cost; readonly countedUsd: number | null } {
  const inBody = plausibleUsage(stated, turn.view);
  const inHeaders = plausibleUsage(usageInHeaders(headers), turn.view);
  const usage = inBody.isKnown || !inHeaders.isKnown ? inBody : inHeaders;
  const reportedUsd = dearest([bodyUsd, reportedCostInHeaders(headers)]);
  const bill = { spec, usage, reportedUsd, serviceTier: served.serviceTier, at };
  const cost = costOf(bill);
  const inconsistency = [usage.inconsistency, costDoubt(cost)].filter((doubt) => doubt !== null).join("; ") || null;
  return { usage: { ...usage, inconsistency }, cost, countedUsd: limitUsd(bill, cost) };
}

/** What a whole body that was no answer says about its cost: one without a finish reason or without choices was often generated. */
export function statedCost(spec: ModelSpec, { isStream, status, responseBody, headers }: Exchange, at: Date): StatedCost | null {
  if (isStream || status !== 200) return null;
  const body = parsedOr(responseBody, null);
  const usage = isRecord(body) ? usageOf(body) : null;
  if (usage === null || totalTokens(usage) === 0) return null;
  const reportedUsd = dearest([isRecord(body) ? reportedCostIn(body) : null, reportedCostInHeaders(headers)]);
  const cost = costOf({ spec, usage, reportedUsd, serviceTier: null, at });
  return { tokens: totalTokens(usage), costUsd: dearest([cost.reportedUsd, cost.computedUsd]) };
}

/** What a body that was no answer states of its use, in tokens and US dollars; a null cost is unknown. */
type StatedCost = { readonly tokens: number; readonly costUsd: number | null };

/** Adds up all tokens that an answer used. */
export function totalTokens(usage: Usage): number {
  return promptTokens(usage) + usage.outputTokens;
}
