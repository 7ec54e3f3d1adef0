import { expect, test } from "vitest";
import { checkCaps } from "../../../src/command/run/cap-check.ts";
import type { ModelSpec } from "../../../src/core/model.ts";
import type { Arm } from "../../../src/core/trial.ts";
import { makeArm } from "../../../src/run/arm.ts";
import { loopSpec } from "../../fixtures/agent-settings.ts";
import { aSpec, someSettings } from "../../fixtures/record.ts";

const PRICE = { input: 10, output: 50, cacheRead: null, cacheWrite5m: null, cacheWrite1h: null, perRequest: 0 };

function armOf(model: ModelSpec): Arm {
  return makeArm({ agent: loopSpec(), model, settings: someSettings() });
}

function arm(changes: Partial<ModelSpec>) {
  return armOf(aSpec({ name: "m", api: "openai-chat", baseUrl: "http://127.0.0.1:1/v1", maxOutputTokens: 1000, price: PRICE, ...changes }));
}

test("a model without a known price is refused under any cost limit, unless it may count as free", () => {
  expect(() => checkCaps([arm({ price: null })], { maxCost: 5 })).toThrow(
    'Cannot enforce --max-cost: the price of model "m" is unknown; give it a price in models.yaml',
  );
  expect(() => checkCaps([arm({ price: null, maxCostUsd: 1 })], {})).toThrow('Cannot enforce max_cost of model "m"');
  expect(() => checkCaps([arm({ price: null, maxTrialCostUsd: 1 })], {})).toThrow('Cannot enforce max_trial_cost of model "m"');
  expect(() => checkCaps([arm({ price: null })], { maxCost: 5, allowUnknownPrices: true })).not.toThrow();
  expect(() => checkCaps([arm({ price: null })], {})).not.toThrow();
});

test("a limit lower than the cost of one request is refused with that cost", () => {
  expect(() => checkCaps([arm({})], { maxCost: 0.05 })).toThrow(
    /Cannot run within --max-cost: it is \$0\.050, and a first request to "m" may cost up to \$0\.140 with its max_output_tokens of 1000/,
  );
  expect(() => checkCaps([arm({})], { maxTokens: 500 })).toThrow("Cannot run within --max-tokens: it is 500");
  expect(() => checkCaps([arm({})], { maxCost: 1, maxTokens: 100_000 })).not.toThrow();
});

test("the cap of a trial is named by the flag or the field that sets it", () => {
  const limits = { ...someSettings().limits, maxCostUsd: 0.05 };
  const byFlag = makeArm({ agent: loopSpec(), model: arm({ maxTrialCostUsd: 9 }).model, settings: someSettings({ limits }) });

  expect(() => checkCaps([byFlag], {})).toThrow("Cannot run within --max-trial-cost: it is $0.050, and a first request");
  expect(() => checkCaps([arm({ maxTrialCostUsd: 0.05 })], {})).toThrow('Cannot run within max_trial_cost of model "m": it is $0.050');
});

test("a limit that is too low for one of two models is refused with the name of that model", () => {
  const dear = armOf(aSpec({ name: "dear", api: "openai-chat", maxOutputTokens: 100_000, price: PRICE }));
  expect(() => checkCaps([arm({}), dear], { maxCost: 1 })).toThrow('a first request to "dear"');
});
