import { Breather } from "../core/turn.ts";
import { withoutEscaped } from "./escaped.ts";
import { isTooDeep } from "./json.ts";

/** Takes every known secret out of a text. */
export type Redact = (text: string) => string;

const MIN_SECRET = 6;
const REDACTED = "[redacted]";

/** Knows the secrets of a run and removes them from texts; one that is learned later is removed from then on. */
export class SecretRedactor {
  readonly #spellings = new Set<string>();
  #longestFirst: readonly string[] = [];

  /** Adds a secret in each encoding that it could have in a body or a message. Words too short to be a key are left alone. */
  learn(secret: string): void {
    if (secret.length < MIN_SECRET) return;
    for (const spelling of spellingsOf(secret)) this.#spellings.add(spelling);
    this.#longestFirst = [...this.#spellings].toSorted((a, b) => b.length - a.length);
  }

  /** Returns whether a text, or the bytes of a file, hold a secret in any of its encodings. */
  readonly isIn = (text: string | Uint8Array): boolean => {
    const searched = typeof text === "string" ? text : Buffer.from(text.buffer, text.byteOffset, text.byteLength);
    return [...this.#spellings].some((spelling) => searched.includes(spelling));
  };

  /** Takes the secrets out, the longest first so that none survives as part of another; then those of which any letter is written as an escape. */
  readonly redact: Redact = (text) => {
    const clean = this.#longestFirst.reduce((rest, secret) => rest.replaceAll(secret, REDACTED), text);
    return withoutEscaped(clean, this.#longestFirst, REDACTED);
  };
}

/** Takes the secrets out of every text in a value of JSON, names of fields included; returns null for one that is nested too deeply to be searched. */
export function redactedIn(value: unknown, redact: Redact): unknown {
  return isTooDeep(value) ? null : redactedValue(value, redact);
}

function redactedValue(value: unknown, redact: Redact): unknown {
  if (typeof value === "string") return redact(value);
  if (Array.isArray(value)) return value.map((item) => redactedValue(item, redact));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [redact(key), redactedValue(inner, redact)]));
}

// A millisecond for each run's worth of keys; a key that lies across two pieces is seen in the overlap.
const PIECE_CHARS = 256 * 1024;
const OVERLAP_CHARS = 16 * 1024;
// A prime, so that a text of nothing but keys does not have a key at every border.
const BORDER_STEP = 1009;

/** Takes the secrets out of a long text piece by piece and lets others work in between. Secrets longer than 16,000 characters are not found across a border. */
export async function redactedLong(text: string, redact: Redact, breather = new Breather()): Promise<string> {
  const pieces: string[] = [];
  for (let start = 0; start < text.length; ) {
    const end = borderAfter(text, start + PIECE_CHARS, redact);
    pieces.push(redact(text.slice(start, end)));
    start = end;
    await breather.due();
  }
  return pieces.join("");
}

/** The next place, from `at` on, that is in no secret. */
function borderAfter(text: string, at: number, redact: Redact): number {
  for (let border = at; border < text.length; border += BORDER_STEP) {
    const [before, after] = [text.slice(border - OVERLAP_CHARS, border), text.slice(border, border + OVERLAP_CHARS)];
    if (redact(before + after) === redact(before) + redact(after)) return border;
  }
  return text.length;
}

// Searched as one text, because most answers hold no secret and a search for each of 100,000 words takes a second.
const GROUP_WORDS = 500;
const GROUP_CHARS = 64 * 1024;
const BETWEEN = "\u0000";

/** Takes the secrets out of every text in a value of JSON, as `redactedIn` does, and lets others work in between. For values of a bounded number of levels. */
export async function redactedAnswer(value: unknown, redact: Redact): Promise<unknown> {
  const breather = new Breather();
  const words = wordsIn(value);
  const clean: string[] = [];
  let isChanged = false;
  for (const group of grouped(words)) {
    const joined = group.join(BETWEEN);
    const isClean = (await redactedLong(joined, redact, breather)) === joined;
    if (isClean) clean.push(...group);
    else for (const word of group) clean.push(await redactedLong(word, redact, breather));
    isChanged ||= !isClean;
  }
  if (!isChanged) return value;
  let next = 0;
  return redactedValue(value, () => clean[next++] ?? "");
}

/** Names and texts of a value in the order in which `redactedValue` comes to them. */
function wordsIn(value: unknown, words: string[] = []): readonly string[] {
  if (typeof value === "string") words.push(value);
  else if (Array.isArray(value)) for (const item of value) wordsIn(item, words);
  else if (typeof value === "object" && value !== null) {
    for (const [name, inner] of Object.entries(value)) {
      words.push(name);
      wordsIn(inner, words);
    }
  }
  return words;
}

function* grouped(words: readonly string[]): Generator<readonly string[]> {
  let group: string[] = [];
  let length = 0;
  for (const word of words) {
    group.push(word);
    length += word.length;
    if (group.length < GROUP_WORDS && length < GROUP_CHARS) continue;
    yield group;
    group = [];
    length = 0;
  }
  yield group;
}

function spellingsOf(secret: string): readonly string[] {
  const json = JSON.stringify(secret).slice(1, -1);
  const percent = encodeURIComponent(secret);
  return [
    secret,
    json,
    JSON.stringify(json).slice(1, -1),
    json.replaceAll("/", "\\/"),
    json.replace(/[<>&+/]/g, (sign) => `\\u00${sign.charCodeAt(0).toString(16)}`),
    percent,
    percent.replace(/%../g, (code) => code.toLowerCase()),
    new URLSearchParams({ k: secret }).toString().slice(2),
    secret.replace(/[&<>"]/g, (sign) => HTML[sign] ?? sign),
    ...[0, 1, 2].map((offset) => base64Core(secret, offset)),
  ];
}

const HTML: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

/** The base64 of a secret regardless of the bytes around it, one form for each number of bytes before it in its first group. */
function base64Core(secret: string, offset: number): string {
  const text = Buffer.from("x".repeat(offset) + secret)
    .toString("base64")
    .replace(/={1,2}$/, "");
  const isOpen = (offset + Buffer.byteLength(secret)) % 3 !== 0;
  return text.slice(offset === 0 ? 0 : offset + 1, isOpen ? -1 : undefined);
}
