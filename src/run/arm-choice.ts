import type { ArmInRun } from "../analysis/summary.ts";
import { UserError } from "../core/errors.ts";
import type { RunRecord } from "../core/record.ts";
import type { ArmName } from "../store/read/arm-reader.ts";
import type { Store } from "../store/store.ts";

/**
 * Finds the arms that the user named. `NAME@WHERE` takes the arm from the run, tag, branch or baseline WHERE; `@WHERE` and a baseline's name take its
 * only arm; a bare NAME takes the arm from the newest complete run with graded trials of every bare name given, else from the newest complete one of its own; where none is complete, from
 * the newest.
 *
 * Without names, every arm of the newest run. Throws UserError when a name finds nothing or more than one arm.
 */
export function chooseArms(store: Store, names: readonly string[]): readonly ArmInRun[] {
  if (names.length === 0) return armsOf(store, store.findRun("latest"));
  const wanted = names.map((name) => parse(store, name));
  const bare = wanted.flatMap((one) => (one.kind === "bare" ? [one.name] : []));
  const shared = newestWithAll(store, bare);
  const places = wanted.map((one) => {
    const run = one.kind === "placed" ? one.run : store.findRun(shared ?? store.arms.runsWith(one.name)[0] ?? "");
    return { run, armId: pick(store.arms.ofRun(run.id), one) };
  });
  return figuresOf(store, places);
}

// Each run is read once, and of it only the arms that are wanted.
function figuresOf(store: Store, places: readonly { readonly run: RunRecord; readonly armId: string }[]): readonly ArmInRun[] {
  const runIds = [...new Set(places.map(({ run }) => run.id))];
  const figures = new Map(
    runIds.map((id) => [id, store.runs.arms(id, { armIds: places.flatMap(({ run, armId }) => (run.id === id ? [armId] : [])) })]),
  );
  return places.map(({ run, armId }) => {
    const arm = figures.get(run.id)?.find((one) => one.armId === armId);
    if (!arm) throw new Error(`Cannot read arm "${armId}" of run ${run.id}: it has no figures; this is a bug`);
    return { run, arm };
  });
}

/** Reads every arm of a run with its figures. */
export function armsOf(store: Store, run: RunRecord): readonly ArmInRun[] {
  return store.runs.arms(run.id).map((arm) => ({ run, arm }));
}

/** Finds the run that is named by a baseline, the start of a run's id, a tag or a branch; null if there is none. Throws UserError when several match. */
export function runNamed(store: Store, where: string): { readonly run: RunRecord; readonly armId: string | null } | null {
  const baseline = store.runs.baseline(where);
  if (baseline) return { run: store.findRun(baseline.runId), armId: baseline.armId };
  const found = store.runs.matching(where);
  if (found.length > 1)
    throw new UserError(
      `Cannot choose run "${where}": ${found.length} runs have an id that starts with it; give more characters of the id`,
    );
  const run = found[0] ?? store.runs.newestTagged(where) ?? store.runs.newestOnBranch(where);
  return run ? { run, armId: null } : null;
}

type Wanted =
  | { readonly kind: "bare"; readonly name: string; readonly text: string }
  | {
      readonly kind: "placed";
      readonly name: string | null;
      readonly run: RunRecord;
      readonly armId: string | null;
      readonly text: string;
    };

function parse(store: Store, text: string): Wanted {
  // A model's name may contain an @ itself.
  if (store.arms.runsWith(text).length > 0) return { kind: "bare", name: text, text };
  const at = text.lastIndexOf("@");
  const where = text.slice(at + 1);
  const place = where === "" ? null : runNamed(store, where);
  if (!place) throw notFound(store, text);
  return { kind: "placed", name: at > 0 ? text.slice(0, at) : null, ...place, text };
}

function newestWithAll(store: Store, names: readonly string[]): string | undefined {
  const [first, ...others] = names.map((name) => store.arms.runsWith(name));
  return first?.find((run) => others.every((runs) => runs.includes(run)));
}

function pick(
  names: readonly ArmName[],
  wanted: { readonly name: string | null; readonly armId?: string | null; readonly text: string },
): string {
  const [only, second] = matching(names, wanted);
  const list = names.map(({ name }) => name).join(", ");
  if (second) throw new UserError(`Cannot choose arm "${wanted.text}": its run has ${list}; choose one by writing its name before an @`);
  if (!only) throw new UserError(`Cannot find arm "${wanted.text}": its run has no such arm; choose from ${list}`);
  return only.armId;
}

// An exact name wins over a model or a prompt of that name.
function matching(
  names: readonly ArmName[],
  { name, armId }: { readonly name: string | null; readonly armId?: string | null },
): readonly ArmName[] {
  if (name === null) return armId ? names.filter((one) => one.armId === armId) : names;
  const exact = names.filter((one) => one.name === name);
  return exact.length > 0 ? exact : names.filter((one) => one.model === name || one.promptName === name);
}

function notFound(store: Store, text: string): UserError {
  const newest = store.runs.matching("latest")[0];
  const known = newest
    ? `; the newest run has ${store.arms
        .ofRun(newest.id)
        .map(({ name }) => name)
        .join(", ")}`
    : "";
  return new UserError(
    `Cannot find arm "${text}": no run with a graded trial has it, and no run, tag, branch or baseline has this name${known}`,
  );
}
