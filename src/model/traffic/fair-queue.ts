type Place<T> = { readonly item: T; hasLeft: boolean };

/** Who waits for a turn: those who had one before go first, else first come, first served. No step depends on the length of the line, save `choose`. */
export class FairQueue<T> {
  readonly #repeaters = new Fifo<T>();
  readonly #newcomers = new Fifo<T>();

  /** Joins the line; the function that it gives leaves it again, from wherever it is. */
  join(item: T, isRepeater: boolean): () => void {
    const place = { item, hasLeft: false };
    (isRepeater ? this.#repeaters : this.#newcomers).push(place);
    return () => {
      place.hasLeft = true;
    };
  }

  /** Whose turn it is. */
  first(): T | undefined {
    return (this.#repeaters.first() ?? this.#newcomers.first())?.item;
  }

  /** The first that is to be preferred, those who have not had a turn before the others; else the first of any. */
  choose(isPreferred: (item: T) => boolean): T | undefined {
    const inOrder = [...this.#newcomers.all(), ...this.#repeaters.all()];
    return inOrder.find(isPreferred) ?? inOrder[0];
  }

  /** Everybody who waits. */
  all(): readonly T[] {
    return [...this.#repeaters.all(), ...this.#newcomers.all()];
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
    // Cut only when most of it is past, or the cutting would cost more than the serving.
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
