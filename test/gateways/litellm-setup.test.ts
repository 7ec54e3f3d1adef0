import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { TempFolder } from "../fixtures/temp-folder.ts";
import { entryOf, FORMS, GATEWAY_KEY, type GatewayArm, PRICED, type Stored, startArms, storedOf } from "./gateway-run.ts";
import { type Gateway, startGateway } from "./litellm-gateway.ts";

const ARMS = FORMS.map((form) => ({ ...form, arm: `${form.api}-${form.stream ? "streamed" : "whole"}` }));

let gateway: Gateway;
beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(() => gateway?.close());

type Mistake = { readonly path?: string; readonly model?: string; readonly key?: string; readonly said: RegExp };

const MISTAKES: Readonly<Record<string, Mistake>> = {
  "a wrong key of the gateway": { key: "sk-wrong-0123456789abcdef", said: /key/i },
  "a model that the gateway does not have": { model: "nope", said: /model/ },
  "an address with a wrong path": { path: "/wrong", said: /base_url/ },
};

describe.for(Object.entries(MISTAKES))(
  "%s suspends the arm with one request and one line",
  ([mistake, { path = "", model, key, said }]) => {
    let stored: ReadonlyMap<string, Stored>;
    let code: number | null;
    beforeAll(async () => {
      using folder = new TempFolder();
      const arms = ARMS.map(({ arm, ...form }): GatewayArm => {
        return { ...form, name: arm, url: `${gateway.litellm.url}${path}`, model: model ?? `openai/solve~${mistake.length}-${arm}` };
      });
      const run = startArms(folder, arms, { flags: ["--attempts", "2"], key: key ?? GATEWAY_KEY });
      ({ code } = await run.end);
      stored = storedOf(folder);
    });

    test.for(ARMS)("$arm", ({ arm, ...form }, { task }) => {
      task.meta.gateway = entryOf("LiteLLM, set up wrongly", form);

      expect(code).toBe(4);
      expect(stored.get(arm)).toMatchObject({ outcome: "error", steps: [] });
      expect(stored.get(arm)?.said).toMatch(said);
      expect(stored.get(arm)?.said).not.toContain("\n");
      expect(gateway.upstream.booked.filter((booked) => booked.model.endsWith(`${mistake.length}-${arm}`))).toEqual([]);
    });
  },
);

describe("the price of models.yaml counts, whatever the gateway reports, and streamed costs what whole costs", () => {
  const costs: Readonly<Record<string, string>> = { price: PRICED, reported: "cost: reported", both: `${PRICED}, cost: reported` };
  let stored: ReadonlyMap<string, Stored>;
  beforeAll(async () => {
    using folder = new TempFolder();
    const arms = Object.entries(costs).flatMap(([cost, fields]) =>
      ARMS.map(({ arm, ...form }): GatewayArm => {
        return { ...form, name: `${cost}-${arm}`, url: gateway.litellm.url, model: `priced/solve~${cost}-${arm}`, fields };
      }),
    );
    await startArms(folder, arms).end;
    stored = storedOf(folder);
  });

  test.for(ARMS)("$arm", ({ arm, ...form }, { task }) => {
    task.meta.gateway = entryOf("LiteLLM, with prices", form);
    const [priced, reported, both] = Object.keys(costs).map((cost) => stored.get(`${cost}-${arm}`));
    const told = reported?.steps.map(({ reportedUsd }) => reportedUsd) ?? [];

    expect(priced?.costUsd).toBeCloseTo(0.011_115, 9);
    expect(priced?.steps.map(({ reportedUsd }) => reportedUsd)).toEqual(told);
    // A stream of Messages lacks the gateway's figure; where there is none the cost is unknown or that of the price, never 0.
    const isTold = !form.stream || form.api !== "anthropic";
    expect(told.map((usd) => usd !== null)).toEqual([isTold, isTold, isTold]);
    if (isTold) expect(reported?.costUsd).toBeCloseTo(0.011_115, 9);
    else expect(reported?.costUsd).toBeNull();
    expect(both?.costUsd).toBeCloseTo(0.011_115, 9);
  });
});

describe("a gateway that is killed in the middle of an answer and comes back loses no trial", () => {
  let stored: ReadonlyMap<string, Stored>;
  let code: number | null;
  let isDown = false;
  beforeAll(async () => {
    using folder = new TempFolder();
    const isOurs = (model: string): boolean => model.startsWith("solve~killed");
    gateway.upstream.onRequest = async ({ model }) => {
      if (!isOurs(model) || isDown) return;
      if (gateway.upstream.booked.filter((booked) => isOurs(booked.model)).length < 7) {
        await new Promise((resolve) => setTimeout(resolve, 500));
        return;
      }
      isDown = true;
      await gateway.litellm.kill();
      void gateway.litellm.restart();
    };
    const arms = ARMS.map(({ arm, ...form }): GatewayArm => {
      return { ...form, name: arm, url: gateway.litellm.url, model: `chat/solve~killed-${arm}` };
    });
    ({ code } = await startArms(folder, arms).end);
    stored = storedOf(folder);
  });

  test.for(ARMS)("$arm", ({ arm, ...form }, { task }) => {
    task.meta.gateway = entryOf("LiteLLM, killed and restarted", form);
    const booked = gateway.upstream.booked.filter(({ model }) => model === `solve~killed-${arm}`);

    expect(isDown).toBe(true);
    expect(code).toBe(0);
    expect(stored.get(arm), stored.get(arm)?.said).toMatchObject({ outcome: "graded", passed: true });
    // What the upstream answered and the gateway did not bring is known to be missing.
    expect(stored.get(arm)?.unbilled).toBeGreaterThanOrEqual(booked.length - 3);
  });
});
