import { TemplateError } from "./errors.js";

/**
 * Cuts a template into tokens, each with the place where it begins: `{ kind: "text", text }`, `{ kind: "value", path, escaped }`,
 * `{ kind: "open", block, path }`, `{ kind: "close", block }`, `{ kind: "else", path }` (path is null in a plain one) and `{ kind: "comment" }`.
 */
export function tokenize(source) {
  const tokens = [];
  const placeOf = placesOf(source);
  let position = 0;
  let trimNext = false;
  const addText = (end, trimEnd) => {
    let text = source.slice(position, end);
    if (trimNext) text = text.trimStart();
    if (trimEnd) text = text.trimEnd();
    if (text !== "") tokens.push({ kind: "text", text, place: placeOf(position) });
  };
  while (position < source.length) {
    const open = source.indexOf("{{", position);
    if (open < 0) break;
    const raw = source.startsWith("{{{", open);
    const end = raw ? "}}}" : "}}";
    const close = source.indexOf(end, open);
    if (close < 0) {
      tokens.push({ kind: "fault", message: "the tag has no end", place: placeOf(open) });
      return tokens;
    }
    let content = source.slice(open + end.length, close);
    const trimBefore = content.startsWith("~");
    if (trimBefore) content = content.slice(1);
    addText(open, trimBefore);
    trimNext = content.endsWith("~");
    if (trimNext) content = content.slice(0, -1);
    tokens.push({ ...tag(content, raw), place: placeOf(open) });
    position = close + end.length;
  }
  addText(source.length, false);
  return tokens;
}

function tag(content, raw) {
  if (!raw && content.startsWith("!")) return { kind: "comment" };
  const text = content.trim();
  if (!raw && text.startsWith("#")) return openTag(words(text.slice(1)));
  if (!raw && text.startsWith("/")) return { kind: "close", block: text.slice(1).trim() };
  const [first, ...rest] = words(text);
  if (!raw && first === "else") return elseTag(rest);
  return isPath(text) ? { kind: "value", path: text, escaped: !raw } : fault(`not a path: ${text}`);
}

function openTag([block, path, ...more]) {
  if (!["if", "unless", "each", "with"].includes(block)) return fault(`unknown block: ${block ?? ""}`);
  return isPath(path) && more.length === 0 ? { kind: "open", block, path } : fault(`the block ${block} needs one path`);
}

function elseTag([word, path, ...more]) {
  if (word === undefined) return { kind: "else", path: null };
  return word === "if" && isPath(path) && more.length === 0 ? { kind: "else", path } : fault("expected else, or else if with one path");
}

function fault(message) {
  return { kind: "fault", message };
}

function words(text) {
  return text.split(/\s+/).filter((word) => word !== "");
}

/** Tells whether a text is a path such as `person.name`, `../name` or `@index`. */
export function isPath(text) {
  return /^(\.\.\/)*(\.|@(index|first|last|key)|[A-Za-z_$][\w$]*(\.[\w$]+)*)$/.test(text ?? "");
}

/** Throws what is wrong with a token. */
export function raise(token, message) {
  throw new TemplateError(message, token.place);
}

function placesOf(source) {
  const starts = [0];
  for (let at = source.indexOf("\n"); at >= 0; at = source.indexOf("\n", at + 1)) starts.push(at + 1);
  return (position) => {
    const line = starts.findLastIndex((start) => start <= position);
    return { line: line + 1, column: position - starts[line] + 1 };
  };
}
