import { UserError } from "../core/errors.ts";
import type { Arm } from "../core/trial.ts";
import { formatPoints, formatPointsInterval } from "../report/format.ts";
import type { GateResult, SequentialPath } from "../report/gate-result.ts";
import type { LastLook } from "../report/judge.ts";
import { reportOf } from "../report/report.ts";
import type { LookAfterRound } from "../run/run.ts";
import type { SequentialGatePlan } from "../stats/sequential-look.ts";
import type { Store } from "../store/store.ts";
import { armsOf, runNamed } from "./arm-choice.ts";
import { confirmRun } from "./confirm-run.ts";
import { dashed } from "./flag.ts";
import { checkPower, checkRounds, gateOptions } from "./gate-options.ts";
import type { StoredSides } from "./gate-sides.ts";
import { saveNewRun } from "./new-run.ts";
import { openExistingStore, openStore } from "./open-store.ts";
import { databaseFlag, exitCodeOf, type Performance, performRun, type Say } from "./perform-run.ts";
import { lookAt } from "./round-look.ts";
import { loadInputs } from "./run-inputs.ts";
import { readyImages, resumedParts, tellReused } from "./start-run.ts";
import { type AllGateFlags, type GateSurroundings, judgeStored, tellGate } from "./tell-gate.ts";
import type { ExitCode, Terminal } from "./terminal.ts";

// What was promised before the first round; nothing of it may change afterwards.
type Promised = Pick<AllGateFlags, "maxDrop" | "alpha" | "mode"> & {
  readonly rounds: number;
  readonly baseline: { readonly runId: string | null; readonly armId: string };
  readonly candidate: string;
  readonly maxCostIncrease?: number;
};

/** Runs the arms of a gate in rounds, stops when the answer is known or out of reach, and judges. */
export async function gateInRounds(flags: AllGateFlags, surroundings: GateSurroundings): Promise<ExitCode> {
  return flags.resume === undefined ? startRounds(flags, surroundings.terminal) : resumeRounds(flags, flags.resume, surroundings);
}

async function startRounds(flags: AllGateFlags, terminal: Terminal): Promise<ExitCode> {
  checkRounds(flags.attempts, flags.alpha);
  const inputs = await loadInputs(flags);
  for (const line of inputs.notices) terminal.tell(line);
  checkPower(flags, { tasks: inputs.suite.tasks.length, attempts: flags.attempts });
  const store = openStore(flags.db, "write");
  try {
    const sides = chooseSides(store, inputs.arms, flags);
    if (sides === null) return tellGate({ ...reportOf([], []), gate: nothingChanged(inputs.arms, flags) }, { store, flags, terminal });
    const images = await readyImages(inputs, flags);
    const arms = inputs.arms.filter(({ id }) => id === sides.baseline.armId || id === sides.candidate);
    if (!(await confirmRun({ flags, inputs: { ...inputs, arms }, store }, terminal))) return 0;
    const { maxDrop, alpha, mode, maxCostIncrease } = flags;
    const gate = { maxDrop, alpha, mode, rounds: flags.attempts, ...sides, ...(maxCostIncrease === undefined ? {} : { maxCostIncrease }) };
    const run = await saveNewRun(store, { suite: inputs.suite, arms, flags, imageIds: images.imageIds, gate });
    if (flags.reuse) tellReused(store, { run, suite: inputs.suite, arms, imageIds: images.imageIds }, terminal);
    return await performRounds(store, { suite: inputs.suite, arms, ...images, run, flags }, { terminal, promised: gate });
  } finally {
    store.close();
  }
}

async function resumeRounds(given: AllGateFlags, name: string, { terminal, given: isGiven }: GateSurroundings): Promise<ExitCode> {
  const store = openExistingStore(given.db, "write");
  try {
    const run = store.findRun(name);
    const promised = run.settings["gate"] as Promised | undefined;
    if (!promised)
      throw new UserError(`Cannot resume run "${run.id}" as a gate: it was started without one; use "bench run --resume ${run.id}"`);
    const changed = ["maxDrop", "alpha", "mode", "maxCostIncrease", "baseline"].find(isGiven);
    if (changed)
      throw new UserError(
        `Cannot resume gate "${run.id}": ${dashed(changed)} would change what was promised before it started; leave it out`,
      );
    const { flags, inputs, images } = await resumedParts(store, run, { given, isGiven });
    const { baseline: _baseline, ...rest } = given;
    const kept: AllGateFlags = { ...rest, ...flags, maxDrop: promised.maxDrop, alpha: promised.alpha, mode: promised.mode };
    const whole = promised.maxCostIncrease === undefined ? kept : { ...kept, maxCostIncrease: promised.maxCostIncrease };
    return await performRounds(store, { ...inputs, ...images, run, flags: whole }, { terminal, promised });
  } finally {
    store.close();
  }
}

type Rounds = { readonly terminal: Terminal; readonly promised: Promised };

async function performRounds(
  store: Store,
  performance: Performance & { readonly flags: AllGateFlags },
  { terminal, promised }: Rounds,
): Promise<ExitCode> {
  const { run, flags, arms } = performance;
  const plan: SequentialGatePlan = { rounds: promised.rounds, margin: flags.maxDrop, alpha: flags.alpha };
  const looks: SequentialPath["looks"][number][] = [];
  let last: number | null = null;
  const look =
    (say: Say): LookAfterRound =>
    (round) => {
      const seen = lookAt(sidesOf(store, run.id, { ...promised, attempts: round }), { ...plan, round });
      if (!seen) return "continue";
      looks.push({ round, difference: seen.difference, low: seen.low, high: seen.high, state: seen.claim });
      last = seen.critical;
      say(
        `Round ${round} of ${promised.rounds}: ${formatPoints(seen.difference)} ${formatPointsInterval(seen.low, seen.high)}, ${seen.words}`,
      );
      return seen.stops ? "stop" : "continue";
    };
  const end = await performRun(store, performance, { terminal, look });
  const finished = store.findRun(run.id);
  if (end !== "complete") {
    terminal.tell(`Go on with: bench gate --resume ${run.id}${databaseFlag(flags.db)}`);
    return exitCodeOf(end, false);
  }
  const cells = performance.suite.tasks.length * arms.length;
  const path = { plannedRounds: promised.rounds, looks, plannedTrials: cells * promised.rounds, trials: cells * finished.attempts };
  const lastLook: LastLook | null = last === null ? null : { critical: last, path };
  return judgeStored(store, sidesOf(store, run.id, { ...promised, attempts: finished.attempts }), { flags, terminal, look: lastLook });
}

// Of the run's own arms only the whole rounds count, whatever was taken over for later ones.
function sidesOf(store: Store, runId: string, promised: Promised & { readonly attempts: number }): StoredSides {
  const run = { ...store.findRun(runId), attempts: promised.attempts };
  const own = store.runs.arms(runId, promised.attempts).map((arm) => ({ run, arm }));
  const elsewhere = promised.baseline.runId === null ? own : armsOf(store, store.findRun(promised.baseline.runId));
  const baseline = elsewhere.find(({ arm }) => arm.armId === promised.baseline.armId);
  const candidate = own.find(({ arm }) => arm.armId === promised.candidate);
  if (!baseline || !candidate) throw new UserError(`Cannot gate run "${runId}": an arm of it is no longer stored; start a new gate`);
  return { baseline, candidate };
}

type ChosenSides = Pick<Promised, "baseline" | "candidate">;

// Null when both sides are one arm, so that there is nothing to run.
function chooseSides(store: Store, arms: readonly Arm[], flags: AllGateFlags): ChosenSides | null {
  const list = arms.map(({ name }) => name).join(", ");
  const named = (text: string): Arm | undefined =>
    arms.find(({ name }) => name === text) ??
    only(arms.filter(({ model, settings }) => model.name === text || model.model === text || settings.prompt.name === text));
  const isStored = flags.baseline !== undefined && !named(flags.baseline);
  const stored = isStored && flags.baseline !== undefined ? storedBaseline(store, flags.baseline, list) : null;
  const baseline = stored ?? ownBaseline(flags.baseline === undefined ? arms[0] : named(flags.baseline));
  const others = arms.filter(({ id }) => id !== baseline.armId);
  const candidate = flags.candidate === undefined ? only(others) : named(flags.candidate);
  if (candidate) return candidate.id === baseline.armId ? null : { baseline, candidate: candidate.id };
  if (flags.candidate !== undefined)
    throw new UserError(`Cannot gate "${flags.candidate}": no arm of this run has that name; choose from ${list}`);
  if (others.length === 0 && (stored !== null || (flags.prompt?.length ?? 0) > 1)) return null;
  throw new UserError(
    others.length === 0
      ? "Cannot gate in rounds: there is one arm only; give two --prompt or two --model, or a stored --baseline"
      : `Cannot gate in rounds: there are several candidates (${list}); name one, or run fewer with --model and --prompt`,
  );
}

function only<Item>(items: readonly Item[]): Item | undefined {
  return items.length === 1 ? items[0] : undefined;
}

function ownBaseline(arm: Arm | undefined): Promised["baseline"] {
  if (!arm) throw new UserError("Cannot gate in rounds: there is no arm to start from; name models with --model");
  return { runId: null, armId: arm.id };
}

function storedBaseline(store: Store, name: string, list: string): Promised["baseline"] {
  const place = runNamed(store, name);
  const arms = place ? store.arms.ofRun(place.run.id) : [];
  const armId = place?.armId ?? only(arms)?.armId;
  if (place && armId !== undefined) return { runId: place.run.id, armId };
  throw new UserError(
    place
      ? `Cannot gate against "${name}": its run has several arms (${arms.map((arm) => arm.name).join(", ")}); save one of them with "bench baseline save"`
      : `Cannot gate against "${name}": it is no arm of this run (${list}), and no run, tag, branch or baseline is called so`,
  );
}

function nothingChanged(arms: readonly Arm[], flags: AllGateFlags): GateResult {
  const [arm] = arms;
  const side = { label: arm?.name ?? "", armId: arm?.id ?? "", runId: "", scripted: arm?.model.api === "scripted" };
  const { margin, alpha, mode } = gateOptions(flags);
  const reason = "Both sides are one arm: the same model, prompt and settings, so nothing can have changed and nothing was run";
  return {
    baseline: side,
    candidate: side,
    mode,
    margin,
    alpha,
    state: "identical",
    difference: null,
    cost: null,
    sequential: null,
    outcome: "pass",
    exitCode: 0,
    reasons: [reason],
  };
}
