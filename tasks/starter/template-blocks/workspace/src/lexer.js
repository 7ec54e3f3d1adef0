import { TemplateError } from "./errors.js";

/**
 * Cuts a template into tokens: `{ kind: "text", text }`, `{ kind: "value", path, escaped }` and `{ kind: "comment" }`, each with
 * the place where it begins.
 */
export function tokenize(source) {
  const tokens = [];
  let position = 0;
  while (position < source.length) {
    const open = source.indexOf("{{", position);
    if (open < 0) {
      tokens.push({ kind: "text", text: source.slice(position), place: placeOf(source, position) });
      break;
    }
    if (open > position) tokens.push({ kind: "text", text: source.slice(position, open), place: placeOf(source, position) });
    const raw = source.startsWith("{{{", open);
    const end = raw ? "}}}" : "}}";
    const close = source.indexOf(end, open);
    if (close < 0) throw new TemplateError("the tag has no end", placeOf(source, open));
    tokens.push({ ...tag(source.slice(open + end.length, close), raw, placeOf(source, open)) });
    position = close + end.length;
  }
  return tokens;
}

function tag(content, raw, place) {
  if (!raw && content.startsWith("!")) return { kind: "comment", place };
  const path = content.trim();
  if (!isPath(path)) throw new TemplateError(`not a path: ${path}`, place);
  return { kind: "value", path, escaped: !raw, place };
}

/** Tells whether a text is a path such as `person.name`. */
export function isPath(text) {
  return text === "." || /^[A-Za-z_$][\w$]*(\.[\w$]+)*$/.test(text);
}

/** The line and column of a position, counted from 1. */
export function placeOf(source, position) {
  const before = source.slice(0, position).split("\n");
  return { line: before.length, column: before.at(-1).length + 1 };
}
