import type { Plan } from "../../analysis/plan/plan-result.ts";
import { environmentVariable } from "../../config/environment.ts";
import { UserError } from "../../core/errors.ts";
import { formatPlanUsd } from "../../core/format.ts";
import { shortPlan } from "../../report/terminal/plan-text.ts";
import type { Store } from "../../store/store.ts";
import { type Ask, askOnTerminal, isInteractive, isYes } from "../ask.ts";
import { capsOf, planOf } from "../plan/plan-inputs.ts";
import type { Terminal } from "../terminal.ts";
import { concurrencyOf } from "./concurrency.ts";
import type { Inputs } from "./run-inputs.ts";
import type { RunFlags } from "./run-settings.ts";

/**
 * When and how the user is asked before money is spent.
 *
 * @internal
 */
export type Confirmation = {
  /** Null never asks. */
  readonly askAboveUsd: number | null;
  readonly isInteractive: boolean;
  readonly ask: Ask;
};

/** A run that is about to start, and the store with the earlier runs that its cost is estimated from. */
export type RunToConfirm = {
  readonly flags: Pick<RunFlags, "attempts" | "concurrency" | "grading" | "maxCost" | "maxTokens" | "reuse" | "yes" | "askAbove">;
  readonly inputs: Inputs;
  readonly store: Store;
  /** The one-sided risk of the last analysis of the gate that the run is for; none for a run by itself. */
  readonly gateRisk?: number;
};

const DEFAULT_ASK_ABOVE_USD = 5;

/** Prints what a run is expected to cost and take, and asks whether to start where that is a lot and a terminal is there. Throws UserError when BENCH_ASK_ABOVE is not an amount. */
export async function confirmRun({ flags, inputs, store, gateRisk }: RunToConfirm, terminal: Terminal): Promise<boolean> {
  const askAboveUsd = flags.yes ? null : (flags.askAbove ?? askAboveFromEnvironment());
  const defaults = { assume: { costUsd: null, seconds: null }, alpha: gateRisk ?? 0.05, power: 0.8, detect: null, withPower: false };
  const question = { attempts: flags.attempts, caps: capsOf(flags), ...concurrencyOf(flags, inputs.suite.tasks), ...defaults };
  const plan = planOf(inputs, question, store);
  terminal.notify(
    shortPlan(plan, gateRisk === undefined ? "run" : "gate") +
      (flags.reuse ? "\nTrials that --reuse takes from earlier runs cost nothing." : ""),
  );
  const isConfirmed = await confirmCost(plan, { askAboveUsd, isInteractive: isInteractive(), ask: askOnTerminal });
  if (!isConfirmed) terminal.notify("Nothing was run.");
  return isConfirmed;
}

/**
 * Asks before a run that is expected to cost more than an amount; unknown costs and the prices of scripted models count as zero. Only `y` or `yes` confirms.
 *
 * @internal
 */
export async function confirmCost({ cost }: Plan, { askAboveUsd, isInteractive, ask }: Confirmation): Promise<boolean> {
  if (!isInteractive || askAboveUsd === null || cost.paidUsd <= askAboveUsd) return true;
  return isYes(await ask(`This run is expected to cost more than ${formatPlanUsd(askAboveUsd)}. Start it? [y/N] `));
}

function askAboveFromEnvironment(): number {
  const text = environmentVariable("BENCH_ASK_ABOVE");
  if (text === undefined) return DEFAULT_ASK_ABOVE_USD;
  const usd = Number(text);
  if (text.trim() === "" || !Number.isFinite(usd) || usd < 0)
    throw new UserError(`Cannot use BENCH_ASK_ABOVE: it is "${text}"; expected an amount in dollars, such as 5`);
  return usd;
}
