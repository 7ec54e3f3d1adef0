import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { loopAgent } from "../../../src/agent/loop/loop-agent.ts";
import { type Difference, type Past, type PastAction, ReplayDiverged } from "../../../src/core/agent.ts";
import { InfraError, UserError } from "../../../src/core/errors.ts";
import type { Turn } from "../../../src/core/model.ts";
import { type Sandbox, SandboxLost } from "../../../src/core/sandbox.ts";
import { agentContext } from "../../fixtures/agent-context.ts";
import { loopSpec } from "../../fixtures/agent-settings.ts";
import { openFolderSandbox } from "../../fixtures/folder-sandbox.ts";
import { type JournalEntry, type MemoryJournal, memoryJournal, stepsOf } from "../../fixtures/memory-journal.ts";
import { call, calls, response, says, turnModel } from "../../fixtures/turn-model.ts";
import { resultTexts, runTrial } from "../trial.ts";

const edit = () => call("edit_file", { path: "a.txt", old_text: "one", new_text: "two" });
const look = (path = "a.txt") => call("read_file", { path });

test("the loop reads, edits, runs and ends when the model has no more calls", async () => {
  const trial = await runTrial([calls([look()]), calls([edit(), call("run_command", { command: "cat a.txt" })]), says("Done.")]);

  expect(trial.stop).toEqual({ kind: "completed", detail: "Done." });
  expect(trial.steps.map(({ iteration }) => iteration)).toEqual([1, 2, 3]);
  expect(resultTexts(trial)[0]).toBe("1\tone");
  expect(resultTexts(trial)[1]).toContain("Edited a.txt (1 replacement at line 1).");
  expect(resultTexts(trial)[2]).toMatch(/^exit code: 0 \(\d+\.\d s\)\ntwo$/);
  expect(await readFile(join(trial.sandbox.disk, "workspace/a.txt"), "utf8")).toBe("two\n");
});

test("the conversation opens with the rendered prompt, the first turns and the tools", async () => {
  const { journal, model } = await runTrial([says("No.")], { profile: "read-only" });

  const [opened] = journal.entries;
  if (opened?.kind !== "opened") throw new Error("the journal was not opened");
  expect(opened.system).toContain("- read_file: Read a text file.");
  expect(opened.firstTurns).toEqual(["Do the task."]);
  expect(JSON.parse(opened.tools)).toHaveLength(4);
  expect(model.requests[0]).toEqual({ system: opened.system, turns: [{ kind: "user", text: "Do the task." }] });
});

test("a model's own turn goes back as the provider gave it", async () => {
  const reply = calls([look()]);
  const { model } = await runTrial([reply, says("Done.")]);

  expect(model.requests[1]?.turns[1]).toEqual(reply.turn);
});

test("every call of a turn gets one result, in order, with its id and name", async () => {
  const first = [look(), call("nonsense", {}), look("missing.txt"), edit()];
  const { model } = await runTrial([calls(first), says("Done.")]);

  const turn = model.requests[1]?.turns.at(-1);
  if (turn?.kind !== "tool") throw new Error("the last turn holds no results");
  expect(turn.results.map(({ callId }) => callId)).toEqual(first.map(({ id }) => id));
  expect(turn.results.map(({ name }) => name)).toEqual(["read_file", "nonsense", "read_file", "edit_file"]);
  expect(turn.results.map(({ isError }) => isError)).toEqual([false, true, true, false]);
});

test("the history only grows at its end", async () => {
  const replies = [
    calls([look(), look()]),
    says(""),
    response("Thinking aloud.", [edit()]),
    calls([look("x")]),
    calls([look("x")]),
    calls([look("x")]),
  ];
  const { model } = await runTrial([...replies, says("Done.")], { limits: { maxIterations: 8 } });

  expect(model.requests.length).toBe(7);
  for (const [index, request] of model.requests.entries()) {
    const before: readonly Turn[] = model.requests[index - 1]?.turns ?? [];
    expect(request.turns.slice(0, before.length)).toEqual(before);
    expect(request.turns.length).toBeGreaterThan(before.length);
  }
});

test("a request that was sent does not change afterwards", async () => {
  const held: (readonly Turn[])[] = [];
  await runTrial((request, index) => {
    held.push(request.turns);
    return index < 2 ? calls([look()]) : says("Done.");
  });

  expect(held.map((turns) => turns.length)).toEqual([1, 3, 5, 7]);
});

test("the journal has a response before its tools, and each call before and after it ran", async () => {
  const { journal } = await runTrial([calls([look(), edit()]), says("Done.")]);

  const shown = journal.entries.map((entry) =>
    entry.kind === "tool-started" || entry.kind === "tool-finished" ? `${entry.kind} ${entry.position}` : entry.kind,
  );
  expect(shown).toEqual(["opened", "responded", "tool-started 0", "tool-finished 0", "tool-started 1", "tool-finished 1", "responded"]);
});

test("a call is stored before it has any effect", async () => {
  const seen: string[] = [];
  const sandbox = await openFolderSandbox({ "a.txt": "one\n" });
  const before = await sandbox.fingerprint("/workspace");
  const looking: Sandbox = {
    ...sandbox,
    writeFile: async (...args) => {
      seen.push("write");
      return sandbox.writeFile(...args);
    },
  };
  const journal = memoryJournal((entry: JournalEntry) => seen.push(entry.kind));
  const model = turnModel([calls([edit()]), says("Done.")]);
  await loopAgent(loopSpec()).work(agentContext({ model, sandbox: looking, journal }));

  expect(seen).toEqual(["opened", "responded", "tool-started", "write", "tool-finished", "responded"]);
  expect(await sandbox.fingerprint("/workspace")).not.toBe(before);
  await sandbox.close();
});

test("calls without an id, and calls that share one, get ids of their own", async () => {
  const { journal, steps } = await runTrial([
    calls([
      { ...look(), id: "" },
      { ...look(), id: "x" },
      { ...look(), id: "x" },
    ]),
    says("Done."),
  ]);

  expect(steps[0]?.actions.map(({ result }) => result.callId)).toEqual(["call_1_1", "x", "call_1_3"]);
  expect(journal.notes("call-ids")).toHaveLength(1);
});

test("unknown arguments are left out and noted", async () => {
  const { journal, steps } = await runTrial([calls([call("read_file", { path: "a.txt", why: "because" })]), says("Done.")]);

  expect(steps[0]?.actions[0]?.result.text).toBe("1\tone");
  expect(journal.notes("unknown-arguments")).toEqual(["read_file: why"]);
});

test("an abort throws the signal's reason and keeps what was stored", async () => {
  const controller = new AbortController();
  const journal = memoryJournal((entry) => {
    if (entry.kind === "tool-finished") controller.abort(new Error("interrupted"));
  });

  await expect(runTrial([calls([look(), look()])], { signal: controller.signal, journal })).rejects.toThrow("interrupted");
  expect(journal.entries.filter(({ kind }) => kind === "tool-finished")).toHaveLength(1);
});

test("an abort ends a running command", async () => {
  const controller = new AbortController();
  const journal = memoryJournal((entry) => {
    if (entry.kind === "tool-started") setTimeout(() => controller.abort(new Error("interrupted")), 50);
  });

  const sleeping = runTrial([calls([call("run_command", { command: "sleep 30" })])], { signal: controller.signal, journal });
  await expect(sleeping).rejects.toThrow("interrupted");
});

test("an abort ends a request that the model does not answer", async () => {
  const controller = new AbortController();
  setTimeout(() => controller.abort(new Error("interrupted")), 200);

  await expect(runTrial([{ kind: "hangs" }], { signal: controller.signal })).rejects.toThrow("interrupted");
});

test("a failure of the provider goes through as it is", async () => {
  const failure = new InfraError("provider", "Cannot reach the provider: no answer; try again");
  const failing = runTrial((_, index) => {
    if (index === 0) return calls([look()]);
    throw failure;
  });

  await expect(failing).rejects.toBe(failure);
});

test("a sandbox that ends under a command ends the trial, with every call answered", async () => {
  const folder = await openFolderSandbox({ "a.txt": "one\n" });
  const sandbox: Sandbox = {
    ...folder,
    run: (request, signal) => {
      if (request.command === "boom") throw new SandboxLost("out-of-memory", "the sandbox ran out of memory");
      return folder.run(request, signal);
    },
  };
  const journal = memoryJournal();
  const model = turnModel([calls([call("run_command", { command: "boom" }), look()])]);
  const { stop } = await loopAgent(loopSpec()).work(agentContext({ model, sandbox, journal }));

  expect(stop).toEqual({ kind: "sandbox-lost", detail: "the sandbox ran out of memory" });
  expect(stepsOf(journal)[0]?.actions.map(({ result }) => result.text)).toEqual([
    "Error: environment: the sandbox has gone: it ran out of memory.",
    "Error: environment: the sandbox has gone, so nothing was run.",
  ]);
  expect(journal.entries.filter(({ kind }) => kind === "tool-finished")).toHaveLength(2);
  await folder.close();
});

test("the fiftieth step stores no more than the fifth", async () => {
  const replies = Array.from({ length: 50 }, (_, index) => calls([call("run_command", { command: `echo ${index + 100}; seq 200` })]));
  const { journal, steps } = await runTrial(replies, { limits: { maxIterations: 50 } });

  const bytesOf = (iteration: number): number =>
    journal.entries
      .filter((entry) => entry.kind !== "opened" && entry.iteration === iteration)
      .reduce((sum, entry) => sum + JSON.stringify(entry).length, 0);
  expect(steps).toHaveLength(50);
  expect(bytesOf(5)).toBeGreaterThan(500);
  expect(Math.abs(bytesOf(46) - bytesOf(5))).toBeLessThan(50);
});

/** Reads a finished trial off its journal, as a store gives it back. */
function pastOf({ entries }: MemoryJournal): Past {
  const [opened] = entries;
  if (opened?.kind !== "opened") throw new Error("the journal was not opened");
  const { kind: _kind, ...opening } = opened;
  const answers = entries.flatMap((entry) => (entry.kind === "responded" ? [entry.response] : []));
  const actions = entries.flatMap((entry): [string, PastAction][] => {
    if (entry.kind !== "tool-finished") return [];
    const { call: _call, result, ...rest } = entry.action;
    return [[`${entry.iteration}/${entry.position}`, { ...rest, text: result.text }]];
  });
  return { opening, answers, actions: new Map(actions) };
}

test("a stored part of a trial is replayed without a request, and the trial continues after it", async () => {
  const first = await runTrial([calls([edit()]), says("Done.")]);
  const past = pastOf(first.journal);
  const sandbox = await openFolderSandbox({ "a.txt": "one\n" });
  const model = turnModel([says("Done.")]);

  const context = agentContext({ model, sandbox, past: { ...past, answers: past.answers.slice(0, 1) } });
  const { stop } = await loopAgent(loopSpec()).work(context);

  expect(stop.kind).toBe("completed");
  expect(model.requests).toEqual(first.model.requests.slice(1));
  expect(await readFile(join(sandbox.disk, "workspace/a.txt"), "utf8")).toBe("two\n");
  await sandbox.close();
});

test("a replay that differs throws, or reports every difference to a caller that asks for them", async () => {
  const past = pastOf((await runTrial([calls([look()]), says("Done.")])).journal);
  const sandbox = await openFolderSandbox({ "a.txt": "another\n" });
  const context = agentContext({ model: turnModel([]), sandbox, past });
  const differences: Difference[] = [];

  await expect(loopAgent(loopSpec()).work(context)).rejects.toThrow(ReplayDiverged);
  await loopAgent(loopSpec()).work({ ...context, onDifference: (difference) => differences.push(difference) });

  expect(differences).toEqual([{ where: "read_file in response 1", before: "1\tone", now: "1\tanother" }]);
  await sandbox.close();
});

test("a context file that is missing is a user error, before the model is asked", async () => {
  const sandbox = await openFolderSandbox();
  const model = turnModel([]);
  const task = { prompt: "Do the task.", contextFiles: ["AGENTS.md"], workspace: [] };

  await expect(loopAgent(loopSpec()).work(agentContext({ model, sandbox, task }))).rejects.toThrow(UserError);
  expect(model.requests).toEqual([]);
  await sandbox.close();
});
