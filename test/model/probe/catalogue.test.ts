import { describe, expect, test } from "vitest";
import { offeredIn, readCatalogue } from "../../../src/model/probe/catalogue.ts";
import { nearestNames } from "../../../src/model/probe/nearest-names.ts";
import type { ServerAnswer } from "../../../src/model/probe/server-reader.ts";
import { readServerWindow } from "../../../src/model/probe/server-window.ts";
import { modelSpec } from "../../fixtures/model-spec.ts";

// One entry each, in the shape that the server's own documentation or a real answer has.
const LISTS: readonly { readonly server: string; readonly body: unknown; readonly is: unknown }[] = [
  {
    server: "OpenAI",
    body: { object: "list", data: [{ id: "gpt-5.4", object: "model", created: 1, owned_by: "openai" }] },
    is: { id: "gpt-5.4", contextWindow: null, isServed: false },
  },
  {
    server: "Anthropic",
    body: { data: [{ type: "model", id: "claude-sonnet-4-5", display_name: "Claude", max_input_tokens: 200_000 }], has_more: false },
    is: { id: "claude-sonnet-4-5", contextWindow: 200_000, isServed: true },
  },
  {
    server: "vLLM",
    body: { object: "list", data: [{ id: "Qwen/Qwen3", object: "model", owned_by: "vllm", max_model_len: 32_768 }] },
    is: { id: "Qwen/Qwen3", contextWindow: 32_768, isServed: true },
  },
  {
    server: "llama.cpp, which lists itself twice",
    body: {
      models: [{ name: "a.gguf", model: "a.gguf" }],
      object: "list",
      data: [{ id: "a.gguf", owned_by: "llamacpp", meta: { n_ctx_train: 8192, n_params: 1 } }],
    },
    is: { id: "a.gguf", contextWindow: 8192, isServed: false },
  },
  {
    server: "Ollama's own list",
    body: { models: [{ name: "qwen3:8b", model: "qwen3:8b", size: 1 }] },
    is: { id: "qwen3:8b", contextWindow: null, isServed: false },
  },
  {
    server: "LM Studio's own list",
    body: { data: [{ id: "qwen", state: "loaded", max_context_length: 131_072, loaded_context_length: 4096 }] },
    is: { id: "qwen", contextWindow: 4096, isServed: true },
  },
  {
    server: "OpenRouter",
    body: { data: [{ id: "openai/gpt-4o", context_length: 128_000, top_provider: { context_length: 64_000 } }] },
    is: { id: "openai/gpt-4o", contextWindow: 128_000, isServed: true },
  },
  {
    server: "Groq",
    body: { data: [{ id: "llama", context_window: 131_072 }] },
    is: { id: "llama", contextWindow: 131_072, isServed: true },
  },
  {
    server: "Mistral",
    body: { data: [{ id: "codestral", max_context_length: 256_000 }] },
    is: { id: "codestral", contextWindow: 256_000, isServed: false },
  },
  {
    server: "Google",
    body: { models: [{ name: "models/gemini-3.5", inputTokenLimit: 1_048_576 }] },
    is: { id: "gemini-3.5", contextWindow: 1_048_576, isServed: true },
  },
  { server: "Together, a bare array", body: [{ id: "m/x", context_length: 4096 }], is: { id: "m/x", contextWindow: 4096, isServed: true } },
  { server: "a bare array of names", body: ["m/x"], is: { id: "m/x", contextWindow: null, isServed: false } },
];

describe("a list of models", () => {
  test.for(LISTS)("is read from $server", ({ body, is }) => {
    expect(offeredIn(body)).toEqual([is]);
  });

  test.for([{ error: "Unexpected endpoint" }, "<html>", null, 3, { data: "x" }, [{}], { data: [[], 1] }, { data: [{ id: 7 }] }])(
    "is not seen in %j",
    (body) => {
      expect(offeredIn(body)).toBeNull();
    },
  );

  test("keeps at most as many names as a gateway has, and each of a bounded length", () => {
    const models = offeredIn({
      data: Array.from({ length: 20_000 }, (_, index) => ({ id: `${index}-${"x".repeat(5_000)}`, context_length: -1 })),
    });

    expect(models?.length).toBe(10_000);
    expect(models?.every(({ id, contextWindow }) => id.length <= 200 && contextWindow === null)).toBe(true);
  });
});

/** A server that answers some paths and has no other. */
function serverOf(answers: Readonly<Record<string, unknown>>) {
  const asked: string[] = [];
  const ask = async (url: URL): Promise<ServerAnswer> => {
    asked.push(url.pathname);
    const body = answers[url.pathname];
    return body === undefined ? { kind: "failed", status: 404, message: "http-404" } : { kind: "read", body };
  };
  return { ask, asked };
}

describe("asking a server what it offers", () => {
  test("falls back to the list of Ollama", async () => {
    const { ask } = serverOf({ "/api/tags": { models: [{ name: "qwen3:8b" }] } });

    expect(await readCatalogue(modelSpec(), ask)).toMatchObject({ kind: "listed", models: [{ id: "qwen3:8b" }] });
  });

  test("asks a host that cannot be reached, or refuses the key, only once", async () => {
    let asked = 0;
    const refused = async (): Promise<ServerAnswer> => {
      asked += 1;
      return { kind: "failed", status: 401, message: "http-401" };
    };

    expect(await readCatalogue(modelSpec(), refused)).toEqual({ kind: "unlisted", status: 401, message: "http-401" });
    expect(asked).toBe(1);
  });
});

const LOCAL = modelSpec({ apiKeyEnv: null, model: "qwen", baseUrl: "http://127.0.0.1:9/v1" });

describe("the context window of a server", () => {
  test.for([
    {
      server: "llama.cpp",
      answers: { "/props": { default_generation_settings: { n_ctx: 4096 } } },
      is: { tokens: 4096, statedIn: "/props", isServed: true },
    },
    {
      server: "LM Studio",
      answers: {
        "/api/v0/models": {
          data: [
            { id: "other", loaded_context_length: 1 },
            { id: "qwen", loaded_context_length: 8192, max_context_length: 99_999 },
          ],
        },
      },
      is: { tokens: 8192, statedIn: "/api/v0/models", isServed: true },
    },
    {
      server: "a newer LM Studio, whose instances differ",
      answers: {
        "/api/v1/models": {
          models: [
            {
              key: "qwen",
              max_context_length: 262_144,
              loaded_instances: [
                { id: "qwen", config: { context_length: 65_536 } },
                { id: "qwen:2", config: { context_length: 4096 } },
              ],
            },
          ],
        },
      },
      is: { tokens: 4096, statedIn: "/api/v1/models", isServed: true },
    },
    {
      server: "a newer LM Studio that has not loaded it",
      answers: { "/api/v1/models": { models: [{ key: "qwen", max_context_length: 262_144, loaded_instances: [] }] } },
      is: { tokens: 262_144, statedIn: "/api/v1/models", isServed: false },
    },
    {
      server: "Ollama with the model loaded",
      answers: {
        "/api/ps": { models: [{ name: "qwen:latest", context_length: 4096 }] },
        "/api/show": { model_info: { "qwen3.context_length": 40_960 } },
      },
      is: { tokens: 4096, statedIn: "/api/ps", isServed: true },
    },
    {
      server: "Ollama with a Modelfile that sets it",
      answers: {
        "/api/show": { parameters: 'stop "x"\nnum_ctx                        16384', model_info: { "qwen3.context_length": 40_960 } },
      },
      is: { tokens: 16_384, statedIn: "/api/show", isServed: true },
    },
    {
      server: "Ollama that has not loaded it",
      answers: { "/api/show": { model_info: { "general.architecture": "qwen3", "qwen3.context_length": 40_960 } } },
      is: { tokens: 40_960, statedIn: "/api/show", isServed: false },
    },
    {
      server: "vLLM",
      answers: { "/version": { version: "0.12.0" }, "/v1/models": { data: [{ id: "qwen", max_model_len: 32_768 }] } },
      is: { tokens: 32_768, statedIn: "the list of models", isServed: true },
    },
  ])("is read from $server", async ({ answers, is }) => {
    expect(await readServerWindow(LOCAL, null, serverOf(answers).ask)).toEqual(is);
  });

  test("of a provider on the Internet is not looked for beside its list", async () => {
    const { ask, asked } = serverOf({});

    expect(await readServerWindow(modelSpec({ baseUrl: "https://api.example.com/v1" }), null, ask)).toBeNull();
    expect(asked).toEqual([]);
  });
});

describe("the nearest names", () => {
  test.for([
    { wanted: "gpt-4o-mni", names: ["gpt-4o-mini", "gpt-4o", "o3-mini", "whisper-1"], is: ["gpt-4o-mini", "gpt-4o"] },
    { wanted: "gpt-4o", names: ["anthropic/claude", "openai/gpt-4o"], is: ["openai/gpt-4o"] },
    { wanted: "claude-sonnet-4.5", names: ["claude-opus-4-1", "claude-sonnet-4-5", "claude-sonnet-4-5"], is: ["claude-sonnet-4-5"] },
    { wanted: "QWEN3", names: ["qwen3:8b"], is: ["qwen3:8b"] },
    { wanted: "zzz", names: ["gpt-4o"], is: [] },
    { wanted: "x", names: [], is: [] },
  ])("of $wanted are $is", ({ wanted, names, is }) => {
    expect(nearestNames(wanted, names)).toEqual(is);
  });

  test("are found in a hostile list in bounded time", () => {
    const start = performance.now();
    nearestNames(
      "a".repeat(100_000),
      Array.from({ length: 10_000 }, (_, index) => `${index}${"b".repeat(200)}`),
    );

    expect(performance.now() - start).toBeLessThan(10_000);
  });
});
