import { expect, test } from "vitest";
import { InfraError } from "../../src/core/errors.ts";
import type { ModelRequest } from "../../src/core/model.ts";
import { SandboxLost } from "../../src/core/sandbox.ts";
import type { PlannedTrial } from "../../src/run/planned-trial.ts";
import { runTrial } from "../../src/run/trial.ts";
import { Store } from "../../src/store/store.ts";
import { openFolderSandbox } from "../fixtures/folder-sandbox.ts";
import { anArm, aTask } from "../fixtures/record.ts";
import { counting, folderDeps, saveFolderRun, sumGrading } from "../fixtures/trial-parts.ts";
import { call, calls, type Reply, rejects, says, turnModel } from "../fixtures/turn-model.ts";

const WRITE = "def add(a, b):\n    return a + b\n";
const REPLIES: readonly Reply[] = [
  calls([call("list_directory", { path: "." })]),
  calls([call("run_command", { command: "date; echo looked" }), call("read_file", { path: "add.py" })]),
  rejects("bad-tool-call", "what is this"),
  calls([call("write_file", { path: "add.py", content: WRITE })]),
  calls([call("run_command", { command: "cat add.py" })]),
  says("done"),
];
const ARMS = [anArm("a")];
const KEY = { runId: "run-1", taskId: "add", armId: "arm-a", attempt: 1 };
const never = new AbortController().signal;

function planned(task = aTask()): PlannedTrial {
  const [arm] = ARMS;
  if (!arm) throw new Error("no arm");
  return { key: KEY, task, arm };
}

function storeWithRun(): Store {
  const store = new Store(":memory:", () => new Date());
  saveFolderRun(store, [aTask()], ARMS);
  return store;
}

// Answers in order, from where another process stopped being answered.
function playing(from: number) {
  return counting(turnModel((_request: ModelRequest, index) => REPLIES[from + index] ?? says("too much was asked")));
}

async function interruptAt(store: Store, request: number): Promise<void> {
  const stop = new AbortController();
  const model = turnModel((_request, index) => {
    if (index < request) return REPLIES[index] ?? raise();
    stop.abort(new Error("interrupted"));
    return { kind: "hangs" };
  });
  await expect(runTrial(planned(), folderDeps({ store, arms: ARMS, openModel: () => model }), stop.signal)).rejects.toThrow("interrupted");
}

const stepsIn = (store: Store): number => store.runs.trial(1)?.iterations ?? -1;

test.for([1, 2, 3, 4, 5])("a trial that was interrupted at request %i continues there and asks for nothing twice", async (request) => {
  const store = storeWithRun();
  await interruptAt(store, request);
  const model = playing(request);
  const trial = await runTrial(planned(), folderDeps({ store, arms: ARMS, openModel: () => model }), never);

  expect(model.asked()).toBe(REPLIES.length - request);
  expect(trial.outcome).toMatchObject({ kind: "graded", stop: { kind: "completed" }, verdict: { passed: true } });
  expect(stepsIn(store)).toBe(5);
});

test("a resumed conversation is the interrupted one, including its times", async () => {
  const whole = turnModel(REPLIES);
  await runTrial(planned(), folderDeps({ store: storeWithRun(), arms: ARMS, openModel: () => whole }), never);
  const store = storeWithRun();
  await interruptAt(store, 4);
  const rest = turnModel(REPLIES.slice(4));
  await runTrial(planned(), folderDeps({ store, arms: ARMS, openModel: () => rest }), never);
  const steady = (requests: unknown): string => JSON.stringify(requests).replace(/\d+\.\d s|[A-Z][a-z]{2} [A-Z][a-z]{2} [^\\]*/g, "~");

  expect(steady(rest.requests.at(-1))).toBe(steady(whole.requests.at(-1)));
  const [lastSeen] = rest.requests.map(({ turns }) => JSON.stringify(turns));
  const trajectory = store.trajectories.read(store.runs.trial(1) ?? raise());
  for (const result of trajectory.steps.slice(0, 2).flatMap(({ toolCalls }) => toolCalls.map((one) => one.result ?? "")))
    expect(lastSeen).toContain(JSON.stringify(result).slice(1, -1));
});

test("a trial whose replay differs starts over, and the abandoned execution is kept with the reason", async () => {
  const store = storeWithRun();
  await interruptAt(store, 4);
  const changed = aTask("add", {
    files: { ...aTask().files, workspace: async () => [{ path: "other.py", bytes: Buffer.from("x"), executable: false }] },
  });
  const model = playing(0);

  const trial = await runTrial(planned(changed), folderDeps({ store, arms: ARMS, openModel: () => model }), never);

  expect(model.asked()).toBe(REPLIES.length);
  expect(trial.outcome.kind).toBe("graded");
  expect(store.executions.history(KEY)).toMatchObject([
    {
      ended: "abandoned",
      reason: expect.stringMatching(/could not be resumed: list_directory in response 1 differs from the record/),
      resumed: 1,
    },
    { ended: "finished", reason: null, resumed: 0 },
  ]);
});

test("a submission is only graded again when its grading had failed", async () => {
  const store = storeWithRun();
  let gradings = 0;
  const grading = {
    ...sumGrading,
    grade: async (...args: Parameters<typeof sumGrading.grade>) => {
      gradings += 1;
      if (gradings <= 4) throw new InfraError("grader", "the engine stumbled");
      return sumGrading.grade(...args);
    },
  };
  const first = playing(0);
  const failed = await runTrial(planned(), folderDeps({ store, arms: ARMS, openModel: () => first, grading }), never);
  expect(failed.outcome).toMatchObject({ kind: "error", source: "grader" });

  const second = playing(0);
  const trial = await runTrial(planned(), folderDeps({ store, arms: ARMS, openModel: () => second, grading }), never);

  expect(first.asked()).toBe(REPLIES.length);
  expect(second.asked()).toBe(0);
  expect(trial).toMatchObject({ outcome: { kind: "graded", verdict: { passed: true } }, totals: { iterations: 5, costUsd: 0.005 } });
  expect(trial.totals.workingMs).toBeCloseTo(failed.totals.workingMs);
});

test("a trial whose sandbox the engine lost continues in a new one, without asking again", async () => {
  const store = storeWithRun();
  let opened = 0;
  const model = playing(0);
  const openSandbox = async () => {
    const sandbox = await openFolderSandbox();
    opened += 1;
    if (opened > 1) return sandbox;
    let runs = 0;
    return new Proxy(sandbox, {
      get: (target, name: keyof typeof sandbox) => {
        if (name !== "run") return target[name];
        return async (...args: Parameters<typeof sandbox.run>) => {
          runs += 1;
          if (runs === 2) throw new InfraError("sandbox", "the engine went away");
          return target.run(...args);
        };
      },
    });
  };

  const trial = await runTrial(planned(), folderDeps({ store, arms: ARMS, openModel: () => model, openSandbox }), never);

  expect(opened).toBe(2);
  expect(model.asked()).toBe(REPLIES.length);
  expect(trial.outcome).toMatchObject({ kind: "graded", verdict: { passed: true } });
});

test("a provider's failure after paid answers is an error, and the next run continues after them", async () => {
  const store = storeWithRun();
  const broken = counting(
    turnModel((_request, index) => {
      if (index === 3) throw new InfraError("provider", "gave up after 8 requests");
      return REPLIES[index] ?? raise();
    }),
  );
  const failed = await runTrial(planned(), folderDeps({ store, arms: ARMS, openModel: () => broken }), never);
  expect(failed).toMatchObject({ outcome: { kind: "error", source: "provider" }, totals: { iterations: 2 } });

  const model = playing(3);
  const trial = await runTrial(planned(), folderDeps({ store, arms: ARMS, openModel: () => model }), never);

  expect(model.asked()).toBe(3);
  expect(trial.outcome).toMatchObject({ kind: "graded", verdict: { passed: true } });
  expect(store.runs.trials("run-1")).toHaveLength(1);
});

test("a sandbox that ends before the agent has done anything is our failure, and another one is opened", async () => {
  const store = storeWithRun();
  const model = playing(0);
  let opened = 0;
  const openSandbox = async () => {
    const sandbox = await openFolderSandbox();
    opened += 1;
    if (opened > 1) return sandbox;
    const putFiles = () => Promise.reject(new SandboxLost("stopped", "gone"));
    return new Proxy(sandbox, { get: (target, name: keyof typeof sandbox) => (name === "putFiles" ? putFiles : target[name]) });
  };

  const trial = await runTrial(planned(), folderDeps({ store, arms: ARMS, openModel: () => model, openSandbox }), never);

  expect(opened).toBe(2);
  expect(trial.outcome).toMatchObject({ kind: "graded", verdict: { passed: true } });
});

test("a sandbox that the agent itself brought down counts as the agent's doing, also the second time", async () => {
  const store = storeWithRun();
  const model = playing(0);
  const openSandbox = async () => {
    const sandbox = await openFolderSandbox();
    return new Proxy(sandbox, {
      get: (target, name: keyof typeof sandbox) => {
        if (name !== "writeFile") return target[name];
        return async () => {
          throw new SandboxLost("out-of-memory", "used up");
        };
      },
    });
  };

  const trial = await runTrial(planned(), folderDeps({ store, arms: ARMS, openModel: () => model, openSandbox }), never);

  expect(trial.outcome).toMatchObject({ kind: "graded", stop: { kind: "sandbox-lost" }, verdict: { passed: false } });
});

function raise(): never {
  throw new Error("there is nothing");
}
