import { raise, tokenize } from "./lexer.js";

/**
 * Turns a template into a tree: a list of `text` nodes, `value` nodes and blocks `{ kind: "if" | "unless" | "each" | "with", path, body, otherwise }`.
 */
export function parse(source) {
  const root = { body: [] };
  // Each open block: its tag, the list that nodes go to now, and whether its else was there.
  const open = [{ tag: null, nodes: root.body, elseSeen: false }];
  for (const token of tokenize(source)) {
    const top = open.at(-1);
    if (token.kind === "fault") raise(token, token.message);
    else if (token.kind === "open") {
      const block = { kind: token.block, path: token.path, body: [], otherwise: [] };
      top.nodes.push(block);
      open.push({ tag: token, block, nodes: block.body, elseSeen: false });
    } else if (token.kind === "else") turn(top, token);
    else if (token.kind === "close") {
      if (top.tag === null || top.tag.block !== token.block) raise(token, `nothing to close with ${token.block}`);
      open.pop();
    } else if (token.kind !== "comment") top.nodes.push(token);
  }
  const top = open.at(-1);
  if (top.tag !== null) raise(top.tag, `the block ${top.tag.block} is not closed`);
  return root.body;
}

/** Goes on in the else part; an `else if` is a block of its own in there, ended by the same closing tag. */
function turn(top, token) {
  if (top.tag === null) raise(token, "else outside of a block");
  if (top.elseSeen) raise(token, "else was there already");
  if (token.path === null) {
    top.elseSeen = true;
    top.nodes = top.block.otherwise;
    return;
  }
  const inner = { kind: "if", path: token.path, body: [], otherwise: [] };
  top.block.otherwise.push(inner);
  top.block = inner;
  top.nodes = inner.body;
}
