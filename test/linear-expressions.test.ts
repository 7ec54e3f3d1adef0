import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseSync } from "oxc-parser";
import { analyse } from "scslre";
import { expect, test } from "vitest";

const ROOT = join(import.meta.dirname, "..");

type Source = { readonly path: string; readonly text: string };
type Expression = { readonly path: string; readonly source: string; readonly flags: string };

// Expressions that could take more than linear time, each with what prevents it.
const BOUNDED: readonly (Omit<Expression, "flags"> & { readonly why: string })[] = [
  { path: "src/agent/loop/tool/truncate.ts", source: String.raw`\B(?=(\d{3})+$)`, why: "the digits of one number" },
  {
    path: "src/command/run/git-state.ts",
    source: String.raw`([A-Za-z?]) (\d{6}) ([0-9a-f]{40,64}) \d\t([^\0]+)\0(?: {2}ctime: (\d+):(\d+)\n {2}mtime: (\d+):(\d+)\n {2}dev: [^\n]*\n {2}uid: [^\n]*\n {2}size: (\d+)[^\n]*\n)?`,
    why: "sticky: each match begins where the last one ended, and nothing is searched for",
  },
  { path: "src/config/prompt.ts", source: "^-+|-+$", why: "the name of one file" },
  { path: "src/model/scripted/mutation.ts", source: "(?<!for .*) in ", why: "lines of at most 1,000 characters" },
  { path: "src/model/scripted/mutation.ts", source: String.raw`^(\s*return) +([^;]+)(;?\s*)$`, why: "lines of at most 1,000 characters" },
  { path: "src/sandbox/docker/build/build-context.ts", source: String.raw`^(\.?\/)+|\/+$`, why: "lines of at most 500 characters" },
  {
    path: "src/store/schema.ts",
    source:
      String.raw`--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|'(?:[^']|'')*'|"(?:[^"]|"")*"|` +
      "`[^`]*`" +
      String.raw`|\[[^\]]*(?:\]|$)|[\w$\u0080-\uffff]+|\s+|[\s\S]`,
    why: "a bracket without a partner takes the whole rest, so that it is searched once",
  },
];

// Modules that put expressions together while the program runs, each with what keeps them fast.
const CONSTRUCTED: Readonly<Record<string, string>> = {
  "sandbox/grading/node/boundary/decode.mjs": "the solution's own expression, which takes the time of its tests",
  "src/core/glob.ts": "written so that no star is taken back: test/core/glob-linear.test.ts",
  "src/core/visible.ts": "sets of characters, and repetitions of a fixed number",
  "src/import/python/human-eval.ts": "a word of at most 100 letters",
  "src/report/terminal/palette.ts": "the codes of the palette",
  "src/sandbox/docker/build/offline-dockerfile.ts": "one sign and the blanks after it",
  "src/agent/loop/tool/search/definition.ts": "lines that ripgrep cuts after 300 columns",
};

function sources(): readonly Source[] {
  return ["src", "sandbox"].flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
      .filter((name) => /\.(?:ts|mjs)$/.test(name) && !name.includes("node_modules"))
      .map((name) => ({ path: join(folder, name), text: readFileSync(join(ROOT, folder, name), "utf8") })),
  );
}

type Found = { readonly literals: readonly Expression[]; readonly constructs: boolean };

function expressionsIn({ path, text }: Source): Found {
  const literals: Expression[] = [];
  let constructs = false;
  const visit = (node: unknown): void => {
    if (typeof node !== "object" || node === null) return;
    const { type, regex, callee } = node as { type?: string; regex?: { pattern: string; flags: string }; callee?: { name?: string } };
    if (type === "Literal" && regex) literals.push({ path, source: regex.pattern, flags: regex.flags });
    if ((type === "NewExpression" || type === "CallExpression") && callee?.name === "RegExp") constructs = true;
    for (const inner of Object.values(node)) visit(inner);
  };
  visit(parseSync(path, text).program);
  return { literals, constructs };
}

function isSlow({ source, flags }: Omit<Expression, "path">): boolean {
  // The analysis does not know this set of characters, and another one like it takes its place.
  return analyse({ source: source.replaceAll("ExtPict", "L"), flags }).reports.length > 0;
}

const found = sources().map((source) => ({ path: source.path, ...expressionsIn(source) }));
const literals = found.flatMap((one) => one.literals);

test("every regular expression takes linear time, or what prevents more is listed", () => {
  expect(literals.length).toBeGreaterThan(200);
  const slow = literals.filter(isSlow).map(({ path, source }) => ({ path, source }));

  expect(slow).toEqual(expect.arrayContaining(BOUNDED.map(({ path, source }) => ({ path, source }))));
  expect(slow.filter((one) => !BOUNDED.some(({ path, source }) => path === one.path && source === one.source))).toEqual([]);
});

test("every module that puts expressions together is listed", () => {
  expect(
    found
      .filter(({ constructs }) => constructs)
      .map(({ path }) => path)
      .sort(),
  ).toEqual(Object.keys(CONSTRUCTED).sort());
});

test.for([
  ["a repetition before a repetition of the same", String.raw`const a = /\s*\s*x/;`],
  ["a repetition inside a repetition", "const a = /^(?:a+)+$/;"],
  ["a repetition at any place before an end", "const a = text.replace(/=+$/g, '');"],
])("an expression with %s is found", ([, text]) => {
  expect(expressionsIn({ path: "src/core/planted.ts", text: text as string }).literals.filter(isSlow)).toHaveLength(1);
});

test("an expression that is put together is found", () => {
  expect(expressionsIn({ path: "src/core/planted.ts", text: "const a = new RegExp(b);" }).constructs).toBe(true);
});
