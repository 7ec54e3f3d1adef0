/**
 * Works through a list with at most `width` items in hand, taking the next only when a worker is free, so that a long list costs no memory.
 *
 * Stops taking items once `signal` is aborted and returns when the items in hand have ended. `work` must not throw for what it expects.
 */
export async function workThrough<Item>(
  items: readonly Item[],
  options: { readonly width: number; readonly signal: AbortSignal },
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const queue = items[Symbol.iterator]();
  const worker = async (): Promise<void> => {
    for (let next = takeNext(queue, options.signal); next; next = takeNext(queue, options.signal)) await work(next.value);
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
