import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Api, ToolResult, Turn } from "../../../src/core/model.ts";
import { protocols } from "../../../src/model/http-model.ts";
import { modelRequest } from "../../fixtures/model-bench.ts";
import { modelSpec } from "../../fixtures/model-spec.ts";
import { complaintOf } from "../../fixtures/strict-host.ts";

type WireApi = Exclude<Api, "scripted">;
type Said = {
  readonly texts: readonly string[];
  readonly calls: readonly { readonly id: string; readonly name: string; readonly args: unknown }[];
  readonly odd: string;
};

/** One answer, as each API says it: texts, calls, and a piece of a kind that none of them knows. */
const BODIES: Readonly<Record<WireApi, (said: Said) => Record<string, unknown>>> = {
  "openai-chat": ({ texts, calls, odd }) => ({
    choices: [
      {
        message: {
          role: "assistant",
          content: [...texts.map((text) => ({ type: "text", text })), ...(odd === "" ? [] : [{ type: odd, image_url: "x" }])],
          tool_calls: calls.map(({ id, name, args }) => ({ id, type: "function", function: { name, arguments: JSON.stringify(args) } })),
        },
        finish_reason: "stop",
      },
    ],
  }),
  "openai-responses": ({ texts, calls, odd }) => ({
    status: "completed",
    output: [
      ...texts.map((text) => ({ type: "message", role: "assistant", content: [{ type: "output_text", text, annotations: [] }] })),
      ...(odd === ""
        ? []
        : [
            { type: odd, call_id: "odd" },
            { type: "message", role: "assistant", content: [{ type: odd, text: "odd" }] },
          ]),
      ...calls.map(({ id, name, args }) => ({ type: "function_call", call_id: id, name, arguments: JSON.stringify(args) })),
    ],
  }),
  anthropic: ({ texts, calls, odd }) => ({
    type: "message",
    content: [
      ...texts.map((text) => ({ type: "text", text })),
      ...(odd === "" ? [] : [{ type: odd, data: "x" }]),
      ...calls.map(({ id, name, args }) => ({ type: "tool_use", id, name, input: args })),
    ],
    stop_reason: "end_turn",
  }),
  gemini: ({ texts, calls, odd }) => ({
    candidates: [
      {
        content: {
          role: "model",
          parts: [
            ...texts.map((text) => ({ text })),
            ...(odd === "" ? [] : [{ [odd]: { data: "x" } }]),
            ...calls.map(({ id, name, args }) => ({ functionCall: { id, name, args } })),
          ],
        },
        finishReason: "STOP",
      },
    ],
  }),
};
const APIS = Object.keys(BODIES) as WireApi[];

const HELLO: Turn = { kind: "user", text: "Do it." };
const bodyOf = (api: WireApi, turns: readonly Turn[], said?: string) =>
  protocols[api].encode(
    modelSpec({ api, baseUrl: "https://api.example" }),
    modelRequest({ turns }),
    said === undefined ? undefined : { said },
  );

/** The body and what the harness answers to the model's calls. */
function conversation(
  api: WireApi,
  said: Said,
): { readonly turns: readonly Turn[]; readonly repairs: readonly string[]; readonly stored: readonly Turn[] } {
  const body = BODIES[api](said);
  const { turn, repairs } = protocols[api].decode(body, [HELLO]);
  const results: ToolResult[] = turn.view.calls.map(({ id, name }) => ({ callId: id, name, text: `done \ud800 ${name}`, isError: false }));
  const rest: Turn = results.length > 0 ? { kind: "tool", results } : { kind: "user", text: "Go on." };
  // What a version stored that sent everything back as it came.
  const native = {
    "openai-chat": (body["choices"] as { message: unknown }[] | undefined)?.[0]?.message,
    "openai-responses": body["output"],
    anthropic: body["content"],
    gemini: (body["candidates"] as { content: unknown }[] | undefined)?.[0]?.content,
  }[api];
  return { turns: [HELLO, turn, rest], repairs, stored: [HELLO, { ...turn, native }, rest] };
}

const call = (name: string, id = "id1", args: unknown = { path: "a.py" }) => ({ id, name, args });
const CASES: readonly { readonly title: string; readonly said: Said; readonly apis?: readonly WireApi[]; readonly note: RegExp | null }[] =
  [
    {
      title: "a blank text before a call",
      said: { texts: ["\n\n"], calls: [call("write_file")], odd: "" },
      apis: ["anthropic", "openai-chat"],
      note: /blank text/,
    },
    {
      title: "a name outside the API's alphabet",
      said: { texts: ["Hm."], calls: [call("multi_tool_use.parallel")], odd: "" },
      note: /goes back as "multi_tool_use_parallel"/,
    },
    { title: "a name that is too long", said: { texts: ["Hm."], calls: [call("x".repeat(100))], odd: "" }, note: /goes back as/ },
    { title: "no name", said: { texts: ["Hm."], calls: [call("")], odd: "" }, note: /without a name/ },
    {
      title: "half of a surrogate pair",
      said: { texts: ["a\ud83d"], calls: [call("write_file", "id1", { content: "\udc00" })], odd: "" },
      note: /surrogates/,
    },
    { title: "a piece of an unknown kind", said: { texts: ["Hm."], calls: [call("write_file")], odd: "brand_new" }, note: /brand_new/ },
    {
      title: "an id that the API does not take",
      said: { texts: ["Hm."], calls: [call("read_file", "functions.read_file:0")], odd: "" },
      apis: ["anthropic"],
      note: null,
    },
  ];

describe.for(APIS)("a conversation over %s", (api) => {
  test.for(CASES.filter(({ apis }) => apis?.includes(api) ?? true))("can be sent after $title", ({ said, note }) => {
    const { turns, repairs, stored } = conversation(api, said);

    // Sent as it came, it would be rejected.
    const asItCame = JSON.parse(JSON.stringify(bodyOf(api, turns))) as unknown;
    const raw = rawMessages(api, stored);
    expect(complaintOf(api, { messages: raw, input: raw, contents: raw })).not.toBeNull();
    expect(complaintOf(api, asItCame)).toBeNull();
    // One that an earlier version stored, too.
    expect(complaintOf(api, bodyOf(api, stored))).toBeNull();
    if (note !== null) expect(repairs.join("\n")).toMatch(note);
  });

  test("keeps the model's own name of a call for the answer to it", () => {
    const { turns } = conversation(api, { texts: [], calls: [call("multi_tool_use.parallel")], odd: "" });

    expect(turns[1]).toMatchObject({ view: { calls: [{ name: "multi_tool_use.parallel" }] } });
  });

  test("is noted nowhere when there is nothing to repair", () => {
    const { repairs, turns } = conversation(api, { texts: ["Reading."], calls: [call("read_file")], odd: "" });

    expect(repairs).toEqual([]);
    expect(JSON.stringify(bodyOf(api, turns.slice(0, 2)))).toContain("read_file");
  });

  test("can be sent when a result is missing, and when one is left over", () => {
    const { turns } = conversation(api, { texts: ["Hm."], calls: [call("read_file"), call("read_file", "id2")], odd: "" });
    const results = turns[2]?.kind === "tool" ? turns[2].results : [];
    const [first] = results;
    const stray = { callId: "gone", name: "read_file", text: "left over", isError: false };
    const broken: Turn[] = [...turns.slice(0, 2), { kind: "tool", results: first ? [stray, first] : [] }, { kind: "user", text: "Go on." }];
    const body = bodyOf(api, broken);

    expect(complaintOf(api, body)).toBeNull();
    expect(JSON.stringify(body)).toMatch(/left over.*Go on/s);
    expect(JSON.stringify(body)).toContain("was not executed");
  });

  test("can be sent whatever the model says, in the usual and in the strictest form", () => {
    const text = fc.oneof(fc.string(), fc.string({ unit: "binary" }), fc.constantFrom(" \n", "\ud800", ""));
    const said = fc.record({
      texts: fc.array(text, { maxLength: 3 }),
      calls: fc.array(fc.record({ id: text, name: text, args: fc.oneof(fc.dictionary(text, text), text, fc.json()) }), { maxLength: 3 }),
      odd: fc.constantFrom("", "brand_new", "tool_result", "image"),
    });
    fc.assert(
      fc.property(
        said,
        fc.constantFrom(undefined, "", "reasoning_content is missing", "thought_signature", "invalid signature in thinking block"),
        (given, words) => {
          // The loop adds no turn in which nothing was said.
          fc.pre(given.texts.join("").trim() !== "" || given.calls.length > 0);
          const { turns, stored } = conversation(api, given);
          expect(complaintOf(api, bodyOf(api, turns, words))).toBeNull();
          expect(JSON.stringify(bodyOf(api, stored, words))).toBeTypeOf("string");
        },
      ),
      { numRuns: 500 },
    );
  });
});

/** The turns as a version wrote them that sent everything back as it came. */
function rawMessages(api: WireApi, turns: readonly Turn[]): unknown[] {
  if (api === "gemini") return turns.map(rawContent);
  return turns.flatMap((turn): unknown[] => {
    if (turn.kind === "user")
      return [{ type: "message", role: "user", content: api === "anthropic" ? [{ type: "text", text: turn.text }] : turn.text }];
    if (turn.kind === "assistant")
      return api === "anthropic"
        ? [{ role: "assistant", content: turn.native }]
        : api === "openai-chat"
          ? [turn.native]
          : (turn.native as unknown[]);
    const results = turn.results.map(({ callId }) => ({
      type: api === "anthropic" ? "tool_result" : "function_call_output",
      role: "tool",
      tool_use_id: callId,
      tool_call_id: callId,
      call_id: callId,
    }));
    return api === "anthropic" ? [{ role: "user", content: results }] : results;
  });
}

function rawContent(turn: Turn): unknown {
  if (turn.kind === "assistant") return turn.native;
  if (turn.kind === "user") return { role: "user", parts: [{ text: turn.text }] };
  return { role: "user", parts: turn.results.map(({ name, text }) => ({ functionResponse: { name, response: { output: text } } })) };
}

describe("the strictest form", () => {
  const native = {
    role: "assistant",
    content: null,
    reasoning: "I think.",
    reasoning_details: [{ type: "reasoning.text", text: "I think." }],
    tool_calls: [{ id: "call_abcdefghijkl", index: 0, type: "function", function: { name: "read_file", arguments: "{}" } }],
  };
  const view = { text: "", reasoning: "I think.", refusal: null, calls: [] };
  const turns: Turn[] = [
    HELLO,
    { kind: "assistant", native, view },
    { kind: "tool", results: [{ callId: "call_abcdefghijkl", name: "read_file", text: "\u001b[1mone", isError: false }] },
  ];
  const messages = (said: string) => (bodyOf("openai-chat", turns, said) as { messages: unknown[] }).messages.slice(2);

  test("of Chat Completions has what every host takes: short ids, a text, no field of one host alone, no control characters", () => {
    expect(messages("Tool call id was call_abcdefghijkl but must be a-z, A-Z, 0-9, with a length of 9.")).toEqual([
      {
        role: "assistant",
        content: "",
        tool_calls: [{ id: "c00000001", type: "function", function: { name: "read_file", arguments: "{}" } }],
      },
      { role: "tool", tool_call_id: "c00000001", content: "\ufffd[1mone" },
    ]);
  });

  test.for([
    { said: "Missing `reasoning_content` field in the assistant message at message index 2", has: { reasoning_content: "I think." } },
    {
      said: "Function call is missing a thought_signature in functionCall parts",
      has: { tool_calls: [{ extra_content: { google: { thought_signature: expect.any(String) } } }] },
    },
    { said: "content must be non-empty", has: { content: null } },
  ])("has what the provider misses: $said", ({ said, has }) => {
    expect(messages(said)[0]).toMatchObject(has);
  });

  test("has no field that the provider refuses, although its words name it", () => {
    expect(messages("Extra inputs are not permitted: messages.2.reasoning_content")[0]).not.toHaveProperty("reasoning_content");
  });

  test.for([
    { said: "messages.1.content.0: Invalid `signature` in `thinking` block", kept: false },
    { said: "Expected `thinking` or `redacted_thinking`, but found `tool_use`", kept: true },
    { said: "tool_use.id: String should match pattern", kept: true },
  ])("of Messages keeps thinking unless it is what is wrong: $said", ({ said, kept }) => {
    const content = [
      { type: "thinking", thinking: "I think.", signature: "s" },
      { type: "tool_use", id: "t", name: "read_file", input: {}, caller: { type: "direct" } },
    ];
    const body = bodyOf("anthropic", [HELLO, { kind: "assistant", native: content, view }], said);

    expect(JSON.stringify(body).includes("thinking")).toBe(kept);
    expect(JSON.stringify(body)).not.toContain("caller");
  });

  test.for([
    { said: "Unknown parameter: 'input[1].encrypted_content'", kept: false },
    { said: "Item 'fc_1' of type 'function_call' was provided without its required 'reasoning' item: 'rs_1'.", kept: true },
  ])("of Responses keeps reasoning where it is missed: $said", ({ said, kept }) => {
    const items = [
      { type: "reasoning", summary: [], encrypted_content: "x" },
      { type: "function_call", call_id: "c", name: "f", arguments: "{}" },
    ];
    const body = bodyOf("openai-responses", [HELLO, { kind: "assistant", native: items, view }], said);

    expect(JSON.stringify(body).includes("reasoning")).toBe(kept);
  });
});
