import { setImmediate } from "node:timers/promises";
import { expect, test } from "vitest";
import { workThrough } from "../../src/run/schedule.ts";

const NEVER = new AbortController().signal;

test("every item is worked on once and never more than the concurrency at a time", async () => {
  const items = Array.from({ length: 50 }, (_, index) => index);
  const seen: number[] = [];
  let inHand = 0;
  let most = 0;

  await workThrough(items, { concurrency: 4, signal: NEVER }, async (item) => {
    inHand += 1;
    most = Math.max(most, inHand);
    for (let turn = 0; turn < item % 3; turn++) await setImmediate();
    seen.push(item);
    inHand -= 1;
  });

  expect(seen.toSorted((a, b) => a - b)).toEqual(items);
  expect(most).toBe(4);
});

test("an abort lets the items in progress end and starts no other", async () => {
  const stop = new AbortController();
  const ended: number[] = [];

  await workThrough([1, 2, 3, 4, 5], { concurrency: 2, signal: stop.signal }, async (item) => {
    await setImmediate();
    stop.abort();
    ended.push(item);
  });

  expect(ended).toEqual([1, 2]);
});

test("a failure is thrown after the others have ended, and no other item is started", async () => {
  const ended: number[] = [];
  const work = workThrough([1, 2, 3, 4], { concurrency: 2, signal: NEVER }, async (item) => {
    if (item === 1) throw new Error("broken");
    await setImmediate();
    ended.push(item);
  });

  await expect(work).rejects.toThrow("broken");
  expect(ended).toEqual([2]);
});

test("an empty list is done at once", async () => {
  await workThrough([], { concurrency: 3, signal: NEVER }, async () => {
    throw new Error("there is nothing to do");
  });
});

test("the last items go longest first, those of unknown length before all, and the others keep their order", async () => {
  const items = [1, 2, 3, 4, 5, 6, 7, 8];
  const seen: number[] = [];

  await workThrough(items, { concurrency: 2, signal: NEVER, expectedMs: (item) => (item === 6 ? null : item) }, async (item) => {
    seen.push(item);
    await setImmediate();
  });

  expect(seen).toEqual([1, 2, 3, 4, 6, 8, 7, 5]);
});

test("an item that makes room lets the next one start, as long as the backlog allows", async () => {
  let working = 0;
  let inHand = 0;
  const most = { working: 0, inHand: 0 };

  await workThrough(
    Array.from({ length: 40 }, (_, index) => index),
    { concurrency: 3, backlog: 4, signal: NEVER },
    async (item, onAgentDone) => {
      inHand += 1;
      working += 1;
      Object.assign(most, { working: Math.max(most.working, working), inHand: Math.max(most.inHand, inHand) });
      await setImmediate();
      working -= 1;
      onAgentDone();
      for (let turn = 0; turn < 5 + (item % 3); turn++) await setImmediate();
      inHand -= 1;
    },
  );

  expect(most).toEqual({ working: 3, inHand: 7 });
});

test("a failure after making room is thrown, too", async () => {
  const work = workThrough([1, 2], { concurrency: 1, backlog: 1, signal: NEVER }, async (item, onAgentDone) => {
    onAgentDone();
    await setImmediate();
    if (item === 1) throw new Error("broke late");
  });

  await expect(work).rejects.toThrow("broke late");
});

test("more may be in progress once there is room for them, also for those that wait for the backlog", async () => {
  let grow: (more: number) => void = () => {};
  let inHand = 0;
  const most: number[] = [0, 0];
  const options = {
    concurrency: 1,
    signal: NEVER,
    onGrowth: (listener: (more: number) => void) => {
      grow = listener;
      return () => {
        grow = () => {};
      };
    },
  };

  await workThrough(
    Array.from({ length: 40 }, (_, index) => index),
    options,
    async (item) => {
      inHand += 1;
      const phase = item < 20 ? 0 : 1;
      most[phase] = Math.max(most[phase] ?? 0, inHand);
      await setImmediate();
      if (item === 19) grow(2);
      inHand -= 1;
    },
  );

  expect(most).toEqual([1, 3]);
  expect(() => grow(5)).not.toThrow();
});
