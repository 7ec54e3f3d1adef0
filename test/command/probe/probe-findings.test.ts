import { describe, expect, test } from "vitest";
import { probeFindings } from "../../../src/command/probe/probe-findings.ts";
import type { ModelSpec } from "../../../src/core/model.ts";
import { chatBody } from "../../fixtures/model-body.ts";
import type { Reply, Script } from "../../fixtures/model-server.ts";
import { chatServer, probeOn } from "../../fixtures/probe-server.ts";

async function rowsOf(script: Script, changes: Partial<ModelSpec> = {}): Promise<Readonly<Record<string, string>>> {
  const { probe, server } = await probeOn(script, changes);
  const rows = probeFindings(probe).map(({ what, state, detail }) => [
    what.replace("probe test-model: ", ""),
    `${state}: ${detail.replaceAll(server.url, "URL").replace(/in \d.*$/, "in TIME")}`,
  ]);
  return Object.fromEntries(rows);
}

const PRICE = { input: 10, output: 50, cacheRead: null, cacheWrite5m: null, cacheWrite1h: null, perRequest: 0 };

describe("the rows of a probe", () => {
  test("say one fact each of a model that works", async () => {
    expect(await rowsOf(chatServer(), { contextWindow: 8192, maxOutputTokens: 1000, price: PRICE })).toMatchInlineSnapshot(`
      {
        "address": "good: URL/v1 answered in TIME",
        "answer": "good: a plain one came after the tool's result",
        "cached tokens": "good: none reported; a probe is shorter than what most providers cache",
        "context window": "good: the server has 8192 (the list of models); configured: 8192",
        "cost": "good: this probe cost 0.074 cents",
        "key": "good: the one in TEST_KEY was taken",
        "model name": "good: "good" is among the 2 that the server lists",
        "reasoning": "good: none came back, and none is asked for",
        "served as": "good: gpt-4o-2024-08-06",
        "streaming": "good: not asked for",
        "tool calls": "good: they come back",
        "usage": "good: 12 in and 5 out, then 12 in and 5 out",
      }
    `);
  });

  test.for([
    {
      title: "a window that is smaller than configured",
      changes: { contextWindow: 32_768 },
      row: "context window",
      says: /^bad: the server has 8192 .* set it to 8192/,
    },
    {
      title: "a window that is not configured",
      changes: { maxOutputTokens: 100 },
      row: "context window",
      says: /^fair: .*set context_window/,
    },
    {
      title: "an output limit that fills the window",
      changes: { contextWindow: 8192, maxOutputTokens: 8192 },
      row: "context window",
      says: /^bad: .*max_output_tokens of 8192/,
    },
    {
      title: "a stream that was asked for and did not come",
      changes: { stream: true },
      row: "streaming",
      says: /^fair: it was asked for a stream/,
    },
    { title: "a price that is missing", changes: {}, row: "cost", says: /^fair: unknown, because .*price/ },
    { title: "a name that is near another", changes: { model: "godo" }, row: "answer", says: /^bad: .*nearest: good/ },
  ])("point out $title", async ({ changes, row, says }) => {
    expect((await rowsOf(chatServer(), { maxOutputTokens: 1000, ...changes }))[row]).toMatch(says);
  });

  test("tell tokens that are not counted from none", async () => {
    const { usage: _usage, ...uncounted } = chatBody({ message: { content: "42" } });
    const rows = await rowsOf(chatServer(({ path }) => (path.endsWith("/completions") ? { kind: "json", body: uncounted } : null)));

    expect(rows["usage"]).toMatch(/^fair: no tokens are reported/);
    expect(rows["cost"]).toMatch(/^fair: unknown, because no tokens are reported/);
    expect(rows["tool calls"]).toMatch(/^fair: it answered without calling the tool/);
  });

  test("are good, fair or bad by who has to act", async () => {
    const say = (status: number): Reply => ({ kind: "json", status, body: { error: { message: "no", code: null } } });
    const answerOf = async (status: number): Promise<string | undefined> =>
      (await rowsOf(chatServer(({ path }) => (path.endsWith("/completions") ? say(status) : null))))["answer"]?.slice(0, 4);

    expect([await answerOf(401), await answerOf(422), await answerOf(500)]).toEqual(["bad:", "bad:", "fair"]);
  });
});
