import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { Marked, type Token } from "marked";
import { expect, test } from "vitest";

const ROOT = join(import.meta.dirname, "..");
const FILES = [
  ...readdirSync(ROOT).filter((name) => name.endsWith(".md")),
  ...readdirSync(join(ROOT, "docs"))
    .filter((name) => name.endsWith(".md"))
    .map((name) => join("docs", name)),
];

/** The targets of all links in a text. */
function linksIn(text: string): readonly string[] {
  const links: string[] = [];
  const marked = new Marked();
  void marked.walkTokens(marked.lexer(text), (token: Token) => {
    if (token.type === "link" || token.type === "image") links.push((token as { href: string }).href);
  });
  return links;
}

/** The anchors that headings get, as GitHub makes them. */
function anchorsIn(text: string): ReadonlySet<string> {
  const headings = [...text.matchAll(/^#{1,6} (.+)$/gm)].map(([, heading = ""]) => heading);
  return new Set(
    headings.map((heading) =>
      heading
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\s_-]/gu, "")
        .replaceAll(" ", "-"),
    ),
  );
}

/** What is wrong with a link in a file of the repository; null when it leads somewhere. Links to other hosts are not followed. */
function problemOf(file: string, href: string): string | null {
  if (/^[a-z]+:/.test(href)) return null;
  const [path = "", anchor] = href.split("#");
  const target = path === "" ? file : relative(ROOT, join(ROOT, dirname(file), path));
  if (!existsSync(join(ROOT, target))) return `${file}: there is no "${target}"`;
  if (anchor === undefined || !target.endsWith(".md")) return null;
  return anchorsIn(readFileSync(join(ROOT, target), "utf8")).has(anchor) ? null : `${file}: "${target}" has no heading "#${anchor}"`;
}

test.for(FILES)("the links of %s lead somewhere", (file) => {
  const links = linksIn(readFileSync(join(ROOT, file), "utf8"));

  expect(links.map((href) => problemOf(file, href)).filter(Boolean)).toEqual([]);
});

test("the checker finds a missing file and a missing heading", () => {
  expect(linksIn("[a](docs/none.md) and [b](README.md#none)").map((href) => problemOf("README.md", href))).toEqual([
    'README.md: there is no "docs/none.md"',
    'README.md: "README.md" has no heading "#none"',
  ]);
});

test("the README is at most 10 KB", () => {
  expect(readFileSync(join(ROOT, "README.md")).length).toBeLessThanOrEqual(10_240);
});

test("every page of the docs is named in the README", () => {
  const named = linksIn(readFileSync(join(ROOT, "README.md"), "utf8"));

  for (const file of FILES.filter((name) => name.startsWith("docs/"))) expect(named).toContain(file);
});
