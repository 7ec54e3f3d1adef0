import type { Health } from "./health.ts";

/**
 * Finds out how many requests at once a host bears: half as many when it says that it is too much, one more after as many answers in a row
 * as are allowed. Never more than the ceiling that the user set.
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

  /** How many requests may be under way at once. */
  get allowed(): number {
    return this.#most;
  }

  /** The state that a request starts in; goes back with its end. */
  get epoch(): number {
    return this.#decreases;
  }

  /** Takes a lower ceiling. */
  tighten(ceiling: number): void {
    this.#ceiling = Math.min(this.#ceiling, ceiling);
    this.#most = Math.min(this.#most, this.#ceiling);
  }

  /** Learns from the end of a request that started in `epoch`. Those that were sent before the last decrease tell nothing new. */
  note(health: Health, epoch: number): void {
    if (health === "no-news" || health === "turned-away") return;
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
