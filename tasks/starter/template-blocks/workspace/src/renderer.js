import { lookup } from "./scope.js";

const ESCAPES = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

/** Writes a tree with data. */
export function render(nodes, data) {
  return nodes.map((node) => (node.kind === "text" ? node.text : renderValue(node, data))).join("");
}

function renderValue(node, data) {
  const value = lookup(data, node.path);
  const text = value === null || value === undefined ? "" : String(value);
  return node.escaped ? text.replace(/[&<>"']/g, (character) => ESCAPES[character]) : text;
}
