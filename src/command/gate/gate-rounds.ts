import type { GateResult } from "../../analysis/gate/gate-result.ts";
import type { LastLook } from "../../analysis/gate/judge-gate.ts";
import { summarize } from "../../analysis/summary.ts";
import { UserError } from "../../core/errors.ts";
import { formatPoints, formatPointsInterval } from "../../core/format.ts";
import type { Arm } from "../../core/trial.ts";
import type { InterimAnalysis } from "../../run/run.ts";
import type { Store } from "../../store/store.ts";
import { dashed } from "../flag.ts";
import { openExistingStore, openStore } from "../open-store.ts";
import { confirmRun } from "../run/confirm-run.ts";
import type { Performance } from "../run/execute-run.ts";
import { saveNewRun } from "../run/new-run.ts";
import { databaseFlag, exitCodeOf, type Notify, performRun } from "../run/perform-run.ts";
import { loadInputs } from "../run/run-inputs.ts";
import { readyImages, resumedParts, tellReused } from "../run/start-run.ts";
import type { ExitCode, Terminal } from "../terminal.ts";
import { chooseSides } from "./gate-arms.ts";
import { checkStoredBaseline } from "./gate-baseline.ts";
import { checkPower, checkRounds, gateOptions } from "./gate-options.ts";
import { decideAfter, looksSoFar } from "./interim-analysis.ts";
import { PROMISED_FLAGS, type Preregistration, promiseIn, promiseOf, sidesAfter, withPreregistration } from "./preregistration.ts";
import { type AllGateFlags, type GateDeps, gateSummary, tellGate } from "./print-gate.ts";

// Nobody may take a gate that was not run for one that was passed.
const NOT_RUN = 130;

/** Runs the arms of a gate in rounds, stops when the answer is known or out of reach, and judges. */
export async function gateInRounds(flags: AllGateFlags, surroundings: GateDeps): Promise<ExitCode> {
  return flags.resume === undefined ? startRounds(flags, surroundings.terminal) : resumeRounds(flags, flags.resume, surroundings);
}

async function startRounds(flags: AllGateFlags, terminal: Terminal): Promise<ExitCode> {
  checkRounds(flags.attempts, flags.alpha);
  const inputs = await loadInputs(flags);
  for (const line of inputs.notices) terminal.notify(line);
  const store = openStore(flags.db, "write");
  try {
    const sides = chooseSides(store, inputs.arms, flags);
    if (sides === null)
      return await tellGate({ ...summarize([], []), gate: nothingChanged(inputs.arms, flags) }, { store, flags, terminal });
    const isOwn = sides.baseline.runId === null;
    const arms = inputs.arms.filter(({ id }) => id === sides.candidate || (isOwn && id === sides.baseline.armId));
    const promise = promiseOf(flags, sides);
    const own = { suite: inputs.suite, arms };
    checkPower(flags, { tasks: inputs.suite.tasks.length, attempts: flags.attempts, change: changeOf(inputs.arms, promise) });
    const images = await readyImages(inputs, flags, terminal);
    checkStoredBaseline(store, promise, { ...own, flags, imageIds: images.imageIds });
    if (!(await confirmRun({ flags, inputs: own, store }, terminal))) return NOT_RUN;
    const run = await saveNewRun(store, { ...own, flags, imageIds: images.imageIds, gate: promise });
    return await performRounds(store, { ...own, ...images, run, flags }, { terminal, promise });
  } finally {
    store.close();
  }
}

// A baseline of another run may be of any model, so that the wider assumption is made.
function changeOf(arms: readonly Arm[], { baseline, candidate }: Preregistration): "prompt" | "model" {
  const models = [baseline.armId, candidate].map((id) => arms.find((arm) => arm.id === id)?.model.model);
  return models[0] === models[1] ? "prompt" : "model";
}

async function resumeRounds(given: AllGateFlags, name: string, { terminal, given: isGiven }: GateDeps): Promise<ExitCode> {
  const store = openExistingStore(given.db, "write");
  try {
    const run = store.findRun(name);
    const promise = promiseIn(run);
    if (!promise)
      throw new UserError(`Cannot resume run "${run.id}" as a gate: it was started without one; use "bench run --resume ${run.id}"`);
    const changed = [...PROMISED_FLAGS, "baseline"].find(isGiven);
    if (changed || given.candidate !== undefined)
      throw new UserError(
        `Cannot resume gate "${run.id}": ${changed ? dashed(changed) : `"${given.candidate}"`} would change what was promised before it started; leave it out`,
      );
    const { flags, inputs, images } = await resumedParts(store, run, { given, isGiven, terminal });
    const whole = withPreregistration({ ...given, ...flags }, promise);
    return await performRounds(store, { ...inputs, ...images, run, flags: whole }, { terminal, promise });
  } finally {
    store.close();
  }
}

type Rounds = { readonly terminal: Terminal; readonly promise: Preregistration };

async function performRounds(
  store: Store,
  performance: Performance & { readonly flags: AllGateFlags },
  { terminal, promise }: Rounds,
): Promise<ExitCode> {
  const { run, flags, suite, arms, imageIds } = performance;
  if (flags.reuse) tellReused(store, { run, suite, arms, imageIds }, terminal);
  let pausedAfter: number | null = null;
  const interimAnalysis =
    (notify: Notify): InterimAnalysis =>
    (round) => {
      const { look: seen, next, words } = decideAfter(store, run.id, { promise, round });
      const figures = seen ? `${formatPoints(seen.difference)} ${formatPointsInterval(seen.low, seen.high)}, ` : "";
      notify(`Round ${round} of ${promise.rounds}: ${figures}${words}`);
      if (next === "pause") pausedAfter = round;
      return next;
    };
  const end = await performRun(store, performance, { terminal, interimAnalysis });
  if (end !== "complete") terminal.notify(`Go on with: bench gate --resume ${run.id}${databaseFlag(flags.db)}`);
  const judge = (rounds: number, last: LastLook | null): Promise<ExitCode> =>
    tellGate(gateSummary(sidesAfter(store, run.id, promise, rounds), { flags, look: last }), { store, flags, terminal });
  if (pausedAfter !== null) return judge(pausedAfter, null);
  if (end !== "complete") return exitCodeOf(end, false);
  const { attempts } = store.findRun(run.id);
  return judge(attempts, looksSoFar(store, run.id, promise));
}

function nothingChanged(arms: readonly Arm[], flags: AllGateFlags): GateResult {
  const [arm] = arms;
  const side = { label: arm?.name ?? "", armId: arm?.id ?? "", runId: "", scripted: arm?.model.api === "scripted" };
  const { margin, alpha, mode } = gateOptions(flags);
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
    reasons: [{ kind: "same-arm-not-run" }],
  };
}
