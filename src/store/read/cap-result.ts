import { AnswerLengths } from "../../core/answer-lengths.ts";
import { ASSUMED_CAP_ERROR, type CapStop, type TrialCapResult } from "../../core/cap.ts";
import type { ArmResult, RunRecord } from "../../core/record.ts";
import type { ArmSpending } from "../../core/spending.ts";
import type { Sqlite } from "../database.ts";
import { optional, sum, text, total } from "../query/column.ts";
import { Query, type RowOf } from "../query/query.ts";

const AT_CAP = "stop is 'budget-cost'";
const ofThose = (sql: string): string => `coalesce(sum(iif(${AT_CAP}, ${sql}, 0)), 0)`;

/** The columns of a group of graded trials that tell which of them ended at the cap on the cost of a trial. */
export const COST_CAP_CELL = {
  atCostCap: total(ofThose("1")),
  failedAtCostCap: total(ofThose("passed = 0")),
  costCapUsd: optional(sum(`iif(${ofThose("cost_usd is null")} = 0, ${ofThose("cost_usd")}, null)`)),
  costCapAssumedUsd: sum(`${ofThose("assumed_usd")} + 0.0`),
};

/** The same columns for a run whose trials have no such cap, where they would only take time. */
export const NO_COST_CAP_CELL: typeof COST_CAP_CELL = {
  atCostCap: total("0"),
  failedAtCostCap: total("0"),
  costCapUsd: optional(sum("0.0")),
  costCapAssumedUsd: sum("0.0"),
};

/** Counts, of a group of trials in error, those that could not go on because of what was only assumed to be spent. */
export const CAP_ERRORS = `coalesce(sum(substr(error_message, 1, ${ASSUMED_CAP_ERROR.length}) = '${ASSUMED_CAP_ERROR}'), 0)`;

type Graded = RowOf<typeof COST_CAP_CELL>;

/** Adds up what the cap on the cost of a trial did to the trials of an arm, from its cells of graded trials and of errors. */
export function trialCapOf(graded: readonly Graded[], failed: readonly { readonly capErrors: number }[]): TrialCapResult {
  const of = (figure: (cell: Graded) => number): number => graded.reduce((all, cell) => all + figure(cell), 0);
  return {
    ended: of((cell) => cell.atCostCap),
    failed: of((cell) => cell.failedAtCostCap),
    spentUsd: graded.some((cell) => cell.costCapUsd === null) ? null : of((cell) => cell.costCapUsd ?? 0),
    assumedUsd: of((cell) => cell.costCapAssumedUsd),
    errors: failed.reduce((all, cell) => all + cell.capErrors, 0),
  };
}

type ArmProgress = Pick<ArmResult, "armId" | "name" | "graded" | "errors" | "perTask">;

/** Where the spending of a run and the lengths of earlier answers are read. */
type SpendingReader = {
  spentByArm(of: { readonly runId: string }): readonly ArmSpending[];
  historyOf(armId: string): { readonly outputTokens: readonly number[] };
};

/** A run that may have been stopped, its arms, and where its spending is read. */
export type MaybeStopped = {
  readonly run: Pick<RunRecord, "id" | "attempts">;
  readonly arms: readonly ArmProgress[];
  readonly spending: SpendingReader;
};

type Spent = Amounts & { readonly armId: string; readonly assumed: Amounts; readonly brokenOff: number };
type Amounts = { readonly usd: number; readonly tokens: number };

/** Reads which caps of the run or of its models stopped a run, with what was spent of them; none for a run that no cap stopped. */
export function capStopsOf(database: Sqlite, { run, arms, spending }: MaybeStopped): readonly CapStop[] {
  const columns = { stoppedBy: optional(text("stopped_by")) };
  const stoppedBy = new Query(database, { columns, rest: "from runs where id = ?" }).first(run.id)?.stoppedBy ?? "";
  const ofRun = capIn(stoppedBy, "the run");
  const ofArms = ofRun === null ? arms.flatMap((arm) => armCapIn(stoppedBy, arm)) : [];
  // The requests of a run that no cap stopped are not read: there may be millions.
  if (ofRun === null && ofArms.length === 0) return [];
  const spent = spending.spentByArm({ runId: run.id }).map((one) => spentOf(one, spending));
  if (ofRun !== null) return [stopOf({ owner: null, cap: ofRun, run, arms, spent })];
  return ofArms.map(({ arm, cap }) =>
    stopOf({ owner: arm.name, cap, run, arms: [arm], spent: spent.filter(({ armId }) => armId === arm.armId) }),
  );
}

// As the limits of a run count it: the more answers an arm has given, the better is what is assumed of its requests that broke off.
function spentOf({ armId, knownUsd, knownTokens, brokenOff }: ArmSpending, spending: SpendingReader): Spent {
  const { usd, tokens } = new AnswerLengths(spending.historyOf(armId).outputTokens).assume(brokenOff);
  return { armId, usd: knownUsd, tokens: knownTokens, assumed: { usd, tokens }, brokenOff: brokenOff.requests };
}

function armCapIn(stoppedBy: string, arm: ArmProgress): readonly { readonly arm: ArmProgress; readonly cap: CapStop["cap"] }[] {
  const begin = `${arm.name}: `;
  const at = stoppedBy.indexOf(`${begin}the limit of `);
  const cap = at === -1 ? null : capIn(stoppedBy.slice(at + begin.length), arm.name);
  return cap === null ? [] : [{ arm, cap }];
}

/** Reads the cap out of what a run stored when it stopped: a run that is resumed may have another one than it was started with. */
function capIn(text: string, owner: string): CapStop["cap"] | null {
  const found = /^the limit of (?:\$([\d.e+-]{1,30})|(\d{1,16}) tokens) for /.exec(text);
  const most = Number(found?.[1] ?? found?.[2]);
  if (found === null || !Number.isFinite(most) || !text.startsWith(`${owner} is reached`, found[0].length)) return null;
  return { kind: found[1] === undefined ? "tokens" : "usd", most };
}

type Stopped = Pick<CapStop, "owner" | "cap"> & {
  readonly run: Pick<RunRecord, "attempts">;
  readonly arms: readonly ArmProgress[];
  readonly spent: readonly Spent[];
};

function stopOf({ owner, cap, run, arms, spent }: Stopped): CapStop {
  const all = (figure: (one: Spent) => number): number => spent.reduce((total, one) => total + figure(one), 0);
  const isMoney = cap.kind === "usd";
  const of = arms.reduce((total, { perTask }) => total + perTask.length * run.attempts, 0);
  return {
    owner,
    cap,
    spent: all((one) => (isMoney ? one.usd : one.tokens)),
    assumed: all(({ assumed }) => (isMoney ? assumed.usd : assumed.tokens)),
    brokenOff: all((one) => one.brokenOff),
    left: of - arms.reduce((total, { graded, errors }) => total + graded + errors, 0),
    of,
  };
}
