import { groupSizesOf } from "../../analysis/comparison-power.ts";
import { type FinalAnalysis, sameArmNotRun } from "../../analysis/gate/decide-gate.ts";
import { baselineIssue } from "../../analysis/gate/gate-precheck.ts";
import { type Preregistration, preregistrationOf } from "../../analysis/gate/preregistration.ts";
import { summarize } from "../../analysis/summary.ts";
import { UserError } from "../../core/errors.ts";
import { formatPoints, formatPointsInterval } from "../../core/format.ts";
import type { Arm } from "../../core/trial.ts";
import { roundWords } from "../../report/gate-words.ts";
import { armsAfterRound, decideAfterRound, finalAnalysisOf } from "../../run/gate/gate-rounds.ts";
import { chooseSides } from "../../run/gate/new-gate-sides.ts";
import type { InterimAnalysis } from "../../run/run.ts";
import { sequentialTail } from "../../stats/group-sequential.ts";
import type { Store } from "../../store/store.ts";
import { dashed } from "../flag.ts";
import { databaseFlag, openExistingToWrite, openToWrite } from "../open-store.ts";
import { probeBeforeRun, probeResumed } from "../probe/before-run.ts";
import { confirmRun } from "../run/confirm-run.ts";
import type { PreparedRun } from "../run/execute-run.ts";
import { type NewRun, saveNewRun } from "../run/new-run.ts";
import { exitCodeOf, type Notify, performRun } from "../run/perform-run.ts";
import { loadInputs } from "../run/run-inputs.ts";
import { storedFlags } from "../run/run-settings.ts";
import { readyImages, resumedParts, tellReused } from "../run/start-run.ts";
import type { ExitCode, Terminal } from "../terminal.ts";
import { confirmKeys } from "../trust/keys.ts";
import { harnessVersion } from "../version.ts";
import {
  type AllGateFlags,
  checkPower,
  checkRounds,
  gateOptions,
  PREREGISTERED_FLAGS,
  preregister,
  refuseBaseline,
  refuseStoppedEarly,
  withPreregistration,
} from "./gate-flags.ts";
import { type GateDeps, gateSummary, printGate } from "./print-gate.ts";

// A gate that was not run must not look like one that passed.
const NOT_RUN = 130;

/** Runs the arms of a gate in rounds, stops as soon as the answer is known or out of reach, and prints the decision. */
export async function sequentialGate(flags: AllGateFlags, deps: GateDeps): Promise<ExitCode> {
  return flags.resume === undefined ? startRounds(flags, deps) : resumeRounds(flags, flags.resume, deps);
}

async function startRounds(flags: AllGateFlags, { terminal, trust }: GateDeps): Promise<ExitCode> {
  checkRounds(flags.attempts, flags.alpha);
  const inputs = await loadInputs(flags);
  for (const line of inputs.notices) terminal.notify(line);
  const store = await openToWrite(flags.db, trust);
  try {
    const { baseline, candidate, prompt = [], overlay = [] } = flags;
    const contenders = Math.max(prompt.length, overlay.length);
    const sides = chooseSides(store, inputs.arms, { baseline, candidate, contenders });
    if (sides === null)
      return await printGate({ ...summarize([], []), gate: sameArmNotRun(inputs.arms, gateOptions(flags)) }, { store, flags, terminal });
    const isOwn = sides.baseline.runId === null;
    const arms = inputs.arms.filter(({ id }) => id === sides.candidate || (isOwn && id === sides.baseline.armId));
    const preregistration = preregister(flags, sides);
    const own = { suite: inputs.suite, arms };
    checkPower(flags, {
      tasks: inputs.suite.tasks.length,
      attempts: flags.attempts,
      change: changeOf(inputs.arms, preregistration),
      groupSizes: groupSizesOf(inputs.suite.tasks),
    });
    await confirmKeys({ ...inputs, arms, flags }, { terminal, trust });
    const images = await readyImages(inputs, flags, { terminal, trust });
    checkStoredBaseline(store, preregistration, { ...own, flags, imageIds: images.imageIds });
    const gateRisk = sequentialTail({ alpha: flags.alpha, rounds: flags.attempts, round: flags.attempts });
    if (!(await confirmRun({ flags, inputs: own, store, gateRisk }, terminal))) return NOT_RUN;
    const { untriedArmIds, spending } = await probeBeforeRun({ arms, flags, store }, terminal);
    const run = await saveNewRun(store, { ...own, flags, imageIds: images.imageIds, gate: preregistration });
    spending.save(store.spending, run.id);
    return await performRounds(store, { ...own, ...images, run, flags, untriedArmIds }, { terminal, preregistration });
  } finally {
    store.close();
  }
}

// A baseline of another run may be of any model, so the wider assumption is made.
function changeOf(arms: readonly Arm[], { baseline, candidate }: Preregistration): "prompt" | "model" {
  const models = [baseline.armId, candidate].map((id) => arms.find((arm) => arm.id === id)?.model.model);
  return models[0] === models[1] ? "prompt" : "model";
}

// Runs before anything is paid for. A baseline of the gate's own run needs no check.
function checkStoredBaseline(store: Store, { baseline, candidate: candidateId, allowMismatch }: Preregistration, planned: NewRun): void {
  const { runId, armId } = baseline;
  if (runId === null) return;
  const [arm] = store.runs.arms(runId, { armIds: [armId] });
  const candidate = planned.arms.find(({ id }) => id === candidateId);
  if (!arm || !candidate) throw new Error(`Cannot gate against run "${runId}": its arm is not stored; this is a bug`);
  const stored = { run: store.findRun(runId), arm };
  const issue = baselineIssue(stored, plannedArm(candidate, planned), { allowMismatch });
  if (issue?.kind === "stopped-early") refuseStoppedEarly(stored);
  else if (issue) refuseBaseline(issue, stored, candidate.name);
}

function plannedArm({ agent, model, settings }: Arm, { suite, flags, imageIds }: NewRun): Parameters<typeof baselineIssue>[1] {
  const { prompt, ...rest } = settings;
  return {
    run: {
      createdAt: new Date().toISOString(),
      suite: suite.name,
      suiteDigest: suite.digest,
      attempts: flags.attempts,
      harnessVersion: harnessVersion(),
      imageId: imageIds.get(flags.image) ?? "",
      settings: { flags: storedFlags(flags) },
    },
    arm: { agent, model: model.model, price: model.price, settings: rest, promptName: prompt.name, promptDigest: prompt.digest },
    tasks: suite.tasks,
  };
}

async function resumeRounds(given: AllGateFlags, name: string, { terminal, given: isGiven, trust }: GateDeps): Promise<ExitCode> {
  const store = await openExistingToWrite(given.db, trust);
  try {
    const run = store.findRun(name);
    const preregistration = preregistrationOf(run);
    if (!preregistration)
      throw new UserError(`Cannot resume run "${run.id}" as a gate: it was started without one; use "bench run --resume ${run.id}"`);
    const changed = [...PREREGISTERED_FLAGS, "baseline"].find(isGiven);
    if (changed || given.candidate !== undefined)
      throw new UserError(
        `Cannot resume gate "${run.id}": ${changed ? dashed(changed) : `"${given.candidate}"`} would change the terms that were fixed before it started; leave it out`,
      );
    const { flags, inputs, images } = await resumedParts(store, run, { given, isGiven, terminal, trust });
    const whole = withPreregistration({ ...given, ...flags }, preregistration);
    const untriedArmIds = await probeResumed({ arms: inputs.arms, flags, store, runId: run.id }, terminal);
    return await performRounds(store, { ...inputs, ...images, run, flags: whole, untriedArmIds }, { terminal, preregistration });
  } finally {
    store.close();
  }
}

async function performRounds(
  store: Store,
  performance: PreparedRun & { readonly flags: AllGateFlags },
  { terminal, preregistration }: { readonly terminal: Terminal; readonly preregistration: Preregistration },
): Promise<ExitCode> {
  const { run, flags, suite, arms, imageIds } = performance;
  if (flags.reuse) tellReused(store, { run, suite, arms, imageIds }, terminal);
  let pausedAfter: number | null = null;
  const interimAnalysis =
    (notify: Notify): InterimAnalysis =>
    (round) => {
      const { analysis, next, reason } = decideAfterRound(store, run.id, { preregistration, round });
      const figures = analysis ? `${formatPoints(analysis.difference)} ${formatPointsInterval(analysis.low, analysis.high)}, ` : "";
      notify(`Round ${round} of ${preregistration.rounds}: ${figures}${roundWords(reason)}`);
      if (next === "pause") pausedAfter = round;
      return next;
    };
  const end = await performRun(store, performance, { terminal, interimAnalysis });
  if (end !== "complete") terminal.notify(`Resume with: bench gate --resume ${run.id}${databaseFlag(flags.db)}`);
  const decide = (rounds: number, final: FinalAnalysis | null): Promise<ExitCode> =>
    printGate(gateSummary(armsAfterRound(store, run.id, preregistration, rounds), { flags, final }), { store, flags, terminal });
  if (pausedAfter !== null) return decide(pausedAfter, null);
  if (end !== "complete") return exitCodeOf(end, false);
  return decide(store.findRun(run.id).attempts, finalAnalysisOf(store, run.id, preregistration));
}
