import { UserError } from "../../core/errors.ts";
import { formatUsd } from "../../core/format.ts";
import type { Arm } from "../../core/trial.ts";
import { worstCost } from "../../model/price.ts";
import type { RunFlags } from "./run-settings.ts";

/** Whose requests are checked: a model, and what one conversation with it may cost. */
type Capped = Pick<Arm, "model"> & { readonly settings: { readonly limits: { readonly maxCostUsd: number | null } } };
type CapFlags = Pick<RunFlags, "maxCost" | "maxTokens" | "allowUnknownPrices">;
type Cap = { readonly name: string; readonly usd: number };

// A first request holds the system prompt, the tools and the task; later ones are longer.
const FIRST_REQUEST_BYTES = 8_000;

/** Checks that every spending limit can be enforced and allows at least one request; throws UserError naming the limit and the remedy. */
export function checkCaps(arms: readonly Capped[], flags: CapFlags): void {
  for (const arm of arms) {
    const caps = capsOf(arm, flags);
    const { costUsd, tokens } = worstCost({ spec: arm.model, bodyBytes: FIRST_REQUEST_BYTES, at: new Date() });
    const [first] = caps;
    if (first && costUsd === null && !flags.allowUnknownPrices)
      throw new UserError(
        `Cannot enforce ${first.name}: the price of model "${arm.model.name}" is unknown; give it a price in models.yaml, exclude the model, or count it as free with --allow-unknown-prices`,
      );
    // A scripted model knows its usage in advance, so no more than that is reserved for it.
    if (arm.model.api === "scripted") continue;
    const tooLow = caps.find(({ usd }) => costUsd !== null && costUsd > usd);
    if (tooLow)
      throw new UserError(
        `Cannot run within ${tooLow.name}: it is ${formatUsd(tooLow.usd)}, and a first request to "${arm.model.name}" may cost up to ${formatUsd(costUsd)} with its max_output_tokens of ${arm.model.maxOutputTokens}; raise the limit or lower max_output_tokens`,
      );
    if (flags.maxTokens !== undefined && tokens > flags.maxTokens)
      throw new UserError(
        `Cannot run within --max-tokens: it is ${flags.maxTokens}, and a first request to "${arm.model.name}" may use up to ${tokens}; raise the limit or lower max_output_tokens`,
      );
  }
}

function capsOf({ model, settings }: Capped, { maxCost }: CapFlags): readonly Cap[] {
  const maxTrialUsd = settings.limits.maxCostUsd;
  // The lower of the flag and the entry counts.
  const trialCapName = maxTrialUsd === model.maxTrialCostUsd ? `max_trial_cost of model "${model.name}"` : "--max-trial-cost";
  const caps: readonly { readonly name: string; readonly usd: number | null }[] = [
    { name: "--max-cost", usd: maxCost ?? null },
    { name: `max_cost of model "${model.name}"`, usd: model.maxCostUsd },
    { name: trialCapName, usd: maxTrialUsd },
  ];
  return caps.flatMap(({ name, usd }) => (usd === null ? [] : [{ name, usd }]));
}
