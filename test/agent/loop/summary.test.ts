import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { loopAgent } from "../../../src/agent/loop/loop-agent.ts";
import { SUMMARY_REQUEST, summaryTurn } from "../../../src/agent/loop/summary.ts";
import type { Api, Model, ModelRequest, Turn } from "../../../src/core/model.ts";
import { protocols } from "../../../src/model/http-model.ts";
import { agentContext } from "../../fixtures/agent-context.ts";
import { agentSettings, loopSpec } from "../../fixtures/agent-settings.ts";
import { openFolderSandbox } from "../../fixtures/folder-sandbox.ts";
import { pastOf } from "../../fixtures/memory-journal.ts";
import { modelSpec } from "../../fixtures/model-spec.ts";
import { complaintOf } from "../../fixtures/strict-host.ts";
import { call, calls, type Reply, rejects, response, says, usage } from "../../fixtures/turn-model.ts";
import { runTrial } from "../trial.ts";

const print = (index: number) => call("run_command", { command: `echo step ${index}` });
const isAsked = (turns: readonly Turn[] | undefined): boolean => {
  const last = turns?.at(-1);
  return last?.kind === "user" && last.text === SUMMARY_REQUEST;
};
const count = (requests: readonly { readonly turns: readonly Turn[] }[]): number => requests.filter(({ turns }) => isAsked(turns)).length;

/** Works for eight responses and summarizes when it is asked to. */
const worker =
  (summary: () => Reply = () => says("I printed.")) =>
  ({ turns }: ModelRequest, index: number): Reply =>
    isAsked(turns) ? summary() : index < 8 ? calls([print(index)]) : says("Done.");

test("a summary takes the place of all but the task, the last response and its results", async () => {
  const { model, journal, stop } = await runTrial(worker(), { summarizeAfter: 3 });

  const [asking, after] = [model.requests[3]?.turns ?? [], model.requests[4]?.turns ?? []];
  expect(isAsked(asking)).toBe(true);
  expect(asking).toHaveLength(8);
  expect(after).toEqual([asking[0], { kind: "user", text: summaryTurn("I printed.") }, asking[5], asking[6]]);
  expect(after[3]).toMatchObject({ kind: "tool", results: [{ text: expect.stringContaining("step 2") }] });
  expect(count(model.requests)).toBe(2);
  expect(journal.notes("summary")).toEqual([
    "this response is a summary; it replaces 4 messages before it",
    "this response is a summary; it replaces 7 messages before it",
  ]);
  expect(stop.kind).toBe("completed");
});

test("nothing is asked without the setting", async () => {
  const { model, journal } = await runTrial(worker());

  expect(count(model.requests)).toBe(0);
  expect(journal.notes("summary")).toEqual([]);
});

test("a summary is charged and is no iteration", async () => {
  const dear = () =>
    says("Long.", { cost: { costUsd: 0.5, noCacheCostUsd: 0.5, source: "models.yaml", computedUsd: 0.5, reportedUsd: null } });

  const capped = await runTrial(worker(dear), { summarizeAfter: 3, limits: { maxCostUsd: 0.4 } });
  expect(capped.stop).toEqual({ kind: "budget-cost", detail: "cost $0.5030 of $0.4" });
  expect(capped.steps).toHaveLength(4);

  const tokens = await runTrial(worker(), { summarizeAfter: 3, limits: { maxOutputTokens: 40 } });
  expect(tokens.stop.kind).toBe("budget-tokens");
  expect(tokens.steps).toHaveLength(4);

  const whole = await runTrial(worker(), { summarizeAfter: 3, limits: { maxIterations: 4 } });
  expect(whole.stop.kind).toBe("max-iterations");
  expect(whole.steps).toHaveLength(5);
});

test.for<{ title: string; reply: () => Reply; note: string }>([
  {
    title: "calls a tool",
    reply: () => response("Hm.", [print(99)]),
    note: "a summary was asked for, and this response is none; nothing was replaced",
  },
  { title: "says nothing", reply: () => says(" "), note: "a summary was asked for, and this response is none; nothing was replaced" },
  {
    title: "is cut",
    reply: () => says("I did", { finish: "length" }),
    note: "a summary was asked for, and this response is none; nothing was replaced",
  },
  {
    title: "refuses",
    reply: () => says("No.", { finish: "refusal" }),
    note: "a summary was asked for, and this response is none; nothing was replaced",
  },
  {
    title: "is rejected",
    reply: () => rejects("context-exhausted", "too long"),
    note: "a summary was asked for and not given (context-exhausted); nothing was replaced",
  },
])("a model that $title instead goes on as if it had not been asked", async ({ reply, note }) => {
  const { model, journal, stop } = await runTrial(worker(reply), { summarizeAfter: 3 });

  const [asking, after] = [model.requests[3]?.turns ?? [], model.requests[4]?.turns ?? []];
  expect(after).toEqual(asking.slice(0, -1));
  expect(journal.notes("summary")[0]).toBe(note);
  const allowed = journal.entries.filter((entry) => entry.kind === "tool-finished" && entry.action.decision === "allowed");
  expect(allowed).toHaveLength(6);
  expect(stop.kind).toBe("completed");
});

test("the time limit also cuts a summary", async () => {
  const { stop, unbilledAttempts } = await runTrial(
    worker(() => ({ kind: "hangs" })),
    { summarizeAfter: 3, limits: { maxWallSeconds: 1 } },
  );

  expect(stop.kind).toBe("budget-time");
  expect(unbilledAttempts).toBe(1);
});

test("a trial that is resumed anywhere asks for the same as one that was not interrupted", async () => {
  const whole = await runTrial(worker(), { summarizeAfter: 3 });
  const sent = whole.model.requests.map(({ turns }) => turns);

  for (let answers = 1; answers < sent.length; answers += 1) {
    const past = pastOf(whole.journal, answers);
    const { model, steps } = await runTrial((request, index) => worker()(request, answers + index), { summarizeAfter: 3, past });

    expect(JSON.stringify(withoutIds(model.requests.map(({ turns }) => turns)))).toBe(JSON.stringify(withoutIds(sent.slice(answers))));
    expect(steps).toHaveLength(sent.length);
  }
}, 30_000);

function withoutIds(turns: unknown): unknown {
  return JSON.parse(
    JSON.stringify(turns)
      .replace(/id_\d+/g, "id")
      .replace(/\d+\.\d s/g, "s"),
  );
}

type WireApi = Exclude<Api, "scripted">;
type Wire = (id: string | null, text: string) => Record<string, unknown>;

const commandOf = (id: string) => ({ command: `echo ${id}` });
/** One answer with thinking as each API says it: a call, or a text alone. */
const BODIES: Readonly<Record<WireApi, Wire>> = {
  anthropic: (id, text) => ({
    type: "message",
    content: [
      { type: "thinking", thinking: "Hm.", signature: "sig" },
      ...(id === null ? [{ type: "text", text }] : [{ type: "tool_use", id, name: "run_command", input: commandOf(id) }]),
    ],
    stop_reason: id === null ? "end_turn" : "tool_use",
    usage: { input_tokens: 10, output_tokens: 5 },
  }),
  gemini: (id, text) => ({
    candidates: [
      {
        content: {
          role: "model",
          parts: [id === null ? { text } : { functionCall: { id, name: "run_command", args: commandOf(id) }, thoughtSignature: "sig" }],
        },
        finishReason: "STOP",
      },
    ],
  }),
  "openai-chat": (id, text) => ({
    choices: [
      {
        message: {
          role: "assistant",
          content: id === null ? text : null,
          ...(id === null
            ? {}
            : { tool_calls: [{ id, type: "function", function: { name: "run_command", arguments: JSON.stringify(commandOf(id)) } }] }),
        },
        finish_reason: id === null ? "stop" : "tool_calls",
      },
    ],
  }),
  "openai-responses": (id, text) => ({
    status: "completed",
    output: [
      { type: "reasoning", id: "rs_1", summary: [], encrypted_content: "xyz" },
      id === null
        ? { type: "message", role: "assistant", content: [{ type: "output_text", text, annotations: [] }] }
        : { type: "function_call", call_id: id, name: "run_command", arguments: JSON.stringify(commandOf(id)) },
    ],
  }),
};

/** What each API wants back of the model's thinking. */
const KEPT: Readonly<Record<WireApi, string>> = {
  anthropic: '"signature":"sig"',
  gemini: '"thoughtSignature":"sig"',
  "openai-chat": "",
  "openai-responses": '"encrypted_content":"xyz"',
};

describe.for(Object.keys(BODIES) as WireApi[])("over %s", (api) => {
  test("the conversation stays one that the strictest host takes, and what stays is sent as it came", async () => {
    const bodies: unknown[] = [];
    const model: Model = {
      spec: modelSpec({ api, baseUrl: "https://api.example" }),
      generate: async (request) => {
        const body: unknown = JSON.parse(JSON.stringify(protocols[api].encode(model.spec, request)));
        const index = bodies.push(body) - 1;
        const wire = BODIES[api](
          isAsked(request.turns) || index > 9 ? null : `call_${index}`,
          isAsked(request.turns) ? "My summary." : "Done.",
        );
        const { turn } = protocols[api].decode(wire, request.turns);
        return turn.view.calls.length > 0 ? calls([], { turn }) : says("", { turn });
      },
    };
    const sandbox = await openFolderSandbox();
    const { stop } = await loopAgent(loopSpec({ summarizeAfter: 3 })).work(agentContext({ model, sandbox, settings: agentSettings() }));
    await sandbox.close();

    expect(stop.kind).toBe("completed");
    expect(bodies.map((body) => complaintOf(api, body))).toEqual(bodies.map(() => null));
    const afterwards = JSON.stringify(bodies[4]);
    expect(afterwards).toContain("My summary.");
    expect(afterwards).not.toContain("call_1");
    expect(afterwards).toContain("call_2");
    expect(afterwards).toContain(KEPT[api]);
  });
});

const STEPS = 60;
const WINDOW = 40_000;
const tokensOf = (value: unknown): number => Math.ceil(JSON.stringify(value).length / 4);

/** A model that finds a word in its third response and needs it after sixty; where it is gone from the conversation, it reads it again. */
function longTrial(request: ModelRequest): Reply {
  const said = JSON.stringify(request.turns);
  const word = /word=(\w+)/.exec(said)?.[1];
  const use = usage(tokensOf(request.turns), 40);
  if (isAsked(request.turns)) {
    const summary = `Step ${stepOf(said)} is done. ${word === undefined ? "" : `word=${word}. `}${"I looked at many lines. ".repeat(40)}`;
    return says(summary, { usage: usage(use.inputTokens, tokensOf(summary)) });
  }
  const step = stepOf(said) + 1;
  if (said.includes("Wrote ")) return says("Done.", { usage: use });
  const command = step === 3 || (step > STEPS && word === undefined) ? "cat secret" : `echo step=${step}; seq 1000 1800`;
  if (step > STEPS && word !== undefined) return calls([call("write_file", { path: "out", content: word })], { usage: use });
  return calls([call("run_command", { command: command === "cat secret" ? `echo step=${step}; cat secret` : command })], { usage: use });
}

function stepOf(said: string): number {
  const steps = [...said.matchAll(/step=(\d+)|Step (\d+) is done/g)].map((match) => Number(match[1] ?? match[2]));
  return Math.max(0, ...steps);
}

test("on a long trial, summaries and masking both save most tokens, and the work is the same", async () => {
  const run = async (options: { readonly summarizeAfter?: number; readonly contextWindow: number | null }) => {
    const { contextWindow, ...more } = options;
    const limits = { maxIterations: 100 };
    const trial = await runTrial(longTrial, { ...more, limits, spec: { contextWindow }, files: { secret: "word=abracadabra\n" } });
    const input = trial.steps.reduce((sum, { response: { usage: used } }) => sum + used.inputTokens, 0);
    const out = await readFile(join(trial.sandbox.disk, "workspace/out"), "utf8");
    return { input, out, responses: trial.steps.length, stop: trial.stop.kind };
  };

  const plain = await run({ contextWindow: null });
  const masked = await run({ contextWindow: WINDOW });
  const summarized = await run({ contextWindow: null, summarizeAfter: 10 });

  for (const { out, stop } of [plain, masked, summarized]) expect([out, stop]).toEqual(["abracadabra", "completed"]);
  expect(masked.input).toBeLessThan(plain.input / 2);
  expect(summarized.input).toBeLessThan(plain.input / 3);
});
