import { XMLParser, XMLValidator } from "fast-xml-parser";
import { textOf } from "./reported-tests.ts";

/** An element of an XML document: its name, attributes, text (its own, joined), and the elements in it, in order. */
export type XmlElement = {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly text: string;
  readonly children: readonly XmlElement[];
};

const ATTRIBUTES = ":@";
const TEXT = "#text";
const CDATA = "#cdata";
// No report of a test framework is nested deeper than suites are.
const MAX_DEPTH = 100;

/** Reads an XML document; null if the bytes are none, or declare a document type, whose entities could grow without end. */
export function readXml(bytes: Uint8Array): XmlElement | null {
  const text = textOf(bytes).replace(/^\ufeff/, "");
  if (text.includes("<!DOCTYPE") || text.includes("<!ENTITY")) return null;
  try {
    if (XMLValidator.validate(text, { allowBooleanAttributes: false }) !== true) return null;
    const parser = new XMLParser({
      preserveOrder: true,
      ignoreAttributes: false,
      attributeNamePrefix: "",
      parseTagValue: false,
      parseAttributeValue: false,
      trimValues: false,
      ignoreDeclaration: true,
      ignorePiTags: true,
      htmlEntities: true,
      cdataPropName: CDATA,
    });
    const [root] = elementsOf(parser.parse(text), 0);
    return root ?? null;
  } catch {
    return null;
  }
}

function elementsOf(nodes: unknown, depth: number): readonly XmlElement[] {
  if (!Array.isArray(nodes)) return [];
  if (depth > MAX_DEPTH) throw new RangeError("nested too deeply");
  return nodes.flatMap((node: Record<string, unknown>) => {
    const name = Object.keys(node).find((key) => key !== ATTRIBUTES);
    if (name === undefined || name === TEXT || name === CDATA) return [];
    const children = node[name];
    const attributes = Object.entries((node[ATTRIBUTES] ?? {}) as Record<string, unknown>);
    return [
      {
        name,
        attributes: new Map(attributes.map(([key, value]) => [key, String(value)])),
        text: textIn(children),
        children: elementsOf(children, depth + 1),
      },
    ];
  });
}

function textIn(nodes: unknown): string {
  if (!Array.isArray(nodes)) return "";
  return nodes
    .map((node: Record<string, unknown>) => {
      if (TEXT in node) return String(node[TEXT]);
      return CDATA in node ? textIn(node[CDATA]) : "";
    })
    .join("");
}
