import { parse } from "./parser.js";
import { render } from "./renderer.js";

/** Prepares a template; the returned function writes it with data. Throws TemplateError for a faulty template. */
export function compile(source) {
  const nodes = parse(source);
  return (data) => render(nodes, data);
}
