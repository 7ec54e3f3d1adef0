/** A secret under a name that may be shown. */
export type Secret = { readonly name: string; readonly value: string };

/** How a program writes a secret, and what of that gives it away. */
type Spelling = { readonly how: string; readonly text: string; readonly trace: string };

/** The ways in which a secret is written by programs that pass it on. */
export function spellingsOf(value: string): readonly Spelling[] {
  const json = JSON.stringify(value).slice(1, -1);
  const percent = encodeURIComponent(value);
  const whole = {
    plain: value,
    JSON: json,
    "JSON twice": JSON.stringify(json).slice(1, -1),
    "JSON of PHP": json.replaceAll("/", "\\/"),
    "JSON of ASCII alone": json.replace(/[<>&+/]/g, (sign) => `\\u00${sign.charCodeAt(0).toString(16)}`),
    percent,
    "percent in small letters": percent.replace(/%../g, (code) => code.toLowerCase()),
    "percent of a form": new URLSearchParams({ k: value }).toString().slice(2),
    HTML: htmlOf(value),
    base64: Buffer.from(value).toString("base64"),
  };
  const inner = ["a", "me"].map((user) => ({
    how: `base64 behind ${user}`,
    text: base64(user + value),
    trace: base64Core(value, user.length),
  }));
  return [...Object.entries(whole).map(([how, text]) => ({ how, text, trace: text })), ...inner];
}

function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}

/** Writes a secret as an HTML page does. */
function htmlOf(value: string): string {
  const signs: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
  return value.replace(/[&<>"]/g, (sign) => signs[sign] ?? sign);
}

// What is the same in base64 whatever stands before and after.
function base64Core(value: string, offset: number): string {
  return base64("x".repeat(offset) + value).slice(offset + 1, -4);
}

/** Names the secrets that are in some bytes, each with its spellings; more than half of a secret counts as one. */
export function leaksIn(bytes: Uint8Array | string, secrets: readonly Secret[]): readonly string[] {
  const all = Buffer.from(bytes as Uint8Array);
  return secrets.flatMap(({ name, value }) => {
    const found = spellingsOf(value).filter(({ trace }) => all.includes(trace));
    const isCut = found.length === 0 && all.includes(value.slice(0, Math.ceil(value.length / 2)));
    const how = isCut ? ["cut off"] : found.map((spelling) => spelling.how);
    return how.length === 0 ? [] : [`${name} (${how.join(", ")})`];
  });
}
