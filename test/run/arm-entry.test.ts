import { expect, onTestFinished, test } from "vitest";
import { openAgent } from "../../src/agent/open-agent.ts";
import { InfraError } from "../../src/core/errors.ts";
import type { RunEvent } from "../../src/core/event.ts";
import type { Model } from "../../src/core/model.ts";
import type { SandboxProvider, SandboxRequest } from "../../src/core/sandbox.ts";
import { GrowingCapacity } from "../../src/run/growing-capacity.ts";
import { runPooled } from "../../src/run/pooled-run.ts";
import { SpendingLimits } from "../../src/run/spending/spending-limits.ts";
import { Store } from "../../src/store/store.ts";
import { folderSandboxProvider, openFolderSandbox } from "../fixtures/folder-sandbox.ts";
import { anArm, aSpec, aTask } from "../fixtures/record.ts";
import { saveFolderRun } from "../fixtures/trial-parts.ts";
import { says, turnModel } from "../fixtures/turn-model.ts";

const TASKS = Array.from({ length: 8 }, (_, index) => {
  const task = aTask(`task-${index}`);
  // Nothing has to be learned from a reference solution, which would take sandboxes too.
  return { ...task, tests: { ...task.tests, required: ["test_add.py::test_sum"] } };
});
const ARM = anArm("x");
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

function refusing(): Model & { asked: number } {
  const model = {
    spec: aSpec(),
    asked: 0,
    async generate(): Promise<never> {
      model.asked += 1;
      await pause(50);
      throw new InfraError("provider", 'Cannot get an answer from "x": http-401; check the key in KEY', {
        scope: "arm",
        isConfiguration: true,
      });
    },
  };
  return model;
}

type Run = { readonly model: Model; readonly untried: readonly string[]; readonly open?: SandboxProvider["open"] };

async function runOf({ model, untried, open = () => openFolderSandbox() }: Run) {
  const store = new Store(":memory:", () => new Date());
  onTestFinished(() => store.close());
  saveFolderRun(store, TASKS, [ARM]);
  const opened: SandboxRequest[] = [];
  const events: RunEvent[] = [];
  const end = await runPooled(
    { runId: "run-1", tasks: TASKS, arms: [ARM], attempts: 1 },
    {
      store,
      report: (event) => events.push(event),
      sandboxes: folderSandboxProvider((request, signal) => {
        opened.push(request);
        return open(request, signal);
      }),
      openAgent: ({ agent }) => openAgent(agent),
      openModel: () => model,
      spendingLimits: new SpendingLimits(store.spending, { runId: "run-1", arms: [ARM], caps: { maxCostUsd: null, maxTokens: null } }),
      capacity: new GrowingCapacity({ agents: 8, gradings: 2 }),
      now: () => new Date(),
      signal: new AbortController().signal,
      untriedArmIds: new Set(untried),
    },
  );
  const notices = events.flatMap((event) => (event.kind === "notice" ? [event.text] : []));
  return { end, store, notices, agents: opened.filter(({ purpose }) => purpose === "agent").length, events };
}

test("of an arm that nobody has tried one trial works alone, so that a wrong key costs one sandbox", async () => {
  const model = refusing();

  const { end, agents, notices, store } = await runOf({ model, untried: [ARM.id] });

  expect({ end, agents, asked: model.asked }).toEqual({ end: "failed", agents: 1, asked: 1 });
  expect(notices).toEqual([expect.stringMatching(/^x is suspended .*check the key in KEY$/)]);
  expect(store.runs.trials("run-1").map(({ passed }) => passed)).toEqual([null]);
});

test("where the arm counts as tried, every trial at work takes a sandbox for the same wrong key", async () => {
  const { agents } = await runOf({ model: refusing(), untried: [] });

  expect(agents).toBeGreaterThanOrEqual(8);
});

test("the first answer lets the other trials start", async () => {
  const { end, agents, store } = await runOf({ model: turnModel(() => says("done")), untried: [ARM.id] });

  expect({ end, agents }).toEqual({ end: "complete", agents: 8 });
  expect(store.runs.trials("run-1")).toHaveLength(8);
});

test("a first trial that ends without an answer and without suspending its arm lets the others start", async () => {
  let asked = 0;
  const flaky = turnModel(() => says("done"));
  const model: Model = {
    spec: flaky.spec,
    generate: async (request) => {
      asked += 1;
      if (asked === 1) throw new InfraError("provider", "Cannot get an answer: http-500");
      return flaky.generate(request);
    },
  };

  const { end, agents } = await runOf({ model, untried: [ARM.id] });

  expect({ end, agents }).toEqual({ end: "complete", agents: 8 });
  expect(asked).toBeGreaterThanOrEqual(8);
});

test("trials that wait for a place are left without a sandbox as soon as their arm is suspended", async () => {
  let opened = 0;
  const given: boolean[] = [];
  // The first place is free, the others become free only much later.
  const open: SandboxProvider["open"] = async (_request, signal) => {
    opened += 1;
    if (opened > 1) await Promise.race([pause(20_000), new Promise((resolve) => signal.addEventListener("abort", resolve))]);
    signal.throwIfAborted();
    given.push(true);
    return openFolderSandbox();
  };

  const { end, notices, store } = await runOf({ model: refusing(), untried: [], open });

  expect({ end, given: given.length }).toEqual({ end: "failed", given: 1 });
  expect(notices.filter((text) => text.includes("suspended"))).toHaveLength(1);
  expect(store.runs.trials("run-1")).toHaveLength(1);
});
