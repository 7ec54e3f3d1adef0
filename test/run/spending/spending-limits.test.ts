import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CapReached } from "../../../src/core/errors.ts";
import type { Demand, Reservation, SpendingLimit, Used } from "../../../src/core/spending.ts";
import { makeArm } from "../../../src/run/arm.ts";
import { type RunCaps, type Spending, SpendingLimits } from "../../../src/run/spending/spending-limits.ts";
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

/** A request with a prompt of 10 tokens for 1 cent, and an answer of up to 1,000 tokens at a tenth of a cent each. */
const ask: Demand = { prompt: { costUsd: 0.01, tokens: 10 }, outputTokens: 1000, minOutputTokens: 16, usdPerOutputToken: 0.001 };
const answer = (outputTokens: number): Used => ({
  costUsd: 0.01 + outputTokens * 0.001,
  tokens: 10 + outputTokens,
  billing: "known",
  outputTokens,
  isCut: false,
});

/** Answers requests of another trial until the limits know how long answers are. */
async function teach(spendingLimits: SpendingLimits, lengths: readonly number[]): Promise<void> {
  const spendingLimit = spendingLimits.spendingLimitFor(key(B, "teacher"), NO_TRIAL_CAP);
  for (const length of lengths) (await spendingLimit.reserve(ask, never)).settle(answer(length));
}

describe("near a limit", () => {
  test("a request asks for as long an answer as is affordable, and the limit is reached when that is shorter than most answers", async () => {
    const { spendingLimits } = newLimits();
    await teach(
      spendingLimits,
      Array.from({ length: 40 }, (_, index) => [50, 100, 80, 60, 70][index % 5] ?? 0),
    );
    const spendingLimit = spendingLimits.spendingLimitFor(key(B), { maxCostUsd: 1.5 });
    const first = await spendingLimit.reserve(ask, never);
    first.settle(answer(600));
    const second = await spendingLimit.reserve(ask, never);
    second.settle(answer(750));

    expect(first.maxOutputTokens).toBe(1000);
    expect(second.maxOutputTokens).toBe(880);
    // $0.13 is left, which affords 120 tokens; four of five answers had no more than 100.
    const third = await spendingLimit.reserve(ask, never);
    expect(third.maxOutputTokens).toBe(120);
    third.settle(answer(60));
    await expect(spendingLimit.reserve(ask, never)).rejects.toMatchObject({
      scope: "trial",
      reason: "spent",
      message:
        "the limit of $1.5 for the trial is reached: $1.4400 is spent, and the next request may cost up to $0.1100 with an answer of no more than 100 tokens",
    });
  });

  test("requests under way are waited for as long as what they release may be enough for the longest answer", async () => {
    const { spendingLimits } = newLimits({ maxCostUsd: 1.5 });
    const one = await spendingLimits.spendingLimitFor(key(B, "one"), NO_TRIAL_CAP).reserve(ask, never);
    let two: Reservation | null = null;
    const waiting = spendingLimits
      .spendingLimitFor(key(B, "two"), NO_TRIAL_CAP)
      .reserve(ask, never)
      .then((reservation) => {
        two = reservation;
      });
    await Promise.resolve();
    expect(two).toBeNull();

    one.settle(answer(300));
    await waiting;

    expect(two).toMatchObject({ maxOutputTokens: 1000 });
  });

  test("several requests go on at once, each with half of what is left, while that is ample", async () => {
    const { spendingLimits } = newLimits({ maxCostUsd: 1.1 });
    await teach(spendingLimits, [5, 10, 8, 6, 7]);
    const limitOf = (task: string): SpendingLimit => spendingLimits.spendingLimitFor(key(B, task), NO_TRIAL_CAP);
    const one = await limitOf("one").reserve(ask, never);
    const waiting = ["two", "three"].map((task) => limitOf(task).reserve(ask, never));
    one.settle(answer(100));
    const [two, three] = await Promise.all(waiting);

    expect(two?.maxOutputTokens).toBeGreaterThanOrEqual(200);
    expect(three?.maxOutputTokens).toBeGreaterThanOrEqual(200);
    expect((two?.maxOutputTokens ?? 0) + (three?.maxOutputTokens ?? 0)).toBeLessThanOrEqual(884);
  });

  test("after an answer was cut, one that is little longer is not asked for", async () => {
    const { spendingLimits } = newLimits();
    await teach(spendingLimits, [50, 100, 80, 60, 70]);
    const spendingLimit = spendingLimits.spendingLimitFor(key(B), { maxCostUsd: 0.51 });
    const first = await spendingLimit.reserve({ ...ask, prompt: { costUsd: 0.3, tokens: 10 } }, never);
    expect(first.maxOutputTokens).toBe(210);
    // The prompt was cheaper than it may have been, so that there is money for 280 tokens.
    first.settle({ ...answer(210), isCut: true });

    await expect(spendingLimit.reserve(ask, never)).rejects.toThrow("with an answer of no more than 420 tokens");
  });

  test("tokens are affordable as money is", async () => {
    const { spendingLimits } = newLimits({ maxTokens: 1500 });
    await teach(spendingLimits, [50, 100, 80, 60, 70]);
    const spendingLimit = spendingLimits.spendingLimitFor(key(B), NO_TRIAL_CAP);
    const first = await spendingLimit.reserve(ask, never);
    first.settle(answer(700));
    const second = await spendingLimit.reserve(ask, never);

    expect(first.maxOutputTokens).toBe(1000);
    expect(second.maxOutputTokens).toBe(1500 - 5 * 10 - 360 - 710 - 10);
  });

  test("a host that counts more than a request can use is given room for as much and half of it more", async () => {
    const { spendingLimits } = newLimits({ maxTokens: 10_000 });
    const spendingLimit = spendingLimits.spendingLimitFor(key(B), NO_TRIAL_CAP);
    (await spendingLimit.reserve(ask, never)).settle({ ...answer(100), tokens: 510 });
    (await spendingLimit.reserve(ask, never)).settle({ ...answer(7600), tokens: 7610 });

    // 400 tokens of the prompt and 6,600 of the answer were too many; 1,880 are left.
    await expect(spendingLimit.reserve(ask, never)).rejects.toThrow("the limit of 10000 tokens for the run is reached: 8120 are used");
  });
});

describe("requests that broke off", () => {
  test("do not end a trial as its own spending does", async () => {
    const { spendingLimits } = newLimits();
    await teach(spendingLimits, [50, 100, 80, 60, 70]);
    const spendingLimit = spendingLimits.spendingLimitFor(key(B), { maxCostUsd: 1.1 });
    (await spendingLimit.reserve(ask, never)).settle(answer(800));
    (await spendingLimit.reserve(ask, never)).settle(UNKNOWN);

    await expect(spendingLimit.reserve(ask, never)).rejects.toMatchObject({
      scope: "trial",
      reason: "assumed",
      message: expect.stringMatching(
        /^the limit of \$1\.1 for the trial is reached: \$0\.8100 is spent, \$0\.\d{4} to \$0\.\d{4} more may have been billed for 1 request of unknown cost, and the next/,
      ),
    });
  });

  test("count nothing when they prove to be unbilled", async () => {
    const { store, spendingLimits } = newLimits({ maxCostUsd: 1.05 });
    const spendingLimit = spendingLimits.spendingLimitFor(key(B), NO_TRIAL_CAP);
    for (let request = 0; request < 5; request++)
      (await spendingLimit.reserve(ask, never)).settle({ costUsd: 0, tokens: 0, billing: "none" });

    expect(store.spending.spent({ runId: "run-1" })).toMatchObject({ knownUsd: 0, assumedUsd: 0, brokenOff: 0 });
    expect((await spendingLimit.reserve(ask, never)).maxOutputTokens).toBe(1000);
  });

  test("count against the limit of their trial after a kill and a resume, too", async () => {
    const { store, spendingLimits } = newLimits();
    await teach(spendingLimits, [900, 900, 900, 900, 900]);
    const before = spendingLimits.spendingLimitFor(key(B), { maxCostUsd: 2.5 });
    (await before.reserve(ask, never)).settle(answer(900));
    await before.reserve(ask, never);

    const after = limitsOn(store, {}).spendingLimitFor(key(B), { maxCostUsd: 2.5 });

    await expect(after.reserve(ask, never)).rejects.toMatchObject({ scope: "trial", reason: "assumed" });
    const other = limitsOn(store, {}).spendingLimitFor(key(B, "other"), { maxCostUsd: 2.5 });
    expect((await other.reserve(ask, never)).maxOutputTokens).toBe(1000);
  });

  test("are series of tries of one request until an answer comes, in this process and after a resume", async () => {
    const { store, spendingLimits } = newLimits({ maxCostUsd: 20 });
    await teach(spendingLimits, [50, 100, 80, 60, 70]);
    const limit = spendingLimits.spendingLimitFor(key(B, "series"), NO_TRIAL_CAP);
    const unbilled: Used = { costUsd: 0, tokens: 0, billing: "none" };
    for (const used of [UNKNOWN, unbilled, UNKNOWN, UNKNOWN, answer(60), UNKNOWN]) (await limit.reserve(ask, never)).settle(used);
    const other = spendingLimits.spendingLimitFor(key(B, "other"), NO_TRIAL_CAP);
    (await other.reserve(ask, never)).settle(UNKNOWN);

    expect(store.spending.spentByArm({ runId: "run-1" })[0]?.brokenOff).toMatchObject({
      requests: 5,
      squaredSeries: 3 * 3 + 1 + 1,
      longestSeries: 3,
    });
    const long = { ...ask, outputTokens: 100_000 };
    const resumed = await limitsOn(store, { maxCostUsd: 20 }).spendingLimitFor(key(B, "third"), NO_TRIAL_CAP).reserve(long, never);
    const here = await spendingLimits.spendingLimitFor(key(B, "third"), NO_TRIAL_CAP).reserve(long, never);
    expect(here.maxOutputTokens).toBeLessThan(100_000);
    expect(resumed.maxOutputTokens).toBe(here.maxOutputTokens);
  });

  test("before the first answer hold no run back for good: one request at a time finds out how long answers are", async () => {
    const { store, spendingLimits } = newLimits({ maxCostUsd: 4 });
    const killed = spendingLimits.spendingLimitFor(key(B, "killed"), NO_TRIAL_CAP);
    for (let request = 0; request < 3; request++) await killed.reserve({ ...ask, outputTokens: 1200 }, never);
    const limits = limitsOn(store, { maxCostUsd: 6 });
    const one = await limits.spendingLimitFor(key(B, "one"), NO_TRIAL_CAP).reserve({ ...ask, outputTokens: 3000 }, never);
    let isSent = false;
    const waiting = limits
      .spendingLimitFor(key(B, "two"), NO_TRIAL_CAP)
      .reserve({ ...ask, outputTokens: 3000 }, never)
      .then(() => {
        isSent = true;
      });
    await Promise.resolve();
    expect(isSent).toBe(false);

    one.settle(answer(100));
    await waiting;

    expect(isSent).toBe(true);
  });

  test("are told apart in what is reported after each request, and by arm", async () => {
    const told: Spending[] = [];
    const store = new Store(":memory:", () => new Date());
    saveFolderRun(store, [aTask()], [A, B]);
    const run = { runId: "run-1", arms: [A, B], caps: { maxCostUsd: 9, maxTokens: null } };
    const spendingLimits = new SpendingLimits(store.spending, run, (spending) => told.push(spending));
    await teach(spendingLimits, [50, 100, 80, 60, 70]);
    (await spendingLimits.spendingLimitFor(key(B), NO_TRIAL_CAP).reserve(ask, never)).settle(UNKNOWN);

    expect(told.at(-1)).toEqual({
      spentUsd: expect.closeTo(0.41),
      spentTokens: 410,
      assumedUsd: expect.closeTo(0.01 + 0.072),
      assumedTokens: 82,
      maxCostUsd: 9,
      maxTokens: null,
    });
    expect(store.spending.spentOfArms("run-1")).toEqual([
      {
        armId: B.id,
        knownUsd: expect.closeTo(0.41),
        knownTokens: 410,
        assumedUsd: expect.closeTo(0.082),
        assumedTokens: 82,
        brokenOff: 1,
        cappedTrials: 0,
      },
    ]);
  });
});
