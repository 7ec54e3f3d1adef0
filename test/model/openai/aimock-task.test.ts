import { expect, onTestFinished, test } from "vitest";
import { loopAgent } from "../../../src/agent/loop/loop-agent.ts";
import { loadSuite } from "../../../src/config/suite.ts";
import { openModels } from "../../../src/model/open-model.ts";
import { agentContext } from "../../fixtures/agent-context.ts";
import { loopSpec } from "../../fixtures/agent-settings.ts";
import { playTasks, startAimockPlaying } from "../../fixtures/aimock-model.ts";
import { openFolderSandbox } from "../../fixtures/folder-sandbox.ts";
import { memoryJournal, stepsOf } from "../../fixtures/memory-journal.ts";
import { modelSpec } from "../../fixtures/model-spec.ts";

test.for(["openai-chat", "openai-responses", "anthropic", "gemini"] as const)(
  "a model behind aimock solves a task over %s",
  async (api) => {
    const { tasks } = loadSuite("tasks/starter");
    const [task] = tasks;
    if (task === undefined) throw new Error("the suite is empty");
    const workspace = await task.files.workspace();
    const sandbox = await openFolderSandbox(Object.fromEntries(workspace.map(({ path, bytes }) => [path, bytes])));
    onTestFinished(() => sandbox.close());
    const server = await startAimockPlaying(playTasks(tasks));
    const open = openModels({ key: () => "sk-test-0123456789", now: () => new Date() });
    const model = open(modelSpec({ api, baseUrl: server.baseUrl(api) }))({ task, attempt: 1 });

    const journal = memoryJournal();
    const { stop } = await loopAgent(loopSpec()).work(
      agentContext({
        task: { prompt: task.prompt, contextFiles: task.contextFiles, workspace },
        model,
        sandbox,
        journal,
        signal: AbortSignal.timeout(50_000),
      }),
    );
    const steps = stepsOf(journal);

    expect(stop.kind).toBe("completed");
    expect(steps.map(({ response }) => response.usage.outputTokens)).toEqual(steps.map(() => 10));
    for (const { path, bytes } of (await task.files.reference()) ?? []) {
      expect(await sandbox.readFile({ path, root: "/workspace" }, 1e6)).toMatchObject({ kind: "read", bytes: Buffer.from(bytes) });
    }
  },
);
