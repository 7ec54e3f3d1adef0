import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { TempFolder } from "../fixtures/temp-folder.ts";
import { entryOf, FORMS, type GatewayArm, PRICE, type Stored, startArms, storedOf } from "./gateway-run.ts";
import { type Gateway, ROUTES, startGateway } from "./litellm-gateway.ts";
import type { Booked } from "./upstream.ts";

const ARMS = ROUTES.flatMap((route) =>
  FORMS.map((form) => ({ ...form, route, arm: `${route}-${form.api}-${form.stream ? "streamed" : "whole"}` })),
);

/** What must be stored, what must be said, and how often the upstream is asked for one arm. */
type Expected = { readonly stored: Partial<Stored>; readonly attempts: number; readonly said?: RegExp; readonly asked?: number };

const solved = (asked: number): Expected => ({ stored: { outcome: "graded", passed: true, stop: "completed" }, attempts: 1, asked });
const failed = (stop: string): Expected => ({ stored: { outcome: "graded", passed: false, stop }, attempts: 1 });
// The first trial finds out, and the second is not begun.
const suspended = (said: RegExp): Expected => ({ stored: { outcome: "error" }, attempts: 2, said, asked: 1 });

const SITUATIONS: Readonly<Record<string, Expected>> = {
  solve: solved(3),
  "cache-writes": solved(3),
  "rate-limited": solved(4),
  flaky: solved(4),
  "malformed-call": solved(4),
  "always-malformed": failed("protocol-errors"),
  "cut-off": failed("max-iterations"),
  refuses: failed("refused"),
  moderated: failed("refused"),
  "overflow-later": failed("context-exhausted"),
  "overflow-first": suspended(/context_window|max_output_tokens/),
  "bad-key": suspended(/key/),
  "spent-key": suspended(/quota|billing|credit/),
  "no-tools": suspended(/does not support tools/),
  unknown: suspended(/model/),
};

let gateway: Gateway;
beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(() => gateway?.close());

describe.for(Object.entries(SITUATIONS))("%s", ([situation, expected]) => {
  let stored: ReadonlyMap<string, Stored>;
  beforeAll(async () => {
    using folder = new TempFolder();
    const arms = ARMS.map(({ arm, route, ...form }): GatewayArm => {
      return { ...form, name: arm, url: gateway.litellm.url, model: `${route}/${situation}~${arm}` };
    });
    await startArms(folder, arms, { flags: ["--attempts", String(expected.attempts)] }).end;
    stored = storedOf(folder);
  });

  test.for(ARMS)("$arm", ({ arm, route, ...form }, { task }) => {
    task.meta.gateway = entryOf(`LiteLLM, upstream ${route}`, form);
    const found = stored.get(arm);
    const booked = gateway.upstream.booked.filter(({ model }) => model === `${situation}~${arm}`);
    if (isLost(situation, route, form.api)) {
      expect(found).toMatchObject({ outcome: "graded", passed: false });
      return;
    }

    expect(found, found?.said).toMatchObject(expected.stored);
    expect(found?.tokens).toEqual(tokensOf(booked));
    expect(found?.costUsd ?? 0).toBeCloseTo(dollarsOf(booked), 9);
    if (expected.said !== undefined) expect(found?.said).toMatch(expected.said);
    if (expected.asked !== undefined) expect(booked.length).toBe(expected.asked);
  });
});

// Over Messages, LiteLLM writes a refusal of OpenAI's Responses as an answer that was cut off: nobody behind it can tell.
const isLost = (situation: string, route: string, api: string): boolean =>
  situation === "refuses" && route === "openai" && api === "anthropic";

/** What the upstream counts for requests, in the store's classes. */
function tokensOf(booked: readonly Booked[]): Stored["tokens"] {
  const sum = (read: (usage: NonNullable<Booked["billed"]>) => number): number =>
    booked.reduce((all, { billed }) => all + (billed === null ? 0 : read(billed)), 0);
  return {
    input: sum(({ input, cacheRead, cacheWrite }) => input - cacheRead - cacheWrite),
    cacheRead: sum(({ cacheRead }) => cacheRead),
    cacheWrite: sum(({ cacheWrite }) => cacheWrite),
    output: sum(({ output }) => output),
  };
}

function dollarsOf(booked: readonly Booked[]): number {
  const { input, cacheRead, cacheWrite, output } = tokensOf(booked);
  return (input * PRICE.input + cacheRead * PRICE.cacheRead + cacheWrite * PRICE.cacheWrite + output * PRICE.output) / 1e6;
}
