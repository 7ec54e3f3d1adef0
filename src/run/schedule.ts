import type { GrowingLimit } from "./growing-capacity.ts";

/** How a list is worked through: at most `concurrency` items at once; no more are started once `signal` is aborted. */
export type ScheduleOptions<Item> = GrowingLimit & {
  readonly signal: AbortSignal;
  /** How many more items may be in progress after they have made room for the next one; 0 when absent. */
  readonly backlog?: number;
  /** How long an item is expected to take in ms, or null if that is unknown; absent keeps the order to the end. */
  readonly expectedMs?: (item: Item) => number | null;
};

/** Works on one item. Calling `makeRoom` lets the next item start before this one is done, as long as the backlog allows. */
type Work<Item> = (item: Item, makeRoom: () => void) => Promise<void>;

/** The last items, this many for each worker, go by expected length; a longer tail would change what a run that is cut short consists of. */
const TAIL_PER_WORKER = 2;

/**
 * Works through a list, starting the next item only when a worker is free, so that a long list costs no memory. The last items go longest first, so that
 * no worker is left alone with a long one at the end (R. L. Graham, Bounds on Multiprocessing Timing Anomalies, 1969).
 *
 * Starts no more items once `signal` is aborted or `work` has thrown, returns when the items in progress have ended, and throws the first failure.
 */
export async function workThrough<Item>(items: readonly Item[], options: ScheduleOptions<Item>, work: Work<Item>): Promise<void> {
  const { backlog = 0, onGrowth } = options;
  let { concurrency } = options;
  const failed = new AbortController();
  const signal = AbortSignal.any([options.signal, failed.signal]);
  const queue = new Queue(items, options);
  const inProgress = new Set<Promise<void>>();
  const begin = (item: Item): Promise<void> =>
    new Promise((makeRoom) => {
      const whole = work(item, makeRoom)
        .catch((error: unknown) => failed.abort(new Failure(error)))
        .finally(() => {
          inProgress.delete(whole);
          makeRoom();
        });
      inProgress.add(whole);
    });
  const worker = async (): Promise<void> => {
    for (let next = queue.take(signal); next; next = queue.take(signal)) {
      await begin(next.item);
      while (inProgress.size >= concurrency + backlog) await Promise.race(inProgress);
    }
  };
  const workers = new Set<Promise<void>>();
  const hire = (count: number): void => {
    for (let index = 0; index < count; index++) {
      const one: Promise<void> = worker().finally(() => workers.delete(one));
      workers.add(one);
    }
  };
  hire(Math.min(concurrency, items.length));
  const release = onGrowth?.((more) => {
    concurrency += more;
    hire(more);
  });
  while (workers.size > 0) await Promise.all(workers);
  release?.();
  await Promise.all(inProgress);
  if (failed.signal.reason instanceof Failure) throw failed.signal.reason.error;
}

// Distinguishes what `work` threw from other reasons to abort.
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
    const tail = expectedMs === undefined ? 0 : Math.min(items.length, TAIL_PER_WORKER * concurrency);
    this.#head = items.slice(0, items.length - tail)[Symbol.iterator]();
    this.#tail = items.slice(items.length - tail);
    this.#expectedMs = expectedMs ?? (() => null);
  }

  take(signal: AbortSignal): { readonly item: Item } | null {
    if (signal.aborted) return null;
    const next = this.#head.next();
    return next.done ? this.#takeLongest() : { item: next.value };
  }

  // Asked again each time, since estimates improve on the way. Unknown lengths come first: they may be the longest.
  #takeLongest(): { readonly item: Item } | null {
    if (this.#tail.length === 0) return null;
    const lengths = this.#tail.map((item) => this.#expectedMs(item) ?? Number.POSITIVE_INFINITY);
    const [item] = this.#tail.splice(lengths.indexOf(Math.max(...lengths)), 1) as [Item];
    return { item };
  }
}
