import { tokenize } from "./lexer.js";

/** Turns a template into a tree: a list of `text` and `value` nodes. */
export function parse(source) {
  return tokenize(source).filter((token) => token.kind !== "comment");
}
