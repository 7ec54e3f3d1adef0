import { counted } from "../core/format.ts";
import type { LoadOptions } from "../core/suite.ts";

/** Counts which images stand in for others, for notices. */
export class Replacements {
  readonly #options: Pick<LoadOptions, "bases">;
  readonly #tasks = new Map<string, number>();

  constructor(options: Pick<LoadOptions, "bases">) {
    this.#options = options;
  }

  /** Counts a task in whose image these were replaced. */
  add(replaced: readonly string[]): void {
    for (const name of replaced) this.#tasks.set(name, (this.#tasks.get(name) ?? 0) + 1);
  }

  /** Lists the images that others stand in for. */
  names(): readonly string[] {
    return [...this.#tasks.keys()];
  }

  /** Writes a line for each. */
  lines(): readonly string[] {
    return [...this.#tasks].map(
      ([name, count]) => `${counted(count, "task")} built on ${this.#options.bases.get(name)} in place of ${name} (--base)`,
    );
  }
}
