import { describe, expect, onTestFinished, test } from "vitest";
import { probeBeforeRun, probeResumed } from "../../../src/command/probe/before-run.ts";
import type { ModelSpec } from "../../../src/core/model.ts";
import type { Arm } from "../../../src/core/trial.ts";
import { Store } from "../../../src/store/store.ts";
import { chatBody } from "../../fixtures/model-body.ts";
import { type Reply, type Script, startModelServer } from "../../fixtures/model-server.ts";
import { modelSpec } from "../../fixtures/model-spec.ts";
import { chatServer } from "../../fixtures/probe-server.ts";
import { anArm, aTask } from "../../fixtures/record.ts";
import { saveFolderRun } from "../../fixtures/trial-parts.ts";
import { says } from "../../fixtures/turn-model.ts";

const PRICE = { input: 10, output: 50, cacheRead: null, cacheWrite5m: null, cacheWrite1h: null, perRequest: 0 };
const error = (status: number, message: string, code: string | null = null): Reply => ({
  kind: "json",
  status,
  body: { error: { message, type: "invalid_request_error", code } },
});
const asked = (reply: Reply) => chatServer(({ path }) => (path.endsWith("/chat/completions") ? reply : null));

async function serve(script: Script) {
  const server = await startModelServer(script);
  onTestFinished(() => server.close());
  return server;
}

function armOn(url: string, changes: Partial<ModelSpec> = {}, id = "a"): Arm {
  return {
    ...anArm(id),
    model: modelSpec({
      name: `model-${id}`,
      model: "good",
      baseUrl: `${url}/v1`,
      apiKeyEnv: null,
      price: PRICE,
      maxOutputTokens: 100,
      ...changes,
    }),
  };
}

function emptyStore(): Store {
  const store = new Store(":memory:", () => new Date());
  onTestFinished(() => store.close());
  return store;
}

/** Probes as a new run does, and gives the lines and the mistake. */
async function probed(arms: readonly Arm[], flags: { probe?: boolean; maxCost?: number; maxTokens?: number } = {}, store = emptyStore()) {
  const lines: string[] = [];
  const run = { arms, flags, store };
  const result = await probeBeforeRun(run, { notify: (line) => lines.push(line) }).catch((reason: Error) => reason);
  return { lines, store, error: result instanceof Error ? result : null, result: result instanceof Error ? null : result };
}

describe("before a run of a model that nobody has asked", () => {
  test("a working one gets a line with what came back and the cost", async () => {
    const { url, received } = await serve(chatServer());

    const { lines, result } = await probed([armOn(url)]);

    expect(lines).toEqual(["Probe model-a: tool calls, usage, 0.074 cents"]);
    expect(result?.untriedArmIds.size).toBe(0);
    expect(received.filter(({ path }) => path === "/v1/chat/completions")).toHaveLength(2);
  });

  test("several prompts of one model are one question, and models are asked side by side", async () => {
    const { url, received, mostAtOnce } = await serve(chatServer());
    const slow = await serve(async (request, index) => {
      await new Promise((resolve) => setTimeout(resolve, 200));
      return (chatServer() as Extract<Script, (...args: never) => unknown>)(request, index);
    });
    const two = [armOn(url), { ...armOn(url), id: "arm-second-prompt" }];

    await probed(two);
    const { lines } = await probed([armOn(slow.url, {}, "x"), armOn(slow.url, {}, "y"), armOn(slow.url, {}, "z")]);

    expect(received.filter(({ path }) => path === "/v1/chat/completions")).toHaveLength(2);
    expect(mostAtOnce()).toBe(1);
    expect(lines).toHaveLength(3);
    expect(slow.mostAtOnce()).toBeGreaterThanOrEqual(3);
  });

  test.for([
    {
      mistake: "a wrong key",
      reply: error(401, "Incorrect API key provided", "invalid_api_key"),
      says: /check the access of this host|key/,
    },
    { mistake: "a wrong model", reply: error(404, "The model `good` does not exist", "model_not_found"), says: /model name "good"/ },
    {
      mistake: "a parameter that is not taken",
      reply: error(400, "Unsupported parameter: 'temperature'", "unsupported_parameter"),
      says: /temperature/,
    },
    { mistake: "a rejection that nobody has met before", reply: error(422, "zork: value is not a valid frob"), says: /zork.*models\.yaml/ },
    {
      mistake: "a window that a short question does not fit into",
      reply: error(
        400,
        "This model's maximum context length is 50 tokens. However, you requested 141 tokens (41 in the messages, 100 in the completion).",
      ),
      says: /max_output_tokens/,
    },
    {
      mistake: "a server without a tool parser",
      reply: {
        kind: "json",
        body: chatBody({ message: { content: '<tool_call>\n{"name": "read_file", "arguments": {"path": "number.txt"}}\n</tool_call>' } }),
      } as Reply,
      says: /read_file came as text.*--tool-call-parser/,
    },
    {
      mistake: "a server that leaves a call of another of our tools in the text",
      reply: {
        kind: "json",
        body: chatBody({ message: { content: '<tool_call>{"name": "write_file", "arguments": {"path": "a"}}</tool_call>' } }),
      } as Reply,
      says: /write_file came as text/,
    },
  ])("$mistake is refused with one line that says what to change", async ({ reply, says: words }) => {
    const { url } = await serve(asked(reply));

    const { lines, error: refused, store } = await probed([armOn(url)]);

    expect(refused).toMatchObject({ name: "UserError", message: expect.stringMatching(words) });
    expect(refused?.message).not.toContain("\n");
    expect(lines).toEqual([]);
    expect(store.runs.list(5)).toEqual([]);
  });

  test("several mistakes are all told, and the working model too", async () => {
    const { url } = await serve(chatServer());
    const bad = await serve(asked(error(401, "Incorrect API key provided", "invalid_api_key")));

    const { lines, error: refused } = await probed([armOn(url), armOn(bad.url, {}, "b"), armOn(url, { model: "god" }, "c")]);

    expect(lines).toEqual([
      expect.stringMatching(/^Probe model-a: /),
      expect.stringContaining('"model-b"'),
      expect.stringMatching(/"model-c".*good/),
    ]);
    expect(refused?.message).toBe("Cannot start: 2 of 3 models cannot be used as models.yaml has them; nothing was run");
  });

  test.for([
    { trouble: "a server error", reply: error(500, "broken") },
    { trouble: "an overload", reply: error(503, "overloaded") },
    {
      trouble: "a limit of an hour",
      reply: { ...error(429, "slow down", "rate_limit_exceeded"), headers: { "retry-after": "3600" } } as Reply,
    },
    { trouble: "a refusal", reply: error(400, "Output blocked by content filtering policy", "content_filter") },
  ])("$trouble is no mistake: it is said in one line and the run starts", async ({ reply }) => {
    const { url } = await serve(asked(reply));
    const arm = armOn(url);

    const { lines, error: refused, result } = await probed([arm]);

    expect(refused).toBeNull();
    expect(lines).toEqual([expect.stringMatching(/^Probe model-a: not checked, and the run starts all the same: /)]);
    expect([...(result?.untriedArmIds ?? [])]).toEqual([arm.id]);
  });

  test("a model that answers in prose is warned about, and may start", async () => {
    const { url } = await serve(asked({ kind: "json", body: chatBody({ message: { content: "I would read the file." } }) }));

    const { lines, error: refused, result } = await probed([armOn(url)]);

    expect(refused).toBeNull();
    expect(lines).toEqual([expect.stringMatching(/^Probe model-a: usage, .*answered without calling the tool/)]);
    expect(result?.untriedArmIds.size).toBe(0);
  });

  test("a call of another tool than the one that was offered shows that calls come back", async () => {
    const call = { id: "c", type: "function" as const, function: { name: "write_file", arguments: '{"path":"a","content":"b"}' } };
    const { url } = await serve(
      chatServer(({ path, body }) =>
        path.endsWith("/chat/completions") && !JSON.stringify(body).includes("assistant")
          ? { kind: "json", body: chatBody({ message: { content: null, tool_calls: [call] }, finish: "tool_calls" }) }
          : null,
      ),
    );

    expect((await probed([armOn(url)])).lines).toEqual([expect.stringMatching(/^Probe model-a: tool calls, usage/)]);
  });

  test("scripted models are not asked, and --no-probe asks nobody and leaves the model untried", async () => {
    const { url, received } = await serve(chatServer());
    const arm = armOn(url);

    const { result, lines } = await probed([arm, anArm("oracle")], { probe: false });

    expect([...(result?.untriedArmIds ?? [])]).toEqual([arm.id]);
    expect(received).toEqual([]);
    expect(lines).toEqual([]);
  });
});

/** A store with one answer of an arm's model. */
function storeWithAnswerOf(arm: Arm): Store {
  const store = emptyStore();
  saveFolderRun(store, [aTask()], [arm]);
  store.executions.open({ runId: "run-1", taskId: "add", armId: arm.id, attempt: 1 }).journal.responded(1, says("done"));
  return store;
}

describe("a model that this database has an answer of", () => {
  test("is not asked again, whatever the other settings of its arm", async () => {
    const { url, received } = await serve(chatServer());
    const store = storeWithAnswerOf(armOn(url));

    const { result } = await probed([armOn(url, { maxOutputTokens: 4000 }, "other-settings")], {}, store);

    expect(received).toEqual([]);
    expect(result?.untriedArmIds.size).toBe(0);
  });

  test.for([
    { changes: { model: "good-mini" } },
    { changes: { baseUrl: "http://127.0.0.1:1/v1" } },
    { changes: { api: "openai-responses" as const } },
  ])("is another one with $changes", ({ changes }) => {
    const arm = armOn("http://127.0.0.1:2");
    const store = storeWithAnswerOf(arm);

    expect(store.arms.hasAnswered(arm.model)).toBe(true);
    expect(store.arms.hasAnswered({ ...arm.model, ...changes })).toBe(false);
  });

  test("counts only with an answer, not with a run that got none", () => {
    const arm = armOn("http://127.0.0.1:2");
    const store = emptyStore();
    saveFolderRun(store, [aTask()], [arm]);
    store.executions.open({ runId: "run-1", taskId: "add", armId: arm.id, attempt: 1 });

    expect(store.arms.hasAnswered(arm.model)).toBe(false);
  });
});

describe("what probes cost", () => {
  test("counts against the limits of the run that they were made for", async () => {
    const { url } = await serve(chatServer());
    const arm = armOn(url);
    const { result, store } = await probed([arm]);
    saveFolderRun(store, [aTask()], [arm]);

    result?.spending.save(store.spending, "run-1");

    expect(store.spending.spent({ runId: "run-1" })).toMatchObject({
      knownUsd: expect.closeTo((2 * (12 * 10 + 5 * 50)) / 1e6, 10),
      knownTokens: 34,
      assumedUsd: 0,
    });
    expect(store.spending.historyOf(arm.id).outputTokens).toEqual([]);
    expect(store.spending.spent({ runId: "run-1", armId: arm.id }).knownUsd).toBeGreaterThan(0);
    expect(store.runs.trials("run-1")).toEqual([]);
  });

  test("is stored with the run that is resumed, whose limit it shares with the trials", async () => {
    const { url } = await serve(chatServer());
    const arm = armOn(url);
    const store = emptyStore();
    saveFolderRun(store, [aTask()], [arm]);
    const resumed = { arms: [arm], store, runId: "run-1" };

    const untried = await probeResumed({ ...resumed, flags: { maxCost: 1 } }, { notify: () => {} });
    const { knownUsd } = store.spending.spent({ runId: "run-1" });
    const lines: string[] = [];
    const again = await probeResumed({ ...resumed, flags: { maxCost: knownUsd } }, { notify: (line) => lines.push(line) });

    expect(untried.size).toBe(0);
    expect(knownUsd).toBeGreaterThan(0);
    // Probes are no answers of a trial, so the model is asked once more; for that nothing is left.
    expect(lines).toEqual([expect.stringContaining("the limit of the run leaves no room for it")]);
    expect([...again]).toEqual([arm.id]);
  });

  test("is never more than the limit: requests that do not fit beside those in flight wait, and what never fits is not sent", async () => {
    const { url, received, mostAtOnce } = await serve(chatServer());
    const arms = ["a", "b", "c"].map((id) => armOn(url, {}, id));

    // One request may cost up to about 2 cents: its prompt, and 100 tokens of output.
    const one = await probed(arms, { maxCost: 0.03 });
    const none = await probed([armOn(url, {}, "d")], { maxCost: 0.001 });

    expect(one.lines.every((line) => line.includes("tool calls"))).toBe(true);
    expect(mostAtOnce()).toBe(1);
    expect(received.filter(({ path }) => path.endsWith("completions"))).toHaveLength(6);
    expect(none.lines).toEqual([expect.stringContaining("the limit of the run leaves no room for it")]);
    expect(none.error).toBeNull();
  });
});
