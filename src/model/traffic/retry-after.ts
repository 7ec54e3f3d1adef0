import { type JsonRecord, recordsIn, stringIn } from "../json.ts";

/** Where a provider may state how long to wait. */
export type WaitHint = { readonly headers: Headers | null; readonly error: JsonRecord; readonly now: Date };

const DURATION_PART = /([\d.]{1,20})(ms|s|m|h|d)/g;
const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
/** Longer texts are no durations; to search one of a megabyte for them would take hours. */
const MAX_DURATION_CHARS = 40;
const EXHAUSTIBLE = ["requests", "tokens", "input-tokens", "output-tokens"];

/** The longest wait that a provider can ask of a run, in milliseconds. */
export const MAX_SERVER_WAIT_MS = 15 * 60_000;

/** Reads how long the provider asks to wait, in milliseconds; null when it does not state one, or names a time that has passed. */
export function serverWaitMs({ headers, error, now: ours }: WaitHint): number | null {
  const now = theirTime(headers) ?? ours;
  const told = headers === null ? null : (preciseMs(headers) ?? retryAfterMs(headers, now) ?? resetMs(headers, now));
  const waitMs = told ?? retryDelayMs(error);
  return waitMs !== null && waitMs > 0 ? waitMs : null;
}

/** Reads how long until a used-up quota is restored, in milliseconds; null when some of it is left, or the wait would be too long. */
export function quotaWaitMs(headers: Headers | null, now: Date): number | null {
  const waitMs = headers === null ? null : resetMs(headers, now);
  return waitMs !== null && waitMs > 0 && waitMs <= MAX_SERVER_WAIT_MS ? waitMs : null;
}

/** Times in headers are of the provider's clock, which may differ from the local one. */
function theirTime(headers: Headers | null): Date | null {
  const at = Date.parse(headers?.get("date") ?? "");
  return Number.isNaN(at) ? null : new Date(at);
}

function preciseMs(headers: Headers): number | null {
  const ms = Number.parseFloat(headers.get("retry-after-ms") ?? "");
  return Number.isFinite(ms) ? ms : null;
}

function retryAfterMs(headers: Headers, now: Date): number | null {
  const value = headers.get("retry-after")?.trim();
  if (!value) return null;
  if (/^\d+(\.\d+)?$/.test(value)) return Number(value) * 1000;
  const at = Date.parse(value);
  return Number.isNaN(at) ? null : at - now.getTime();
}

/** Reads when the used-up limit is restored: in seconds, as a duration (`6m0s`), or as a date. */
function resetMs(headers: Headers, now: Date): number | null {
  const waits = EXHAUSTIBLE.flatMap((what) => [
    remainingWait(headers.get(`x-ratelimit-remaining-${what}`), headers.get(`x-ratelimit-reset-${what}`), now),
    remainingWait(headers.get(`anthropic-ratelimit-${what}-remaining`), headers.get(`anthropic-ratelimit-${what}-reset`), now),
  ]);
  waits.push(remainingWait(headers.get("x-ratelimit-remaining"), headers.get("x-ratelimit-reset"), now));
  const known = waits.filter((wait) => wait !== null);
  return known.length > 0 ? Math.max(...known) : null;
}

function remainingWait(remaining: string | null, reset: string | null, now: Date): number | null {
  // Some hosts leave the value empty, or send -1 where there is no limit.
  if (!remaining || !reset || Number(remaining) !== 0) return null;
  if (/^\d+(\.\d+)?$/.test(reset)) return resetNumberMs(Number(reset), now);
  if (/^([\d.]+(ms|s|m|h|d))+$/.test(reset)) return durationMs(reset);
  const at = Date.parse(reset);
  return Number.isNaN(at) ? null : at - now.getTime();
}

/** A bare number is seconds to come, or a point in time in seconds or milliseconds. */
function resetNumberMs(value: number, now: Date): number {
  if (value < 1e9) return value * 1000;
  return (value < 1e11 ? value * 1000 : value) - now.getTime();
}

/** Google states `details[].retryDelay` in the error, such as `34s`. */
function retryDelayMs(error: JsonRecord): number | null {
  const delay = recordsIn(error, "details")
    .map((detail) => stringIn(detail, "retryDelay"))
    .find((value) => value !== null);
  return delay && delay.length <= MAX_DURATION_CHARS ? durationMs(delay) : null;
}

function durationMs(text: string): number {
  return [...text.matchAll(DURATION_PART)].reduce((sum, [, count, unit]) => sum + Number(count) * (UNIT_MS[unit ?? ""] ?? 0), 0);
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
