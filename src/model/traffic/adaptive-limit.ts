import type { Health } from "./health.ts";

/**
 * Adapts how many requests may be in flight on a host: halves the number when the host reports a limit or an overload, and adds one after as
 * many successes in a row as are allowed at once. Never exceeds the ceiling that the user set.
 *
 * @see Chiu and Jain 1989, additive increase and multiplicative decrease
 */
export class AdaptiveLimit {
  #ceiling: number;
  #most: number;
  #streak = 0;
  #decreases = 0;

  constructor(ceiling: number) {
    this.#ceiling = ceiling;
    this.#most = ceiling;
  }

  /** How many requests may be in flight at once. */
  get allowed(): number {
    return this.#most;
  }

  /** Identifies the state in which a request starts; `note` takes it back when the request ends. */
  get epoch(): number {
    return this.#decreases;
  }

  /** Lowers the ceiling. */
  tighten(ceiling: number): void {
    this.#ceiling = Math.min(this.#ceiling, ceiling);
    this.#most = Math.min(this.#most, this.#ceiling);
  }

  /** Learns from the end of a request that started in `epoch`. A request that was sent before the last decrease carries no new information. */
  note(health: Health, epoch: number): void {
    if (health === "unknown" || health === "rejected") return;
    this.#streak = health === "answered" ? this.#streak + 1 : 0;
    if (health === "limited" || health === "overloaded") {
      if (epoch === this.#decreases) this.#halve();
    } else if (this.#streak >= this.#most) {
      this.#most = Math.min(this.#ceiling, this.#most + 1);
      this.#streak = 0;
    }
  }

  #halve(): void {
    this.#most = Math.max(1, Math.floor(this.#most / 2));
    this.#decreases += 1;
  }
}
