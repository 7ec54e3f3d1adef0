import { describe, expect, test } from "vitest";
import { embeddedError, validBody } from "../../../src/model/answer/embedded-error.ts";
import { protocols } from "../../../src/model/http-model.ts";
import { chatBody, messageBody, responsesBody } from "../../fixtures/model-body.ts";

const choices = [{ message: { content: "Hello." }, finish_reason: "stop" }];
const ERRORS = [
  { title: "an object", body: { error: { code: 503, message: "busy" } }, error: { code: 503, message: "busy" } },
  { title: "a string", body: { error: "model is overloaded" }, error: "model is overloaded" },
  { title: "beside an answer (OpenRouter)", body: { choices, error: { code: 502 } }, error: { code: 502 } },
  {
    title: "MiniMax's state",
    body: { choices: null, base_resp: { status_code: 1008, status_msg: "insufficient balance" } },
    error: { code: "1008", message: "insufficient balance" },
  },
  { title: "FastAPI's detail", body: { detail: "Not Found" }, error: { message: "Not Found" } },
  {
    title: "FastAPI's list of details",
    body: { detail: [{ loc: ["body"], msg: "field required" }] },
    error: { message: [{ msg: "field required" }] },
  },
  {
    title: "a code and a message (DashScope)",
    body: { code: "DataInspectionFailed", message: "Input data may contain inappropriate content." },
    error: { code: "DataInspectionFailed" },
  },
  {
    title: "an object that says that it is one (vLLM)",
    body: { object: "error", message: "no", type: "BadRequestError", code: 400 },
    error: { message: "no" },
  },
  {
    title: "Anthropic's",
    body: { type: "error", error: { type: "overloaded_error", message: "busy" } },
    error: { type: "overloaded_error" },
  },
  { title: "a list (Cloudflare)", body: { success: false, errors: [{ code: 7000, message: "no route" }] }, error: { code: 7000 } },
];

describe("an error that comes with a success", () => {
  test.for(ERRORS)("is found as $title, over every API", ({ body, error }) => {
    const found = embeddedError(body);

    expect(typeof error === "string" ? { found } : found).toMatchObject(typeof error === "string" ? { found: error } : error);
    for (const protocol of Object.values(protocols))
      expect(() => protocol.decode(body, [])).toThrow(expect.objectContaining({ label: "error-in-success", error: found }));
  });

  test("is found in a choice", () => {
    const body = { choices: [{ message: { content: "Hel" }, finish_reason: "stop", error: { code: 502, message: "gone" } }] };

    expect(() => protocols["openai-chat"].decode(body, [])).toThrow(
      expect.objectContaining({ label: "error-finish", error: { code: 502, message: "gone" } }),
    );
  });

  test.for([
    { title: "null", fields: { error: null } },
    { title: "empty", fields: { error: "" } },
    { title: "no code", fields: { error: 0 } },
    { title: "an empty object", fields: { error: {} } },
    { title: "MiniMax's success", fields: { base_resp: { status_code: 0, status_msg: "" } } },
    { title: "a message beside the answer", fields: { message: "ok", code: 200 } },
  ])("is none in an answer where it is $title", ({ fields }) => {
    expect(protocols["openai-chat"].decode({ ...chatBody(), ...fields }, []).turn.view.text).toBe("Hello.");
    expect(protocols["openai-responses"].decode({ ...responsesBody(), ...fields }, []).turn.view.text).toBe("Hello.");
    expect(protocols.anthropic.decode({ ...messageBody(), ...fields }, []).turn.view.text).toBe("Hello.");
  });

  test("is none in a ping with words", () => {
    expect(embeddedError({ type: "ping", message: "still here" })).toBeNull();
  });
});

test("a body with half of a surrogate pair is read with a mark in its place, and that is said", () => {
  const { body, repairs } = validBody({ choices, note: "a\ud83d" });

  expect(body["note"]).toBe("a\ufffd");
  expect(repairs).toHaveLength(1);
  expect(validBody({ choices }).repairs).toEqual([]);
});
