import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import fc from "fast-check";
import { expect, test } from "vitest";
import { z } from "zod";
import { loadModels } from "../../src/config/models.ts";
import { UserError } from "../../src/core/errors.ts";
import type { ModelSpec } from "../../src/core/model.ts";
import { TempFolder } from "../fixtures/temp-folder.ts";
import { expectPresentable, thrownBy } from "./complaint.ts";
import { IS_FULL } from "./counted-run.ts";
import { brokenYaml } from "./yaml-mutation.ts";

const SPELLINGS = IS_FULL ? 1000 : 250;
const SHIPPED = readFileSync(join(import.meta.dirname, "../../models.yaml"), "utf8");

// Every key there is, so that each can be broken.
const EVERY_KEY = `defaults: &d
  max_output_tokens: 16000
  limits: {concurrency: 4, rpm: 60, tpm: 1000}
models:
  - name: whole/one
    api: openai-chat
    model: m
    base_url: https://host.example/v1
    api_key_env: SOME_KEY
    max_tokens_field: max_tokens
    system_role: developer
    reasoning: {effort: low}
    parallel_tool_calls: true
    stream: true
    context_window: 100000
    cache: auto
    context: {summarize_after: 10}
    price: {input: 1, output: 2.5, cache_read: 0.1, cache_write_5m: 1, cache_write_1h: 2, per_request: 0}
    headers: {x-team: blue}
    extra_body: {provider: {order: [a, b], n: 1}}
    temperature: 0.5
    enabled: true
  - {<<: *d, name: merged, api: anthropic, model: c, anthropic_version: "2023-06-01", cache: 1h}
  - {name: played, api: scripted, model: flaky, seed: 7}
`;

const text = z.string();
const count = z.int().min(1);
const usd = z.number().min(0);
const cap = z.number().positive().nullable();
const price = z.strictObject({
  input: usd,
  output: usd,
  cacheRead: usd.nullable(),
  cacheWrite5m: usd.nullable(),
  cacheWrite1h: usd.nullable(),
  perRequest: usd,
});
const SPEC = z.strictObject({
  name: text.regex(/^[\w.:/@-]+$/),
  api: z.enum(["openai-responses", "openai-chat", "anthropic", "gemini", "scripted"]),
  model: text.min(1),
  baseUrl: text.regex(/^$|^https?:[^\s?#]+$/),
  apiKeyEnv: text.regex(/^\w+$/).nullable(),
  maxOutputTokens: count,
  maxTokensField: z.enum(["max_completion_tokens", "max_tokens"]),
  systemRole: z.enum(["system", "developer"]),
  reasoning: z.record(text, z.json()).nullable(),
  parallelToolCalls: z.boolean().nullable(),
  stream: z.boolean(),
  contextWindow: count.nullable(),
  cache: z.enum(["auto", "off", "5m", "1h"]),
  limits: z.strictObject({ concurrency: count, rpm: cap, tpm: cap }),
  price: price.nullable(),
  costFrom: z.enum(["price", "reported"]),
  maxCostUsd: cap,
  maxTrialCostUsd: cap,
  headers: z.record(text, text.regex(/^[^\r\n\0]*$/)),
  extraBody: z.record(text, z.json()),
  temperature: z.number().nullable(),
  anthropicVersion: text.nullable(),
  seed: z.int(),
  summarizeAfter: count.exactOptional(),
} satisfies Record<keyof ModelSpec, z.ZodType>);

// Of a file that can be neither read nor understood no line can be named.
const WITHOUT_LINE = /it is not UTF-8 text|its anchors and aliases do not resolve/;

function expectSpecsOrOneLine(folder: TempFolder, bytes: Uint8Array): void {
  writeFileSync(folder.at("models.yaml"), bytes);
  const error = thrownBy(() => {
    for (const { spec, enabled } of loadModels(folder.at("models.yaml"))) {
      SPEC.parse(spec);
      expect(enabled).toBeTypeOf("boolean");
      JSON.stringify(spec);
    }
  });
  if (error === null) return;
  expect(error).toBeInstanceOf(UserError);
  const { message } = error as UserError;
  expectPresentable(message);
  expect(message).toContain(`"${folder.at("models.yaml")}"`);
  expect(message).toMatch(WITHOUT_LINE.test(message) ? /; \w/ : /models\.yaml" line \d+: .+(; |expected|has none)/);
}

test.for([
  { sample: "the shipped models.yaml", yaml: SHIPPED },
  { sample: "a file with every key", yaml: EVERY_KEY },
])(`${SPELLINGS} broken spellings of $sample give sound models or one line with file, line and what to do`, async ({ yaml }) => {
  using folder = new TempFolder();
  expectSpecsOrOneLine(folder, new TextEncoder().encode(yaml));
  expect(thrownBy(() => loadModels(folder.at("models.yaml")))).toBeNull();
  const warnings: Error[] = [];
  const listen = (warning: Error): number => warnings.push(warning);
  process.on("warning", listen);

  fc.assert(
    fc.property(brokenYaml(yaml), (bytes) => expectSpecsOrOneLine(folder, bytes)),
    { numRuns: SPELLINGS, seed: 20_260_101 },
  );

  await setImmediate();
  process.off("warning", listen);
  expect(warnings).toEqual([]);
});
