import { CST, Lexer } from "yaml";

// A suite that lists thousands of tasks has half as many. Parsing as many takes a second; each escape in a text counts, since each can be an error.
const MAX_TOKENS = 50_000;
// Each alias may stand for a large part of the file, and is looked for in all of it.
const MAX_ALIASES_TIMES_TOKENS = 500_000;
// Brackets and braces inside one another; the deepest settings that a provider takes have a fifth of that.
const MAX_FLOW_DEPTH = 50;

/** Why a YAML text is not parsed, and the line, counted from 1, at which that shows. */
export type YamlFault = { readonly line: number; readonly problem: string };

/**
 * Reads the tokens of a YAML text, without building anything of them, to find texts whose parsing would take much longer than their size
 * suggests; null for a text that may be parsed. It takes time proportional to the length of the text and stops at the first limit.
 */
export function faultOfYaml(text: string): YamlFault | null {
  let [line, tokens, aliases, depth] = [1, 0, 0, 0];
  for (const source of new Lexer().lex(text)) {
    const type = CST.tokenType(source);
    tokens += type === "double-quoted-scalar" ? 1 + timesIn(source, "\\") : 1;
    if (type === "alias") aliases++;
    if (type === "flow-map-start" || type === "flow-seq-start") depth++;
    if (type === "flow-map-end" || type === "flow-seq-end") depth = Math.max(0, depth - 1);
    if (depth > MAX_FLOW_DEPTH) return { line, problem: `is nested more than ${MAX_FLOW_DEPTH} levels deep; use fewer levels` };
    if (tokens > MAX_TOKENS) return { line, problem: `holds more than ${MAX_TOKENS} words and signs; use a smaller file` };
    line += timesIn(source, "\n");
  }
  if (aliases * tokens <= MAX_ALIASES_TIMES_TOKENS) return null;
  return { line: 1, problem: `has ${aliases} aliases, too many for its size; write the values out` };
}

function timesIn(text: string, sign: string): number {
  let times = 0;
  for (let at = text.indexOf(sign); at !== -1; at = text.indexOf(sign, at + 1)) times++;
  return times;
}
