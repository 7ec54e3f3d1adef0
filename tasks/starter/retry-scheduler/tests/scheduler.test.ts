import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";
import { DeadlineExceeded, PermanentError, RetriesExhausted, SchedulerClosed } from "/workspace/src/errors.ts";
import { RetryScheduler } from "/workspace/src/scheduler.ts";

/** Lets all that is due without time happen, also where the scheduler runs in a process of its own: a call to that returns when it has done what was asked before. */
async function settle() {
  for (let turns = 0; turns < 40; turns++) {
    await new Promise<void>((resolve) => setImmediate(resolve));
    new SchedulerClosed();
  }
}

function fakeClock() {
  let now = 5_000;
  const timers = new Set<{ at: number; callback: () => void }>();
  return {
    now: () => now,
    setTimer(delayMs: number, callback: () => void) {
      const timer = { at: now + delayMs, callback };
      timers.add(timer);
      return () => void timers.delete(timer);
    },
    pending: () => timers.size,
    async advance(ms: number) {
      const end = now + ms;
      await settle();
      for (;;) {
        const due = [...timers].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
        if (!due) break;
        timers.delete(due);
        now = due.at;
        due.callback();
        await settle();
      }
      now = end;
    },
  };
}

function setUp(options: { limit?: number; maxAttempts?: number; baseMs?: number; capMs?: number; random?: () => number } = {}) {
  const clock = fakeClock();
  const scheduler = new RetryScheduler({ clock, limit: 1, maxAttempts: 3, baseMs: 100, capMs: 10_000, random: () => 0, ...options });
  return { clock, scheduler };
}

/** A job whose attempts the test ends by hand. */
function manual() {
  const attempts: { number: number; signal: AbortSignal; resolve: (value: unknown) => void; reject: (reason: unknown) => void }[] = [];
  const job = (number: number, signal: AbortSignal) => new Promise<unknown>((resolve, reject) => attempts.push({ number, signal, resolve, reject }));
  return { job, attempts };
}

/** What became of a promise. */
function watch(promise: Promise<unknown>) {
  const seen: { state: string; value: unknown } = { state: "pending", value: undefined };
  promise.then(
    (value) => Object.assign(seen, { state: "resolved", value }),
    (value: unknown) => Object.assign(seen, { state: "rejected", value }),
  );
  return seen;
}

const fail = (error: unknown) => () => Promise.reject(error);

test("a job is called before submit returns", async () => {
  const { scheduler } = setUp();
  const calls: unknown[] = [];
  const promise = scheduler.submit((attempt, signal) => {
    calls.push(attempt, signal instanceof AbortSignal);
    return "done";
  });
  assert.deepEqual(calls, [1, true]);
  assert.equal(await promise, "done");
  assert.deepEqual(scheduler.stats(), { running: 0, ready: 0, waiting: 0 });
});

test("no more attempts run than the limit", async () => {
  const { scheduler } = setUp({ limit: 2 });
  const jobs = [manual(), manual(), manual()];
  for (const { job } of jobs) void scheduler.submit(job);
  assert.deepEqual(scheduler.stats(), { running: 2, ready: 1, waiting: 0 });
  assert.equal(jobs[2]?.attempts.length, 0);
  jobs[1]?.attempts[0]?.resolve(1);
  await settle();
  assert.equal(jobs[2]?.attempts.length, 1);
  assert.deepEqual(scheduler.stats(), { running: 2, ready: 0, waiting: 0 });
});

test("places go by priority, then by the order of becoming ready", async () => {
  const { scheduler } = setUp();
  const order: string[] = [];
  const say = (word: string) => () => void order.push(word);
  const first = manual();
  void scheduler.submit(first.job);
  void scheduler.submit(say("a"));
  void scheduler.submit(say("low"), { priority: -1 });
  void scheduler.submit(say("high"), { priority: 2 });
  void scheduler.submit(say("b"), { priority: 0 });
  void scheduler.submit(say("high2"), { priority: 2 });
  first.attempts[0]?.resolve(0);
  await settle();
  assert.deepEqual(order, ["high", "high2", "a", "b", "low"]);
});

test("a failed job is tried again with the next number", async () => {
  const { scheduler, clock } = setUp();
  const numbers: number[] = [];
  const promise = scheduler.submit((attempt) => {
    numbers.push(attempt);
    if (attempt < 3) throw new Error("not yet");
    return attempt;
  });
  await clock.advance(10_000);
  assert.equal(await promise, 3);
  assert.deepEqual(numbers, [1, 2, 3]);
});

test("the last failure rejects with all failures", async () => {
  const { scheduler, clock } = setUp();
  const errors = [new Error("one"), "two", new Error("three")];
  const seen = watch(scheduler.submit((attempt) => Promise.reject(errors[attempt - 1])));
  await clock.advance(100_000);
  assert.equal(seen.state, "rejected");
  assert.ok(seen.value instanceof RetriesExhausted);
  assert.deepEqual(seen.value.failures, errors);
  assert.equal(seen.value.cause, errors[2]);
  assert.equal(clock.pending(), 0);
});

test("a permanent error is not tried again", async () => {
  const { scheduler, clock } = setUp();
  const error = new PermanentError("never");
  let calls = 0;
  const seen = watch(
    scheduler.submit(() => {
      calls += 1;
      throw error;
    }),
  );
  await clock.advance(10_000);
  assert.equal(seen.value, error);
  assert.equal(calls, 1);
  assert.notEqual(seen.state, "resolved");
});

test("waits double up to the cap", async () => {
  const { scheduler, clock } = setUp({ maxAttempts: 6, capMs: 500, random: () => 0.9999999 });
  const times: number[] = [];
  watch(
    scheduler.submit(() => {
      times.push(clock.now());
      throw new Error("again");
    }),
  );
  await clock.advance(100_000);
  assert.deepEqual(times.map((time, index) => time - (times[index - 1] ?? 5_000)), [0, 99, 199, 399, 499, 499]);
});

test("waits are spread by the random number and cut to whole milliseconds", async () => {
  const numbers = [0, 0.5, 0.25];
  const { scheduler, clock } = setUp({ maxAttempts: 4, baseMs: 101, random: () => numbers.shift() ?? 0 });
  const times: number[] = [];
  watch(
    scheduler.submit(() => {
      times.push(clock.now());
      throw new Error("again");
    }),
  );
  await clock.advance(100_000);
  assert.deepEqual(times.map((time) => time - 5_000), [0, 50, 50 + 151, 50 + 151 + 252]);
});

test("random is called once for a computed wait only", async () => {
  let calls = 0;
  const random = () => {
    calls += 1;
    return 0;
  };
  const { scheduler, clock } = setUp({ maxAttempts: 3, random });
  watch(scheduler.submit(fail(new Error("again"))));
  await clock.advance(10_000);
  assert.equal(calls, 2);
  watch(scheduler.submit(fail({ retryAfterMs: 5 })));
  watch(scheduler.submit(fail(new PermanentError("no"))));
  await clock.advance(10_000);
  assert.equal(calls, 2);
});

test("a failure may say how long to wait", async () => {
  const { scheduler, clock } = setUp({ maxAttempts: 3, capMs: 200 });
  const times: number[] = [];
  const waits = [7_777, 0];
  watch(
    scheduler.submit((attempt) => {
      times.push(clock.now() - 5_000);
      throw Object.assign(new Error("busy"), { retryAfterMs: waits[attempt - 1] });
    }),
  );
  await clock.advance(7_776);
  assert.deepEqual(times, [0]);
  await clock.advance(1);
  assert.deepEqual(times, [0, 7_777, 7_777]);
});

test("a wait of nothing goes through a timer", async () => {
  const { scheduler, clock } = setUp();
  let calls = 0;
  watch(
    scheduler.submit(() => {
      calls += 1;
      throw { retryAfterMs: 0 };
    }),
  );
  await settle();
  assert.equal(calls, 1);
  assert.equal(clock.pending(), 1);
  assert.deepEqual(scheduler.stats(), { running: 0, ready: 0, waiting: 1 });
});

test("an unusable time to wait is ignored", async () => {
  for (const retryAfterMs of [-1, "5", null, Number.NaN]) {
    const { scheduler, clock } = setUp({ maxAttempts: 2 });
    let calls = 0;
    watch(
      scheduler.submit(() => {
        calls += 1;
        throw { retryAfterMs };
      }),
    );
    await clock.advance(49);
    assert.equal(calls, 1);
    await clock.advance(1);
    assert.equal(calls, 2);
  }
});

test("a waiting job holds no place", async () => {
  const { scheduler, clock } = setUp();
  watch(scheduler.submit(fail(new Error("again"))));
  const other = manual();
  watch(scheduler.submit(other.job));
  await settle();
  assert.equal(other.attempts.length, 1);
  assert.deepEqual(scheduler.stats(), { running: 1, ready: 0, waiting: 1 });
  await clock.advance(50);
  assert.deepEqual(scheduler.stats(), { running: 1, ready: 1, waiting: 0 });
});

test("after its wait a job stands behind the ready ones of its priority", async () => {
  const { scheduler, clock } = setUp();
  const order: string[] = [];
  const blocker = manual();
  watch(
    scheduler.submit((attempt) => {
      order.push(`retry${attempt}`);
      if (attempt === 1) throw new Error("again");
    }),
  );
  watch(scheduler.submit(blocker.job));
  watch(scheduler.submit(() => void order.push("early")));
  await clock.advance(50);
  watch(scheduler.submit(() => void order.push("late")));
  blocker.attempts[0]?.resolve(0);
  await settle();
  assert.deepEqual(order, ["retry1", "early", "retry2", "late"]);
});

test("an aborted signal keeps the job from being called", async () => {
  const { scheduler, clock } = setUp();
  let calls = 0;
  const reason = "gone";
  const seen = watch(
    scheduler.submit(
      () => {
        calls += 1;
      },
      { signal: AbortSignal.abort(reason), deadlineMs: 10 },
    ),
  );
  await settle();
  assert.equal(seen.value, reason);
  assert.equal(calls, 0);
  assert.equal(clock.pending(), 0);
});

test("abort ends a ready job", async () => {
  const { scheduler } = setUp();
  const controller = new AbortController();
  const first = manual();
  const second = manual();
  void scheduler.submit(first.job);
  const seen = watch(scheduler.submit(second.job, { signal: controller.signal }));
  controller.abort("enough");
  assert.deepEqual(scheduler.stats(), { running: 1, ready: 0, waiting: 0 });
  await settle();
  assert.deepEqual(seen, { state: "rejected", value: "enough" });
  first.attempts[0]?.resolve(0);
  await settle();
  assert.equal(second.attempts.length, 0);
});

test("abort ends a waiting job and its timer", async () => {
  const { scheduler, clock } = setUp();
  const controller = new AbortController();
  const seen = watch(scheduler.submit(fail(new Error("again")), { signal: controller.signal }));
  await settle();
  assert.equal(scheduler.stats().waiting, 1);
  controller.abort("enough");
  await settle();
  assert.deepEqual(seen, { state: "rejected", value: "enough" });
  assert.equal(clock.pending(), 0);
  assert.deepEqual(scheduler.stats(), { running: 0, ready: 0, waiting: 0 });
});

test("abort reaches the running attempt, which keeps its place until it ends", async () => {
  const { scheduler } = setUp();
  const controller = new AbortController();
  const first = manual();
  const second = manual();
  const seen = watch(scheduler.submit(first.job, { signal: controller.signal }));
  void scheduler.submit(second.job);
  controller.abort("enough");
  await settle();
  assert.deepEqual(seen, { state: "rejected", value: "enough" });
  assert.equal(first.attempts[0]?.signal.aborted, true);
  assert.equal(first.attempts[0]?.signal.reason, "enough");
  assert.equal(second.attempts.length, 0);
  assert.deepEqual(scheduler.stats(), { running: 1, ready: 1, waiting: 0 });
  first.attempts[0]?.reject(new Error("stopped"));
  await settle();
  assert.equal(second.attempts.length, 1);
  assert.equal(first.attempts.length, 1);
});

test("what comes after the end changes nothing", async () => {
  const { scheduler, clock } = setUp();
  const controller = new AbortController();
  const job = manual();
  const seen = watch(scheduler.submit(job.job, { signal: controller.signal, deadlineMs: 100 }));
  controller.abort("first");
  job.attempts[0]?.resolve("late");
  await clock.advance(500);
  await scheduler.close();
  assert.deepEqual(seen, { state: "rejected", value: "first" });
});

test("a deadline ends a running job and tells its attempt", async () => {
  const { scheduler, clock } = setUp();
  const job = manual();
  const seen = watch(scheduler.submit(job.job, { deadlineMs: 100 }));
  await clock.advance(99);
  assert.equal(seen.state, "pending");
  await clock.advance(1);
  assert.ok(seen.value instanceof DeadlineExceeded);
  assert.equal(job.attempts[0]?.signal.reason, seen.value);
  assert.equal(scheduler.stats().running, 1);
});

test("a deadline counts the time spent ready", async () => {
  const { scheduler, clock } = setUp();
  const blocker = manual();
  const job = manual();
  void scheduler.submit(blocker.job);
  const seen = watch(scheduler.submit(job.job, { deadlineMs: 100 }));
  await clock.advance(100);
  assert.ok(seen.value instanceof DeadlineExceeded);
  blocker.attempts[0]?.resolve(0);
  await settle();
  assert.equal(job.attempts.length, 0);
});

test("a wait that would reach the deadline is not begun", async () => {
  for (const [deadlineMs, waits] of [
    [49, false],
    [50, false],
    [51, true],
  ] as const) {
    const { scheduler, clock } = setUp();
    const error = new Error("again");
    const seen = watch(scheduler.submit(fail(error), { deadlineMs }));
    await settle();
    assert.equal(seen.state, waits ? "pending" : "rejected");
    assert.equal(scheduler.stats().waiting, waits ? 1 : 0);
    if (waits) continue;
    assert.ok(seen.value instanceof RetriesExhausted);
    assert.deepEqual(seen.value.failures, [error]);
    assert.equal(clock.pending(), 0);
  }
});

test("close rejects all jobs and waits for the running attempts", async () => {
  const { scheduler, clock } = setUp({ limit: 2 });
  const running = manual();
  const ready = manual();
  const seen = [
    watch(scheduler.submit(fail(new Error("again")))),
    watch(scheduler.submit(running.job)),
  ];
  await settle();
  const blocker = manual();
  seen.push(watch(scheduler.submit(blocker.job)), watch(scheduler.submit(ready.job)));
  assert.deepEqual(scheduler.stats(), { running: 2, ready: 1, waiting: 1 });
  const closed = watch(scheduler.close());
  await settle();
  for (const { value } of seen) assert.ok(value instanceof SchedulerClosed);
  assert.ok(running.attempts[0]?.signal.reason instanceof SchedulerClosed);
  assert.equal(clock.pending(), 0);
  assert.deepEqual(scheduler.stats(), { running: 2, ready: 0, waiting: 0 });
  running.attempts[0]?.resolve(0);
  await settle();
  assert.equal(closed.state, "pending");
  blocker.attempts[0]?.reject(new Error("stopped"));
  await settle();
  assert.equal(closed.state, "resolved");
  assert.equal(ready.attempts.length, 0);
});

test("a closed scheduler takes no jobs, and may be closed again", async () => {
  const { scheduler } = setUp();
  await scheduler.close();
  await scheduler.close();
  let calls = 0;
  await assert.rejects(
    scheduler.submit(() => {
      calls += 1;
    }),
    SchedulerClosed,
  );
  assert.equal(calls, 0);
});

test("a second close waits as well", async () => {
  const { scheduler } = setUp();
  const job = manual();
  watch(scheduler.submit(job.job));
  const first = watch(scheduler.close());
  const second = watch(scheduler.close());
  await settle();
  assert.deepEqual([first.state, second.state], ["pending", "pending"]);
  job.attempts[0]?.resolve(0);
  await settle();
  assert.deepEqual([first.state, second.state], ["resolved", "resolved"]);
});

test("nothing is left behind when jobs end", async () => {
  const { scheduler, clock } = setUp({ limit: 5, maxAttempts: 2 });
  const options = { deadlineMs: 60_000 };
  const seen = [
    watch(scheduler.submit(() => 1, options)),
    watch(scheduler.submit(fail(new PermanentError("no")), options)),
    watch(scheduler.submit(fail(new Error("again")), options)),
  ];
  await clock.advance(1_000);
  assert.deepEqual(seen.map(({ state }) => state), ["resolved", "rejected", "rejected"]);
  assert.equal(clock.pending(), 0);
  assert.equal(typeof scheduler.stats().running, "number");
});

// Listeners are counted where the scheduler adds them.
const COUNTS_LISTENERS = `
import { getEventListeners } from "node:events";
import { PermanentError } from "/workspace/src/errors.ts";
import { RetryScheduler } from "/workspace/src/scheduler.ts";
// Pauses end at once, and the deadline never comes.
const clock = { now: () => 0, setTimer(ms, callback) { const soon = ms < 1_000 ? setImmediate(callback) : undefined; return () => clearImmediate(soon); } };
const scheduler = new RetryScheduler({ clock, limit: 5, maxAttempts: 2, baseMs: 1, capMs: 2, random: () => 0 });
const { signal } = new AbortController();
const fail = (error) => () => Promise.reject(error);
const jobs = [() => 1, fail(new PermanentError("no")), fail(new Error("again"))].map((job) => scheduler.submit(job, { signal, deadlineMs: 60_000 }));
const during = getEventListeners(signal, "abort").length;
const ends = (await Promise.allSettled(jobs)).map(({ status }) => status);
console.log(JSON.stringify([during > 0, ends, getEventListeners(signal, "abort").length]));
`;

test("no listener is left behind when jobs end", () => {
  const said = execFileSync(process.env.SOLUTION ?? "", ["node", "--input-type=module", "-e", COUNTS_LISTENERS], { encoding: "utf8", timeout: 20_000 });
  assert.deepEqual(JSON.parse(said), [true, ["fulfilled", "rejected", "rejected"], 0]);
});

test("the signals of attempts that end by themselves are not aborted", async () => {
  const { scheduler, clock } = setUp({ maxAttempts: 2 });
  const signals: AbortSignal[] = [];
  watch(
    scheduler.submit((attempt, signal) => {
      signals.push(signal);
      if (attempt === 1) throw new Error("again");
    }),
  );
  await clock.advance(1_000);
  await scheduler.close();
  assert.deepEqual(signals.map(({ aborted }) => aborted), [false, false]);
});
