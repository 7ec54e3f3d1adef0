import fc from "fast-check";
import { expect, test } from "vitest";
import { WORKSPACE } from "../../../../../../src/core/sandbox.ts";
import { openFolderSandbox } from "../../../../../fixtures/folder-sandbox.ts";
import { toolUser } from "../../workshop.ts";

type Tree = Readonly<Record<string, readonly string[]>>;
type Step = { readonly mark: " " | "-" | "+"; readonly text: string };

const PATHS = ["a", "b", "d/a", "d/e/b", "x y"];
const line = fc.oneof(
  fc.constantFrom(
    "",
    " ",
    "a",
    "b",
    "  a",
    "a ",
    "@@",
    "@@ a",
    "*** End Patch",
    "*** Update File: a",
    "-a",
    "+a",
    "“a” – b",
    '"a" - b',
    "\t",
  ),
  fc.string({ unit: "grapheme", maxLength: 6 }).filter((text) => !/[\r\n\0]/.test(text)),
);
const tree: fc.Arbitrary<Tree> = fc.dictionary(fc.constantFrom(...PATHS), fc.array(line, { maxLength: 12 }));

const contentOf = (lines: readonly string[]): string => lines.map((text) => `${text}\n`).join("");

/** The shortest way from one list of lines to another, by the textbook's table. */
function script(before: readonly string[], after: readonly string[]): readonly Step[] {
  const common = Array.from({ length: before.length + 1 }, () => Array.from({ length: after.length + 1 }, () => 0));
  const at = (i: number, j: number): number => common[i]?.[j] ?? 0;
  for (let i = before.length - 1; i >= 0; i -= 1)
    for (let j = after.length - 1; j >= 0; j -= 1)
      (common[i] ?? [])[j] = before[i] === after[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
  const steps: Step[] = [];
  const step = (old: string | undefined, text: string | undefined, isRemoval: boolean): Step => {
    if (old !== undefined && old === text) return { mark: " ", text: old };
    return old !== undefined && (text === undefined || isRemoval) ? { mark: "-", text: old } : { mark: "+", text: text ?? "" };
  };
  for (let [i, j] = [0, 0]; i < before.length || j < after.length; ) {
    const next = step(before[i], after[j], at(i + 1, j) >= at(i, j + 1));
    steps.push(next);
    if (next.mark !== "+") i += 1;
    if (next.mark !== "-") j += 1;
  }
  return steps;
}

/** Cuts a script into hunks that follow each other without a gap, so that the first place that fits is the right one. */
function hunksOf(steps: readonly Step[], cuts: readonly number[]): string[] {
  const hunks: Step[][] = [[]];
  for (const [index, step] of steps.entries()) {
    const open = hunks.at(-1) ?? [];
    const isWhole = open.some(({ mark }) => mark !== "+");
    if (isWhole && step.mark !== "+" && cuts.includes(index)) hunks.push([step]);
    else open.push(step);
  }
  return hunks.flatMap((hunk) => ["@@", ...hunk.map(({ mark, text }) => mark + text)]);
}

function operations(before: Tree, after: Tree, cuts: readonly number[]): string[][] {
  return PATHS.flatMap((path) => {
    const [old, made] = [before[path], after[path]];
    if (old === undefined && made === undefined) return [];
    if (made === undefined) return [[`*** Delete File: ${path}`]];
    if (old === undefined) return [[`*** Add File: ${path}`, ...made.map((text) => `+${text}`)]];
    return contentOf(old) === contentOf(made) ? [] : [[`*** Update File: ${path}`, ...hunksOf(script(old, made), cuts)]];
  });
}

const wrap = (sections: readonly (readonly string[])[]): string => ["*** Begin Patch", ...sections.flat(), "*** End Patch"].join("\n");

async function patched(before: Tree, patch: string) {
  const sandbox = await openFolderSandbox(Object.fromEntries(Object.entries(before).map(([path, lines]) => [path, contentOf(lines)])));
  try {
    const { result } = await toolUser(sandbox, {}, "apply-patch")("apply_patch", { patch });
    const contents: Record<string, string> = {};
    for (const path of PATHS) {
      const read = await sandbox.readFile({ path, root: WORKSPACE }, 1e6);
      if (read.kind === "read") contents[path] = Buffer.from(read.bytes).toString();
    }
    return { result, contents };
  } finally {
    await sandbox.close();
  }
}

const contents = (of: Tree) => Object.fromEntries(Object.entries(of).map(([path, lines]) => [path, contentOf(lines)]));

test("the patch between two trees makes the second of the first", async () => {
  await fc.assert(
    fc.asyncProperty(tree, tree, fc.array(fc.nat(12)), async (before, after, cuts) => {
      const sections = operations(before, after, cuts);
      fc.pre(sections.length > 0);
      const { result, contents: found } = await patched(before, wrap(sections));

      expect(result.isError, result.text).toBe(false);
      expect(found).toEqual(contents(after));
    }),
    { numRuns: 150 },
  );
}, 60_000);

const BROKEN = [
  ["*** Update File: gone", "@@", "+x"],
  ["*** Delete File: gone"],
  ["*** Delete File: d"],
  ["*** Add File: ../x", "+x"],
  ["*** Add File: no line of it has a mark", "x"],
  ["*** Rename File: a"],
  ["*** Update File: a"],
];

test("a patch with one broken operation, wherever it stands, changes nothing", async () => {
  await fc.assert(
    fc.asyncProperty(tree, tree, fc.constantFrom(...BROKEN), fc.nat(5), async (before, after, broken, place) => {
      const start: Tree = { ...before, "d/a": ["in the way"] };
      const sections = operations(start, { ...after, "d/a": ["in the way"] }, []);
      const { result, contents: found } = await patched(start, wrap(sections.toSpliced(place, 0, broken)));

      expect(result.isError, result.text).toBe(true);
      expect(found).toEqual(contents(start));
    }),
    { numRuns: 100 },
  );
}, 60_000);
