import { describe, expect, onTestFinished, test } from "vitest";
import { openAgent } from "../../src/agent/open-agent.ts";
import { probeBeforeRun } from "../../src/command/probe/before-run.ts";
import type { ModelSpec } from "../../src/core/model.ts";
import { openModels } from "../../src/model/open-model.ts";
import { openDispatchers } from "../../src/model/recording-fetch.ts";
import { GrowingCapacity } from "../../src/run/growing-capacity.ts";
import { runPooled } from "../../src/run/pooled-run.ts";
import { SpendingLimits } from "../../src/run/spending/spending-limits.ts";
import { Store } from "../../src/store/store.ts";
import { folderSandboxProvider, openFolderSandbox } from "../fixtures/folder-sandbox.ts";
import { chatBody } from "../fixtures/model-body.ts";
import { type Reply, startModelServer } from "../fixtures/model-server.ts";
import { modelSpec } from "../fixtures/model-spec.ts";
import { chatServer } from "../fixtures/probe-server.ts";
import { anArm, aTask } from "../fixtures/record.ts";
import { saveFolderRun } from "../fixtures/trial-parts.ts";

const json = (status: number, body: unknown): Reply => ({ kind: "json", status, body });
const error = (status: number, message: string, code: string | null): Reply =>
  json(status, { error: { message, type: "invalid_request_error", code } });

// What each server says to every conversation, as OpenAI, vLLM and Qwen's template do, and the field that the line must name.
const MISTAKES: readonly { readonly mistake: string; readonly reply: Reply; readonly names: RegExp }[] = [
  { mistake: "a wrong key", reply: error(401, "Incorrect API key provided: sk-x.", "invalid_api_key"), names: /api_key_env/ },
  {
    mistake: "a wrong model name",
    reply: error(404, "The model `m` does not exist or you do not have access to it.", "model_not_found"),
    names: /model/,
  },
  {
    mistake: "a max_output_tokens above the window",
    reply: json(400, {
      object: "error",
      type: "BadRequestError",
      code: 400,
      message:
        "'max_tokens' or 'max_completion_tokens' is too large: 16000. This model's maximum context length is 16000 tokens and your request has 3203 input tokens (16000 > 16000 - 3203). None",
    }),
    names: /lower max_output_tokens/,
  },
  {
    mistake: "a missing tool parser",
    reply: json(
      200,
      chatBody({ message: { content: '<tool_call>\n{"name": "read_file", "arguments": {"path": "add.py"}}\n</tool_call>' } }),
    ),
    names: /--tool-call-parser/,
  },
];

const TASKS = Array.from({ length: 8 }, (_, index) => {
  const task = aTask(`task-${index}`);
  return { ...task, tests: { ...task.tests, required: ["test_add.py::test_sum"] } };
});

async function misconfigured(reply: Reply, changes: Partial<ModelSpec> = {}) {
  const server = await startModelServer(chatServer(({ path }) => (path.endsWith("/chat/completions") ? reply : null)));
  const store = new Store(":memory:", () => new Date());
  onTestFinished(async () => {
    store.close();
    await server.close();
  });
  const model = modelSpec({ name: "x", model: "m", baseUrl: `${server.url}/v1`, apiKeyEnv: null, ...changes });
  return { server, store, arm: { ...anArm("x"), model } };
}

type Setup = Awaited<ReturnType<typeof misconfigured>>;

/** Runs eight trials at a time, as `bench run --concurrency 8 --no-probe` does, and counts the sandboxes of agents. */
async function runEight({ store, arm }: Setup, untried: readonly string[]) {
  saveFolderRun(store, TASKS, [arm]);
  const open = openModels({ key: () => "", now: () => new Date(), dispatchers: openDispatchers() })(arm.model);
  const lines: string[] = [];
  let sandboxes = 0;
  const end = await runPooled(
    { runId: "run-1", tasks: TASKS, arms: [arm], attempts: 1 },
    {
      store,
      report: (event) => {
        if (event.kind === "notice") lines.push(event.text);
      },
      sandboxes: folderSandboxProvider(({ purpose }) => {
        if (purpose === "agent") sandboxes += 1;
        return openFolderSandbox();
      }),
      openAgent: ({ agent }) => openAgent(agent),
      openModel: ({ task, key }) => open({ task, attempt: key.attempt }),
      spendingLimits: new SpendingLimits(store.spending, { runId: "run-1", arms: [arm], caps: { maxCostUsd: null, maxTokens: null } }),
      capacity: new GrowingCapacity({ agents: 8, gradings: 2 }),
      now: () => new Date(),
      signal: new AbortController().signal,
      untriedArmIds: new Set(untried),
    },
  );
  return { end, lines, sandboxes, figures: store.runs.arms("run-1")[0] };
}

describe.for(MISTAKES)("$mistake", ({ reply, names }) => {
  test("is found by the probe before a run, with one line and no sandbox", async () => {
    const { arm, store } = await misconfigured(reply);
    const lines: string[] = [];

    const refused = await probeBeforeRun({ arms: [arm], flags: {}, store }, { notify: (line) => lines.push(line) }).catch(
      (thrown: Error) => thrown,
    );

    expect(refused).toMatchObject({ name: "UserError", message: expect.stringMatching(names) });
    expect(lines).toEqual([]);
  });

  test("without the probe takes one sandbox of eight trials at work: one suspended arm, one line, nothing graded", async () => {
    const setup = await misconfigured(reply);
    const { untriedArmIds } = await probeBeforeRun(
      { arms: [setup.arm], flags: { probe: false }, store: setup.store },
      { notify: () => {} },
    );

    const { end, lines, sandboxes, figures } = await runEight(setup, [...untriedArmIds]);

    expect({ end, sandboxes }).toEqual({ end: "failed", sandboxes: 1 });
    expect(lines).toEqual([expect.stringMatching(/^x is suspended and its other trials are not started: /)]);
    expect(lines[0]).toMatch(names);
    expect(figures).toMatchObject({ graded: 0, errors: 1 });
  });
});

test("when no arm counts as untried, eight trials take eight sandboxes for the same mistake", async () => {
  const setup = await misconfigured(error(401, "Incorrect API key provided: sk-x.", "invalid_api_key"));

  expect((await runEight(setup, [])).sandboxes).toBeGreaterThanOrEqual(8);
});
