import { fieldName } from "../config/field-issue.ts";
import type { UnknownKey } from "../config/unknown-keys.ts";
import { counted } from "../core/format.ts";
import { printable } from "../core/printable.ts";
import { suggestion } from "../core/suggestion.ts";

/** A setting of a task that has no effect here: its name, where it stands (`"one/task.toml" line 3`), and why. */
export type UnusedSetting = { readonly setting: string; readonly where: string; readonly reason: string };

const MAX_LINES = 12;

/** Makes settings of keys that nothing knows; `where` writes the place of each. */
export function unknownSettings(keys: readonly UnknownKey[], where: (key: UnknownKey) => string): readonly UnusedSetting[] {
  return keys.map((key) => ({
    setting: fieldName(key.path),
    where: where(key),
    reason: `it is not known${suggestion(String(key.path.at(-1) ?? ""), key.known)}`,
  }));
}

/** What tasks say without effect, counted by setting and reason, for notices: a typing error, or a part of the format that is not here, may change what a task means. */
export class UnusedSettings {
  readonly #groups = new Map<string, { readonly first: UnusedSetting; count: number }>();

  /** Counts the settings of one task. */
  add(settings: readonly UnusedSetting[]): void {
    for (const first of settings) {
      const key = JSON.stringify([first.setting, first.reason]);
      const group = this.#groups.get(key) ?? { first, count: 0 };
      group.count += 1;
      this.#groups.set(key, group);
    }
  }

  /** Writes a line for each, with the first place. */
  lines(): readonly string[] {
    const groups = [...this.#groups.values()];
    const shown = groups.slice(0, MAX_LINES).map(({ first: { setting, where, reason }, count }) => {
      const more = count > 1 ? `; the same in ${counted(count - 1, "more task")}` : "";
      return `${where}: ${printable(setting, 100)} is not used, ${reason}${more}`;
    });
    return groups.length > MAX_LINES
      ? [
          ...shown,
          `and ${counted(groups.length - MAX_LINES, "more setting")} that ${groups.length - MAX_LINES === 1 ? "is" : "are"} not used`,
        ]
      : shown;
  }
}
