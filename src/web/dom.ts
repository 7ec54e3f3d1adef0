import { plainText } from "../core/printable.ts";
import type { Drawing } from "./chart/drawing.ts";

/** What an element may hold; null, undefined and false are left out. */
export type Content = Node | string | null | undefined | false | readonly Content[];

/** Attributes of an element: a function listens to the event of its name, true is an attribute without a value, and null or false is none. */
export type Attributes = Readonly<Record<string, string | number | boolean | null | undefined | (() => void)>>;

/** Makes an element. Texts among its content stay texts: none is ever read as HTML, and what cannot be seen in one becomes visible. */
export function h<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Attributes = {},
  ...content: readonly Content[]
): HTMLElementTagNameMap[Name] {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(key, value);
    else setAttribute(element, key, value);
  }
  element.append(...content.flatMap(flat));
  return element;
}

function setAttribute(element: Element, name: string, value: string | number | boolean | null | undefined): void {
  if (value === null || value === undefined || value === false) return;
  element.setAttribute(name, value === true ? "" : plainText(String(value)));
}

function flat(content: Content): readonly (Node | string)[] {
  if (content === null || content === undefined || content === false) return [];
  if (isList(content)) return content.flatMap(flat);
  return [typeof content === "string" ? plainText(content) : content];
}

function isList(content: Content): content is readonly Content[] {
  return Array.isArray(content);
}

/** Makes the elements of a drawing. */
export function drawn({ name, attributes, children }: Drawing): SVGElement {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, plainText(String(value)));
  element.append(...children.map((child) => (typeof child === "string" ? plainText(child) : drawn(child))));
  return element;
}

/** Finds an element of the frame by its id; throws where page.html has none. */
export function place(id: string): HTMLElement {
  const element = document.getElementById(id);
  if (!element) throw new Error(`Cannot show the page: it has no element "${id}"`);
  return element;
}

/** Makes a section that a reader can open and close; closed at first unless `isOpen`. */
export function folded(summary: string, content: Content, isOpen = false): HTMLElement {
  return h("details", { open: isOpen }, h("summary", {}, summary), content);
}

/** Makes a table with a heading for each column; `className` styles it. */
export function plainTable(className: string, headings: readonly string[], rows: readonly HTMLElement[]): HTMLElement {
  const head = headings.map((text) => h("th", { scope: "col" }, text));
  return h("table", { class: className }, h("thead", {}, h("tr", {}, head)), h("tbody", {}, rows));
}

/** Lets a name break before its `@`, where an arm's name ends and its run begins. */
export function breakable(name: string): readonly Content[] {
  return name.split(/(?=@)/).flatMap((part, index) => (index === 0 ? [part] : [h("wbr"), part]));
}
