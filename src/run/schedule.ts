/** How a list is worked through: at most `width` items in hand; none is taken any more once `signal` is aborted. */
export type ScheduleOptions<Item> = {
  readonly concurrency: number;
  readonly signal: AbortSignal;
  /** How many items more may be in hand that have given up their place; 0 when absent. */
  readonly backlog?: number;
  /** How long an item is expected to take in ms, or null where nobody knows; absent keeps the order to the end. */
  readonly expectedMs?: (item: Item) => number | null;
};

/** Works on one item. `giveWay` lets the next one begin before this one is done, as far as the backlog goes. */
type Work<Item> = (item: Item, onAgentDone: () => void) => Promise<void>;

/** What is left when this many times the width is left goes by expected length: sooner would change what a run that is cut short consists of. */
const TAIL = 2;

/**
 * Works through a list, taking the next item only when a worker is free, so that a long list costs no memory. The last items go longest first, so that
 * no worker is left alone with a long one at the end (R. L. Graham, Bounds on Multiprocessing Timing Anomalies, 1969).
 *
 * Takes no more items once `signal` is aborted or `work` has thrown, and ends when the items in hand have ended, with the first failure if there was one.
 */
export async function workThrough<Item>(items: readonly Item[], pace: ScheduleOptions<Item>, work: Work<Item>): Promise<void> {
  const { concurrency, backlog = 0 } = pace;
  const failed = new AbortController();
  const signal = AbortSignal.any([pace.signal, failed.signal]);
  const queue = new Queue(items, pace);
  const inHand = new Set<Promise<void>>();
  const begin = (item: Item): Promise<void> =>
    new Promise((onAgentDone) => {
      const whole = work(item, onAgentDone)
        .catch((error: unknown) => failed.abort(new Failure(error)))
        .finally(() => {
          inHand.delete(whole);
          onAgentDone();
        });
      inHand.add(whole);
    });
  const worker = async (): Promise<void> => {
    for (let next = queue.take(signal); next; next = queue.take(signal)) {
      await begin(next.item);
      while (inHand.size >= concurrency + backlog) await Promise.race(inHand);
    }
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, items.length) }, worker));
  await Promise.all(inHand);
  if (failed.signal.reason instanceof Failure) throw failed.signal.reason.error;
}

// Tells what `work` threw from any reason to abort.
class Failure {
  readonly error: unknown;

  constructor(error: unknown) {
    this.error = error;
  }
}

class Queue<Item> {
  readonly #head: Iterator<Item>;
  readonly #tail: Item[];
  readonly #expectedMs: (item: Item) => number | null;

  constructor(items: readonly Item[], { concurrency, expectedMs }: ScheduleOptions<Item>) {
    const tail = expectedMs === undefined ? 0 : Math.min(items.length, TAIL * concurrency);
    this.#head = items.slice(0, items.length - tail)[Symbol.iterator]();
    this.#tail = items.slice(items.length - tail);
    this.#expectedMs = expectedMs ?? (() => null);
  }

  take(signal: AbortSignal): { readonly item: Item } | null {
    if (signal.aborted) return null;
    const next = this.#head.next();
    return next.done ? this.#takeLongest() : { item: next.value };
  }

  // Asked anew each time, since what is expected is learned on the way. What nobody knows comes first: it may be the longest.
  #takeLongest(): { readonly item: Item } | null {
    if (this.#tail.length === 0) return null;
    const lengths = this.#tail.map((item) => this.#expectedMs(item) ?? Number.POSITIVE_INFINITY);
    const [item] = this.#tail.splice(lengths.indexOf(Math.max(...lengths)), 1) as [Item];
    return { item };
  }
}
