import type { Journal, Past } from "../core/agent.ts";
import { assumedUsd, countUnbilled, type HttpAttempt, type ModelResponse } from "../core/model.ts";
import type { TrialTotals } from "../core/trial.ts";

/** A journal that also adds up what it stores. `settle` takes the agent's own figures, which include requests without a response. */
export type Meter = {
  readonly journal: Journal;
  readonly totals: () => TrialTotals;
  /**
   * Returns the sums completed by the ledger of spending, which knows of requests that an interruption, a kill or the time limit cut, of all that came before an error, and
   * of answers that could not be used and yet stated their cost.
   */
  totalsWith(ledger: TrialLedger): TrialTotals;
  settle(figures: AgentFigures): void;
  /** Adds the requests of a call that got no answer, which ended the trial. */
  fail(attempts: readonly HttpAttempt[]): void;
  /** Adds up the stored work of an agent whose submission is stored too, so that the agent does not run again. */
  recall(past: Past | null, figures: AgentFigures): void;
};

type AgentFigures = Pick<TrialTotals, "unbilledAttempts" | "workingMs">;

/** What the ledger of spending holds of a trial; `stepsUsd` is what it counts for the trial's steps. */
type TrialLedger = { readonly brokenOff: number; readonly knownUsd: number; readonly assumedUsd: number; readonly stepsUsd: number };

type Sums = { -readonly [Key in keyof TrialTotals]: TrialTotals[Key] };

/** Wraps a journal in a meter, so that a trial's sums are known however it ends. Calls `onStep` after a step is stored, with what the trial has cost so far. */
export function meterJournal(journal: Journal, onStep: (iteration: number, costUsd: number | null) => void): Meter {
  const sums: Sums = {
    iterations: 0,
    inputTokens: 0,
    cacheReadTokens: 0,
    cacheWriteTokens: 0,
    outputTokens: 0,
    reasoningTokens: 0,
    costUsd: 0,
    noCacheCostUsd: 0,
    workingMs: 0,
    waitedMs: 0,
    unbilledAttempts: 0,
    assumedUsd: 0,
    unknownUsageSteps: 0,
    doubtfulUsageSteps: 0,
    modelMs: 0,
    firstTokenMs: null,
  };
  const aside: Aside = { streamedSteps: 0, firstTokenMs: 0, answersOfUnknownCost: 0, unusableAnswers: 0 };
  const settle = ({ unbilledAttempts, workingMs }: AgentFigures): void => {
    Object.assign(sums, { unbilledAttempts, workingMs });
  };
  return {
    totals: () => ({ ...sums }),
    totalsWith: (ledger) => withLedger({ ...sums }, ledger, aside),
    settle,
    fail: (attempts) => addAttempts(sums, aside, attempts),
    recall: (past, figures) => {
      for (const answer of past?.answers ?? []) if (answer.kind === "response") addResponse(sums, aside, answer);
      settle(figures);
    },
    journal: {
      ...journal,
      responded(iteration, response) {
        journal.responded(iteration, response);
        addResponse(sums, aside, response);
        onStep(iteration, sums.costUsd);
      },
      toolFinished(iteration, position, action) {
        journal.toolFinished(iteration, position, action);
        sums.workingMs += action.durationMs;
      },
    },
  };
}

/**
 * The steps that were streamed and the sum of their times to the first token, the answers that state neither use nor cost, and those that could not be used and yet state
 * their cost.
 */
type Aside = { streamedSteps: number; firstTokenMs: number; answersOfUnknownCost: number; unusableAnswers: number };

function addResponse(sums: Sums, aside: Aside, { usage, cost, attempts, durationMs, firstTokenMs }: ModelResponse): void {
  sums.iterations += 1;
  sums.inputTokens += usage.inputTokens;
  sums.cacheReadTokens += usage.cacheReadTokens;
  sums.cacheWriteTokens += usage.cacheWriteTokens;
  sums.outputTokens += usage.outputTokens;
  sums.reasoningTokens += usage.reasoningTokens ?? 0;
  sums.costUsd = plus(sums.costUsd, cost.costUsd);
  sums.noCacheCostUsd = plus(sums.noCacheCostUsd, cost.noCacheCostUsd);
  sums.workingMs += durationMs;
  addAttempts(sums, aside, attempts);
  aside.answersOfUnknownCost += attempts.filter(({ billing, fault }) => billing === "maybe" && fault === null).length;
  if (!usage.isKnown) sums.unknownUsageSteps += 1;
  if (usage.isKnown && usage.inconsistency !== null) sums.doubtfulUsageSteps += 1;
  sums.modelMs += durationMs;
  if (firstTokenMs === null) return;
  aside.streamedSteps += 1;
  aside.firstTokenMs += firstTokenMs;
  sums.firstTokenMs = aside.firstTokenMs / aside.streamedSteps;
}

function addAttempts(sums: Sums, aside: Aside, attempts: readonly HttpAttempt[]): void {
  aside.unusableAnswers += attempts.filter(({ billing, fault }) => billing === "known" && fault !== null).length;
  sums.waitedMs += attempts.reduce((sum, attempt) => sum + attempt.waitedMs, 0);
  sums.unbilledAttempts += countUnbilled(attempts);
  sums.assumedUsd += assumedUsd(attempts);
}

// Rounding of sums of dollars.
const EPSILON_USD = 1e-9;

function withLedger(totals: TrialTotals, ledger: TrialLedger, { answersOfUnknownCost, unusableAnswers }: Aside): TrialTotals {
  const besideUsd = ledger.knownUsd - ledger.stepsUsd;
  const knownUsd = besideUsd > EPSILON_USD ? besideUsd : 0;
  const brokenOff = ledger.brokenOff - answersOfUnknownCost;
  // They were paid for beside the cost of the steps, as requests that broke off may have been; those before a resumption left only their cost.
  const unusable = knownUsd > 0 ? Math.max(1, unusableAnswers) : 0;
  // Without a limit to reserve from, the ledger is empty.
  if (brokenOff < totals.unbilledAttempts)
    return { ...totals, unbilledAttempts: totals.unbilledAttempts + unusable, assumedUsd: totals.assumedUsd + knownUsd };
  return { ...totals, unbilledAttempts: brokenOff + unusable, assumedUsd: ledger.assumedUsd + knownUsd };
}

// A sum with an unknown part is unknown.
function plus(sum: number | null, part: number | null): number | null {
  return sum === null || part === null ? null : sum + part;
}
