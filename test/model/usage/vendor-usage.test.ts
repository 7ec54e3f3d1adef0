import { describe, expect, test } from "vitest";
import { anthropic } from "../../../src/model/anthropic/anthropic.ts";
import { openAiChat, openAiResponses } from "../../../src/model/openai/openai.ts";
import type { Decoded, Protocol } from "../../../src/model/protocol.ts";
import { plausibleUsage } from "../../../src/model/usage/read-usage.ts";
import { chatBody, messageBody, responsesBody } from "../../fixtures/model-body.ts";
import { VENDOR_USAGE, type VendorUsage } from "../../fixtures/vendor-usage.ts";

const PROTOCOLS: Readonly<Record<VendorUsage["api"], Protocol>> = {
  "openai-chat": openAiChat,
  "openai-responses": openAiResponses,
  anthropic,
};
const BODIES = { "openai-chat": chatBody(), "openai-responses": responsesBody(), anthropic: messageBody() };
/** The events that carry the answer itself. */
const ANSWERS: Readonly<Record<VendorUsage["api"], readonly object[]>> = {
  "openai-chat": [{ choices: [{ index: 0, delta: { role: "assistant", content: "Hello." }, finish_reason: "stop" }] }],
  "openai-responses": [],
  anthropic: [{ type: "content_block_start", index: 0, content_block: { type: "text", text: "Hello." } }],
};

async function decoded({ api, body, events }: VendorUsage): Promise<Decoded> {
  if (events === undefined) return PROTOCOLS[api].decode({ ...BODIES[api], usage: null, ...body }, []);
  const [first, ...rest] = events;
  const ordered = api === "anthropic" ? [first, ...ANSWERS[api], ...rest] : [...ANSWERS[api], ...events];
  return PROTOCOLS[api].decode(await PROTOCOLS[api].collect(each(ordered)), []);
}

async function* each(events: readonly unknown[]): AsyncGenerator<unknown> {
  yield* events;
}

/** What the fields that the API documents say, each taken from the last place that states it. */
function plainReading({ body, events }: VendorUsage): { readonly input: number; readonly output: number } {
  const stated = Object.assign({}, ...[body, ...(events ?? [])].map(usageIn)) as Record<string, number | undefined>;
  const details = (stated["prompt_tokens_details"] ?? {}) as { readonly cached_tokens?: number };
  const input = stated["input_tokens"] ?? (stated["prompt_tokens"] ?? Number.NaN) - (details.cached_tokens ?? 0);
  return { input, output: stated["output_tokens"] ?? stated["completion_tokens"] ?? Number.NaN };
}

function usageIn(record: unknown): object {
  const { usage, message } = (record ?? {}) as { readonly usage?: object; readonly message?: { readonly usage?: object } };
  return usage ?? message?.usage ?? {};
}

describe("the usage of an answer", () => {
  test.for(VENDOR_USAGE)("is read as it is meant: $title", async (vendor) => {
    const answer = await decoded(vendor);
    const usage = plausibleUsage(answer.usage, answer.turn.view);

    expect(answer.turn.view.text).toMatch(/^Hello\./);
    if (vendor.counts === null) expect(usage.isKnown).toBe(false);
    else expect(usage).toMatchObject({ ...vendor.counts, isKnown: true, inconsistency: vendor.inconsistency ?? null });
    expect(answer.reportedUsd).toEqual(vendor.reportedUsd === undefined ? null : expect.closeTo(vendor.reportedUsd, 12));
  });

  test.for(VENDOR_USAGE.filter(({ plain }) => plain !== undefined))(
    "would be read wrong by the documented fields alone: $title",
    (vendor) => {
      const plain = plainReading(vendor);

      expect(plain.input === vendor.counts?.inputTokens && plain.output === vendor.counts.outputTokens).toBe(false);
      if (Number.isFinite(vendor.plain?.input)) expect(plain).toEqual(vendor.plain);
    },
  );
});
