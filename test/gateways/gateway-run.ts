import Database from "better-sqlite3";
import type { Api } from "../../src/core/model.ts";
import { type CliProcess, startCli } from "../fixtures/cli.ts";
import { type TempFolder, tinySuite } from "../fixtures/temp-folder.ts";
import type { TableEntry } from "./gateway-table.ts";

type WireApi = Exclude<Api, "scripted" | "gemini">;

/** One entry of models.yaml behind a gateway. */
export type GatewayArm = {
  readonly name: string;
  readonly api: WireApi;
  readonly stream: boolean;
  readonly model: string;
  /** The address without /v1. */
  readonly url: string;
  /** More fields, as they stand in a flow mapping of YAML. */
  readonly fields?: string;
  /** Requests at once; default 8. */
  readonly concurrency?: number;
};

/** What the store has of the trials of one arm: how the first ended, and the sums of all. */
export type Stored = {
  readonly outcome: "graded" | "error";
  readonly passed: boolean | null;
  readonly stop: string | null;
  /** Of a graded trial why it stopped, of an error what happened. */
  readonly said: string;
  readonly steps: readonly StoredStep[];
  readonly tokens: { readonly input: number; readonly cacheRead: number; readonly cacheWrite: number; readonly output: number };
  readonly costUsd: number | null;
  readonly unbilled: number;
  readonly unknownUsageSteps: number;
};

type StoredStep = {
  readonly finish: string;
  readonly calls: number;
  readonly isKnown: boolean;
  readonly costUsd: number | null;
  readonly costSource: string;
  readonly reportedUsd: number | null;
  readonly inconsistency: string | null;
};

/** The key that the gateways of the tests take. */
export const GATEWAY_KEY = "sk-gateway-0123456789abcdef";

/** The dollars for a million tokens that models.yaml, the gateway and the upstream's own books have. */
export const PRICE = { input: 3, output: 15, cacheRead: 0.3, cacheWrite: 3.75 };

/** The price of the tests, as a field of an entry. */
export const PRICED = `price: { input: ${PRICE.input}, output: ${PRICE.output}, cache_read: ${PRICE.cacheRead}, cache_write_5m: ${PRICE.cacheWrite} }`;

/** All three APIs, whole and streamed. */
export const FORMS: readonly { readonly api: WireApi; readonly stream: boolean }[] = (
  ["openai-chat", "openai-responses", "anthropic"] as const
).flatMap((api) => [false, true].map((stream) => ({ api, stream })));

/** The line of the table that an arm belongs to. */
export function entryOf(gateway: string, { api, stream }: { readonly api: string; readonly stream: boolean }): TableEntry {
  return { gateway, api, form: stream ? "streamed" : "whole" };
}

/** Runs one task with all arms through the real command line; `flags` are more flags, `key` is what the entries' key variable holds. */
export function startArms(folder: TempFolder, arms: readonly GatewayArm[], { flags = [], key = GATEWAY_KEY }: RunOptions = {}): CliProcess {
  const suite = Object.fromEntries(Object.entries(tinySuite("add")).map(([path, text]) => [`tasks/tiny/${path}`, text]));
  folder.write({ ...suite, "models.yaml": `models:\n${arms.map(entryText).join("")}` });
  const words = ["run", "--max-iterations", "8", "--sandbox", "bubblewrap", "--concurrency", "4", "--trust", "--no-probe", ...flags];
  return startCli(words, { cwd: folder.path, env: { GATEWAY_KEY: key } });
}

type RunOptions = { readonly flags?: readonly string[]; readonly key?: string };

function entryText({ name, api, stream, model, url, fields = PRICED, concurrency = 8 }: GatewayArm): string {
  const base = api === "anthropic" ? url : `${url}/v1`;
  const limits = `max_output_tokens: 400, max_tokens_field: max_tokens, limits: { concurrency: ${concurrency} }`;
  return `  - { name: "${name}", api: ${api}, model: "${model}", base_url: "${base}", api_key_env: GATEWAY_KEY, stream: ${stream}, ${limits}, ${fields} }\n`;
}

/** Reads what a run has stored of each arm. */
export function storedOf(folder: TempFolder): ReadonlyMap<string, Stored> {
  const database = new Database(folder.at("results/bench.db"), { readonly: true });
  try {
    const trials = database.prepare(TRIALS).all() as TrialRow[];
    return new Map(trials.filter(({ attempt }) => attempt === 1).map((first) => [first.arm, storedArm(database, first, trials)]));
  } finally {
    database.close();
  }
}

type TrialRow = {
  readonly arm: string;
  readonly attempt: number;
  readonly outcome: "graded" | "error";
  readonly passed: number | null;
  readonly stop: string | null;
  readonly said: string;
  readonly execution: number;
  readonly input: number;
  readonly cacheRead: number;
  readonly cacheWrite: number;
  readonly output: number;
  readonly costUsd: number | null;
  readonly unbilled: number;
  readonly unknown: number;
};

const TRIALS = `
  select v.arm, v.attempt, v.outcome, v.passed, v.stop, coalesce(v.stop_detail, v.error_message, '') as said, t.execution_id as execution, v.input_tokens as input,
    v.cache_read_tokens as cacheRead, v.cache_write_tokens as cacheWrite, v.output_tokens as output, v.cost_usd as costUsd, v.unbilled_attempts as unbilled,
    v.unknown_usage_steps as unknown
  from v_trials v join trials t on t.id = v.id`;

const STEPS = `
  select s.finish, s.usage_known as isKnown, s.cost_usd as costUsd, s.cost_source as costSource, s.reported_cost_usd as reportedUsd, s.usage_inconsistency as inconsistency,
    (select count(*) from tool_calls c where c.execution_id = s.execution_id and c.iteration = s.iteration) as calls
  from steps s where s.execution_id = ? order by s.iteration`;

function storedArm(database: Database.Database, first: TrialRow, trials: readonly TrialRow[]): Stored {
  const all = trials.filter(({ arm }) => arm === first.arm);
  const sum = (read: (row: TrialRow) => number): number => all.reduce((total, row) => total + read(row), 0);
  const steps = database.prepare(STEPS).all(first.execution) as (Omit<StoredStep, "isKnown"> & { readonly isKnown: number })[];
  return {
    outcome: first.outcome,
    passed: first.passed === null ? null : first.passed === 1,
    stop: first.stop,
    said: first.said,
    steps: steps.map((step) => ({ ...step, isKnown: step.isKnown === 1 })),
    tokens: {
      input: sum(({ input }) => input),
      cacheRead: sum(({ cacheRead }) => cacheRead),
      cacheWrite: sum(({ cacheWrite }) => cacheWrite),
      output: sum(({ output }) => output),
    },
    costUsd: all.some(({ costUsd }) => costUsd === null) ? null : sum(({ costUsd }) => costUsd ?? 0),
    unbilled: sum(({ unbilled }) => unbilled),
    unknownUsageSteps: sum(({ unknown }) => unknown),
  };
}
