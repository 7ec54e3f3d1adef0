import { UserError } from "../core/errors.ts";
import { wildcard } from "../core/glob.ts";
import type { ModelSpec } from "../core/model.ts";
import { printable } from "../core/printable.ts";
import type { ModelEntry } from "./models.ts";

/** Which models run, and why the others do not. */
export type ModelChoice = {
  readonly chosen: readonly ModelSpec[];
  readonly leftOut: readonly { readonly name: string; readonly reason: string }[];
};

/**
 * Chooses the models of a run: those named (with `*` for any text), else all enabled ones. A model whose key is not set is left
 * out, unless it was named.
 *
 * Throws UserError when a name matches nothing, a named model has no key, or nothing is left.
 */
export function chooseModels(
  entries: readonly ModelEntry[],
  names: readonly string[],
  keyOf: (variable: string) => string | undefined,
): ModelChoice {
  const wanted = names.length === 0 ? entries.filter((entry) => entry.enabled) : named(entries, names);
  const leftOut: { name: string; reason: string }[] = [];
  const chosen: ModelSpec[] = [];
  for (const { spec } of wanted) {
    if (spec.apiKeyEnv === null || keyOf(spec.apiKeyEnv)) {
      chosen.push(spec);
      continue;
    }
    if (names.includes(spec.name))
      throw new UserError(`Cannot run model "${spec.name}": ${spec.apiKeyEnv} is not set; export it with the provider's key`);
    leftOut.push({ name: spec.name, reason: `${spec.apiKeyEnv} is not set` });
  }
  if (chosen.length === 0)
    throw new UserError(
      `Cannot start: no model of ${wanted.length} can be used (${leftOut[0]?.reason ?? "all are disabled"}); set a key or name a scripted model with --model`,
    );
  return { chosen, leftOut };
}

function named(entries: readonly ModelEntry[], names: readonly string[]): readonly ModelEntry[] {
  const patterns = names.map((name) => ({ name, matches: wildcard(name) }));
  for (const { name, matches } of patterns) {
    if (!entries.some((entry) => matches.test(entry.spec.name))) {
      throw new UserError(
        `Cannot select model "${name}": there is none of that name; choose from ${printable(entries.map((entry) => entry.spec.name).join(", "), 300)}`,
      );
    }
  }
  return entries.filter((entry) => patterns.some(({ matches }) => matches.test(entry.spec.name)));
}
