import { Store } from "../../src/store/store.ts";
import { aKey, anArm, aResponse, aRun, aTask, aTrial, graded } from "../fixtures/record.ts";

const [path = "", role = "", id = "", count = "0"] = process.argv.slice(2);
const trials = Number(count);
const now = (): Date => new Date();
const arms = [anArm("x")];
const tasks = [aTask("a"), aTask("b")];

const yielding = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Stores a run as `bench run` does: each step in a transaction of its own, and every trial flushed. */
async function runTrials(store: Store): Promise<void> {
  store.saveRun({ run: aRun({ id, attempts: trials }), arms, tasks });
  store.claimRun(id, { text: id, hasEnded: () => true });
  for (let attempt = 1; attempt <= trials; attempt++) {
    for (const { id: taskId } of tasks) {
      const key = aKey({ runId: id, taskId, armId: "arm-x", attempt });
      const { executionId, journal } = store.executions.open(key);
      const request = store.spending.reserve(key, { whole: { costUsd: 1, tokens: 10 }, prompt: { costUsd: 0.5, tokens: 5 } });
      journal.opened({ system: `system of ${id}`, firstTurns: [`${id} ${attempt}`], tools: "[]" });
      journal.responded(1, aResponse(`${id} ${taskId} ${attempt}`));
      store.spending.settle(request, { costUsd: 0.1, tokens: 3, billing: "known", outputTokens: 1 }, null);
      await store.flushed();
      store.saveTrial(aTrial(key, graded(true)), executionId);
      await store.flushed();
    }
  }
  store.endRun(id, "complete");
}

/** Grades a run again and again, as `bench regrade` does. */
async function regrade(store: Store): Promise<void> {
  for (let round = 0; round < trials; round++) {
    for (const task of tasks) {
      const graded = store.verdicts.gradedTrials(id, task.id);
      const verdicts = new Map(graded.map(({ trialId }) => [trialId, verdictOf(round)]));
      store.verdicts.replace({ runId: id, task, verdicts });
      await yielding();
    }
  }
}

function verdictOf(round: number) {
  const outcome = graded(round % 2 === 0);
  if (outcome.kind !== "graded") throw new Error("expected a verdict");
  return outcome.verdict;
}

/** Reads every figure, as a report does, each time from a connection of its own. */
async function read(): Promise<void> {
  for (let round = 0; round < trials; round++) {
    const store = new Store(path, now, "read");
    for (const run of store.runs.list(100)) {
      store.runs.arms(run.id);
      store.runs.trials(run.id);
    }
    store.close();
    await yielding();
  }
}

async function perform(): Promise<void> {
  if (role === "read") return read();
  const store = new Store(path, now);
  try {
    await (role === "regrade" ? regrade(store) : runTrials(store));
  } finally {
    store.close();
  }
}

await perform();
