/** How many agents work at once, and how many test runs there are at once. */
export type Width = { readonly agents: number; readonly gradings: number };

/** How many of one kind there may be at once now, and who is told of growth: a listener is called with how many more there are, until what is returned ends that. */
export type GrowingLimit = { readonly concurrency: number; readonly onGrowth?: (listener: (more: number) => void) => () => void };

/**
 * What a run may do at once, which grows while it is under way: a machine that was busy at its start may be free a minute later. It never shrinks, since what is in
 * progress cannot be taken back.
 */
export class GrowingCapacity {
  #now: Width;
  readonly #listeners = new Set<(more: Width) => void>();

  constructor(start: Width) {
    this.#now = start;
  }

  get now(): Width {
    return this.#now;
  }

  /** Raises both numbers to at least these, and tells the listeners by how much. */
  growTo({ agents, gradings }: Width): void {
    const more = { agents: Math.max(0, agents - this.#now.agents), gradings: Math.max(0, gradings - this.#now.gradings) };
    if (more.agents === 0 && more.gradings === 0) return;
    this.#now = { agents: this.#now.agents + more.agents, gradings: this.#now.gradings + more.gradings };
    for (const listener of this.#listeners) listener(more);
  }

  /** Gives one of the numbers, with its growth. */
  limitOf(kind: keyof Width): GrowingLimit {
    return {
      concurrency: this.#now[kind],
      onGrowth: (grown) => {
        const listener = (more: Width): void => grown(more[kind]);
        this.#listeners.add(listener);
        return () => this.#listeners.delete(listener);
      },
    };
  }
}
