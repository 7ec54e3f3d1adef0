import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ModelSpec, Turn } from "../../src/core/model.ts";
import { anthropic } from "../../src/model/anthropic/anthropic.ts";
import { openAiChat, openAiResponses } from "../../src/model/openai/openai.ts";
import type { Protocol } from "../../src/model/protocol.ts";
import { modelRequest } from "../fixtures/model-bench.ts";
import { chatBody, chatCall, messageBody, outputCall, outputMessage, responsesBody } from "../fixtures/model-body.ts";
import { modelSpec } from "../fixtures/model-spec.ts";

type Said = { readonly text: string; readonly calls: readonly { readonly id: string; readonly name: string; readonly args: string }[] };
type Family = {
  readonly title: string;
  readonly protocol: Protocol;
  readonly spec: Partial<ModelSpec>;
  readonly body: (said: Said) => unknown;
  readonly field: string;
};

const chat = ({ text, calls }: Said) =>
  chatBody({
    message: { content: text, reasoning_content: text, tool_calls: calls.map(({ id, name, args }) => chatCall(id, name, args)) },
  });
const families: Family[] = [
  { title: "Chat Completions", protocol: openAiChat, spec: {}, body: chat, field: "messages" },
  {
    title: "Chat Completions with cache marks",
    protocol: openAiChat,
    spec: { baseUrl: "https://openrouter.ai/api/v1", model: "anthropic/claude" },
    body: chat,
    field: "messages",
  },
  {
    title: "Responses",
    protocol: openAiResponses,
    spec: {},
    body: ({ text, calls }) =>
      responsesBody({ output: [outputMessage(text), ...calls.map(({ id, name, args }) => outputCall(id, name, args))] }),
    field: "input",
  },
  ...["https://api.anthropic.com", "https://gateway.example"].map((baseUrl) => ({
    title: `Messages at ${baseUrl}`,
    protocol: anthropic,
    spec: { baseUrl },
    body: ({ text, calls }: Said) =>
      messageBody({
        content: [
          { type: "text", text, citations: null },
          ...calls.map(({ id, name, args }) => ({ type: "tool_use" as const, id, name, input: args, caller: { type: "direct" as const } })),
        ],
      }),
    field: "messages",
  })),
];

const said = fc.record({
  text: fc.string({ minLength: 1 }),
  calls: fc.array(fc.record({ id: fc.constantFrom("", "a", "b", "c"), name: fc.string(), args: fc.oneof(fc.json(), fc.string()) }), {
    maxLength: 3,
  }),
});

/** Cache marks move on with the conversation and are no part of what is cached. */
const unmarked = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value, (key, inner) => (key === "cache_control" ? undefined : inner)));

describe.for(families)("a conversation over $title", ({ protocol, spec, body, field }) => {
  test("only ever grows at its end, whatever the model says", () => {
    fc.assert(
      fc.property(fc.array(said, { minLength: 1, maxLength: 5 }), fc.string(), (answers, result) => {
        const turns: Turn[] = [
          { kind: "user", text: "Rules." },
          { kind: "user", text: "Do it." },
        ];
        const encode = () => unmarked(protocol.encode(modelSpec(spec), modelRequest({ turns: [...turns] }))) as Record<string, unknown[]>;
        const ids = new Set<string>();
        let before = encode();
        for (const answer of answers) {
          const { turn } = protocol.decode(body(answer), turns);
          for (const { id } of turn.view.calls) {
            expect(id).not.toBe("");
            expect(ids.has(id)).toBe(false);
            ids.add(id);
          }
          const results = turn.view.calls.map(({ id, name }) => ({ callId: id, name, text: result, isError: false }));
          // As a stored conversation comes back.
          turns.push(JSON.parse(JSON.stringify(turn)), results.length > 0 ? { kind: "tool", results } : { kind: "user", text: "Go on." });
          const after = encode();
          const { [field]: earlier = [], ...frame } = before;
          const { [field]: later = [], ...sameFrame } = after;
          expect(sameFrame).toEqual(frame);
          expect(JSON.stringify(later.slice(0, earlier.length))).toBe(JSON.stringify(earlier));
          expect(later.length).toBeGreaterThan(earlier.length);
          before = after;
        }
      }),
      { numRuns: 60 },
    );
  });
});
