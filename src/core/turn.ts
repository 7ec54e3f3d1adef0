// A tenth of the time after which a person notices that nothing answers.
const TURN_MS = 10;

/**
 * Visits items in their order, and gives other work of the program, such as an interrupt, its turn every 10 ms: for loops whose items each
 * take a bounded time, but whose number or size strangers choose.
 */
export async function inTurns<Item>(items: Iterable<Item>, visit: (item: Item) => void): Promise<void> {
  let turnStarted = performance.now();
  for (const item of items) {
    visit(item);
    if (performance.now() - turnStarted < TURN_MS) continue;
    await new Promise((resolve) => setImmediate(resolve));
    turnStarted = performance.now();
  }
}
