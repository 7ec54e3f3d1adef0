import Database from "better-sqlite3";
import type { ModelSpec } from "../../src/core/model.ts";
import { openModels } from "../../src/model/open-model.ts";
import { makeArm } from "../../src/run/arm.ts";
import { GrowingCapacity } from "../../src/run/growing-capacity.ts";
import { runMissingTrials } from "../../src/run/run.ts";
import { runTrial } from "../../src/run/trial.ts";
import { Store } from "../../src/store/store.ts";
import { loopSpec } from "../fixtures/agent-settings.ts";
import { aSpec, aTask, someSettings } from "../fixtures/record.ts";
import { folderDeps, saveFolderRun } from "../fixtures/trial-parts.ts";
import { PRICE } from "./counted-run.ts";

const [path = "", url = "", point = "0"] = process.argv.slice(2);
const killAt = Number(point);

// Every write to the database is a point at which the process may go.
let writes = 0;
const statement = Object.getPrototypeOf(new Database(":memory:").prepare("select 1")) as {
  run: (...values: unknown[]) => unknown;
  get: typeof Function.prototype;
};
const write = statement.run;
statement.run = function (this: unknown, ...values: unknown[]): unknown {
  writes += 1;
  if (writes === killAt) process.kill(process.pid, "SIGKILL");
  return write.apply(this, values);
};

const price = { ...PRICE, cacheRead: null, cacheWrite5m: null, cacheWrite1h: null, perRequest: 0 };
const spec: ModelSpec = aSpec({ name: "right", api: "openai-chat", model: "right", baseUrl: url, maxOutputTokens: 200, price });
const arms = [makeArm({ agent: loopSpec(), model: spec, settings: someSettings() })];
const tasks = [aTask("a", { prompt: "This is a." }), aTask("b", { prompt: "This is b." })];
const store = new Store(path, () => new Date());
if (store.runs.list(1).length === 0) saveFolderRun(store, tasks, arms);
const open = openModels({ key: () => undefined, now: () => new Date() })(spec);
const parts = folderDeps({ store, arms, openModel: ({ task, key }) => open({ task, attempt: key.attempt }) });
const end = await runMissingTrials(
  { runId: "run-1", tasks, arms, attempts: 1 },
  {
    store,
    report: () => {},
    capacity: new GrowingCapacity({ agents: 1, gradings: 1 }),
    signal: new AbortController().signal,
    runTrial: (planned, signal) => runTrial(planned, parts, signal),
  },
);
store.close();
process.stdout.write(JSON.stringify({ end, writes }));
