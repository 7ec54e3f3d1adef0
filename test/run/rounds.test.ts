import { expect, test } from "vitest";
import type { RunEvent } from "../../src/core/event.ts";
import type { Trial } from "../../src/core/trial.ts";
import { GrowingCapacity } from "../../src/run/growing-capacity.ts";
import type { PlannedTrial } from "../../src/run/planned-trial.ts";
import { type InterimAnalysis, runMissingTrials } from "../../src/run/run.ts";
import { Store } from "../../src/store/store.ts";
import { anArm, aRun, aTask, aTrial } from "../fixtures/record.ts";

const NOW = (): Date => new Date("2026-01-02T03:04:05.000Z");
const SHAPE = { runId: "run-1", tasks: [aTask("a"), aTask("b")], arms: [anArm("x"), anArm("y")], attempts: 3 };

function startedStore(): Store {
  const store = new Store(":memory:", NOW);
  store.saveRun({ run: aRun({ id: "run-1", attempts: 3 }), arms: SHAPE.arms, tasks: SHAPE.tasks });
  return store;
}

type Course = { readonly store: Store; readonly ran: string[]; readonly events: RunEvent[] };

async function inRounds(
  store: Store,
  interimAnalysis: InterimAnalysis,
  attempts = SHAPE.attempts,
): Promise<Course & { readonly end: string }> {
  const ran: string[] = [];
  const events: RunEvent[] = [];
  const runTrial = async ({ key }: PlannedTrial): Promise<Trial> => {
    ran.push(`${key.taskId}${key.armId} ${key.attempt}`);
    const trial = aTrial(key);
    store.saveTrial(trial, store.executions.start(key).executionId);
    return trial;
  };
  const end = await runMissingTrials(
    { ...SHAPE, attempts },
    {
      store,
      report: (event) => events.push(event),
      capacity: new GrowingCapacity({ agents: 3, gradings: 1 }),
      signal: new AbortController().signal,
      runTrial,
    },
    interimAnalysis,
  );
  return { store, ran, events, end };
}

test("interim analyses see whole rounds only, and the run ends with the first that stops it", async () => {
  const store = startedStore();
  const seen: [round: number, trials: number][] = [];

  const { ran, end } = await inRounds(store, (round) => {
    seen.push([round, store.runs.trials("run-1").length]);
    return round === 2 ? "stop" : "continue";
  });

  expect(end).toBe("complete");
  expect(seen).toEqual([
    [1, 4],
    [2, 8],
  ]);
  expect(ran).toHaveLength(8);
  expect(store.findRun("run-1")).toMatchObject({ end: "complete", attempts: 2 });
  expect(store.runs.list(1)).toMatchObject([{ planned: 8, graded: 8 }]);
});

test("without a stop every round runs, and the last one is analysed, too", async () => {
  const rounds: number[] = [];
  const { ran, store } = await inRounds(startedStore(), (round) => {
    rounds.push(round);
    return "continue";
  });

  expect(rounds).toEqual([1, 2, 3]);
  expect(ran).toHaveLength(12);
  expect(store.findRun("run-1").attempts).toBe(3);
});

test("a paused run can be resumed with all its rounds", async () => {
  const store = startedStore();
  const paused = await inRounds(store, (round) => (round === 2 ? "pause" : "continue"));

  expect(paused.end).toBe("failed");
  expect(store.findRun("run-1")).toMatchObject({ end: "failed", attempts: 3 });
  expect((await inRounds(store, () => "continue")).ran).toHaveLength(4);
});

test("a resumed run analyses its finished rounds again, and runs none of them twice", async () => {
  const store = startedStore();
  for (const task of SHAPE.tasks)
    for (const arm of SHAPE.arms) {
      const key = { runId: "run-1", taskId: task.id, armId: arm.id, attempt: 1 };
      store.saveTrial(aTrial(key), store.executions.start(key).executionId);
    }

  const { ran, events } = await inRounds(store, (round) => (round === 2 ? "stop" : "continue"));

  expect(ran.every((trial) => trial.endsWith(" 2"))).toBe(true);
  expect(ran).toHaveLength(4);
  expect(events.filter(({ kind }) => kind === "run-started")).toMatchObject([{ planned: 12, alreadyDone: 4 }]);
});

test("a decided run has nothing left to do", async () => {
  const store = startedStore();
  await inRounds(store, () => "stop");
  const { attempts } = store.findRun("run-1");

  const { ran, end, events } = await inRounds(store, () => "stop", attempts);

  expect({ ran, end, attempts }).toEqual({ ran: [], end: "complete", attempts: 1 });
  expect(events.map(({ kind }) => kind)).toEqual(["run-started", "run-finished"]);
});

test("an interrupted round is not analysed", async () => {
  const store = startedStore();
  const stop = new AbortController();
  const rounds: number[] = [];
  const runTrial = async ({ key }: PlannedTrial): Promise<Trial> => {
    const trial = aTrial(key);
    store.saveTrial(trial, store.executions.start(key).executionId);
    if (key.attempt === 2) stop.abort(new Error("stop"));
    return trial;
  };
  const interimAnalysis: InterimAnalysis = (round) => {
    rounds.push(round);
    return "continue";
  };

  const end = await runMissingTrials(
    SHAPE,
    { store, report: () => {}, capacity: new GrowingCapacity({ agents: 1, gradings: 1 }), signal: stop.signal, runTrial },
    interimAnalysis,
  );

  expect({ end, rounds }).toEqual({ end: "interrupted", rounds: [1] });
  expect(store.findRun("run-1")).toMatchObject({ end: "interrupted", attempts: 3 });
});
