import fc from "fast-check";
import { expect, test } from "vitest";
import { CapReached } from "../../../src/core/errors.ts";
import type { Demand, Reservation, Used } from "../../../src/core/spending.ts";
import { makeArm } from "../../../src/run/arm.ts";
import { type RunCaps, SpendingLimits } from "../../../src/run/spending/spending-limits.ts";
import { Store } from "../../../src/store/store.ts";
import { loopSpec } from "../../fixtures/agent-settings.ts";
import { aSpec, aTask, someSettings } from "../../fixtures/record.ts";
import { saveFolderRun } from "../../fixtures/trial-parts.ts";

const never = new AbortController().signal;
const A = makeArm({ agent: loopSpec(), model: aSpec({ name: "a", maxCostUsd: 2 }), settings: someSettings() });
const B = makeArm({ agent: loopSpec(), model: aSpec({ name: "b", model: "flawed" }), settings: someSettings() });
const key = (arm = A, taskId = "t") => ({ runId: "run-1", taskId, armId: arm.id, attempt: 1 });
/** A request whose use is known in all but the answer it may not need. */
const worst = (costUsd: number, tokens = 10): Demand => ({
  prompt: { costUsd, tokens },
  outputTokens: 0,
  minOutputTokens: 0,
  usdPerOutputToken: 0,
});
const use = (costUsd: number, tokens: number): Used => ({ costUsd, tokens, billing: "known" });
const UNKNOWN: Used = { costUsd: null, tokens: null, billing: "maybe" };
const NO_TRIAL_CAP = { maxCostUsd: null };

function newLimits(caps: Partial<RunCaps> = {}): { readonly store: Store; readonly spendingLimits: SpendingLimits } {
  const store = new Store(":memory:", () => new Date());
  saveFolderRun(store, [aTask()], [A, B]);
  return { store, spendingLimits: limitsOn(store, caps) };
}

function limitsOn(store: Store, caps: Partial<RunCaps>): SpendingLimits {
  return new SpendingLimits(store.spending, { runId: "run-1", arms: [A, B], caps: { maxCostUsd: null, maxTokens: null, ...caps } });
}

test("a request that does not fit waits for one that may release its reservation", async () => {
  const { spendingLimits } = newLimits({ maxCostUsd: 1 });
  const spendingLimit = spendingLimits.spendingLimitFor(key(B), NO_TRIAL_CAP);
  const first = await spendingLimit.reserve(worst(0.7), never);
  let second: Reservation | null = null;
  const waiting = spendingLimit.reserve(worst(0.7), never).then((reservation) => {
    second = reservation;
  });
  await Promise.resolve();
  expect(second).toBeNull();

  first.settle(use(0.1, 5));

  await waiting;
  expect(second).not.toBeNull();
});

test("a request that can never fit is refused, and the message names the limit's owner", async () => {
  const { spendingLimits } = newLimits({ maxCostUsd: 3 });
  const a = spendingLimits.spendingLimitFor(key(A), { maxCostUsd: 0.5 });
  await expect(a.reserve(worst(0.6), never)).rejects.toMatchObject({ scope: "trial" });
  const other = spendingLimits.spendingLimitFor(key(A, "u"), NO_TRIAL_CAP);
  (await other.reserve(worst(1.9), never)).settle(use(1.9, 1));
  await expect(other.reserve(worst(0.2), never)).rejects.toMatchObject({
    scope: "arm",
    message: "the limit of $2 for a is reached: $1.9000 is spent, and the next request may cost up to $0.2000",
  });
  const b = spendingLimits.spendingLimitFor(key(B), NO_TRIAL_CAP);
  (await b.reserve(worst(1), never)).settle(use(1, 1));
  await expect(b.reserve(worst(0.2), never)).rejects.toMatchObject({ scope: "run" });
});

test("an unknown cost counts as the worst case, and so does a request in progress when the process was killed", async () => {
  const { store, spendingLimits } = newLimits({ maxCostUsd: 10 });
  const spendingLimit = spendingLimits.spendingLimitFor(key(B), NO_TRIAL_CAP);
  (await spendingLimit.reserve(worst(1), never)).settle(use(0.25, 5));
  (await spendingLimit.reserve(worst(2), never)).settle(UNKNOWN);
  await spendingLimit.reserve(worst(4), never);

  expect(store.spending.spent({ runId: "run-1" })).toEqual({
    knownUsd: 0.25,
    knownTokens: 5,
    assumedUsd: 6,
    assumedTokens: 20,
    brokenOff: 2,
  });
  const after = limitsOn(store, { maxCostUsd: 10 }).spendingLimitFor(key(B), NO_TRIAL_CAP);
  await expect(after.reserve(worst(4), never)).rejects.toThrow(CapReached);
  (await after.reserve(worst(3.75), never)).settle(use(0, 0));
});

test("an aborted request reserves nothing, and lets the next one through", async () => {
  const { spendingLimits } = newLimits({ maxCostUsd: 1 });
  const spendingLimit = spendingLimits.spendingLimitFor(key(B), NO_TRIAL_CAP);
  const first = await spendingLimit.reserve(worst(0.9), never);
  const stop = new AbortController();
  const waiting = spendingLimit.reserve(worst(0.9), stop.signal);
  const next = spendingLimit.reserve(worst(0.5), never);
  stop.abort(new Error("enough"));
  await expect(waiting).rejects.toThrow("enough");
  first.settle(use(0.3, 1));
  (await next).settle(use(0.5, 1));
  await expect(spendingLimit.reserve(worst(0.3), never)).rejects.toThrow("limit of $1 for the run is reached");
});

test("tokens have a separate limit", async () => {
  const { spendingLimits } = newLimits({ maxTokens: 100 });
  const spendingLimit = spendingLimits.spendingLimitFor(key(B), NO_TRIAL_CAP);
  (await spendingLimit.reserve(worst(0, 60), never)).settle(use(0, 50));
  await expect(spendingLimit.reserve(worst(0, 60), never)).rejects.toThrow(
    "the limit of 100 tokens for the run is reached: 50 are used, and the next request may use up to 60",
  );
});

test("whatever requests come, in whatever order they end, no limit is ever exceeded", async () => {
  const request = fc.record({
    worst: fc.integer({ min: 1, max: 40 }),
    share: fc.integer({ min: 0, max: 100 }),
    arm: fc.boolean(),
    delay: fc.nat(5),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(request, { minLength: 1, maxLength: 30 }), fc.integer({ min: 10, max: 300 }), async (requests, cap) => {
      const { store, spendingLimits } = newLimits({ maxCostUsd: cap / 100 });
      let spent = 0;
      let spentByA = 0;
      await Promise.all(
        requests.map(async ({ worst: cents, share, arm, delay }, index) => {
          const spendingLimit = spendingLimits.spendingLimitFor(key(arm ? A : B, `t${index}`), NO_TRIAL_CAP);
          try {
            const reservation = await spendingLimit.reserve(worst(cents / 100), never);
            for (let turn = 0; turn < delay; turn++) await Promise.resolve();
            const costUsd = (cents / 100) * (share / 100);
            spent += costUsd;
            if (arm) spentByA += costUsd;
            reservation.settle(use(costUsd, 1));
            reservation.settle(use(99, 99));
          } catch (error) {
            expect(error).toBeInstanceOf(CapReached);
          }
          expect(spent).toBeLessThanOrEqual(cap / 100 + 1e-6);
          expect(spentByA).toBeLessThanOrEqual(2 + 1e-6);
        }),
      );
      expect(store.spending.spent({ runId: "run-1" }).knownUsd).toBeCloseTo(spent);
      store.close();
    }),
    { numRuns: 100, seed: 1 },
  );
});
