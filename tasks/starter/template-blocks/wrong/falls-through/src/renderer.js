import { innerScope, lookup, loopScope, rootScope } from "./scope.js";

const ESCAPES = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

/** Writes a tree with data. */
export function render(nodes, data) {
  return renderAll(nodes, rootScope(data));
}

function renderAll(nodes, scope) {
  return nodes.map((node) => renderNode(node, scope)).join("");
}

function renderNode(node, scope) {
  if (node.kind === "text") return node.text;
  const value = lookup(scope, node.path);
  switch (node.kind) {
    case "value":
      return renderValue(value, node.escaped);
    case "if":
      return renderAll(isEmpty(value) ? node.otherwise : node.body, scope);
    case "unless":
      return renderAll(isEmpty(value) ? node.body : node.otherwise, scope);
    case "with":
      return isEmpty(value) ? renderAll(node.otherwise, scope) : renderAll(node.body, innerScope(scope, value));
    default:
      return renderEach(node, scope, value);
  }
}

function renderEach(node, scope, value) {
  const entries = entriesOf(value);
  if (entries.length === 0) return renderAll(node.otherwise, scope);
  const last = entries.length - 1;
  return entries
    .map(([key, element], index) => renderAll(node.body, loopScope(scope, element, { index, key, first: index === 0, last: index === last })))
    .join("");
}

function entriesOf(value) {
  if (Array.isArray(value)) return Array.from(value, (element, index) => [index, element]);
  return typeof value === "object" && value !== null ? Object.entries(value) : [];
}

function isEmpty(value) {
  return !value || (Array.isArray(value) && value.length === 0);
}

function renderValue(value, escaped) {
  const text = value === null || value === undefined ? "" : String(value);
  return escaped ? text.replace(/[&<>"']/g, (character) => ESCAPES[character]) : text;
}
