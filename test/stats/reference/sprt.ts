/** Two shares between which the test decides, and its error probabilities: `alpha` of accepting the second wrongly, `beta` the first. */
export type SprtPlan = { readonly null: number; readonly alternative: number; readonly alpha: number; readonly beta: number };

/** Path of the log likelihood ratio, its limits, and where it first left them; the event is counted from 1. */
export type Sprt = {
  readonly logRatios: readonly number[];
  readonly lower: number;
  readonly upper: number;
  readonly decision: { readonly at: number; readonly accepted: "null" | "alternative" } | null;
};

/**
 * Decides between two shares of yes-or-no events as they come; needs a point for the alternative, and is no default for that.
 *
 * @see Wald 1945
 */
export function sprt(events: readonly boolean[], plan: SprtPlan): Sprt {
  const upper = Math.log((1 - plan.beta) / plan.alpha);
  const lower = Math.log(plan.beta / (1 - plan.alpha));
  let ratio = 0;
  const logRatios = events.map((event) => {
    ratio += event ? Math.log(plan.alternative / plan.null) : Math.log((1 - plan.alternative) / (1 - plan.null));
    return ratio;
  });
  const index = logRatios.findIndex((log) => log >= upper || log <= lower);
  const crossed = logRatios[index];
  const decision =
    crossed === undefined ? null : { at: index + 1, accepted: crossed >= upper ? ("alternative" as const) : ("null" as const) };
  return { logRatios, lower, upper, decision };
}
