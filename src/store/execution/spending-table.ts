import type { Statement } from "better-sqlite3";
import { AnswerLengths, NONE_BROKEN_OFF } from "../../core/answer-lengths.ts";
import type { ArmSpending, BrokenOff, Used, WorstCase } from "../../core/spending.ts";
import type { TrialKey } from "../../core/trial.ts";
import type { Sqlite } from "../database.ts";
import { count, name, number, optional, sum, total } from "../query/column.ts";
import { prepareLater, Query } from "../query/query.ts";

/** A request that is about to be sent, with the most that it can use in all and in its prompt. */
export type ReservedRequest = { readonly whole: WorstCase; readonly prompt: WorstCase };

/** What earlier answers of an arm tell about its next request. */
export type ArmHistory = {
  /** Tokens of its latest answers, the latest first. */
  readonly outputTokens: readonly number[];
  /** By how much the provider's counts exceeded what was reserved for them; 0 where they never did. */
  readonly excess: ExcessUse;
};

/** How much more a request used than was reserved for it, at most: tokens of its prompt and of its answer, and dollars. */
type ExcessUse = { readonly promptTokens: number; readonly outputTokens: number; readonly usd: number };

/** What was spent: what is known, and what requests that broke off are assumed to have cost beside it. A request without a price counts as $0. */
export type Spent = {
  readonly knownUsd: number;
  readonly knownTokens: number;
  readonly assumedUsd: number;
  readonly assumedTokens: number;
  /** How many requests broke off, or were under way when the harness was killed. */
  readonly brokenOff: number;
};

/** What an arm of a run has spent, and how many of its trials ended at a limit on their cost. */
export type ArmSpent = Spent & { readonly armId: string; readonly cappedTrials: number };

const MAX_ANSWERS = 1000;

// One that is open was under way when the harness was killed, or is under way now. Rows of older versions do not say what part was the prompt's: all of it counts.
const IS_BROKEN_OFF = "coalesce(billing, 'maybe') = 'maybe'";
const brokenOff = (sql: string): string => `coalesce(sum(iif(${IS_BROKEN_OFF}, ${sql}, 0)), 0)`;
const PROMPT_USD = "iif(prompt_tokens is null, coalesce(reserved_usd, 0), coalesce(prompt_usd, 0))";
const PROMPT_TOKENS = "coalesce(prompt_tokens, reserved_tokens)";

const SPENT = {
  armId: name("arm_id"),
  knownUsd: sum(`coalesce(sum(iif(${IS_BROKEN_OFF}, 0, coalesce(cost_usd, 0))), 0)`),
  knownTokens: total(`coalesce(sum(iif(${IS_BROKEN_OFF}, 0, coalesce(tokens, reserved_tokens))), 0)`),
  requests: total(brokenOff("1")),
  promptUsd: sum(brokenOff(PROMPT_USD)),
  promptTokens: total(brokenOff(PROMPT_TOKENS)),
  outputUsd: sum(`max(0, ${brokenOff(`coalesce(reserved_usd, 0) - ${PROMPT_USD}`)})`),
  outputTokens: total(`max(0, ${brokenOff(`reserved_tokens - ${PROMPT_TOKENS}`)})`),
};

// Requests of one trial that broke off one after the other, without an answer between them, are tries of the same request.
const SERIES = {
  armId: name("arm_id"),
  squaredSeries: total("sum(requests * requests)"),
  longestSeries: total("max(requests)"),
};
const seriesWhere = (condition: string): string => `from (
  select arm_id, sum(is_broken) as requests from (
    select arm_id, task_id, attempt, ${IS_BROKEN_OFF} as is_broken,
      sum(coalesce(billing, 'maybe') = 'known') over (partition by arm_id, task_id, attempt order by id) as answers
    from spending where ${condition}
      and (arm_id, task_id, attempt) in (select arm_id, task_id, attempt from spending where ${condition} and ${IS_BROKEN_OFF})
  ) group by arm_id, task_id, attempt, answers
) group by arm_id`;

const EXCESS = {
  promptTokens: optional(number("max(tokens - output_tokens - prompt_tokens)")),
  outputTokens: optional(number("max(output_tokens - (reserved_tokens - prompt_tokens))")),
  usd: optional(number("max(cost_usd - reserved_usd)")),
};

/** Stores every request before it is sent, with what it may cost at most, so that requests a killed run had under way count as spent. */
export class SpendingTable {
  readonly #database: Sqlite;
  readonly #now: () => Date;
  readonly #reserve: () => Statement;
  readonly #settle: () => Statement;

  constructor(database: Sqlite, now: () => Date) {
    this.#database = database;
    this.#now = now;
    this.#reserve = prepareLater(
      database,
      `insert into spending (run_id, arm_id, task_id, attempt, started_at, reserved_usd, reserved_tokens, prompt_usd, prompt_tokens)
       values (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#settle = prepareLater(
      database,
      "update spending set settled = 1, cost_usd = ?, tokens = ?, billing = ?, assumed_usd = ?, output_tokens = ? where id = ?",
    );
  }

  /** Reserves the most that a request may cost, before it is sent; returns its id. */
  reserve({ runId, armId, taskId, attempt }: TrialKey, { whole, prompt }: ReservedRequest): number {
    const values = [this.#now().toISOString(), whole.costUsd, whole.tokens, prompt.costUsd, prompt.tokens];
    return Number(this.#reserve().run(runId, armId, taskId, attempt, ...values).lastInsertRowid);
  }

  /** Stores what a request cost; null is unknown. `assumedUsd` is what one that may have been billed is assumed to have cost. */
  settle(id: number, used: Used, assumedUsd: number | null): void {
    const { costUsd, tokens, billing, outputTokens, isCut } = used;
    // An answer that was cut says nothing about how long the model's answers are.
    const length = isCut === true ? null : (outputTokens ?? null);
    this.#settle().run(costUsd, tokens, billing, billing === "maybe" ? assumedUsd : 0, length, id);
  }

  /** Sums what each arm of a run has spent, or one arm or one trial of it; arms without a request are left out. */
  spentByArm({ runId, armId, taskId, attempt }: Pick<TrialKey, "runId"> & Partial<TrialKey>): readonly ArmSpending[] {
    const parts = ["run_id = @runId", armId && "arm_id = @armId", taskId && "task_id = @taskId", attempt && "attempt = @attempt"].filter(
      Boolean,
    );
    const condition = parts.join(" and ");
    const values = { runId, armId: armId ?? null, taskId: taskId ?? null, attempt: attempt ?? null };
    const rows = new Query(this.#database, { columns: SPENT, rest: `from spending where ${condition} group by arm_id` }).all(values);
    if (rows.every(({ requests }) => requests === 0)) return rows.map((row) => spendingOf(row, NONE_BROKEN_OFF));
    const series = new Query(this.#database, { columns: SERIES, rest: seriesWhere(condition) }).all(values);
    return rows.map((row) => spendingOf(row, series.find((one) => one.armId === row.armId) ?? NONE_BROKEN_OFF));
  }

  /** Sums what the arms of a run have spent, each with its trials that ended at a limit on cost; arms without a request are left out. */
  spentOfArms(runId: string): readonly ArmSpent[] {
    const columns = { armId: name("arm_id"), trials: total("count(*)") };
    const capped = new Query(this.#database, { columns, rest: "from trials where run_id = ? and stop = 'budget-cost' group by arm_id" });
    const cappedTrials = new Map(capped.all(runId).map(({ armId, trials }) => [armId, trials]));
    return this.spentByArm({ runId }).map((spending) => ({
      armId: spending.armId,
      cappedTrials: cappedTrials.get(spending.armId) ?? 0,
      ...this.#spentOf(spending),
    }));
  }

  /** Sums what a run has spent, or one arm or one trial of it. */
  spent(key: Pick<TrialKey, "runId"> & Partial<TrialKey>): Spent {
    const sum: Spent = { knownUsd: 0, knownTokens: 0, assumedUsd: 0, assumedTokens: 0, brokenOff: 0 };
    return this.spentByArm(key)
      .map((spending) => this.#spentOf(spending))
      .reduce((a, b) => plus(a, b), sum);
  }

  #spentOf({ armId, knownUsd, knownTokens, brokenOff }: ArmSpending): Spent {
    const lengths = new AnswerLengths(brokenOff.requests === 0 ? [] : this.historyOf(armId).outputTokens);
    const { usd, tokens } = lengths.assume(brokenOff);
    return { knownUsd, knownTokens, assumedUsd: usd, assumedTokens: tokens, brokenOff: brokenOff.requests };
  }

  /** Reads what the answers of an arm used, in all runs of the database. */
  historyOf(armId: string): ArmHistory {
    const rest = `from spending where arm_id = ? and output_tokens is not null order by id desc limit ${MAX_ANSWERS}`;
    const rows = new Query(this.#database, { columns: { tokens: count("output_tokens") }, rest }).all(armId);
    const excess = new Query(this.#database, {
      columns: EXCESS,
      rest: "from spending where arm_id = ? and output_tokens is not null and prompt_tokens is not null",
    }).first(armId);
    return {
      outputTokens: rows.map(({ tokens }) => tokens),
      excess: {
        promptTokens: Math.max(0, excess?.promptTokens ?? 0),
        outputTokens: Math.max(0, excess?.outputTokens ?? 0),
        usd: Math.max(0, excess?.usd ?? 0),
      },
    };
  }
}

type SpentRow = { readonly armId: string; readonly knownUsd: number; readonly knownTokens: number } & Omit<
  BrokenOff,
  "squaredSeries" | "longestSeries"
>;

function spendingOf(
  { armId, knownUsd, knownTokens, ...brokenOff }: SpentRow,
  { squaredSeries, longestSeries }: Pick<BrokenOff, "squaredSeries" | "longestSeries">,
): ArmSpending {
  return { armId, knownUsd, knownTokens, brokenOff: { ...brokenOff, squaredSeries, longestSeries } };
}

function plus(a: Spent, b: Spent): Spent {
  return {
    knownUsd: a.knownUsd + b.knownUsd,
    knownTokens: a.knownTokens + b.knownTokens,
    assumedUsd: a.assumedUsd + b.assumedUsd,
    assumedTokens: a.assumedTokens + b.assumedTokens,
    brokenOff: a.brokenOff + b.brokenOff,
  };
}
