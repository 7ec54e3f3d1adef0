import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { loadModels } from "../../src/config/models.ts";
import { openModels } from "../../src/model/open-model.ts";
import { bundledPrice } from "../../src/model/price.ts";

const entries = loadModels("models.yaml");

describe("the models.yaml of the repository", () => {
  test("begins with the scripted models, which need no key", () => {
    expect(entries.slice(0, 3).map(({ spec }) => [spec.name, spec.api, spec.apiKeyEnv])).toEqual([
      ["oracle", "scripted", null],
      ["flawed", "scripted", null],
      ["flaky", "scripted", null],
    ]);
  });

  test("runs nothing without a key that was not asked for, but the scripted ones", () => {
    const keyless = entries.filter(({ spec, enabled }) => enabled && spec.apiKeyEnv === null);

    expect(keyless.every(({ spec }) => spec.api === "scripted")).toBe(true);
  });

  test("holds no key", () => {
    expect(readFileSync("models.yaml", "utf8")).not.toMatch(/sk-|Bearer|AIza/);
  });

  test.for([
    "gpt-5.4",
    "gpt-5.1",
    "gpt-5.3-codex-spark",
    "gpt-4o",
    "gpt-4o-mini",
    "o3-mini",
    "claude-sonnet-4.5",
    "qwen3.5",
    "llama.cpp",
    "lmstudio",
    "vllm/qwen3-coder",
    "aicredits/gpt-4o",
    "aicredits/gpt-4o-mini",
    "aicredits/o1",
    "aicredits/o3-mini",
    "aicredits/claude-sonnet-4.5",
    "aicredits/claude-sonnet-4.6",
    "aicredits/claude-haiku-4.5",
    "aicredits/gemini-2.0-flash",
    "aicredits/gemini-2.5-pro",
    "aicredits/deepseek-chat",
    "aicredits/deepseek-reasoner",
    "aicredits/mistral-large",
    "aicredits/grok-2",
    "aicredits/grok-3-mini",
  ])("has %s", (name) => {
    expect(entries.map(({ spec }) => spec.name)).toContain(name);
  });

  test("leaves room for a prompt in every window", () => {
    const tight = entries.filter(({ spec }) => spec.contextWindow !== null && spec.maxOutputTokens > spec.contextWindow / 2);

    expect(tight.map(({ spec }) => spec.name)).toEqual([]);
  });

  test("opens every model", () => {
    const open = openModels({ key: () => "key-0123456789", now: () => new Date() });

    expect(entries.map(({ spec }) => typeof open(spec))).toEqual(entries.map(() => "function"));
  });

  test("has models whose price is known, save those that say so", () => {
    const unpriced = entries.filter(({ spec }) => spec.price === null && bundledPrice(spec, 0, new Date("2026-11-21")) === null);

    expect(unpriced.map(({ spec }) => spec.name).filter((name) => !name.startsWith("aicredits/"))).toEqual(["gpt-5.3-codex-spark"]);
  });
});
