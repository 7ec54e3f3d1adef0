import { expect, test } from "vitest";
import { InfraError } from "../../src/core/errors.ts";
import type { RunEvent } from "../../src/core/event.ts";
import type { Trial } from "../../src/core/trial.ts";
import { GrowingCapacity } from "../../src/run/growing-capacity.ts";
import type { PlannedTrial } from "../../src/run/planned-trial.ts";
import { ArmSuspended, runMissingTrials } from "../../src/run/run.ts";
import { Store } from "../../src/store/store.ts";
import { anArm, aTask, aTrial, graded } from "../fixtures/record.ts";

const NOW = (): Date => new Date("2026-01-02T03:04:05.000Z");
const SHAPE = { runId: "run-1", tasks: [aTask("a"), aTask("b")], arms: [anArm("x"), anArm("y")], attempts: 1 };

function startedStore(now = NOW): Store {
  const store = new Store(":memory:", now);
  const run = {
    id: "run-1",
    createdAt: NOW().toISOString(),
    suite: "s",
    suiteDigest: "d",
    attempts: 1,
    harnessVersion: "1",
    image: "i",
    imageId: "sha",
    settings: {},
  };
  store.saveRun({ run, arms: SHAPE.arms, tasks: SHAPE.tasks });
  return store;
}

// A trial that costs nothing and is stored like any other.
function instantTrial(store: Store, decide: (planned: PlannedTrial) => Trial = ({ key }) => aTrial(key, graded(true))) {
  return async (planned: PlannedTrial): Promise<Trial> => {
    const { executionId } = store.executions.start(planned.key);
    const trial = decide(planned);
    store.saveTrial(trial, executionId);
    return trial;
  };
}

const live = new AbortController().signal;

test("a trial is reported only after it is stored", async () => {
  const store = startedStore();
  const storedWhenTold: number[] = [];
  const report = (event: RunEvent): void => {
    if (event.kind === "trial-finished")
      storedWhenTold.push(
        store.runs.trials("run-1").filter((trial) => trial.taskId === event.trial.key.taskId && trial.armId === event.trial.key.armId)
          .length,
      );
  };

  const end = await runMissingTrials(SHAPE, {
    store,
    report,
    capacity: new GrowingCapacity({ agents: 2, gradings: 1 }),
    signal: live,
    runTrial: instantTrial(store),
  });

  expect(end).toBe("complete");
  expect(storedWhenTold).toEqual([1, 1, 1, 1]);
});

test("a resumed run skips trials with a verdict and runs errors again", async () => {
  const store = startedStore();
  const [first] = SHAPE.tasks;
  const key = { runId: "run-1", taskId: first?.id ?? "", armId: "arm-x", attempt: 1 };
  store.saveTrial(aTrial(key), store.executions.start(key).executionId);
  const failed = { ...key, armId: "arm-y" };
  store.saveTrial(aTrial(failed, { kind: "error", source: "provider", message: "down" }), store.executions.start(failed).executionId);
  const ran: string[] = [];
  const events: RunEvent[] = [];

  await runMissingTrials(SHAPE, {
    store,
    report: (event) => events.push(event),
    capacity: new GrowingCapacity({ agents: 1, gradings: 1 }),
    signal: live,
    runTrial: instantTrial(store, ({ key }) => {
      ran.push(`${key.taskId} ${key.armId}`);
      return aTrial(key);
    }),
  });

  expect(ran).toEqual(["a arm-y", "b arm-x", "b arm-y"]);
  expect(events[0]).toMatchObject({ kind: "run-started", planned: 4, alreadyDone: 1 });
  expect(store.gradedKeys("run-1")).toHaveLength(4);
});

test("a model whose trials cannot succeed is suspended, the others continue, and the run can be resumed", async () => {
  const store = startedStore();
  const events: RunEvent[] = [];
  const keep = instantTrial(store);
  const runTrial = async (planned: PlannedTrial): Promise<Trial> => {
    if (planned.arm.name === "y") return keep(planned);
    const { executionId } = store.executions.start(planned.key);
    const trial = aTrial(planned.key, { kind: "error", source: "provider", message: "quota used up" });
    store.saveTrial(trial, executionId);
    throw new ArmSuspended("quota used up", trial);
  };

  const end = await runMissingTrials(SHAPE, {
    store,
    report: (event) => events.push(event),
    capacity: new GrowingCapacity({ agents: 1, gradings: 1 }),
    signal: live,
    runTrial,
  });

  expect(end).toBe("failed");
  expect(store.gradedKeys("run-1").map((key) => key.armId)).toEqual(["arm-y", "arm-y"]);
  expect(store.runs.arms("run-1")[0]).toMatchObject({ name: "x", graded: 0, errors: 1 });
  expect(events.filter((event) => event.kind === "notice")).toMatchObject([{ text: expect.stringContaining("x is suspended") }]);
  expect(store.findRun("run-1").end).toBe("failed");
});

test("a failure that every trial would have stops the run", async () => {
  const store = startedStore();
  let started = 0;
  const runTrial = async (): Promise<Trial> => {
    started += 1;
    throw new InfraError("sandbox", "Cannot reach Docker", { scope: "run" });
  };

  const end = await runMissingTrials(SHAPE, {
    store,
    report: () => {},
    capacity: new GrowingCapacity({ agents: 1, gradings: 1 }),
    signal: live,
    runTrial,
  });

  expect(end).toBe("failed");
  expect(started).toBe(1);
  expect(store.runs.trials("run-1")).toEqual([]);
});

test("an interrupted run ends as interrupted and keeps its finished trials", async () => {
  const store = startedStore();
  const stop = new AbortController();
  const keep = instantTrial(store);
  const runTrial = async (planned: PlannedTrial): Promise<Trial> => {
    const trial = await keep(planned);
    stop.abort(new Error("stop"));
    return trial;
  };

  const end = await runMissingTrials(SHAPE, {
    store,
    report: () => {},
    capacity: new GrowingCapacity({ agents: 1, gradings: 1 }),
    signal: stop.signal,
    runTrial,
  });

  expect(end).toBe("interrupted");
  expect(store.gradedKeys("run-1")).toHaveLength(1);
  expect(store.findRun("run-1").end).toBe("interrupted");
});

test("a run with nothing left to do is marked as complete, and one that was complete keeps its time", async () => {
  let today = NOW();
  const store = startedStore(() => today);
  for (const task of SHAPE.tasks) {
    for (const arm of SHAPE.arms) {
      const key = { runId: "run-1", taskId: task.id, armId: arm.id, attempt: 1 };
      store.saveTrial(aTrial(key), store.executions.start(key).executionId);
    }
  }
  const parts = {
    store,
    report: () => {},
    capacity: new GrowingCapacity({ agents: 1, gradings: 1 }),
    signal: live,
    runTrial: instantTrial(store),
  };

  expect(await runMissingTrials(SHAPE, parts)).toBe("complete");
  const first = store.findRun("run-1");
  today = new Date("2027-01-01T00:00:00.000Z");
  await runMissingTrials(SHAPE, parts);

  expect(first).toMatchObject({ end: "complete", finishedAt: NOW().toISOString() });
  expect(store.findRun("run-1").finishedAt).toBe(first.finishedAt);
});
