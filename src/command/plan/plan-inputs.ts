import { existsSync } from "node:fs";
import { makePlan } from "../../analysis/plan/make-plan.ts";
import type { ArmInput, Plan, PlanInputs } from "../../analysis/plan/plan-result.ts";
import { environmentVariable } from "../../config/environment.ts";
import type { PastTrial } from "../../core/history.ts";
import type { ModelSpec } from "../../core/model.ts";
import type { Arm } from "../../core/trial.ts";
import { costOf } from "../../model/price.ts";
import { hostSize, limitNotices } from "../../sandbox/fitted-limits.ts";
import type { Store } from "../../store/store.ts";
import { openToRead } from "../open-store.ts";
import { concurrencyOf } from "../run/concurrency.ts";
import { type Inputs, loadInputs } from "../run/run-inputs.ts";
import type { RunFlags } from "../run/run-settings.ts";
import { missingAgentLines } from "../sandbox/missing-agents.ts";

/** The flags of `bench plan` as the command line gives them. */
export type PlanFlags = Omit<RunFlags, "image"> & {
  readonly detect?: number;
  readonly alpha: number;
  readonly power: number;
  readonly assumeCost?: number;
  readonly assumeSeconds?: number;
};

/** The settings of a plan besides its arms and tasks. */
export type PlanQuestion = Pick<
  PlanInputs,
  "attempts" | "caps" | "concurrency" | "grading" | "assume" | "alpha" | "power" | "detect" | "withPower"
>;

/** Plans what `bench run` would do with the same flags, from past trials in the database if it exists. Models without a key are included. */
export async function planFromFlags(flags: PlanFlags): Promise<{ readonly plan: Plan; readonly notices: readonly string[] }> {
  const { notices, ...inputs } = await loadInputs({ ...flags, image: "" }, (name) => environmentVariable(name) ?? "not needed for a plan");
  const question: PlanQuestion = {
    attempts: flags.attempts,
    caps: capsOf(flags),
    ...concurrencyOf(flags, inputs.suite.tasks),
    assume: { costUsd: flags.assumeCost ?? null, seconds: flags.assumeSeconds ?? null },
    alpha: flags.alpha,
    power: flags.power,
    detect: flags.detect ?? null,
    withPower: true,
  };
  const agentNotices = await missingAgentLines(inputs.arms);
  const store = existsSync(flags.db) ? openToRead(flags.db) : null;
  try {
    return {
      plan: planOf(inputs, question, store),
      notices: [...notices, ...agentNotices, ...limitNotices(inputs.suite.tasks, hostSize())],
    };
  } finally {
    store?.close();
  }
}

/** Selects the caps of a run from its flags. */
export function capsOf({ maxCost, maxTokens }: Pick<RunFlags, "maxCost" | "maxTokens">): PlanInputs["caps"] {
  return { maxCostUsd: maxCost ?? null, maxTokens: maxTokens ?? null };
}

/** Plans a run of these arms on these tasks; without a store there are no past trials. */
export function planOf({ suite, arms }: Inputs, question: PlanQuestion, store: Store | null): Plan {
  return makePlan({ ...question, suite, arms: arms.map((arm) => armInput(arm, store)) });
}

function armInput(arm: Arm, store: Store | null): ArmInput {
  const { model } = arm;
  const isKeyMissing = model.apiKeyEnv !== null && environmentVariable(model.apiKeyEnv) === undefined;
  return { arm, missingKey: isKeyMissing ? model.apiKeyEnv : null, usdOf: pricerOf(model), past: pastOf(arm, store) };
}

function pastOf(arm: Arm, store: Store | null): ArmInput["past"] {
  const own: readonly PastTrial[] = store?.history.trialsOfArm(arm.id) ?? [];
  if (own.length > 0 || store === null) return { kind: "arm", trials: own };
  return { kind: "model", trials: store.history.trialsOfModel(arm) };
}

// Without a known price for cached tokens they are priced as uncached input.
function pricerOf(spec: ModelSpec): ArmInput["usdOf"] {
  const at = new Date();
  return (usage) => {
    const { costUsd, noCacheCostUsd } = costOf({ spec, usage, reportedUsd: null, serviceTier: null, at });
    return costUsd ?? noCacheCostUsd;
  };
}
