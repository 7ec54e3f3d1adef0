import { expect, test } from "vitest";
import { finishMeaning, finishOf } from "../../../src/model/answer/finish.ts";

test.for([
  ["content_filter: PROHIBITED_CONTENT", "refusal"],
  ["SAFETY", "refusal"],
  ["RECITATION", "refusal"],
  ["FINISH_REASON_SAFETY", "refusal"],
  ["guardrail_intervened", "refusal"],
  ["sensitive", "refusal"],
  ["STOP", "stop"],
  ["eos_token", "stop"],
  ["end_turn", "stop"],
  ["stop_sequence", "stop"],
  ["COMPLETE", "stop"],
  ["MAX_TOKENS", "length"],
  ["max_output_tokens", "length"],
  ["model_length", "context"],
  ["tool_use", "tool-calls"],
  ["function_call", "tool-calls"],
  ["TOOL_CALLS", "tool-calls"],
  ["pause_turn", "pause"],
  ["safetynet", null],
  ["nonstop", null],
  ["", null],
] as const)("the reason %s by itself means %s", ([raw, meaning]) => {
  expect(finishMeaning(raw)).toBe(meaning);
});

test("calls are run whatever the host calls the end, unless the answer was cut or filtered", () => {
  const withCalls = (raw: string) => finishOf(raw, { hasCalls: true, hasRefusal: false });

  expect(["STOP", "", "brand_new", "tool_use"].map(withCalls)).toEqual(Array(4).fill("tool-calls"));
  expect(["MAX_TOKENS", "SAFETY"].map(withCalls)).toEqual(["length", "refusal"]);
  expect(finishOf("tool_calls", { hasCalls: false, hasRefusal: false })).toBe("other");
});
