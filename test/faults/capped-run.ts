import { setTimeout as sleep } from "node:timers/promises";
import type { RunEvent } from "../../src/core/event.ts";
import type { ModelSpec } from "../../src/core/model.ts";
import type { Arm } from "../../src/core/trial.ts";
import { openModels } from "../../src/model/open-model.ts";
import { makeArm } from "../../src/run/arm.ts";
import { GrowingCapacity } from "../../src/run/growing-capacity.ts";
import { runMissingTrials } from "../../src/run/run.ts";
import { runTrial } from "../../src/run/trial.ts";
import { Store } from "../../src/store/store.ts";
import { loopSpec } from "../fixtures/agent-settings.ts";
import { aSpec, aTask, someSettings } from "../fixtures/record.ts";
import { folderDeps, saveFolderRun } from "../fixtures/trial-parts.ts";
import type { BooksPrice } from "./books-server.ts";
import { seededRandom } from "./counted-run.ts";

/** A run of two models, one right and one wrong, in folders on this machine; null is no cap. */
export type CappedRun = {
  readonly path: string;
  readonly url: string;
  readonly price: BooksPrice;
  readonly tasks: number;
  readonly maxOutputTokens: number;
  readonly maxIterations: number;
  readonly runUsd: number | null;
  readonly runTokens: number | null;
  readonly modelUsd: number | null;
  readonly trialUsd: number | null;
};

/** Trials at once. */
const CONCURRENCY = 8;

/** Runs or resumes it until it ends, a limit is reached or the process is killed. */
export async function runCapped(run: CappedRun): Promise<readonly RunEvent[]> {
  const price = { ...run.price, cacheRead: null, cacheWrite5m: null, cacheWrite1h: null, perRequest: 0 };
  const { limits } = someSettings();
  const settings = someSettings({ limits: { ...limits, maxIterations: run.maxIterations, maxCostUsd: run.trialUsd } });
  const armOf = (model: string): Arm => {
    const spec: ModelSpec = aSpec({
      name: model,
      api: "openai-chat",
      model,
      baseUrl: run.url,
      maxOutputTokens: run.maxOutputTokens,
      price,
      limits: { concurrency: 16, rpm: null, tpm: null },
      maxCostUsd: run.modelUsd,
    });
    return makeArm({ agent: loopSpec(), model: spec, settings });
  };
  const arms = ["right", "wrong"].map(armOf);
  const tasks = Array.from({ length: run.tasks }, (_, index) =>
    aTask(`task-${index}`, { prompt: `This is task-${index}. Write add(a, b) in add.py.` }),
  );
  const store = new Store(run.path, () => new Date());
  if (store.runs.list(1).length === 0) saveFolderRun(store, tasks, arms);
  const random = seededRandom(5);
  const open = openModels({ key: () => undefined, now: () => new Date(), random: () => random() * 0.01 });
  const openers = new Map(arms.map((arm) => [arm.id, open(arm.model)]));
  const events: RunEvent[] = [];
  const parts = folderDeps({
    store,
    arms,
    caps: { maxCostUsd: run.runUsd, maxTokens: run.runTokens },
    openModel: ({ arm, task, key }) => {
      const opener = openers.get(arm.id);
      if (opener === undefined) throw new Error(`no opener of ${arm.name}`);
      return opener({ task, attempt: key.attempt });
    },
  });
  await runMissingTrials(
    { runId: "run-1", tasks, arms, attempts: 1 },
    {
      store,
      report: (event) => events.push(event),
      capacity: new GrowingCapacity({ agents: CONCURRENCY, gradings: 1 }),
      signal: new AbortController().signal,
      runTrial: (planned, signal, onAgentDone) => runTrial(planned, parts, signal, onAgentDone),
    },
  );
  // Deadlines and aborted requests settle a moment later.
  await sleep(20);
  store.close();
  return events;
}
