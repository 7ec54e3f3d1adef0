import fc from "fast-check";
import { parse, stringify } from "yaml";
import { mutated, mutations } from "./mutation.ts";

const LAUGHS = ["l0: &l0 [x, x, x, x, x, x, x, x, x]"]
  .concat(
    [1, 2, 3, 4, 5, 6, 7, 8].map(
      (n) =>
        `l${n}: &l${n} [${Array(9)
          .fill(`*l${n - 1}`)
          .join(", ")}]`,
    ),
  )
  .join("\n");
const MERGED_LAUGHS = LAUGHS.replaceAll("[", "{<<: [").replaceAll("]", "]}").replace("[x, x, x, x, x, x, x, x, x]", "[{x: 1}]");

// What YAML itself reads in its own way.
const FRAGMENTS = [
  "&a ",
  "*a",
  "&a *a",
  "<<: *a\n",
  "{<<: [*a, *a]}",
  "!!binary ",
  "!!js/function ",
  "!odd ",
  "!!set {a, b}",
  "!!timestamp 2001-01-01",
  "---\n",
  "...\n",
  "%YAML 1.1\n---\n",
  "%ODD x\n---\n",
  "\t",
  "\n\t",
  "\ufeff",
  "\r",
  "\u0000",
  "\u001b[31m",
  "\u2028",
  "\u0085",
  "\ud800",
  "? [a, b]\n: c\n",
  "- ",
  ": ",
  "{",
  "}",
  "[",
  "]",
  '"',
  "'",
  "|\n",
  ">-\n",
  " #",
  "@",
  "`",
  ".nan",
  "-.inf",
  "1e999",
  "0x7fffffffffffffffffff",
  "~",
  "[".repeat(3000),
  "{a: ".repeat(300),
  "x".repeat(5000),
  `\n${LAUGHS}\n`,
  `\n${MERGED_LAUGHS}\n`,
];

const ODD_TEXTS = [
  "",
  " ",
  "yes",
  "null",
  "../..",
  "/etc/passwd",
  "a\nb",
  "\u001b[31mred",
  "\u0000",
  "\u202etxt",
  "é",
  "x".repeat(3000),
  "-1",
  "1e400",
];
const ODD_NUMBERS = [0, -0, -1, 0.5, 1e-300, 1e300, 2 ** 53, 2 ** 31, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];

/** Values of every type that a person might write in the place of another. */
const oddValues: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom(...ODD_TEXTS),
  fc.constantFrom(...ODD_NUMBERS),
  fc.constantFrom(null, true, false, [], {}, [[]], [null], { a: 1 }, { "a\nb": "c" }),
  fc.string({ unit: "binary", maxLength: 20 }),
  fc.array(fc.constantFrom(...ODD_TEXTS), { maxLength: 4 }),
);

/** Files that are nearly what `sample` is: values changed in meaning, or text changed in spelling, down to bytes that are no text. */
export function brokenYaml(sample: string): fc.Arbitrary<Uint8Array> {
  const meaning = mutations(oddValues).map((changes) => stringify(mutated(parse(sample, { merge: true }), changes)));
  const spelling = fc.array(textEdits, { minLength: 1, maxLength: 4 }).map((edits) => edits.reduce((text, edit) => edit(text), sample));
  return fc
    .tuple(fc.oneof(meaning, spelling), fc.option(fc.record({ at: fc.nat(), byte: fc.integer({ min: 128, max: 255 }) }), { freq: 8 }))
    .map(([text, spoilt]) => {
      const bytes = new TextEncoder().encode(text);
      if (spoilt && bytes.length > 0) bytes[spoilt.at % bytes.length] = spoilt.byte;
      return bytes;
    });
}

type Edit = (text: string) => string;

const textEdits: fc.Arbitrary<Edit> = fc.oneof(
  fc.tuple(fc.nat(), fc.constantFrom(...FRAGMENTS)).map(
    ([at, fragment]): Edit =>
      (text) =>
        spliced(text, at, 0, fragment),
  ),
  fc.tuple(fc.nat(), fc.constantFrom(...FRAGMENTS)).map(
    ([at, fragment]): Edit =>
      (text) =>
        afterColon(text, at, fragment),
  ),
  fc.tuple(fc.nat(), fc.nat(40)).map(
    ([at, length]): Edit =>
      (text) =>
        spliced(text, at, length, ""),
  ),
  fc.nat().map(
    (at): Edit =>
      (text) =>
        text.slice(0, at % (text.length + 1)),
  ),
  fc.tuple(fc.nat(), fc.nat()).map(
    ([from, to]): Edit =>
      (text) =>
        lineCopied(text, from, to),
  ),
  fc.constant<Edit>((text) => text.replaceAll("\n", "\r\n")),
  fc.constant<Edit>((text) => `\ufeff${text}`),
  fc.constant<Edit>((text) => text.replaceAll("  ", "\t")),
  fc.constant<Edit>((text) => `${text}\n---\n${text}`),
);

function spliced(text: string, at: number, length: number, fragment: string): string {
  const start = at % (text.length + 1);
  return text.slice(0, start) + fragment + text.slice(start + length);
}

function afterColon(text: string, at: number, fragment: string): string {
  const colons = [...text.matchAll(/: /g)].map(({ index }) => index + 2);
  return spliced(text, colons[at % Math.max(1, colons.length)] ?? 0, 0, fragment);
}

function lineCopied(text: string, from: number, to: number): string {
  const lines = text.split("\n");
  lines.splice(to % lines.length, 0, lines[from % lines.length] ?? "");
  return lines.join("\n");
}
