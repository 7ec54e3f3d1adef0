import { z } from "zod";
import type { TrialRecord } from "../../core/record.ts";
import type { Report } from "../written-report.ts";

const share = z.number();
const maybe = z.number().nullable();
const count = z.int().min(0);
const maybeCount = count.nullable();

const estimate = z.strictObject({ value: z.number(), low: maybe, high: maybe }).meta({ id: "estimate" });
const side = z.strictObject({ label: z.string(), armId: z.string(), runId: z.string(), scripted: z.boolean() }).meta({ id: "side" });
const counts = z.strictObject({ passed: count, trials: count }).meta({ id: "counts" });

const passRate = z
  .strictObject({ rate: maybe, low: maybe, high: maybe, tasks: count, trials: count, effectiveTasks: maybe })
  .meta({ id: "passRate" });

const run = z.strictObject({
  id: z.string(),
  createdAt: z.string().describe("ISO date, UTC"),
  finishedAt: z.string().nullable(),
  end: z.enum(["complete", "interrupted", "failed"]).nullable(),
  suite: z.string(),
  suiteDigest: z.string(),
  attempts: count,
  harnessVersion: z.string(),
  image: z.string(),
  imageId: z.string(),
  tags: z.array(z.string()),
  settings: z.record(z.string(), z.unknown()).describe("flags, images, git state and versions it was started with"),
});

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
    profile: z.enum(["full", "no-exec", "read-only", "bash-only"]),
    maskAtShare: share.describe("share of the context window at which old tool results are masked"),
  }),
  z.strictObject({ kind: z.literal("cli").describe("the command line of another agent"), name: z.string(), version: z.string() }),
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

const capStop = z.strictObject({
  owner: z.string().nullable().describe("the arm whose max_cost was reached; null for a cap of the run"),
  cap: z.strictObject({ kind: z.enum(["usd", "tokens"]), most: z.number() }),
  spent: z.number(),
  assumed: z.number().describe("assumed beside it for requests that broke off"),
  brokenOff: count,
  left: count.describe("trials without a result"),
  of: count,
});

const arm = z.strictObject({
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
  meanIterations: maybe,
  uncachedTokens: maybeCount.describe("input that was not read from a cache; null is unknown"),
  cachedTokens: maybeCount,
  outputTokens: maybeCount,
  costUsd: maybe,
  ungradedUsd: z.number().describe("known money spent in this run on trials that have no grade"),
  costPerSolvedUsd: maybe,
  trialCap: trialCap.nullable().describe("the cap on the cost of a trial and what it did; null where there was none"),
  ...doubts,
  ...speed,
  spentUsd: z.number(),
  medianWorkingMs: maybe,
  perTask: z.array(task),
});

const pair = z.strictObject({ taskId: z.string(), baseline: counts, candidate: counts, difference: share }).meta({ id: "taskPair" });
const sides = z.strictObject({ baseline: estimate, candidate: estimate, difference: estimate }).meta({ id: "repeats" });
const cannotTell = z.strictObject({
  kind: z.literal("cannot-tell"),
  needed: z.strictObject({ trials: count, as: z.enum(["attempts", "tasks"]) }).nullable(),
});

const comparison = z.strictObject({
  baseline: side,
  candidate: side,
  scope: z.enum(["tasks", "suite"]).describe("over tasks like these, or over exactly these"),
  tasks: z.strictObject({ compared: count, leftOut: z.array(z.string()) }),
  passRate: z.strictObject({ baseline: passRate, candidate: passRate }),
  difference: estimate.extend({ p: maybe, adjustedP: maybe }).describe("candidate minus baseline, 0.05 is 5 points; 95 % interval"),
  signFlipP: maybe,
  fragile: z.boolean(),
  repeats: z.strictObject({ k: count, passHatK: sides, passAtK: sides }).nullable(),
  ratios: z.array(
    z.strictObject({
      metric: z.enum(["iterations", "uncached-tokens", "cached-tokens", "output-tokens", "cost", "cost-per-solved", "time"]),
      baseline: maybe,
      candidate: maybe,
      ratio: estimate.nullable().describe("candidate over baseline; 95 % interval"),
      reason: z.string().nullable(),
    }),
  ),
  better: z.array(pair),
  worse: z.array(pair),
  tied: count,
  mismatches: z.array(z.strictObject({ what: z.string(), baseline: z.string(), candidate: z.string(), misleading: z.boolean() })),
  detectable: maybe,
  verdict: z.union([z.strictObject({ kind: z.literal("better") }), z.strictObject({ kind: z.literal("worse") }), cannotTell]),
  sentence: z.string(),
  capNote: z.string().nullable(),
});

const state = z.enum(["better", "not-worse", "worse-within-margin", "worse", "inconclusive", "identical", "invalid"]);

const gate = z.strictObject({
  baseline: side,
  candidate: side,
  mode: z.enum(["regression", "non-inferiority"]),
  margin: share,
  alpha: share,
  state,
  difference: estimate.nullable().describe("at one-sided level alpha on either side"),
  cost: z
    .strictObject({ limit: share, state: z.enum(["within", "over", "inconclusive", "unknown"]), increase: estimate.nullable() })
    .nullable(),
  sequential: z
    .strictObject({
      plannedRounds: count,
      looks: z.array(z.strictObject({ round: count, difference: share, low: share, high: share, state })),
      plannedTrials: count,
      trials: count,
    })
    .nullable(),
  outcome: z.enum(["pass", "fail", "inconclusive", "invalid"]),
  exitCode: z.union([z.literal(0), z.literal(1), z.literal(3), z.literal(4)]),
  reasons: z.array(z.string()),
});

const trial = z.strictObject({
  id: count,
  runId: z.string(),
  taskId: z.string(),
  armId: z.string(),
  armName: z.string(),
  armApi: z.enum(["openai-responses", "openai-chat", "anthropic", "scripted"]),
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
  errorSource: z.enum(["provider", "sandbox", "grader", "harness"]).nullable(),
  errorMessage: z.string().nullable(),
  tampered: z.boolean(),
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

const report = z.strictObject({
  schema: z.literal("bench-report/1"),
  runs: z.array(run),
  planned: count,
  missing: count,
  caps: z.array(z.string()).describe("what the caps did to the run and its arms"),
  capStops: z.array(capStop).describe("the caps that stopped the run"),
  arms: z.array(arm),
  comparisons: z.array(comparison),
  gate: gate.nullable(),
});

type Writable<T> = T extends readonly (infer Item)[]
  ? Writable<Item>[]
  : T extends object
    ? { -readonly [Key in keyof T]: Writable<T[Key]> }
    : T;
// Compiles only while a schema and its type say the same, in both directions.
type Exact<Schema extends z.ZodType, Value> = [z.infer<Schema>] extends [Writable<Value>]
  ? [Writable<Value>] extends [z.infer<Schema>]
    ? z.ZodType
    : never
  : never;

/** The JSON Schema of every report that is written as JSON, with trials where a command lists them. */
export function reportJsonSchema(): object {
  const checked = report satisfies Exact<typeof report, Report>;
  const trials = z.array(trial satisfies Exact<typeof trial, TrialRecord>).optional();
  return z.toJSONSchema(
    checked.extend({ trials }).describe("What bench prints with --json and writes to .json files. Shares, not points: 0.05 is 5 points."),
  );
}
