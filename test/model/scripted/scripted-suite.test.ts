import { describe, expect, onTestFinished, test } from "vitest";
import { loopAgent } from "../../../src/agent/loop/loop-agent.ts";
import { loadSuite } from "../../../src/config/suite.ts";
import type { ToolProfile } from "../../../src/core/agent.ts";
import { WORKSPACE } from "../../../src/core/sandbox.ts";
import type { Task } from "../../../src/core/task.ts";
import { scriptedModel } from "../../../src/model/scripted/scripted-model.ts";
import { systemClock } from "../../../src/model/traffic/clock.ts";
import { agentContext } from "../../fixtures/agent-context.ts";
import { loopSpec } from "../../fixtures/agent-settings.ts";
import { openFolderSandbox } from "../../fixtures/folder-sandbox.ts";
import { memoryJournal, stepsOf } from "../../fixtures/memory-journal.ts";
import { modelSpec } from "../../fixtures/model-spec.ts";

const { tasks } = loadSuite("tasks/starter");

/** Lets a scripted model work on a task in the real loop, and gives the files it leaves. */
async function work(task: Task, behavior: string, profile: ToolProfile) {
  const workspace = await task.files.workspace();
  const sandbox = await openFolderSandbox(Object.fromEntries(workspace.map(({ path, bytes }) => [path, bytes])));
  onTestFinished(() => sandbox.close());
  const model = scriptedModel(modelSpec({ api: "scripted", model: behavior }), { task, attempt: 1, clock: systemClock(() => new Date()) });
  const journal = memoryJournal();
  const { stop } = await loopAgent(loopSpec({ profile })).work(
    agentContext({
      task: { prompt: task.prompt, contextFiles: task.contextFiles, workspace },
      model,
      sandbox,
      journal,
      signal: AbortSignal.timeout(50_000),
    }),
  );
  const { files } = await sandbox.exportFiles({ root: WORKSPACE, rule: { include: ["**"], exclude: [] }, maxFiles: 1000, maxBytes: 1e8 });
  const text = new Map([...workspace, ...files].map(({ path, bytes }) => [path, Buffer.from(bytes).toString()]));
  return { stop, steps: stepsOf(journal), files: text, changed: files };
}

describe.for(tasks)("on $id", (task) => {
  test.for(["full", "no-exec", "bash-only", "apply-patch"] as const)(
    "the reference leaves its solution, with the %s tools",
    async (profile) => {
      const { stop, files } = await work(task, "oracle", profile);

      expect(stop.kind).toBe("completed");
      for (const { path, bytes } of (await task.files.reference()) ?? []) expect(files.get(path)).toBe(Buffer.from(bytes).toString());
    },
  );

  test("the flawed one leaves something else", async () => {
    const { stop, files } = await work(task, "flawed", "full");
    const reference = (await task.files.reference()) ?? [];

    expect(stop.kind).toBe("completed");
    expect(reference.some(({ path, bytes }) => files.get(path) !== Buffer.from(bytes).toString())).toBe(true);
  });

  test("the one that does nothing leaves what it found", async () => {
    const { stop, changed } = await work(task, "nop", "full");

    expect(stop.kind).toBe("completed");
    expect(changed).toEqual([]);
  });
});
