/**
 * One-sided p-values of one arm against another: that it passes more, or not less by the margin; that it costs less, or not more by the limit.
 */
export type Advantage = {
  readonly betterP: number;
  readonly notWorseP: number;
  readonly cheaperP: number;
  readonly notDearerP: number;
};

/**
 * p-value of the claim that an arm dominates another: better at no higher cost, or cheaper at no lower pass rate. Either claim needs both of its halves, so the
 * larger p-value counts; two ways to be right count twice. Over several pairs Holm's correction comes on top.
 *
 * @see Berger 1982 (intersection-union tests)
 */
export function dominanceP({ betterP, notWorseP, cheaperP, notDearerP }: Advantage): number {
  const byQuality = Math.max(betterP, notDearerP);
  const byCost = Math.max(cheaperP, notWorseP);
  // Where both are shown strictly, there is only one way to be wrong.
  return Math.min(1, Math.max(betterP, cheaperP), 2 * Math.min(byQuality, byCost));
}
