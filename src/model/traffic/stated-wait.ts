import { type JsonRecord, recordIn, recordsIn } from "../json.ts";

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const DURATION_PART = /([\d.]{1,20})(ms|s|m|h|d)/g;
/** Longer texts are no durations; to search one of a megabyte for them would take hours. */
const MAX_DURATION_CHARS = 40;
/** Fields of an error that give a wait in seconds, and in milliseconds. */
const SECONDS = [
  "retry_after",
  "retry_after_seconds",
  "resets_in_seconds",
  "reset_after_seconds",
  "reset_in_seconds",
  "estimated_time",
  "wait_seconds",
];
const MILLISECONDS = ["retry_after_ms", "retryAfterMs", "resets_in_ms"];
/** Fields that give a point in time. */
const TIMES = ["resets_at", "reset_at", "reset_time", "resetTime", "next_flush_time", "retry_at"];

/** "try again in 7.2s", "Please try again in 1m30s", "retry after 20 seconds", "reset after 46h17m". */
const IN_WORDS =
  /\b(?:again|retry|wait|resets?|available) (?:in |after |for |another )?(?:about )?(\d{1,9}(?:\.\d{1,12})?) ?(milliseconds?|ms|seconds?|secs?|minutes?|mins?|hours?|hrs?|days?|[smhd])(?=$|[^a-z])((?:\d{1,9}(?:\.\d{1,12})?(?:ms|s|m|h)){0,3})/;
/** "Your limit will reset at 2026-09-04 19:01:25", "Resets at 2026-08-07T05:00:00Z", "You will regain access on 2026-12-01 at 00:00 UTC". */
const AT_TIME =
  /(?:resets?|access|again) (?:at|on) (\d{4}-\d\d-\d\d)(?:[t ]|,? at )(\d\d:\d\d(?::\d\d)?)(?:\.\d{1,9})?( ?utc| ?z|[+-]\d\d:\d\d)?/;

/** Reads a duration such as `6m0s` or `34.5s`, in milliseconds; null for a text that is none. */
export function durationMs(text: string): number | null {
  if (text.length > MAX_DURATION_CHARS || !/^[\d.]{1,20}(?:ms|s|m|h|d)/.test(text)) return null;
  return [...text.matchAll(DURATION_PART)].reduce((sum, [, count, unit]) => sum + Number(count) * (UNIT_MS[unit ?? ""] ?? 0), 0);
}

/** Reads the point in time, or the seconds to come, that a bare number gives: in seconds or milliseconds since 1970. Returns the wait in milliseconds. */
export function resetNumberMs(value: number, now: Date): number {
  if (value < 1e9) return value * 1000;
  return (value < 1e11 ? value * 1000 : value) - now.getTime();
}

/** Reads how long an error asks to wait, in its fields or in its words (`text`, in lower case), in milliseconds; null where it does not say. */
export function statedWaitMs(error: JsonRecord, text: string, now: Date): number | null {
  for (const holder of [error, recordIn(error, "metadata"), recordIn(error, "details"), ...recordsIn(error, "details")]) {
    const waitMs = fieldWaitMs(holder, now);
    if (waitMs !== null) return waitMs;
  }
  return wordsWaitMs(text, now);
}

function fieldWaitMs(holder: JsonRecord, now: Date): number | null {
  // Google states `details[].retryDelay`, such as `34s`.
  const { retryDelay } = holder;
  const delayMs = typeof retryDelay === "string" ? durationMs(retryDelay) : null;
  if (delayMs !== null) return delayMs;
  for (const field of MILLISECONDS) if (isCount(holder[field])) return Number(holder[field]);
  for (const field of SECONDS) if (isCount(holder[field])) return Number(holder[field]) * 1000;
  for (const field of TIMES) {
    const value = holder[field];
    if (isCount(value)) return resetNumberMs(Number(value), now);
    const at = typeof value === "string" && value.length <= MAX_DURATION_CHARS ? Date.parse(value) : Number.NaN;
    if (!Number.isNaN(at)) return at - now.getTime();
  }
  return null;
}

function isCount(value: unknown): boolean {
  if (typeof value === "number") return Number.isFinite(value) && value >= 0;
  return typeof value === "string" && /^\d{1,15}(?:\.\d{1,12})?$/.test(value);
}

function wordsWaitMs(text: string, now: Date): number | null {
  const inWords = IN_WORDS.exec(text);
  if (inWords !== null) {
    const [, count = "", unit = "", rest = ""] = inWords;
    return Number(count) * unitMs(unit) + (durationMs(rest) ?? 0);
  }
  const [, day, time, zone] = AT_TIME.exec(text) ?? [];
  if (day === undefined || time === undefined) return null;
  const offset = zone === undefined || /[uz]/.test(zone) ? "Z" : zone.trim();
  const at = Date.parse(`${day}T${time}${offset}`);
  return Number.isNaN(at) ? null : at - now.getTime();
}

function unitMs(unit: string): number {
  if (unit === "ms" || unit.startsWith("milli")) return 1;
  return UNIT_MS[unit[0] ?? ""] ?? 0;
}
