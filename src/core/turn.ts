// Several computations may go on at once, each with its own share: eight of them hold up everything else for 40 ms at most.
const MAX_WORK_MS = 5;

/** Waits for a turn of the event loop, in which timers, signals and other work get theirs. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

/** Lets timers, signals and other work have their turn in a long computation. */
export class Breather {
  #since = performance.now();

  /** Waits for a turn of the event loop when the work since the last wait has taken long. To be called between small pieces of work. */
  async due(): Promise<void> {
    if (performance.now() - this.#since < MAX_WORK_MS) return;
    await nextTurn();
    this.#since = performance.now();
  }
}

/**
 * Visits items in their order, and gives other work of the program, such as an interrupt, its turn: for loops whose items each take a bounded time, but whose number or
 * size strangers choose.
 */
export async function inTurns<Item>(items: Iterable<Item>, visit: (item: Item) => void): Promise<void> {
  const breather = new Breather();
  for (const item of items) {
    visit(item);
    await breather.due();
  }
}
