import { createHash } from "node:crypto";

/** A code file, and the text it replaces ("" for a new file). */
export type Rewrite = { readonly path: string; readonly before: string; readonly after: string };

/** One way to break one line. Loops are left alone: few authors would submit a solution that never ends. */
type Slip = { readonly line: number; readonly text: string };

const FLIPS: readonly (readonly [RegExp, string])[] = [
  [/ === /, " !== "],
  [/ !== /, " === "],
  [/ == /, " != "],
  [/ != /, " == "],
  [/ <= /, " > "],
  [/ >= /, " < "],
  [/ < /, " >= "],
  [/ > /, " <= "],
  [/ not in /, " in "],
  [/(?<!for .*) in /, " not in "],
  [/ and /, " or "],
  [/ or /, " and "],
  [/ && /, " || "],
  [/ \|\| /, " && "],
  [/\bTrue\b/, "False"],
  [/\bFalse\b/, "True"],
  [/\btrue\b/, "false"],
  [/\bfalse\b/, "true"],
  [/ \+ /, " - "],
  [/ - /, " + "],
  [/ \* /, " + "],
  [/ % /, " * "],
];
const NUMBER = /(?<![\w."'#])\d+(?![\w."'])/;
const RETURN = /^(\s*return) +([^;]+)(;?\s*)$/;
const UNTOUCHED = /^\s*(#|\/\/|\*|import\b|from\b|while\b|for\b|@|$)|[+\-*/]=|__name__/;
// Data or generated code, which no author mistypes; some of the patterns take the square of the length of a line.
const MAX_LINE = 1000;
const BLOCK_MARK = /"""|'''|\/\*|\*\//g;

/**
 * Mutates a solution as a hasty author might: a comparison, an operator, a number or a returned value is wrong in one place of what the
 * solution adds. The same seed gives the same mutation. Null when no line of it can be mutated.
 */
export function mutate(rewrite: Rewrite, seed: string): string | null {
  const lines = rewrite.after.split("\n");
  const known = new Set(rewrite.before.split("\n"));
  const prose = proseLines(lines);
  const added = lines.flatMap((text, line) =>
    known.has(text) || prose.has(line) || text.length > MAX_LINE || UNTOUCHED.test(text) ? [] : [{ line, text }],
  );
  const slips = [flipSlips, numberSlips, returnSlips].map((find) => added.flatMap(find)).filter((found) => found.length > 0);

  const slip = pickBy(seededDraw(seed, "slip"), pickBy(seededDraw(seed, "way"), slips) ?? []);
  if (slip === undefined) return null;
  return lines.with(slip.line, slip.text).join("\n");
}

/** The lines that belong to a docstring or a block comment, its first and last line included. */
function proseLines(lines: readonly string[]): ReadonlySet<number> {
  const prose = new Set<number>();
  let isInside = false;
  for (const [line, text] of lines.entries()) {
    const marks = text.match(BLOCK_MARK)?.length ?? 0;
    if (isInside || marks > 0) prose.add(line);
    if (marks % 2 === 1) isInside = !isInside;
  }
  return prose;
}

function flipSlips({ line, text }: Slip): Slip[] {
  const code = text.replace(/(["'`]).*\1|(#|\/\/) .*$/g, (quoted) => "\0".repeat(quoted.length));
  return FLIPS.flatMap(([pattern, flipped]) => {
    const found = pattern.exec(code);
    if (found === null) return [];
    return [{ line, text: text.slice(0, found.index) + flipped + text.slice(found.index + found[0].length) }];
  });
}

function numberSlips({ line, text }: Slip): Slip[] {
  const wrong = text.replace(NUMBER, (digits) => String(Number(digits) + 1));
  return wrong === text ? [] : [{ line, text: wrong }];
}

function returnSlips({ line, text }: Slip): Slip[] {
  const found = RETURN.exec(text);
  if (found === null || !hasBalancedBrackets(found[2] ?? "")) return [];
  return [{ line, text: `${found[1]}${found[3]}` }];
}

function hasBalancedBrackets(text: string): boolean {
  const count = (characters: RegExp): number => text.match(characters)?.length ?? 0;
  return count(/[([{]/g) === count(/[)\]}]/g) && !/[,\\]\s*$/.test(text);
}

/** Draws a number in [0, 1) that depends on the given parts and on nothing else. */
export function seededDraw(...parts: readonly (string | number)[]): number {
  const digest = createHash("sha256").update(JSON.stringify(parts)).digest();
  return digest.readUIntBE(0, 6) / 2 ** 48;
}

/** Picks one of the items by a draw in [0, 1); undefined when there is none. */
export function pickBy<T>(draw: number, items: readonly T[]): T | undefined {
  return items[Math.floor(draw * items.length)];
}
