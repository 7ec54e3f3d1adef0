import { printable } from "../core/printable.ts";
import type { LeftOut } from "../core/suite.ts";

const MAX_SHOWN = 12;

/** A task that a source does not load: its kind, the reason, and its name where it has its own reason. */
export type Gap = { readonly kind: string; readonly reason: string; readonly name?: string };

/** What a source left out, counted by kind and reason, in the order in which it was found. */
export class Gaps {
  readonly #groups = new Map<string, { kind: string; reason: string; count: number; names: string[] }>();

  /** Counts `count` tasks of a kind. */
  add({ kind, reason, name }: Gap, count = 1): void {
    const key = JSON.stringify([kind, reason]);
    const group = this.#groups.get(key) ?? { kind, reason, count: 0, names: [] };
    group.count += count;
    if (name !== undefined) group.names.push(name);
    this.#groups.set(key, group);
  }

  /** Writes the first kind with its reason, for a message. */
  firstReason(): string {
    const [first] = this.#groups.values();
    return first === undefined ? "none was found" : `${first.kind}: ${first.reason}`;
  }

  /** Writes everything that was left out with its reasons and, as far as there is room, names. */
  text(): string {
    const groups = [...this.#groups.values()];
    const shown = groups.slice(0, MAX_SHOWN).map(({ kind, count, reason, names }) => {
      const listed = names.slice(0, MAX_SHOWN).map((name) => printable(name));
      const more = names.length > listed.length ? ` and ${names.length - listed.length} more` : "";
      return `${listed.length === 0 ? `${count} ${kind}` : `${listed.join(", ")}${more}`}: ${reason}`;
    });
    return [...shown, ...(groups.length > MAX_SHOWN ? [`and ${groups.length - MAX_SHOWN} more reasons`] : [])].join("; ");
  }

  /** Lists what was counted. */
  list(): readonly LeftOut[] {
    return [...this.#groups.values()].map(({ names, ...group }) => (names.length === 0 ? group : { ...group, names }));
  }
}
