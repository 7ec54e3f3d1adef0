/** What an answer says of the quota: how long until it is whole again, null when something is left; `startedMs` is when its request was sent. */
type QuotaNews = { readonly waitMs: number | null; readonly startedMs: number; readonly nowMs: number };

const EMPTY_ROUNDS = 3;

/**
 * Believes the answers that say that nothing is left of a quota, until a host has proved to say so always: three times on end it was still
 * empty when it should have been whole.
 */
export class QuotaHint {
  #resetAtMs: number | null = null;
  #emptyRounds = 0;

  /** How long nobody should start after this answer. */
  heed({ waitMs, startedMs, nowMs }: QuotaNews): number {
    const isAfterReset = this.#resetAtMs !== null && startedMs >= this.#resetAtMs;
    if (waitMs === null) {
      if (isAfterReset) this.#emptyRounds = 0;
      return 0;
    }
    if (isAfterReset) {
      this.#emptyRounds += 1;
      this.#resetAtMs = null;
    }
    if (this.#emptyRounds >= EMPTY_ROUNDS) return 0;
    this.#resetAtMs = Math.max(this.#resetAtMs ?? 0, nowMs + waitMs);
    return waitMs;
  }
}
