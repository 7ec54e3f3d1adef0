import { isRecord, type JsonRecord, recordIn } from "../json.ts";
import { durationMs, resetNumberMs, statedWaitMs } from "./stated-wait.ts";

/** Where a provider may state how long to wait; `text` is all that it says, in lower case. */
export type WaitHint = { readonly headers: Headers | null; readonly error: JsonRecord; readonly text: string; readonly now: Date };

const EXHAUSTIBLE = [
  "requests",
  "tokens",
  "input-tokens",
  "output-tokens",
  "requests-minute",
  "tokens-minute",
  "requests-day",
  "tokens-day",
];
/** What LiteLLM puts before the names of headers that it passes on. */
const PASSED_ON = "llm_provider-";
const MAX_HEADERS = 50;

/** The longest wait that a provider can ask of a run, in milliseconds. */
export const MAX_SERVER_WAIT_MS = 15 * 60_000;

/**
 * Reads how long the provider asks to wait, in milliseconds: in its headers, in those of the host behind a gateway, in those that OpenRouter puts into the error, in the
 * error's fields and in its words. Null when it does not state a time, or names one that has passed.
 */
export function serverWaitMs({ headers, error, text, now: ours }: WaitHint): number | null {
  const now = theirTime(headers) ?? ours;
  const told = headers === null ? null : headerWaitMs(headers, now);
  const inner = innerHeaders(error);
  const waitMs = told ?? (inner === null ? null : headerWaitMs(inner, now)) ?? statedWaitMs(error, text, now);
  return waitMs !== null && waitMs > 0 ? waitMs : null;
}

/** Reads how long until a used-up quota is restored, in milliseconds; null when some of it is left, or the wait would be too long. */
export function quotaWaitMs(headers: Headers | null, now: Date): number | null {
  const waitMs = headers === null ? null : resetMs(headers, now);
  return waitMs !== null && waitMs > 0 && waitMs <= MAX_SERVER_WAIT_MS ? waitMs : null;
}

/** OpenRouter gives the headers of a limit inside the error. */
function innerHeaders(error: JsonRecord): Headers | null {
  const holder = recordIn(recordIn(error, "metadata"), "headers");
  const fields = isRecord(holder) ? Object.entries(holder).slice(0, MAX_HEADERS) : [];
  const headers = new Headers();
  for (const [name, value] of fields) {
    const isSound =
      /^[\w-]{1,80}$/.test(name) && (typeof value === "number" || (typeof value === "string" && /^[\x20-\x7e]{1,80}$/.test(value)));
    if (isSound) headers.set(name, String(value));
  }
  return [...headers.keys()].length === 0 ? null : headers;
}

function headerWaitMs(headers: Headers, now: Date): number | null {
  return preciseMs(headers) ?? retryAfterMs(headers, now) ?? resetMs(headers, now);
}

/** A header of the host, or of the one behind it. */
function headerOf(headers: Headers, name: string): string | null {
  return headers.get(name) ?? headers.get(`${PASSED_ON}${name}`);
}

/** Times in headers are of the provider's clock, which may differ from the local one. */
function theirTime(headers: Headers | null): Date | null {
  const at = Date.parse(headers?.get("date") ?? "");
  return Number.isNaN(at) ? null : new Date(at);
}

function preciseMs(headers: Headers): number | null {
  const ms = Number.parseFloat(headerOf(headers, "retry-after-ms") ?? "");
  return Number.isFinite(ms) ? ms : null;
}

function retryAfterMs(headers: Headers, now: Date): number | null {
  const value = headerOf(headers, "retry-after")?.trim();
  if (!value) return null;
  if (/^\d+(\.\d+)?$/.test(value)) return Number(value) * 1000;
  const at = Date.parse(value);
  return Number.isNaN(at) ? durationMs(value) : at - now.getTime();
}

/** Reads when the used-up limit is restored: in seconds, as a duration (`6m0s`), or as a date. */
function resetMs(headers: Headers, now: Date): number | null {
  const pair = (remaining: string, reset: string) => remainingWait(headerOf(headers, remaining), headerOf(headers, reset), now);
  const waits = EXHAUSTIBLE.flatMap((what) => [
    pair(`x-ratelimit-remaining-${what}`, `x-ratelimit-reset-${what}`),
    pair(`anthropic-ratelimit-${what}-remaining`, `anthropic-ratelimit-${what}-reset`),
  ]);
  waits.push(pair("x-ratelimit-remaining", "x-ratelimit-reset"), pair("ratelimit-remaining", "ratelimit-reset"));
  const known = waits.filter((wait) => wait !== null);
  return known.length > 0 ? Math.max(...known) : null;
}

function remainingWait(remaining: string | null, reset: string | null, now: Date): number | null {
  // Some hosts leave the value empty, or send -1 where there is no limit.
  if (!remaining || !reset || Number(remaining) !== 0) return null;
  if (/^\d+(\.\d+)?$/.test(reset)) return resetNumberMs(Number(reset), now);
  const duration = durationMs(reset);
  if (duration !== null) return duration;
  const at = Date.parse(reset);
  return Number.isNaN(at) ? null : at - now.getTime();
}

/** What a response reports about the quota: how long until it is restored, null when some is left; `startedMs` is when its request was sent. */
type QuotaReading = { readonly waitMs: number | null; readonly startedMs: number; readonly nowMs: number };

const EMPTY_ROUNDS = 3;

/**
 * Believes responses that report an empty quota, until the host has proved to report it always: three times in a row the quota was still
 * empty after it should have been restored.
 */
export class QuotaHint {
  #resetAtMs: number | null = null;
  #emptyRounds = 0;

  /** Gives how long no request should start after this response, in milliseconds. */
  pauseMs({ waitMs, startedMs, nowMs }: QuotaReading): number {
    const isAfterReset = this.#resetAtMs !== null && startedMs >= this.#resetAtMs;
    if (waitMs === null) {
      if (isAfterReset) this.#emptyRounds = 0;
      return 0;
    }
    if (isAfterReset) {
      this.#emptyRounds += 1;
      this.#resetAtMs = null;
    }
    if (this.#emptyRounds >= EMPTY_ROUNDS) return 0;
    this.#resetAtMs = Math.max(this.#resetAtMs ?? 0, nowMs + waitMs);
    return waitMs;
  }
}
