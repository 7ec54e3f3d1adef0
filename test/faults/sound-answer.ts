import { expect } from "vitest";
import { z } from "zod";
import { InfraError } from "../../src/core/errors.ts";
import { expectPresentable } from "./complaint.ts";

// What a provider says is kept up to a length, with what we say before and after it.
const MAX_MESSAGE = 1_500;

const count = z.int().min(0);
const usd = z.number().min(0).nullable();
const text = z.string();
const ms = z.number().min(0);

const args = z.union([
  z.strictObject({ kind: z.literal("ok"), value: z.record(text, z.unknown()) }),
  z.strictObject({ kind: z.literal("invalid"), error: text }),
]);
const call = z.strictObject({ id: text.min(1), name: text, args, rawArguments: text.nullable() });
const view = z.strictObject({ text, reasoning: text, refusal: text.nullable(), calls: z.array(call) });
const finish = z.enum(["stop", "tool-calls", "length", "context", "refusal", "pause", "other"]);
const usage = z.strictObject({
  inputTokens: count,
  cacheReadTokens: count,
  cacheWriteTokens: count,
  cacheWrite1hTokens: count,
  outputTokens: count,
  reasoningTokens: count.nullable(),
  inconsistency: text.nullable(),
  isKnown: z.boolean(),
});
const served = { model: text.nullable(), provider: text.nullable(), responseId: text.nullable(), serviceTier: text.nullable() };
const turn = z.strictObject({ kind: z.literal("assistant"), native: z.union([z.looseObject({}), z.array(z.unknown())]), view });
const attempts = z
  .array(
    z.strictObject({
      status: z.int().nullable(),
      fault: text.max(200).nullable(),
      waitedMs: ms,
      durationMs: ms,
      billing: z.enum(["none", "maybe", "known"]),
      assumedUsd: usd,
    }),
  )
  .min(1);

const DECODED = z.strictObject({
  turn,
  finish,
  finishRaw: text,
  usage: usage.nullable(),
  reportedUsd: usd,
  repairs: z.array(text.max(MAX_MESSAGE)),
  served: z.strictObject(served),
});
const RESPONSE = z.strictObject({
  kind: z.literal("response"),
  turn,
  finish,
  finishRaw: text,
  usage,
  cost: z.strictObject({ costUsd: usd, noCacheCostUsd: usd, source: text, computedUsd: usd, reportedUsd: usd }),
  served: z.strictObject({ ...served, requestId: text.nullable() }),
  startedAt: z.iso.datetime(),
  durationMs: ms,
  firstTokenMs: ms.nullable(),
  attempts,
  repairs: z.array(text.max(MAX_MESSAGE)),
  rawBody: text,
});
const REJECTION = z.strictObject({
  kind: z.enum(["context-exhausted", "refused", "bad-tool-call"]),
  message: text.max(MAX_MESSAGE),
  attempts,
});

/** Checks what was read out of a body: every field of its type, every id used once, and nothing that cannot be stored or sent back. */
export function expectSoundDecoded(decoded: unknown): void {
  expectSoundTurn(DECODED.parse(decoded).turn);
}

/** Checks what a model came to: an answer, a rejection, or a fault of the provider's in one line. */
export function expectSoundEnd(end: unknown): void {
  if (end instanceof InfraError) {
    expect({ source: end.source, message: end.message }).toMatchObject({ source: "provider" });
    expectPresentable(end.message, MAX_MESSAGE);
    return;
  }
  if (end instanceof Error) throw new Error(`no error to be shown: ${end.name}`, { cause: end });
  const { turn: given } = z.union([RESPONSE, REJECTION.extend({ turn: z.undefined().optional() })]).parse(end);
  if (given) expectSoundTurn(given);
}

function expectSoundTurn(given: z.output<typeof turn>): void {
  const ids = given.view.calls.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  // The store and the next request both write it as JSON.
  JSON.stringify(given);
}
