import { Parser } from "htmlparser2";
import { Breather } from "../core/turn.ts";

/** The text of a page, and whether the rest of it was left out. */
export type HtmlText = { readonly text: string; readonly isCut: boolean };

const CHUNK_CHARS = 4096;
// The parser looks for the beginning of an element among all that are open.
const MAX_DEPTH = 300;
const LINE_COLUMNS = 120;
const MAX_HREF = 500;

const SKIPPED: ReadonlySet<string> = new Set([
  "script",
  "style",
  "template",
  "noscript",
  "svg",
  "iframe",
  "object",
  "select",
  "button",
  "head",
]);
const PARAGRAPHS: ReadonlySet<string> = new Set([
  "p",
  "h1",
  "h2",
  "h3",
  "h4",
  "h5",
  "h6",
  "ul",
  "ol",
  "dl",
  "table",
  "pre",
  "blockquote",
  "section",
  "article",
  "hr",
]);
const LINES: ReadonlySet<string> = new Set([
  "div",
  "li",
  "tr",
  "dt",
  "dd",
  "br",
  "header",
  "footer",
  "nav",
  "aside",
  "main",
  "figure",
  "figcaption",
  "caption",
  "option",
  "form",
]);
const HEADING = /^h[1-6]$/;

/**
 * Makes readable text of HTML: what a reader sees, line by line, headings marked with `#`, items with `-`, cells divided by `|`, and whole addresses of links behind their
 * texts. The page comes from strangers: it is read in small pieces between which others have their turn, and no further where too many elements are open.
 */
export async function htmlText(html: string, url: URL): Promise<HtmlText> {
  const writer = new TextWriter(url);
  const parser = new Parser({
    onopentag: (name, attributes) => writer.open(name, attributes),
    onclosetag: (name) => writer.close(name),
    ontext: (text) => writer.add(text),
  });
  const breather = new Breather();
  let at = 0;
  for (; at < html.length && writer.depth <= MAX_DEPTH; at += CHUNK_CHARS) {
    parser.write(html.slice(at, at + CHUNK_CHARS));
    await breather.due();
  }
  const isCut = at < html.length;
  // Closing all that is open would take the time of the square of it.
  if (!isCut) parser.end();
  return { text: writer.text(), isCut };
}

class TextWriter {
  readonly #url: URL;
  readonly #lines: string[] = [];
  #line = "";
  #isSpaceDue = false;
  #hasCell = false;
  #skipDepth = 0;
  #preDepth = 0;
  readonly #links: { readonly href: string; readonly text: string[] }[] = [];
  depth = 0;

  constructor(url: URL) {
    this.#url = url;
  }

  open(name: string, attributes: Readonly<Record<string, string>>): void {
    this.depth += 1;
    if (this.#skipDepth > 0 || SKIPPED.has(name)) {
      this.#skipDepth += 1;
      return;
    }
    if (PARAGRAPHS.has(name)) this.#paragraph();
    if (LINES.has(name)) this.#newLine();
    if (name === "pre") this.#preDepth += 1;
    if (name === "li") this.#write("-");
    if (HEADING.test(name)) this.#write("#".repeat(Number(name.slice(1))));
    if (name === "td" || name === "th") this.#cell();
    if (name === "tr") this.#hasCell = false;
    if (name === "a") this.#links.push({ href: this.#address(attributes["href"] ?? ""), text: [] });
  }

  close(name: string): void {
    this.depth -= 1;
    if (this.#skipDepth > 0) {
      this.#skipDepth -= 1;
      return;
    }
    if (name === "a") this.#endLink();
    if (name === "pre") this.#preDepth -= 1;
    if (PARAGRAPHS.has(name)) this.#paragraph();
    else if (LINES.has(name)) this.#newLine();
  }

  add(text: string): void {
    if (this.#skipDepth > 0) return;
    this.#links.at(-1)?.text.push(text);
    if (this.#preDepth > 0) {
      for (const [index, line] of text.split("\n").entries()) {
        if (index > 0) this.#newLine({ keepsEmpty: true });
        this.#line += line;
      }
      return;
    }
    if (/^\s/.test(text)) this.#isSpaceDue = true;
    for (const [index, word] of text
      .split(/\s+/)
      .filter((one) => one !== "")
      .entries()) {
      if (index > 0) this.#isSpaceDue = true;
      this.#write(word);
    }
    if (/\s$/.test(text)) this.#isSpaceDue = true;
  }

  text(): string {
    this.#newLine();
    return this.#lines.join("\n").trim();
  }

  #write(word: string): void {
    const isFirst = this.#line === "";
    const needsSpace = !isFirst && this.#isSpaceDue;
    if (needsSpace && this.#line.length + 1 + word.length > LINE_COLUMNS) {
      this.#lines.push(this.#line);
      this.#line = word;
    } else this.#line += needsSpace ? ` ${word}` : word;
    this.#isSpaceDue = word === "-" || word.startsWith("#");
  }

  #cell(): void {
    if (this.#hasCell) {
      this.#isSpaceDue = true;
      this.#write("|");
    }
    this.#hasCell = true;
    this.#isSpaceDue = true;
  }

  #newLine({ keepsEmpty = false } = {}): void {
    if (this.#line !== "" || keepsEmpty) this.#lines.push(this.#line);
    this.#line = "";
    this.#isSpaceDue = false;
  }

  #paragraph(): void {
    this.#newLine();
    if (this.#lines.length > 0 && this.#lines.at(-1) !== "") this.#lines.push("");
  }

  #endLink(): void {
    const link = this.#links.pop();
    if (link === undefined || link.href === "" || link.text.join("").trim() === link.href) return;
    this.#isSpaceDue = true;
    this.#write(`[${link.href}]`);
  }

  // Links within the page lead nowhere else, and only pages can be fetched.
  #address(href: string): string {
    if (href === "" || href.startsWith("#") || href.length > MAX_HREF || !URL.canParse(href, this.#url.href)) return "";
    const { protocol, href: whole } = new URL(href, this.#url.href);
    return protocol === "http:" || protocol === "https:" ? whole : "";
  }
}
