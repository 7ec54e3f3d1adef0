type Place<T> = { readonly item: T; hasLeft: boolean };

/** A queue in which retries go before new requests, each first in, first out. Every operation takes constant time, except `choose` and `all`. */
export class FairQueue<T> {
  readonly #retries = new Fifo<T>();
  readonly #newcomers = new Fifo<T>();

  /** Adds an item; the returned function removes it again, wherever it is in the queue. */
  join(item: T, isRetry: boolean): () => void {
    const place = { item, hasLeft: false };
    (isRetry ? this.#retries : this.#newcomers).push(place);
    return () => {
      place.hasLeft = true;
    };
  }

  /** The next item. */
  first(): T | undefined {
    return (this.#retries.first() ?? this.#newcomers.first())?.item;
  }

  /** The first preferred item, new ones before retries; the first of any when none is preferred. */
  choose(isPreferred: (item: T) => boolean): T | undefined {
    const inOrder = [...this.#newcomers.all(), ...this.#retries.all()];
    return inOrder.find(isPreferred) ?? inOrder[0];
  }

  /** All waiting items. */
  all(): readonly T[] {
    return [...this.#retries.all(), ...this.#newcomers.all()];
  }
}

const FEW = 64;

class Fifo<T> {
  #places: Place<T>[] = [];
  #head = 0;

  push(place: Place<T>): void {
    this.#places.push(place);
  }

  first(): Place<T> | undefined {
    while (this.#places[this.#head]?.hasLeft) this.#head += 1;
    // Compacted only when most of it has left, or compacting would cost more than serving.
    if (this.#head > FEW && this.#head * 2 > this.#places.length) {
      this.#places = this.#places.slice(this.#head);
      this.#head = 0;
    }
    return this.#places[this.#head];
  }

  all(): readonly T[] {
    return this.#places.slice(this.#head).flatMap(({ item, hasLeft }) => (hasLeft ? [] : [item]));
  }
}
