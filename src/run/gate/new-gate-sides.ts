import type { Preregistration } from "../../analysis/gate/preregistration.ts";
import { UserError } from "../../core/errors.ts";
import type { Arm } from "../../core/trial.ts";
import type { Store } from "../../store/store.ts";
import { runNamed } from "../arm-choice.ts";

/** The arms that a gate compares: two of its own, or one of its own and a stored baseline. */
export type ChosenSides = Pick<Preregistration, "baseline" | "candidate">;

/** Names that the user gave for the sides of a gate; `contenders` is how many prompts or overlays were given, whichever are more. */
export type SideNames = {
  readonly baseline?: string | undefined;
  readonly candidate?: string | undefined;
  readonly contenders: number;
};

/** Chooses both sides of a gate that is about to run; null when they are one arm, so that nothing needs to run. Throws UserError when the names are ambiguous. */
export function chooseSides(store: Store, arms: readonly Arm[], names: SideNames): ChosenSides | null {
  const list = arms.map(({ name }) => name).join(", ");
  const named = (text: string): Arm | undefined =>
    arms.find(({ name }) => name === text) ??
    only(
      arms.filter(
        ({ model, settings }) =>
          model.name === text || model.model === text || settings.prompt.name === text || settings.overlay?.name === text,
      ),
    );
  const isStored = names.baseline !== undefined && !named(names.baseline);
  const stored = isStored && names.baseline !== undefined ? storedBaseline(store, names.baseline, list) : null;
  const baseline = stored ?? ownBaseline(names.baseline === undefined ? arms[0] : named(names.baseline));
  const others = arms.filter(({ id }) => id !== baseline.armId);
  const candidate = names.candidate === undefined ? only(others) : named(names.candidate);
  if (candidate) return candidate.id === baseline.armId ? null : { baseline, candidate: candidate.id };
  if (names.candidate !== undefined)
    throw new UserError(`Cannot gate "${names.candidate}": no arm of this run has that name; choose from ${list}`);
  if (others.length === 0 && (stored !== null || names.contenders > 1)) return null;
  throw new UserError(
    others.length === 0
      ? "Cannot gate in rounds: there is only one arm; give two --prompt, two --overlay or two --model, or a stored --baseline"
      : `Cannot gate in rounds: there are several candidates (${list}); name one, or run fewer with --model, --prompt and --overlay`,
  );
}

function only<Item>(items: readonly Item[]): Item | undefined {
  return items.length === 1 ? items[0] : undefined;
}

function ownBaseline(arm: Arm | undefined): ChosenSides["baseline"] {
  if (!arm) throw new UserError("Cannot gate in rounds: there is no arm to run; name models with --model");
  return { runId: null, armId: arm.id };
}

function storedBaseline(store: Store, name: string, list: string): ChosenSides["baseline"] {
  const place = runNamed(store, name);
  const arms = place ? store.arms.ofRun(place.run.id) : [];
  const armId = place?.armId ?? only(arms)?.armId;
  if (place && armId !== undefined) return { runId: place.run.id, armId };
  throw new UserError(
    place
      ? `Cannot gate against "${name}": its run has several arms (${arms.map((arm) => arm.name).join(", ")}); save one of them with "bench baseline save"`
      : `Cannot gate against "${name}": no arm of this run (${list}), run, tag, branch or baseline has that name`,
  );
}
