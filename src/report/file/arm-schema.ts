import { z } from "zod";

/** A share: 0.05 is 5 points. */
export const share = z.number();
/** A number, or null where it is unknown or there is none. */
export const maybe = z.number().nullable();
/** A whole number from 0. */
export const count = z.int().min(0);
const maybeCount = count.nullable();

/** Passed of graded trials. */
export const counts = z.strictObject({ passed: count, trials: count }).meta({ id: "counts" });

/** A pass rate with its interval. */
export const passRate = z
  .strictObject({ rate: maybe, low: maybe, high: maybe, tasks: count, trials: count, effectiveTasks: maybe })
  .meta({ id: "passRate" });

const doubts = {
  unknownUsageSteps: count.describe("steps whose provider gave no count of tokens"),
  doubtfulUsageSteps: count.describe("steps whose counts do not add up, or whose reported cost is more than 2 % from the price"),
  unbilledAttempts: count.describe("requests that failed or were cut off and may have been billed; no part of costUsd"),
  assumedUsd: z
    .number()
    .describe("what those requests are assumed to have cost, in US dollars; 0 where no price is known; no part of costUsd"),
};

const speed = {
  outputTokensPerSecond: maybe.describe("output tokens by the time in the model's requests, over graded trials with known tokens"),
  firstTokenMs: maybe.describe("mean time to the first token of streamed answers; null without one"),
};

const task = z.strictObject({
  taskId: z.string(),
  taskDigest: z.string(),
  group: z.string().nullable().describe("what the task shares with others, such as a repository"),
  tags: z.array(z.string()),
  ...counts.shape,
  errors: count,
  tampered: count,
  capped: count,
  atCostCap: count.describe("of those, ended at the cap on the cost of a trial"),
  failedAtCostCap: count,
  iterations: count,
  uncachedTokens: maybeCount.describe("input that was not read from a cache; null is unknown"),
  cachedTokens: maybeCount,
  outputTokens: maybeCount,
  costUsd: maybe.describe("US dollars of all graded trials; null is unknown"),
  meanLogCost: maybe,
  workingMs: z.number(),
  ...doubts,
  ...speed,
});

const agent = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("loop").describe("the harness's own tool-calling loop"),
    profile: z.enum(["full", "no-exec", "read-only", "bash-only", "apply-patch"]),
    maskAtShare: share.describe("share of the context window at which old tool results are masked"),
    summarizeAfter: count.exactOptional().describe("after how many iterations, each time, the model summarized its work; absent for never"),
  }),
  z.strictObject({
    kind: z.literal("cli").describe("the command line of another agent"),
    name: z.string(),
    version: z.string().describe("empty where it is unknown"),
    command: z.array(z.string()),
    env: z.record(z.string(), z.string()),
  }),
]);

const trialCap = z.strictObject({
  maxUsd: z.number(),
  setBy: z.enum(["--max-trial-cost", "max_trial_cost"]),
  ended: count.describe("graded trials that ended at it"),
  failed: count.describe("of those, not passed"),
  spentUsd: maybe.describe("known cost of those trials; null is unknown"),
  assumedUsd: z.number().describe("assumed beside it for requests that may have been billed"),
  errors: count.describe("trials in error because of what was only assumed to be spent"),
});

/** A cap that stopped a run. */
export const capStop = z.strictObject({
  owner: z.string().nullable().describe("the arm whose max_cost was reached; null for a cap of the run"),
  cap: z.strictObject({ kind: z.enum(["usd", "tokens"]), most: z.number() }),
  spent: z.number(),
  assumed: z.number().describe("assumed beside it for requests that broke off"),
  brokenOff: count,
  left: count.describe("trials without a result"),
  of: count,
});

/** Which tasks a part has: those with a tag, or those of a group. */
export const part = { kind: z.enum(["tag", "group"]), name: z.string() };

const rate = z.strictObject({ value: z.number(), low: z.number(), high: z.number() }).meta({ id: "passK" });

/** The figures of one arm, with those of each task. */
export const arm = z.strictObject({
  label: z.string(),
  name: z.string(),
  armId: z.string(),
  runId: z.string(),
  agent,
  api: z.string(),
  model: z.string().describe("name at the provider"),
  prompt: z.string(),
  promptDigest: z.string(),
  scripted: z.boolean(),
  passRate,
  rank: z.strictObject({ low: count, high: count }).nullable(),
  passed: count,
  graded: count,
  errors: count,
  tampered: count,
  isolation: z
    .strictObject({ tasks: count, none: count, oneUser: count, state: count.optional() })
    .describe(
      "tasks with graded trials, and those of them with one graded without isolation, in a sandbox with one user, or by the state of its machine",
    ),
  heldBack: z
    .strictObject({ trials: count, files: z.array(z.strictObject({ path: z.string(), reason: z.string(), trials: count })) })
    .describe("trials in which files of the agent were not graded, and the files that were so most often"),
  meanIterations: maybe,
  uncachedTokens: maybeCount.describe("input that was not read from a cache; null is unknown"),
  cachedTokens: maybeCount,
  outputTokens: maybeCount,
  costUsd: maybe.describe("null is unknown, or no trial is graded"),
  ungradedUsd: z.number().describe("known money spent in this run on trials that have no grade"),
  costPerSolvedUsd: maybe,
  trialCap: trialCap.nullable().describe("the cap on the cost of a trial and what it did; null where there was none"),
  ...doubts,
  ...speed,
  spentUsd: z.number(),
  medianWorkingMs: maybe,
  attemptsCurve: z
    .array(z.strictObject({ k: count, any: rate, all: rate }))
    .nullable()
    .describe("shares of tasks in which at least one of k attempts passes (pass@k), and every one (pass^k), without bias; 95 % intervals"),
  parts: z
    .array(z.strictObject({ ...part, passRate, passed: count, graded: count, errors: count }))
    .describe("results by tag and by group of at least two tasks, the largest first; empty where tasks have none"),
  perTask: z.array(task),
});

/** One finished trial. */
export const trial = z.strictObject({
  id: count,
  runId: z.string(),
  taskId: z.string(),
  armId: z.string(),
  armName: z.string(),
  armApi: z.enum(["openai-responses", "openai-chat", "anthropic", "gemini", "scripted"]),
  attempt: count,
  passed: z.boolean().nullable().describe("null for a trial that ended in an error and has no grade"),
  stop: z
    .enum([
      "completed",
      "max-iterations",
      "budget-cost",
      "budget-time",
      "budget-tokens",
      "stuck-repeat",
      "stuck-errors",
      "protocol-errors",
      "context-exhausted",
      "refused",
      "sandbox-lost",
    ])
    .nullable(),
  reason: z.enum(["all-passed", "tests-failed", "test-timeout", "out-of-memory", "no-report", "nothing-delivered", "tampered"]).nullable(),
  testsPassed: maybe,
  testsTotal: maybe,
  errorSource: z.enum(["provider", "sandbox", "grader", "harness", "task"]).nullable(),
  errorMessage: z.string().nullable(),
  tampered: z.boolean(),
  isolation: z
    .enum(["process", "process-one-user", "none", "state"])
    .nullable()
    .describe("how the solution was kept apart from its tests; null where nothing was run, and in trials of older versions"),
  heldBack: z.array(z.strictObject({ path: z.string(), reason: z.string() })).describe("what the agent made or changed and was not graded"),
  rewards: z
    .record(z.string(), z.number())
    .nullable()
    .describe("numbers by name that the tests of a graded state gave; null for all others"),
  iterations: count,
  inputTokens: maybeCount.describe("null, like the other counts, where the provider gave no count for a step"),
  cacheReadTokens: maybeCount,
  cacheWriteTokens: maybeCount,
  outputTokens: maybeCount,
  costUsd: maybe.describe("known cost in US dollars; null is unknown"),
  ...doubts,
  workingMs: z.number(),
  modelMs: maybe.describe("time in the model's requests; null in trials of older versions"),
  firstTokenMs: speed.firstTokenMs,
  stopDetail: z.string().nullable(),
});
