/**
 * Works through a list with at most `width` items in hand, taking the next only when a worker is free, so that a long list costs no memory.
 *
 * Takes no more items once `signal` is aborted or `work` has thrown, and ends when the items in hand have ended, with the first failure if there was one.
 */
export async function workThrough<Item>(
  items: readonly Item[],
  options: { readonly width: number; readonly signal: AbortSignal },
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const queue = items[Symbol.iterator]();
  const failed = new AbortController();
  const signal = AbortSignal.any([options.signal, failed.signal]);
  const worker = async (): Promise<void> => {
    try {
      for (let next = takeNext(queue, signal); next; next = takeNext(queue, signal)) await work(next.value);
    } catch (error) {
      failed.abort(error);
      throw error;
    }
  };
  const workers = Array.from({ length: Math.min(options.width, items.length) }, worker);
  const ends = await Promise.allSettled(workers);
  const failure = ends.find((end) => end.status === "rejected");
  if (failure) throw failure.reason;
}

function takeNext<Item>(queue: Iterator<Item>, signal: AbortSignal): { readonly value: Item } | null {
  if (signal.aborted) return null;
  const next = queue.next();
  return next.done ? null : { value: next.value };
}
