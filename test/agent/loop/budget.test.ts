import { expect, test } from "vitest";
import { loopAgent } from "../../../src/agent/loop/loop-agent.ts";
import type { Model } from "../../../src/core/model.ts";
import { agentContext } from "../../fixtures/agent-context.ts";
import { agentSettings, loopSpec } from "../../fixtures/agent-settings.ts";
import { openFolderSandbox } from "../../fixtures/folder-sandbox.ts";
import { call, calls, says, turnModel, usage } from "../../fixtures/turn-model.ts";
import { resultTexts, runTrial } from "../trial.ts";

const look = (path = "a.txt") => call("read_file", { path });
const edit = () => call("edit_file", { path: "a.txt", old_text: "one", new_text: "two" });
const failingEdit = (path = "a.txt", old = "zzz") => call("edit_file", { path, old_text: old, new_text: "two" });
const done = says("Done.");

test("the trial ends when the responses are used up, after the last calls were run", async () => {
  const trial = await runTrial([calls([look()]), calls([edit()]), done], { limits: { maxIterations: 2 } });

  expect(trial.stop).toEqual({ kind: "max-iterations", detail: "used all 2 responses" });
  expect(resultTexts(trial)[1]).toContain("Edited a.txt");
  expect(trial.model.requests).toHaveLength(2);
});

test("a final message in the last response is completion, not exhaustion", async () => {
  const { stop } = await runTrial([calls([edit()]), done], { limits: { maxIterations: 2 } });

  expect(stop.kind).toBe("completed");
});

test("the last three responses are announced inside the last tool result", async () => {
  const { model, steps, journal } = await runTrial((_, index) => calls([look("x"), call("run_command", { command: `echo ${index}` })]), {
    limits: { maxIterations: 5 },
  });

  const lastTexts = model.requests.slice(1).map(({ turns }) => {
    const turn = turns.at(-1);
    return turn?.kind === "tool" ? (turn.results.at(-1)?.text ?? "").split("\n\n").slice(1) : [];
  });
  const hints = ["3 model responses remain.", "2 model responses remain.", "1 model response remains."].map((hint) => `[harness] ${hint}`);
  expect(lastTexts).toEqual([[], ...hints.map((hint) => [hint])]);
  expect(steps.map(({ nudge }) => nudge)).toEqual([null, ...hints, null]);
  expect(steps[1]?.actions[1]?.result.text).not.toContain("harness");
  expect(journal.notes("nudge")).toEqual(hints);
});

test("a model that stops without a change is reminded once", async () => {
  const { model, stop, steps } = await runTrial([calls([look()]), says("Looks fine."), says("Really fine.")]);

  const shown = "You have not changed any file yet. If the task needs changes, continue; otherwise reply with your final message.";
  expect(model.requests[2]?.turns.slice(-2)).toEqual([
    { kind: "assistant", native: expect.anything(), view: expect.objectContaining({ text: "Looks fine." }) },
    { kind: "user", text: shown },
  ]);
  expect(stop).toEqual({ kind: "completed", detail: "Really fine." });
  expect(steps.map(({ nudge }) => nudge)).toEqual([null, shown, null]);
});

test("a change that was reverted is no change", async () => {
  const back = call("edit_file", { path: "a.txt", old_text: "two", new_text: "one" });
  const { model } = await runTrial([calls([edit(), back]), done, done]);

  expect(model.requests).toHaveLength(3);
});

test("a command that changes a file is a change", async () => {
  const { model } = await runTrial([calls([call("run_command", { command: "echo new > b.txt" })]), done]);

  expect(model.requests).toHaveLength(2);
});

test("a model that cannot change anything is not reminded", async () => {
  const { model } = await runTrial([calls([look()]), done], { profile: "read-only" });

  expect(model.requests).toHaveLength(2);
});

test("the workspace is hashed only when it could have changed", async () => {
  const folder = await openFolderSandbox({ "a.txt": "one\n" });
  let hashed = 0;
  const sandbox = {
    ...folder,
    fingerprint: (root: string) => {
      hashed += 1;
      return folder.fingerprint(root);
    },
  };
  const loop = loopAgent(loopSpec());
  await loop.work(agentContext({ sandbox, model: turnModel([calls([look()]), calls([look()]), done]) }));

  expect(hashed).toBe(0);
  await loop.work(agentContext({ sandbox, model: turnModel([calls([edit()]), calls([failingEdit()]), done]) }));
  expect(hashed).toBe(2);
  await folder.close();
});

test("the cost limit ends the trial after the calls of the response that reached it", async () => {
  const dear = { costUsd: 0.4, noCacheCostUsd: 0.4, source: "models.yaml", computedUsd: 0.4, reportedUsd: null } as const;
  const trial = await runTrial([calls([look()], { cost: dear }), calls([edit()], { cost: dear }), done], { limits: { maxCostUsd: 0.8 } });

  expect(trial.stop).toEqual({ kind: "budget-cost", detail: "cost $0.8000 of $0.8" });
  expect(resultTexts(trial)[1]).toContain("Edited a.txt");
});

test("a cost limit that cannot be enforced is noted", async () => {
  const unknown = { costUsd: null, noCacheCostUsd: null, source: "unknown", computedUsd: null, reportedUsd: null } as const;
  const { journal, stop } = await runTrial([calls([edit()], { cost: unknown }), done], { limits: { maxCostUsd: 0.1 } });

  expect(stop.kind).toBe("completed");
  expect(journal.notes("cost")).toHaveLength(1);
});

test("a cost limit holds for a model with a price, whatever its provider leaves out", async () => {
  const unknown = { costUsd: null, noCacheCostUsd: null, source: "unknown", computedUsd: null, reportedUsd: null } as const;
  const price = { input: 1, output: 2, cacheRead: null, cacheWrite5m: null, cacheWrite1h: null, perRequest: 0 };
  const { journal } = await runTrial([calls([edit()], { cost: unknown }), done], { limits: { maxCostUsd: 0.1 }, spec: { price } });

  expect(journal.notes("cost")).toEqual([]);
});

test.for([
  { stream: true, advice: "; stream: false in models.yaml may bring one" },
  { stream: false, advice: "" },
])("a response without a count of tokens is noted once, with what may help: stream $stream", async ({ stream, advice }) => {
  const uncounted = { ...usage(0, 0), isKnown: false };
  const { journal } = await runTrial([calls([edit()], { usage: uncounted }), { ...done, usage: uncounted }], { spec: { stream } });

  expect(journal.notes("usage")).toEqual([`the provider gave no count of tokens, so those of this trial are unknown${advice}`]);
});

test("the token limit counts the output of all responses", async () => {
  const { stop } = await runTrial([calls([look()], { usage: usage(1, 60) }), calls([look("b")], { usage: usage(1, 60) }), done], {
    limits: { maxOutputTokens: 100 },
  });

  expect(stop).toEqual({ kind: "budget-tokens", detail: "wrote 120 of 100 output tokens" });
});

test("the time limit cuts a request that hangs", async () => {
  const { stop, steps, unbilledAttempts, journal } = await runTrial([calls([edit()]), { kind: "hangs" }], {
    limits: { maxWallSeconds: 0.4 },
  });

  expect(stop).toEqual({ kind: "budget-time", detail: "the time limit of 0.4 s cut a request" });
  expect(steps).toHaveLength(1);
  expect(unbilledAttempts).toBe(1);
  expect(journal.notes("cut-request")).toHaveLength(1);
});

test("the time limit cuts a request even when the adapter ignores the signal", async () => {
  const deaf: Model = { spec: turnModel([]).spec, generate: () => new Promise(() => undefined) };
  const sandbox = await openFolderSandbox();
  const settings = agentSettings({ limits: { maxWallSeconds: 0.1 } });
  const { stop } = await loopAgent(loopSpec()).work(agentContext({ model: deaf, sandbox, settings }));

  expect(stop.kind).toBe("budget-time");
  await sandbox.close();
});

test("the time limit counts accepted attempts and tools, not waiting", async () => {
  const waited = { status: 429, fault: "rate limit", waitedMs: 3_600_000, durationMs: 5_000, billing: "none", assumedUsd: 0 } as const;
  const reply = (durationMs: number) => calls([look(String(durationMs))], { durationMs, attempts: [waited] });
  const { stop, steps, workingMs } = await runTrial([reply(200_000), reply(250_000), reply(200_000), done], {
    limits: { maxWallSeconds: 600 },
  });

  expect(stop.kind).toBe("budget-time");
  expect(steps).toHaveLength(3);
  expect(workingMs).toBeGreaterThanOrEqual(650_000);
});

test("the clock stands still while the adapter waits for the provider's limits", async () => {
  const answers = turnModel([says("Done.")]);
  const waiting: Model = {
    spec: answers.spec,
    generate: async (request) => {
      request.onWait?.(true);
      await new Promise((settle) => setTimeout(settle, 900));
      request.onWait?.(false);
      return answers.generate(request);
    },
  };
  const sandbox = await openFolderSandbox();
  const settings = agentSettings({ limits: { maxWallSeconds: 0.6 } });
  const { stop } = await loopAgent(loopSpec({ profile: "read-only" })).work(agentContext({ model: waiting, sandbox, settings }));

  expect(stop.kind).toBe("completed");
  await sandbox.close();
});

test("an adapter that reports its waiting too late leaves no timer behind", async () => {
  const answers = turnModel([says("Done.")]);
  let tellLate = (): void => undefined;
  const late: Model = {
    spec: answers.spec,
    generate: (request) => {
      request.onWait?.(true);
      tellLate = () => request.onWait?.(false);
      return answers.generate(request);
    },
  };
  const sandbox = await openFolderSandbox();
  await loopAgent(loopSpec({ profile: "read-only" })).work(agentContext({ model: late, sandbox }));
  const timers = (): number => process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;
  const before = timers();
  tellLate();

  expect(timers()).toBe(before);
  await sandbox.close();
});

test("a command gets no more time than the trial has left, and later calls are not run", async () => {
  const trial = await runTrial([calls([call("run_command", { command: "sleep 20" }), edit()])], { limits: { maxWallSeconds: 1 } });

  expect(trial.stop.kind).toBe("budget-time");
  expect(resultTexts(trial)).toEqual([
    "Error: timeout: killed after 1 s.\n(no output)",
    "Error: timeout: the time limit of the trial was reached, so nothing was run.",
  ]);
});
