import { z } from "zod";
import { RUN_ENDS, type TrialRecord } from "../../core/record.ts";
import type { Report, WrittenPublished } from "../written-report.ts";
import { arm, capStop, count, counts, maybe, part, passRate, share, trial } from "./arm-schema.ts";

const estimate = z.strictObject({ value: z.number(), low: maybe, high: maybe }).meta({ id: "estimate" });
const side = z.strictObject({ label: z.string(), armId: z.string(), runId: z.string(), scripted: z.boolean() }).meta({ id: "side" });

const run = z.strictObject({
  id: z.string(),
  createdAt: z.string().describe("ISO date, UTC"),
  finishedAt: z.string().nullable(),
  end: z.enum(RUN_ENDS).nullable(),
  stoppedBy: z.string().nullable().describe("why it ended before all was done; null after a kill, too"),
  suite: z.string(),
  suiteDigest: z.string(),
  attempts: count,
  harnessVersion: z.string(),
  image: z.string(),
  imageId: z.string(),
  tags: z.array(z.string()),
  settings: z.record(z.string(), z.unknown()).describe("flags, images, git state and versions it was started with"),
});

const pair = z.strictObject({ taskId: z.string(), baseline: counts, candidate: counts, difference: share }).meta({ id: "taskPair" });
const sides = z.strictObject({ baseline: estimate, candidate: estimate, difference: estimate }).meta({ id: "repeats" });
const flaw = [
  z.strictObject({
    kind: z.literal("missing-grades"),
    label: z.string(),
    missing: count,
    planned: count,
    errors: count,
    unfinished: z.strictObject({ tasks: count, of: count }),
    resume: z.strictObject({ command: z.enum(["run", "gate"]), runId: z.string() }),
  }),
  z.strictObject({ kind: z.literal("unequal-errors"), baseline: count, candidate: count }),
  z.strictObject({ kind: z.literal("tasks-left-out"), leftOut: count, tasks: count }),
] as const;
const cause = z.union([
  ...flaw,
  z.strictObject({ kind: z.enum(["no-common-task", "one-task", "not-shown"]) }),
  z.strictObject({ kind: z.literal("not-after-adjustment") }),
  z.strictObject({ kind: z.literal("depends-on-missing-grades"), missing: count }),
]);
const allowance = z.union([
  z.strictObject({ kind: z.literal("comparisons"), count, of: z.enum(["baseline", "pairs"]), arms: count }),
  z.strictObject({ kind: z.literal("planned"), others: count }),
  z.strictObject({ kind: z.literal("rounds"), round: count, planned: count }),
  z.strictObject({ kind: z.literal("looks"), looks: count }),
  z.strictObject({ kind: z.literal("gate"), level: share }),
]);
const claim = (kind: "better" | "worse" | "alike" | "not-worse") => z.strictObject({ kind: z.literal(kind) });
const cannotTell = z.strictObject({
  kind: z.literal("cannot-tell"),
  needed: z.strictObject({ trials: count, as: z.enum(["attempts", "tasks"]), total: count }).nullable(),
  cause: cause.describe("why nothing is claimed"),
});

const comparison = z.strictObject({
  baseline: side,
  candidate: side,
  scope: z.enum(["tasks", "suite"]).describe("over tasks like these, or over exactly these"),
  tasks: z.strictObject({ compared: count, leftOut: z.array(z.string()), withoutRepeats: z.array(z.string()) }),
  passRate: z.strictObject({ baseline: passRate, candidate: passRate }),
  difference: estimate
    .extend({ value: maybe, p: maybe, adjustedP: maybe })
    .describe("candidate minus baseline, 0.05 is 5 points; null where no task was compared; 95 % interval, with a gate that of the gate"),
  signFlipP: maybe,
  fragile: z.boolean(),
  repeats: z.strictObject({ k: count, passHatK: sides, passAtK: sides }).nullable(),
  parts: z
    .array(
      z.strictObject({
        ...part,
        tasks: count,
        passRate: z.strictObject({ baseline: passRate, candidate: passRate }),
        difference: estimate.extend({ p: maybe, adjustedP: maybe.describe("over all parts of all comparisons") }),
        shown: z.enum(["better", "worse"]).nullable().describe("what may be claimed after that adjustment"),
      }),
    )
    .describe("differences by tag and by group; each interval is that of its part alone"),
  ratios: z.array(
    z.strictObject({
      metric: z.enum(["iterations", "uncached-tokens", "cached-tokens", "output-tokens", "cost", "cost-per-solved", "time"]),
      baseline: maybe,
      candidate: maybe,
      ratio: estimate.nullable().describe("candidate over baseline; 95 % interval"),
      p: maybe.describe("two-sided, of a ratio of 1"),
      uneven: z.boolean().describe("the difference hangs on few tasks, so that the interval holds less often than it says"),
      reason: z.string().nullable(),
    }),
  ),
  better: z.array(pair),
  worse: z.array(pair),
  tied: count,
  mismatches: z.array(z.strictObject({ what: z.string(), baseline: z.string(), candidate: z.string(), misleading: z.boolean() })),
  detectable: maybe,
  suiteGap: z
    .union([
      z.strictObject({ kind: z.literal("no-repeats") }),
      z.strictObject({ kind: z.literal("few-mixed"), mixed: count, needed: count }),
    ])
    .nullable()
    .describe("in scope suite: why there is no interval"),
  undecidable: z
    .strictObject({ tasks: count, attempts: count, groups: count.nullable(), leastTasks: count, leastAttempts: count.nullable() })
    .nullable()
    .describe("set where no result could have shown a difference"),
  equivalence: z
    .strictObject({ margin: share, shown: z.boolean() })
    .describe("the size below which a difference does not matter, and whether it is shown to be smaller"),
  allowances: z.array(allowance).describe("what the decision allows for besides these trials: its sentence names them"),
  verdict: z
    .union([claim("better"), claim("worse"), claim("alike"), claim("not-worse"), cannotTell])
    .describe("the decision on the candidate; not-worse only with a gate"),
  sentence: z.string(),
  capNote: z.string().nullable(),
  powerNote: z.string().nullable(),
  repeatsNote: z.string().nullable(),
  unevenNote: z.string().nullable(),
  partsNote: z.string().nullable(),
});

const published = z.strictObject({
  candidate: side,
  published: estimate.extend({ tasks: count }),
  passRate,
  difference: estimate.extend({ p: maybe, adjustedP: maybe }).describe("arm minus published; 95 % interval with the uncertainty of both"),
  allowances: z.array(allowance),
  verdict: z.union([
    z.strictObject({ kind: z.enum(["better", "worse"]) }),
    z.strictObject({
      kind: z.literal("cannot-tell"),
      cause: z.union([...flaw, z.strictObject({ kind: z.enum(["one-task", "not-shown", "not-after-adjustment"]) })]),
    }),
  ]),
  sentence: z.string(),
});

const state = z.enum(["better", "not-worse", "worse-within-margin", "worse", "inconclusive", "identical", "invalid"]);

const gate = z.strictObject({
  baseline: side,
  candidate: side,
  mode: z.enum(["regression", "non-inferiority"]),
  margin: share,
  alpha: share,
  failWhen: z.enum(["worse", "beyond-margin"]).describe("the rule by which the gate fails"),
  state,
  difference: estimate.nullable().describe("at one-sided level alpha on either side"),
  cost: z
    .strictObject({
      limit: share,
      state: z.enum(["within", "over", "inconclusive", "unknown"]),
      increase: estimate.nullable(),
      uneven: z.boolean(),
    })
    .nullable(),
  sequential: z
    .strictObject({
      plannedRounds: count,
      looks: z.array(z.strictObject({ round: count, difference: share, low: share, high: share, state })),
      plannedTrials: count,
      trials: count,
    })
    .nullable(),
  decidedBy: z.enum(["pass-rate", "cost"]).nullable().describe("the check that the outcome rests on"),
  outcome: z.enum(["pass", "fail", "inconclusive", "invalid"]),
  exitCode: z.union([z.literal(0), z.literal(1), z.literal(3), z.literal(4)]),
  sentence: z.string().describe("the verdict, in the words of the rule"),
  reasons: z.array(z.string()),
});

const report = z.strictObject({
  schema: z.literal("bench-report/1"),
  runs: z.array(run),
  planned: count,
  missing: count,
  unfinished: z.array(z.string()).describe("which runs are not finished, why, and what resumes them"),
  caps: z.array(z.string()).describe("what the caps did to the run and its arms"),
  isolation: z.array(z.string()).describe("how many tasks were graded with less than full isolation"),
  groups: z.array(z.string()).describe("how many groups the tasks are in; empty where no task has one"),
  heldBack: z.array(z.string()).describe("which files of the agents' were not graded"),
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
  const checked = report satisfies Exact<typeof report, Omit<Report, "published">>;
  const against = (published satisfies Exact<typeof published, WrittenPublished>)
    .optional()
    .describe("the only arm, against a published figure");
  const trials = z.array(trial satisfies Exact<typeof trial, TrialRecord>).optional();
  return z.toJSONSchema(
    checked
      .extend({ published: against, trials })
      .describe("What bench prints with --json and writes to .json files. Shares, not points: 0.05 is 5 points."),
  );
}
