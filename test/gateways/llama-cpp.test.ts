import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { TempFolder } from "../fixtures/temp-folder.ts";
import { entryOf, FORMS, type GatewayArm, type Stored, startArms, storedOf } from "./gateway-run.ts";
import { type Gateway, startGateway } from "./litellm-gateway.ts";
import { type ServerProcess, startLlama } from "./server-process.ts";

const CHAT = FORMS.filter(({ api }) => api === "openai-chat").map((form) => ({ ...form, arm: form.stream ? "streamed" : "whole" }));
// LiteLLM writes what a model says over Messages as parts of a text, which this server's templates do not take.
const BRIDGED = FORMS.filter(({ api }) => api !== "anthropic").map((form) => ({
  ...form,
  arm: `${form.api}-${form.stream ? "streamed" : "whole"}`,
}));

// The server breaks a streamed answer off when another request comes.
const ONE_AT_A_TIME = { concurrency: 1 };

// The model solves nothing, so that every verdict is that of a weak model.
const WEAK = { outcome: "graded", passed: false } as const;

let llama: ServerProcess;
beforeAll(async () => {
  llama = await startLlama(8192);
});
afterAll(() => llama?.kill());

describe("a real model that answers in prose is graded as a weak model", () => {
  let stored: ReadonlyMap<string, Stored>;
  let report: string;
  beforeAll(async () => {
    using folder = new TempFolder();
    const arms = CHAT.map(({ arm, ...form }): GatewayArm => ({ ...form, name: arm, url: llama.url, model: "smollm2", ...ONE_AT_A_TIME }));
    ({ stdout: report } = await startArms(folder, arms).end);
    stored = storedOf(folder);
  });

  test.for(CHAT)("$arm", ({ arm, ...form }, { task }) => {
    task.meta.gateway = entryOf("llama-cpp-python", form);
    const found = stored.get(arm);

    expect(found, found?.said).toMatchObject(WEAK);
    expect(found?.steps.length).toBeGreaterThan(0);
    // In a stream this server gives no count, whatever it is asked: unknown, never 0 tokens for nothing.
    expect(found?.steps.every(({ isKnown }) => isKnown === !form.stream)).toBe(true);
    if (form.stream) expect(found?.costUsd).toBeNull();
    else expect(found?.tokens.output).toBeGreaterThan(0);
    expect(report).toContain(arm);
  });
});

describe("a real model behind LiteLLM is graded over both APIs of OpenAI", () => {
  let gateway: Gateway;
  let stored: ReadonlyMap<string, Stored>;
  beforeAll(async () => {
    using folder = new TempFolder();
    gateway = await startGateway(llama.url);
    const arms = BRIDGED.map(
      ({ arm, ...form }): GatewayArm => ({
        ...form,
        name: arm,
        url: gateway.litellm.url,
        model: "real/smollm2",
        ...ONE_AT_A_TIME,
      }),
    );
    await startArms(folder, arms).end;
    stored = storedOf(folder);
  });
  afterAll(() => gateway?.close());

  test.for(BRIDGED)("$arm", ({ arm, ...form }, { task }) => {
    task.meta.gateway = entryOf("LiteLLM, llama-cpp-python", form);

    expect(stored.get(arm), stored.get(arm)?.said).toMatchObject(WEAK);
  });
});

describe("a window that is too small", () => {
  const small = async (contextTokens: number): Promise<ReadonlyMap<string, Stored>> => {
    using folder = new TempFolder();
    const server = await startLlama(contextTokens);
    const arms = CHAT.map(({ arm, ...form }): GatewayArm => ({ ...form, name: arm, url: server.url, model: "smollm2", ...ONE_AT_A_TIME }));
    await startArms(folder, arms, { flags: ["--attempts", "2"] }).end;
    await server.kill();
    return storedOf(folder);
  };

  test.for(CHAT)("for the first request suspends the arm: $arm", async ({ arm, ...form }, { task }) => {
    task.meta.gateway = entryOf("llama-cpp-python", form);
    const found = (await small(256)).get(arm);

    expect(found).toMatchObject({ outcome: "error", steps: [] });
    // In a stream the server ends without a word, so it is asked for a whole answer, and says why.
    expect(found?.said).toMatch(/the first prompt is too long for this model/);
  });
});

describe("an address without /v1 suspends the arm", () => {
  test.for(CHAT)("$arm", async ({ arm, ...form }, { task }) => {
    task.meta.gateway = entryOf("llama-cpp-python", form);
    using folder = new TempFolder();
    await startArms(folder, [{ ...form, name: arm, url: `${llama.url}/nothing`, model: "smollm2", ...ONE_AT_A_TIME }], {
      flags: ["--attempts", "2"],
    }).end;
    const found = storedOf(folder).get(arm);

    expect(found).toMatchObject({ outcome: "error", steps: [] });
    expect(found?.said).toContain("base_url");
  });
});

describe("a server that is killed in mid-answer and comes back", () => {
  test.for(CHAT)("$arm", async ({ arm, ...form }, { task }) => {
    task.meta.gateway = entryOf("llama-cpp-python", form);
    using folder = new TempFolder();
    const run = startArms(folder, [{ ...form, name: arm, url: llama.url, model: "smollm2", ...ONE_AT_A_TIME }], {
      flags: ["--attempts", "3"],
    });
    // The server has answered then, and is at work for the next trial.
    await run.until((shown) => shown.includes("[1/3]"));
    await llama.kill();
    await llama.restart();
    const { stdout, code } = await run.end;

    expect(storedOf(folder).get(arm)).toMatchObject(WEAK);
    expect(stdout).toMatch(/ 0\/3 +0 /);
    expect(code).toBe(0);
  });
});
