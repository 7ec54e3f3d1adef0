import { CST, Lexer } from "yaml";

// A suite that lists thousands of tasks has half as many. Parsing as many takes a second; each escape in a text counts, since each can be an error.
const MAX_TOKENS = 50_000;
// Each alias may stand for a large part of the file, and is looked for in all of it.
const MAX_ALIASES_TIMES_TOKENS = 500_000;
// Lists and groups inside one another; the deepest settings that a provider takes have a fifth of that. The parser calls itself once for each
// level, and a regular expression that Node first compiles where the stack ends takes the process down instead of throwing.
const MAX_DEPTH = 50;

/** Why a YAML text is not parsed, and the line, counted from 1, at which that shows. */
export type YamlFault = { readonly line: number; readonly problem: string };

/**
 * Reads the tokens of a YAML text, without building anything of them, to find texts whose parsing would take much longer than their size
 * suggests; null for a text that may be parsed. It takes time proportional to the length of the text and stops at the first limit.
 */
export function faultOfYaml(text: string): YamlFault | null {
  if (isHarmless(text)) return null;
  let [line, tokens, aliases] = [1, 0, 0];
  const levels = new Levels();
  for (const source of new Lexer().lex(text)) {
    const type = CST.tokenType(source);
    tokens += type === "double-quoted-scalar" ? 1 + timesIn(source, "\\") : 1;
    if (type === "alias") aliases++;
    levels.take(type, source);
    if (levels.depth > MAX_DEPTH) return { line, problem: `is nested more than ${MAX_DEPTH} levels deep; use fewer levels` };
    if (tokens > MAX_TOKENS) return { line, problem: `holds more than ${MAX_TOKENS} words and signs; use a smaller file` };
    line += timesIn(source, "\n");
  }
  if (aliases * tokens <= MAX_ALIASES_TIMES_TOKENS) return null;
  return { line: 1, problem: `has ${aliases} aliases, too many for its size; write the values out` };
}

// Most files of tasks: each level takes one of these signs, and each token a character, so that no limit can be reached.
function isHarmless(text: string): boolean {
  if (text.length ** 2 > MAX_ALIASES_TIMES_TOKENS) return false;
  let signs = 0;
  for (const character of text) if ("[{-?:".includes(character)) signs++;
  return signs <= MAX_DEPTH;
}

type Token = ReturnType<typeof CST.tokenType>;

// The lexer's marks for "a document begins", "a plain text follows" and the like take no room in the file.
const MARKS: ReadonlySet<string> = new Set([CST.BOM, CST.DOCUMENT, CST.FLOW_END, CST.SCALAR]);

/**
 * How deep lists and groups lie inside one another at a token, for the parser that follows: by brackets and braces, by the columns at which the
 * open ones without brackets begin, and by signs where YAML allows none, which that parser may nest in any order.
 */
class Levels {
  #brackets = 0;
  #columns: number[] = [];
  #misplaced = 0;
  #column = 0;
  #line: { readonly firstColumn: number; signs: number; hasValue: boolean } | null = null;

  get depth(): number {
    return this.#brackets + this.#columns.length + this.#misplaced;
  }

  take(type: Token, source: string): void {
    if (MARKS.has(source)) return;
    if (type === "doc-start" || type === "doc-end") [this.#columns, this.#misplaced] = [[], 0];
    if (type === "flow-map-start" || type === "flow-seq-start") this.#brackets++;
    if (type === "flow-map-end" || type === "flow-seq-end") this.#brackets = Math.max(0, this.#brackets - 1);
    if (type !== "space") this.#line ??= { firstColumn: this.#column, signs: 0, hasValue: false };
    // Between brackets no sign and no column nests anything.
    if (this.#brackets === 0 && (type === "seq-item-ind" || type === "explicit-key-ind" || type === "map-value-ind")) this.#sign(type);
    const newline = source.lastIndexOf("\n");
    this.#column = newline === -1 ? this.#column + source.length : source.length - newline - 1;
    if (source.endsWith("\n")) this.#line = null;
  }

  #sign(type: Token): void {
    const line = this.#line;
    if (line === null) return;
    if (line.hasValue) {
      this.#misplaced++;
      return;
    }
    // What begins where this line does, or right of it, has ended; what follows on the same line lies inside.
    const isFirst = line.signs === 0;
    if (isFirst) while ((this.#columns.at(-1) ?? -1) >= line.firstColumn) this.#columns.pop();
    this.#columns.push(isFirst ? line.firstColumn : this.#column);
    line.signs++;
    line.hasValue = type === "map-value-ind" && this.#column !== line.firstColumn;
  }
}

function timesIn(text: string, sign: string): number {
  let times = 0;
  for (let at = text.indexOf(sign); at !== -1; at = text.indexOf(sign, at + 1)) times++;
  return times;
}
