import { isTooDeep } from "./json.ts";

/** Takes every known secret out of a text. */
export type Redact = (text: string) => string;

const MIN_SECRET = 6;
const REDACTED = "[redacted]";

/** Knows the secrets of a run and removes them from texts; one that is learned later is removed from then on. */
export class SecretRedactor {
  readonly #spellings = new Set<string>();

  /** Adds a secret in each encoding that it could have in a body or a message. Words too short to be a key are left alone. */
  learn(secret: string): void {
    if (secret.length < MIN_SECRET) return;
    for (const spelling of spellingsOf(secret)) this.#spellings.add(spelling);
  }

  /** Returns whether a text, or the bytes of a file, hold a secret in any of its encodings. */
  readonly isIn = (text: string | Uint8Array): boolean => {
    const searched = typeof text === "string" ? text : Buffer.from(text.buffer, text.byteOffset, text.byteLength);
    return [...this.#spellings].some((spelling) => searched.includes(spelling));
  };

  /** Takes the secrets out, the longest first so that none survives as part of another. */
  readonly redact: Redact = (text) => {
    const longestFirst = [...this.#spellings].toSorted((a, b) => b.length - a.length);
    return longestFirst.reduce((clean, secret) => clean.replaceAll(secret, REDACTED), text);
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
    .replace(/=+$/, "");
  const isOpen = (offset + Buffer.byteLength(secret)) % 3 !== 0;
  return text.slice(offset === 0 ? 0 : offset + 1, isOpen ? -1 : undefined);
}
