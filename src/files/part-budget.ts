import { inMb, MAX_ENTRIES, MAX_PART_BYTES, Oversized } from "./bounds.ts";
import { type Place, shown } from "./place.ts";

/** What may still be read of one part of a task, which is held in memory whole: its workspace, its tests, or its solutions. */
export class PartBudget {
  readonly #place: Place;
  #bytesLeft = MAX_PART_BYTES;
  #filesLeft = MAX_ENTRIES;

  /** `place` is the folder that messages name. */
  constructor(place: Place) {
    this.#place = place;
  }

  /** Counts a file; throws UserError when there are too many, or when they hold too much together. */
  take(bytes: number): void {
    this.#bytesLeft -= bytes;
    this.#filesLeft -= 1;
    if (this.#bytesLeft < 0)
      throw this.#fault(`its files hold more than ${inMb(MAX_PART_BYTES)} together`, "put large data into the image of the task");
    if (this.#filesLeft < 0) throw this.#fault(`it names more than ${MAX_ENTRIES} files`, "remove what the task does not need");
  }

  #fault(found: string, advice: string): Oversized {
    return new Oversized(`Cannot load "${shown(this.#place.path)}": ${found}; ${advice}`);
  }
}
