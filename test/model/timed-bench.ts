import { onTestFinished } from "vitest";
import type { Model, ModelRequest, ModelSpec } from "../../src/core/model.ts";
import { openModels } from "../../src/model/open-model.ts";
import { openDispatchers } from "../../src/model/recording-fetch.ts";
import { modelRequest, PLANTED_KEY } from "../fixtures/model-bench.ts";
import { type ModelServer, type Script, startModelServer } from "../fixtures/model-server.ts";
import { modelSpec } from "../fixtures/model-spec.ts";
import { VirtualClock } from "./traffic/virtual-clock.ts";

/** A model whose requests take no time, so that only what is waited for counts, for any number of calls at once. */
export type TimedBench = {
  readonly server: ModelServer;
  readonly clock: VirtualClock;
  readonly call: (changes?: Partial<ModelRequest>) => ReturnType<Model["generate"]>;
};

/** Opens a model against a server with a script; both are gone when the test is. `random` is the jitter. */
export async function timedBench(script: Script, changes: Partial<ModelSpec> = {}, random = () => 1): Promise<TimedBench> {
  const server = await startModelServer(script);
  onTestFinished(() => server.close());
  const clock = new VirtualClock();
  const open = openModels({ key: () => PLANTED_KEY, now: () => clock.now(), clock, random, dispatchers: openDispatchers(300) });
  const model = open(modelSpec({ baseUrl: `${server.url}/v1`, ...changes }))({ task: undefined as never, attempt: 1 });
  const onWait = (isWaiting: boolean): void => {
    clock.atWork += isWaiting ? -1 : 1;
  };
  const call: TimedBench["call"] = async (wishes) => {
    clock.atWork += 1;
    try {
      return await model.generate(modelRequest({ onWait, ...wishes }));
    } finally {
      clock.atWork -= 1;
    }
  };
  return { server, clock, call };
}
