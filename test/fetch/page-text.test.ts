import { describe, expect, test } from "vitest";
import { pageText } from "../../src/fetch/page-text.ts";

const URL_OF_PAGE = new URL("https://docs.test/a/b.html");
const html = async (body: string, type = "text/html"): Promise<string> =>
  (await pageText(new TextEncoder().encode(body), type, URL_OF_PAGE)).text;

test("of a page stays what a reader sees, with whole addresses of links", async () => {
  const page = await html(
    `<html><head><title>T</title><style>p{}</style><script>alert(1)</script></head><body><h1>Title</h1><p>One &amp; <b>two</b>, <a href="../c.html">see
     c</a> <a href="#x">here</a> <a href="javascript:alert(2)">there</a></p><pre>if x:\n\n    y</pre><ul><li>a<li>b</ul>
     <table><tr><th>k</th><th>v</th></tr><tr><td>1</td><td>2</td></tr></table><img src=x onerror=alert(1) alt=pic>${"word ".repeat(40)}</body></html>`,
  );

  expect(page.split("\n").slice(0, -2)).toEqual([
    "# Title",
    "",
    "One & two, see c [https://docs.test/c.html] here there",
    "",
    "if x:",
    "",
    "    y",
    "",
    "- a",
    "- b",
    "",
    "k | v",
    "1 | 2",
    "",
  ]);
  expect(page.split("\n").slice(-2)).toEqual([`${"word ".repeat(24)}`.trim(), `${"word ".repeat(16)}`.trim()]);
});

test("the charset is that of the header, or of the page", async () => {
  const latin = Uint8Array.from([0x63, 0x61, 0x66, 0xe9]);
  const read = async (bytes: Uint8Array, type: string): Promise<string> => (await pageText(bytes, type, URL_OF_PAGE)).text;

  expect(await read(latin, "text/plain; charset=ISO-8859-1")).toBe("café");
  expect(await read(Buffer.concat([Buffer.from('<meta charset="latin1"><p>'), latin]), "text/html")).toBe("café");
  expect(await read(latin, "text/plain; charset=nonsense")).toBe("caf\ufffd");
});

test("control characters and terminal escapes do not come through", async () => {
  expect(await html("a\u001b[31mb\u0000c\td\ne", "text/plain")).toBe("a[31mbc\td\ne");
});

test("a page with too many open elements is read up to there", async () => {
  const { text, isCut } = await pageText(Buffer.from(`<p>first</p>${"<div>".repeat(10_000)}last`), "text/html", URL_OF_PAGE);

  expect([text, isCut]).toEqual(["first", true]);
});

const MEGABYTE = 1024 * 1024;
const filled = (piece: string): string => piece.repeat(Math.ceil(MEGABYTE / piece.length)).slice(0, MEGABYTE);

describe("hostile pages take bounded time", () => {
  test.for([
    { title: "open elements", text: filled("<div>") },
    { title: "open inline elements", text: filled("<b><i>") },
    { title: "open paragraphs", text: filled("<p>") },
    { title: "open list items", text: filled("<ul><li>") },
    { title: "open tables", text: filled("<table><tr><td>") },
    { title: "closing elements that were never opened", text: filled("</div></p></b>") },
    { title: "attributes", text: `<a ${filled("x=y ")}>` },
    { title: "an attribute that does not end", text: `<a href="${filled("x")}` },
    { title: "a comment that does not end", text: `<!--${filled("-")}` },
    { title: "entities", text: filled("&lt;&#x41;&nosuch;") },
    { title: "ampersands", text: filled("&") },
    { title: "angle brackets", text: filled("<") },
    { title: "one word", text: filled("x") },
    { title: "blanks", text: filled(" ") },
    { title: "links", text: filled('<a href="x">y</a>') },
    { title: "a wide table", text: `<table><tr>${filled("<td>x</td>")}</tr></table>` },
    { title: "many rows", text: `<table>${filled("<tr><td colspan=1000 rowspan=1000>x</td></tr>")}</table>` },
    { title: "line breaks", text: filled("<br>") },
    { title: "closing elements among open ones", text: `${"<b><i>".repeat(60_000)}${filled("</u>")}` },
    { title: "lines of code", text: `<pre>${filled("\n")}` },
  ])("$title", async ({ text }) => {
    const start = performance.now();
    const page = await html(text);

    expect(page.length).toBeLessThan(8 * MEGABYTE);
    expect(performance.now() - start).toBeLessThan(5000);
  });
});
