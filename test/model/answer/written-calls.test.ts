import { describe, expect, test } from "vitest";
import { InfraError } from "../../../src/core/errors.ts";
import { type WrittenCall, writtenCalls } from "../../../src/model/answer/written-calls.ts";
import { benchModel, modelRequest } from "../../fixtures/model-bench.ts";
import { chatBody, chatCall, messageBody, outputMessage, responsesBody } from "../../fixtures/model-body.ts";

const TOOLS = ["read_file", "write_file"];
const tools = TOOLS.map((name) => ({ name, description: "Does.", parameters: { type: "object" } }));
const JSON_CALL = '{"name": "write_file", "arguments": {"path": "a.py", "content": "x = {1: \\"}\\"}"}}';
const namesIn = (text: string): readonly string[] => writtenCalls(text, TOOLS).map(({ name }: WrittenCall) => name);

describe("calls in a text", () => {
  test.for([
    { title: "Hermes and Qwen", text: `I will write it.\n<tool_call>\n${JSON_CALL}\n</tool_call>` },
    { title: "Qwen's coder", text: "<tool_call>\n<function=write_file>\n<parameter=path>\na.py\n</parameter>\n</function>\n</tool_call>" },
    { title: "Llama", text: '<function=write_file>{"path": "a.py"}</function>' },
    { title: "Llama's JSON", text: '<|python_tag|>{"name": "write_file", "parameters": {"path": "a.py"}}' },
    { title: "Llama's JSON without its mark", text: '{"name": "write_file", "parameters": {"path": "a.py"}}' },
    { title: "Mistral", text: `[TOOL_CALLS] [${JSON_CALL}]` },
    { title: "Mistral's later form", text: '[TOOL_CALLS]write_file[ARGS]{"path": "a.py"}' },
    { title: "a fenced block alone", text: `\`\`\`json\n${JSON_CALL}\n\`\`\`` },
    { title: "Kimi", text: 'functions.write_file:0 {"path": "a.py"}' },
    {
      title: "Kimi's marks",
      text: '<|tool_call_begin|>functions.write_file:0<|tool_call_argument_begin|>{"path": "a.py"}<|tool_call_end|>',
    },
    {
      title: "DeepSeek",
      text: "<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>write_file\n```json\n{}\n```<｜tool▁call▁end｜>",
    },
    {
      title: "DeepSeek's later form",
      text: '<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>write_file<｜tool▁sep｜>{"path": "a.py"}<｜tool▁call▁end｜>',
    },
    { title: "GLM", text: "<tool_call>write_file\n<arg_key>path</arg_key>\n<arg_value>a.py</arg_value>\n</tool_call>" },
    { title: "MiniMax", text: '<minimax:tool_call>\n<invoke name="write_file">\n<parameter name="path">a.py</parameter>\n</invoke>' },
    { title: "gpt-oss", text: '<|channel|>commentary to=functions.write_file <|constrain|>json<|message|>{"path":"a.py"}' },
    { title: "Granite", text: `<|tool_call|>[${JSON_CALL}]` },
  ])("are found in the form of $title", ({ text }) => {
    expect(namesIn(text)).toEqual(["write_file"]);
  });

  test.for([
    { title: "prose about a tool", text: "I would call write_file with a path." },
    { title: "a tool that was not offered", text: `<tool_call>${JSON_CALL.replace("write_file", "rm")}</tool_call>` },
    { title: "a fenced block among prose", text: `The format is:\n\`\`\`json\n${JSON_CALL}\n\`\`\`\nand so on.` },
    { title: "JSON without arguments", text: '{"name": "write_file"}' },
    { title: "a call that was cut off", text: `<tool_call>${JSON_CALL.slice(0, -9)}` },
    { title: "nothing", text: "" },
  ])("are none in $title", ({ text }) => {
    expect(namesIn(text)).toEqual([]);
  });

  test("take linear time to look for", () => {
    const began = performance.now();
    for (const mark of ["<tool_call>", "<tool_call>{", "[TOOL_CALLS]", "<|channel|>", "functions.write_file:0", "```json\n"])
      namesIn(mark.repeat(100_000));

    expect(performance.now() - began).toBeLessThan(20_000);
  });
});

describe.for([
  {
    api: "openai-chat",
    text: (content: string) => chatBody({ message: { content } }),
    call: () => chatBody({ finish: "tool_calls", message: { content: null, tool_calls: [chatCall("c1", "read_file", "{}")] } }),
  },
  {
    api: "openai-responses",
    text: (content: string) => responsesBody({ output: [outputMessage(content)] }),
    call: () =>
      responsesBody({
        output: [{ type: "function_call", id: "f", call_id: "c1", name: "read_file", arguments: "{}", status: "completed" }],
      }),
  },
  {
    api: "anthropic",
    text: (text: string) => messageBody({ content: [{ type: "text", text, citations: null }] }),
    call: () =>
      messageBody({
        stop: "tool_use",
        content: [{ type: "tool_use", id: "c1", name: "read_file", input: {}, caller: { type: "direct" } }],
      }),
  },
] as const)("a call that comes as text over $api", ({ api, text, call }) => {
  const written = text(`<tool_call>${JSON_CALL}</tool_call>`);

  test("suspends the arm when its server has never given one as a call, and says what to start it with", async () => {
    const { model } = await benchModel([{ kind: "json", body: written }], { api });
    const error = await model.generate(modelRequest({ tools })).catch((thrown: unknown) => thrown);

    expect(error).toBeInstanceOf(InfraError);
    expect(error).toMatchObject({
      scope: "arm",
      isConfiguration: true,
      message: expect.stringMatching(/write_file came as text.*--enable-auto-tool-choice --tool-call-parser.*--jinja/),
      attempts: [{ status: 200, billing: "maybe" }],
    });
  });

  test("is the model's own slip when it has, and is noted once", async () => {
    const { model } = await benchModel(
      [
        { kind: "json", body: call() },
        { kind: "json", body: written },
      ],
      { api },
    );
    const repairs: (readonly string[])[] = [];
    for (let n = 0; n < 3; n++) {
      const response = await model.generate(modelRequest({ tools }));
      if (response.kind === "response") repairs.push(response.repairs);
    }

    expect(repairs).toEqual([[], ["a call of write_file was written as text (<tool_call>), and not made"], []]);
  });

  test("is the model's own slip when the conversation has a call, as after a resume", async () => {
    const { model } = await benchModel([{ kind: "json", body: written }], { api });
    const view = {
      text: "",
      reasoning: "",
      refusal: null,
      calls: [{ id: "c1", name: "read_file", args: { kind: "ok", value: {} } as const, rawArguments: null }],
    };
    const turns = [
      { kind: "user", text: "Do it." } as const,
      { kind: "assistant", native: api === "openai-chat" ? { role: "assistant", content: "x" } : [], view } as const,
    ];

    expect(await model.generate(modelRequest({ tools, turns }))).toMatchObject({ kind: "response", finish: "stop" });
  });

  test("means nothing where no tools were offered", async () => {
    const { model } = await benchModel([{ kind: "json", body: written }], { api });

    expect(await model.generate(modelRequest())).toMatchObject({ kind: "response", repairs: [] });
  });
});
