import { plainText } from "../../core/printable.ts";

/** An element of an SVG drawing as plain data, which a browser makes elements of and a report writes as text. */
export type Drawing = {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string | number>>;
  readonly children: readonly (Drawing | string)[];
};

/** What an element of a drawing may hold; null is left out. */
export type DrawingContent = Drawing | string | null | readonly DrawingContent[];

/** Makes an element of a drawing; texts among its content stay texts. */
export function svg(name: string, attributes: Drawing["attributes"] = {}, ...content: readonly DrawingContent[]): Drawing {
  return { name, attributes, children: content.flatMap(flat) };
}

function flat(content: DrawingContent): readonly (Drawing | string)[] {
  if (content === null) return [];
  return isList(content) ? content.flatMap(flat) : [content];
}

function isList(content: DrawingContent): content is readonly DrawingContent[] {
  return Array.isArray(content);
}

/** Writes a drawing as markup that can stand in an HTML document. */
export function drawingMarkup({ name, attributes, children }: Drawing): string {
  const written = Object.entries(attributes).map(([key, value]) => ` ${key}="${escapeMarkup(String(value))}"`);
  const start = `<${name}${written.join("")}`;
  if (children.length === 0) return `${start}/>`;
  const inner = children.map((child) => (typeof child === "string" ? escapeMarkup(child) : drawingMarkup(child)));
  return `${start}>${inner.join("")}</${name}>`;
}

/** Makes text of unknown origin safe to stand in HTML, between tags or in an attribute. */
export function escapeMarkup(text: string): string {
  return plainText(text).replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
