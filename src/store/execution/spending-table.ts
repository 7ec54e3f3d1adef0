import type { Statement } from "better-sqlite3";
import type { WorstCase } from "../../core/model.ts";
import type { TrialKey } from "../../core/trial.ts";
import type { Sqlite } from "../database.ts";
import { sum, total } from "../query/column.ts";
import { prepareLater, Query } from "../query/query.ts";

/** What was spent. A request of unknown cost counts with the cost that was reserved for it, one without a price as zero. */
export type Spent = { readonly usd: number; readonly tokens: number };

const SPENT = {
  usd: sum("coalesce(sum(case when settled = 1 and cost_usd is not null then cost_usd else coalesce(reserved_usd, 0) end), 0)"),
  tokens: total("coalesce(sum(case when settled = 1 and tokens is not null then tokens else reserved_tokens end), 0)"),
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
      "insert into spending (run_id, arm_id, task_id, attempt, started_at, reserved_usd, reserved_tokens) values (?, ?, ?, ?, ?, ?, ?)",
    );
    this.#settle = prepareLater(database, "update spending set settled = 1, cost_usd = ?, tokens = ? where id = ?");
  }

  /** Reserves the most that a request may cost, before it is sent; returns its id. */
  reserve({ runId, armId, taskId, attempt }: TrialKey, { costUsd, tokens }: WorstCase): number {
    return Number(this.#reserve().run(runId, armId, taskId, attempt, this.#now().toISOString(), costUsd, tokens).lastInsertRowid);
  }

  /** Stores what a request cost; null is unknown. */
  settle(id: number, { costUsd, tokens }: { readonly costUsd: number | null; readonly tokens: number | null }): void {
    this.#settle().run(costUsd, tokens, id);
  }

  /** Sums what a run has spent, or one arm or one trial of it. */
  spent({ runId, armId, taskId, attempt }: Pick<TrialKey, "runId"> & Partial<TrialKey>): Spent {
    const parts = ["run_id = @runId", armId && "arm_id = @armId", taskId && "task_id = @taskId", attempt && "attempt = @attempt"].filter(
      Boolean,
    );
    const query = new Query(this.#database, { columns: SPENT, rest: `from spending where ${parts.join(" and ")}` });
    return query.first({ runId, armId: armId ?? null, taskId: taskId ?? null, attempt: attempt ?? null }) ?? { usd: 0, tokens: 0 };
  }
}
