import { createInterface } from "node:readline/promises";
import type { Plan } from "../../analysis/plan/plan.ts";
import { environmentVariable } from "../../config/environment.ts";
import { UserError } from "../../core/errors.ts";
import { formatPlanUsd, shortPlan } from "../../report/terminal/plan-text.ts";
import type { Store } from "../../store/store.ts";
import { planOf } from "../plan/plan-inputs.ts";
import type { Terminal } from "../terminal.ts";
import { concurrencyOf } from "./concurrency.ts";
import type { Inputs } from "./run-inputs.ts";
import type { RunFlags } from "./run-settings.ts";

/** When and how somebody is asked before money is spent. */
export type Asking = {
  /** Null never asks. */
  readonly askAboveUsd: number | null;
  readonly isInteractive: boolean;
  readonly ask: (question: string) => Promise<string>;
};

/** A run that is about to start, and the store that knows what such runs took. */
export type RunToConfirm = {
  readonly flags: Pick<RunFlags, "attempts" | "concurrency" | "grading" | "reuse" | "yes" | "askAbove">;
  readonly inputs: Inputs;
  readonly store: Store;
};

const DEFAULT_ASK_ABOVE_USD = 5;

/** Says what a run is about to take and, where that is much and somebody is there, asks whether to go on. Throws UserError when BENCH_ASK_ABOVE is no amount. */
export async function confirmRun({ flags, inputs, store }: RunToConfirm, terminal: Terminal): Promise<boolean> {
  const askAboveUsd = flags.yes ? null : (flags.askAbove ?? askAboveFromEnvironment());
  const unasked = { assume: { costUsd: null, seconds: null }, alpha: 0.05, power: 0.8, detect: null };
  const plan = planOf(inputs, { attempts: flags.attempts, ...concurrencyOf(flags, inputs.suite.tasks), ...unasked }, store);
  terminal.notify(shortPlan(plan) + (flags.reuse ? "\nTrials that --reuse takes over are not paid for again." : ""));
  const isInteractive = process.stdin.isTTY === true && process.stderr.isTTY === true;
  const goesOn = await confirmCost(plan, { askAboveUsd, isInteractive, ask: askOnTerminal });
  if (!goesOn) terminal.notify("Nothing was run.");
  return goesOn;
}

/** Asks before a run that is expected to cost more than an amount; an unknown part counts as nothing, and so do pretended prices. Anything but yes is no. */
export async function confirmCost({ cost }: Plan, { askAboveUsd, isInteractive, ask }: Asking): Promise<boolean> {
  if (!isInteractive || askAboveUsd === null || cost.paidUsd <= askAboveUsd) return true;
  const answer = await ask(`This is expected to cost more than ${formatPlanUsd(askAboveUsd)}. Go on? [y/N] `);
  return /^y(es)?$/i.test(answer.trim());
}

function askAboveFromEnvironment(): number {
  const text = environmentVariable("BENCH_ASK_ABOVE");
  if (text === undefined) return DEFAULT_ASK_ABOVE_USD;
  const usd = Number(text);
  if (text.trim() === "" || !Number.isFinite(usd) || usd < 0)
    throw new UserError(`Cannot use BENCH_ASK_ABOVE: it is "${text}"; expected an amount in dollars, such as 5`);
  return usd;
}

async function askOnTerminal(question: string): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  // Whoever leaves without an answer has not said yes.
  const left = new Promise<string>((resolve) => terminal.once("close", () => resolve("")));
  try {
    return await Promise.race([terminal.question(question), left]);
  } finally {
    terminal.close();
  }
}
