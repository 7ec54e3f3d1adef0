import { expect, test } from "vitest";
import type { Journal } from "../../src/core/agent.ts";
import { meterJournal } from "../../src/run/trial-totals.ts";
import { aResponse } from "../fixtures/record.ts";

function silentJournal(log: string[]): Journal {
  return {
    opened: () => log.push("opened"),
    responded: () => log.push("responded"),
    toolStarted: () => log.push("started"),
    toolFinished: () => log.push("finished"),
    noted: () => log.push("noted"),
    unanswered: () => log.push("unanswered"),
    flushed: async () => {},
  };
}

test("the sums of a trial are those of its steps, and a step is reported after it is stored", () => {
  const log: string[] = [];
  const meter = meterJournal(silentJournal(log), (iteration, costUsd) => log.push(`told ${iteration} ${costUsd}`));

  meter.journal.responded(1, aResponse("a"));
  meter.journal.responded(2, aResponse("b"));

  expect(log).toEqual(["responded", "told 1 0.5", "responded", "told 2 1"]);
  expect(meter.totals()).toMatchObject({
    iterations: 2,
    inputTokens: 20,
    cacheReadTokens: 10,
    outputTokens: 8,
    costUsd: 1,
    noCacheCostUsd: 1.2,
    workingMs: 24,
    waitedMs: 14,
    unbilledAttempts: 0,
  });
});

test("one unknown cost makes the sum unknown for good", () => {
  const meter = meterJournal(silentJournal([]), () => {});
  const unknown = {
    ...aResponse("a"),
    cost: { costUsd: null, noCacheCostUsd: null, source: "unknown" as const, computedUsd: null, reportedUsd: null },
  };

  meter.journal.responded(1, unknown);
  meter.journal.responded(2, aResponse("b"));

  expect(meter.totals()).toMatchObject({ costUsd: null, noCacheCostUsd: null, iterations: 2 });
});

test("failed requests are counted as attempts of unknown cost", () => {
  const meter = meterJournal(silentJournal([]), () => {});
  const attempts = [
    { status: 529, fault: "overloaded", waitedMs: 100, durationMs: 1, billing: "none", assumedUsd: 0 },
    { status: null, fault: "reset", waitedMs: 50, durationMs: 1, billing: "maybe", assumedUsd: 0.25 },
    { status: 200, fault: "truncated", waitedMs: 0, durationMs: 9, billing: "maybe", assumedUsd: null },
    { status: 200, fault: null, waitedMs: 0, durationMs: 9, billing: "known", assumedUsd: 0 },
  ] as const;

  meter.journal.responded(1, { ...aResponse("a"), attempts });

  expect(meter.totals()).toMatchObject({ unbilledAttempts: 2, assumedUsd: 0.25, waitedMs: 150 });
});
