import { expect, test } from "vitest";
import type { Basis, Plan } from "../../src/analysis/plan/plan-result.ts";
import { writePlan } from "../../src/report/written-plan.ts";
import { cliSpec } from "../fixtures/agent-settings.ts";

const arm = (costBasis: Basis, timeBasis: Basis): Plan["arms"][number] => ({
  name: "gpt",
  armId: "gpt",
  agent: cliSpec({ version: "1" }),
  api: "openai-chat",
  model: "gpt",
  prompt: "default",
  missingKey: null,
  trials: 2,
  costPerTrialUsd: null,
  costUsd: null,
  costBasis,
  worstCost: { usd: null, by: "unknown" },
  secondsPerTrial: 60,
  timeBasis,
});

test("assumptions and unknown prices of a plan are put into words, and all else stays", () => {
  const past: Basis = { kind: "arm", trials: 5, runs: 1, newestRun: "r", repriced: false };
  const arms = [
    arm({ kind: "assumption", assumed: { kind: "trial" } }, { kind: "assumption", assumed: { kind: "seconds", seconds: 60 } }),
    arm({ kind: "assumption", assumed: { kind: "scripted-trial" } }, { kind: "flag" }),
    arm({ kind: "unknown" }, past),
  ];

  expect(writePlan({ arms, caps: [] } as unknown as Plan).arms.map(({ costBasis, timeBasis }) => [costBasis, timeBasis])).toEqual([
    [
      { kind: "assumption", text: "10 responses, 100k tokens in (80k of them cached), 6k out a trial" },
      { kind: "assumption", text: "60 s of work a trial" },
    ],
    [
      { kind: "assumption", text: "5 responses, 14k tokens in (10k of them cached), 1.2k out a trial of a scripted model" },
      { kind: "flag" },
    ],
    [{ kind: "unknown", reason: "its price is unknown, and no past trial has a cost" }, past],
  ]);
});
