import { chmod, stat, symlink } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { openWorkshop } from "./workshop.ts";

type Edit = { title: string; file: string; old: string; new: string; all?: boolean; becomes: string; told: string };

const EDITS: readonly Edit[] = [
  { title: "one place", file: "a\nb\nc\n", old: "b", new: "B", becomes: "a\nB\nc\n", told: "Edited f (1 replacement at line 2)." },
  { title: "deletion", file: "a\nb\nc\n", old: "b\n", new: "", becomes: "a\nc\n", told: "Edited f (1 replacement at line 2)." },
  { title: "the whole file", file: "abc", old: "abc", new: "x\ny", becomes: "x\ny", told: "Edited f (1 replacement at line 1)." },
  {
    title: "replacement patterns taken literally",
    file: "x = 1\n",
    old: "1",
    new: "$& $1 $$ $` $' \\n",
    becomes: "x = $& $1 $$ $` $' \\n\n",
    told: "Edited f (1 replacement at line 1).",
  },
  {
    title: "every place, with lines as they are now",
    file: "x\n\nx\nx\n",
    old: "x",
    new: "y\nz",
    all: true,
    becomes: "y\nz\n\ny\nz\ny\nz\n",
    told: "Edited f (3 replacements at lines 1, 4, 6).",
  },
  {
    title: "places that overlap, once each",
    file: "aaaaa",
    old: "aa",
    new: "b",
    all: true,
    becomes: "bba",
    told: "Edited f (2 replacements at lines 1, 1).",
  },
  {
    title: "letters of all the world",
    file: "naïve 你好 🙂\n",
    old: "你好 🙂",
    new: "世界",
    becomes: "naïve 世界\n",
    told: "Edited f (1 replacement at line 1).",
  },
  {
    title: "CRLF kept, LF in the call",
    file: "a\r\nb\r\nc\r\n",
    old: "a\nb",
    new: "x\ny\nz",
    becomes: "x\r\ny\r\nz\r\nc\r\n",
    told: "Edited f (1 replacement at line 1).",
  },
  {
    title: "LF kept, CRLF in the call",
    file: "a\nb\n",
    old: "a\r\nb",
    new: "x\r\ny",
    becomes: "x\ny\n",
    told: "Edited f (1 replacement at line 1).",
  },
  {
    title: "mixed line ends kept where nothing changed",
    file: "a\nb\r\nc\nd\r\ne\r\n",
    old: "c",
    new: "C",
    becomes: "a\nb\r\nC\nd\r\ne\r\n",
    told: "Edited f (1 replacement at line 3).",
  },
  {
    title: "a byte order mark kept",
    file: "\uFEFFfirst\nsecond\n",
    old: "first",
    new: "1st",
    becomes: "\uFEFF1st\nsecond\n",
    told: "Edited f (1 replacement at line 1).",
  },
  {
    title: "blanks at line ends ignored",
    file: "if x:  \n  y\t\nz\n",
    old: "if x:\n  y",
    new: "if w:\n  y",
    becomes: "if w:\n  y\nz\n",
    told: "Edited f (1 replacement at line 1). Matched ignoring trailing whitespace.",
  },
  {
    title: "blanks at line ends ignored in the call",
    file: "a\nb\nc\n",
    old: "a \nb\t\n",
    new: "x\n",
    becomes: "x\nc\n",
    told: "Edited f (1 replacement at line 1). Matched ignoring trailing whitespace.",
  },
  {
    title: "a final newline that the file lacks",
    file: "a\nb",
    old: "b\n",
    new: "c\n",
    becomes: "a\nc\n",
    told: "Edited f (1 replacement at line 2). Matched ignoring trailing whitespace.",
  },
  {
    title: "indentation left out, put back",
    file: "class A:\n    def f(self):\n        return 1\n",
    old: "def f(self):\n    return 1\n",
    new: "def f(self):\n    if self:\n        return 2\n\n    return 3\n",
    becomes: "class A:\n    def f(self):\n        if self:\n            return 2\n\n        return 3\n",
    told: "Edited f (1 replacement at line 2). Matched ignoring indentation.",
  },
  {
    title: "too much indentation, taken away",
    file: "def f():\n    return 1\n",
    old: "    def f():\n        return 1",
    new: "    def f():\n        return 2",
    becomes: "def f():\n    return 2\n",
    told: "Edited f (1 replacement at line 1). Matched ignoring indentation.",
  },
  {
    title: "spaces for the file's tabs",
    file: "func f() {\n\tif x {\n\t\treturn\n\t}\n}\n",
    old: "    if x {\n        return\n    }",
    new: "    if y {\n        for {\n            return\n        }\n    }",
    becomes: "func f() {\n\tif y {\n\t\tfor {\n\t\t\treturn\n\t\t}\n\t}\n}\n",
    told: "Edited f (1 replacement at line 2). Matched ignoring indentation.",
  },
  {
    title: "tabs for the file's spaces",
    file: "a:\n  b:\n    c: 1\n",
    old: "\tb:\n\t\tc: 1",
    new: "\tb:\n\t\tc: 2\n\t\td:\n\t\t\te: 3",
    becomes: "a:\n  b:\n    c: 2\n    d:\n      e: 3\n",
    told: "Edited f (1 replacement at line 2). Matched ignoring indentation.",
  },
  {
    title: "spaces for tabs and one level too few",
    file: "{\n\t{\n\t\tif x {\n\t\t\ty\n\t\t}\n\t}\n}\n",
    old: "if x {\n  y\n}",
    new: "if x {\n  z\n}",
    becomes: "{\n\t{\n\t\tif x {\n\t\t\tz\n\t\t}\n\t}\n}\n",
    told: "Edited f (1 replacement at line 3). Matched ignoring indentation.",
  },
  {
    title: "each place in its own indentation",
    file: "  a\n  b\n\n      a\n      b\n",
    old: "a\nb",
    new: "a\n  c",
    all: true,
    becomes: "  a\n    c\n\n      a\n        c\n",
    told: "Edited f (2 replacements at lines 1, 4). Matched ignoring indentation.",
  },
  {
    title: "CRLF and indentation together",
    file: "{\r\n\tx\r\n\ty\r\n}\r\n",
    old: "x\ny",
    new: "x\nz\ny",
    becomes: "{\r\n\tx\r\n\tz\r\n\ty\r\n}\r\n",
    told: "Edited f (1 replacement at line 2). Matched ignoring indentation.",
  },
];

test.for(EDITS)("edit_file makes an edit with $title", async ({ file, old, new: newText, all, becomes, told }) => {
  const { textOf, text } = await openWorkshop({ f: file });
  const answer = await textOf("edit_file", {
    path: "f",
    old_text: old,
    new_text: newText,
    ...(all === undefined ? {} : { replace_all: all }),
  });

  expect(await text("f")).toBe(becomes);
  expect(answer.split("\n")[0]).toBe(told);
});

type Failure = { title: string; file: string; old: string; new?: string; expected: string };

const NO_MATCH = "Error: no_match: old_text was not found in f.";
const FAILURES: readonly Failure[] = [
  { title: "text that is nowhere", file: "a\n", old: "b", expected: NO_MATCH },
  { title: "an empty file", file: "", old: "b", expected: NO_MATCH },
  {
    title: "a first line that is somewhere",
    file: "x\n  def f():\n    a\n",
    old: "def f():\n  b\n",
    expected: `${NO_MATCH}\nClosest line 2:   def f():`,
  },
  {
    title: "line numbers",
    file: "x\ny\nz\n",
    old: "1\tx\n2\ty",
    expected: `${NO_MATCH}\nClosest line 1: x\nold_text seems to contain line numbers; remove them.`,
  },
  { title: "another case of letters", file: "Hello\n", old: "hello", expected: NO_MATCH },
  { title: "a word cut off by blanks", file: "x = 10\n", old: "x = 1 ", expected: `${NO_MATCH}\nClosest line 1: x = 10` },
  { title: "nothing but blanks", file: "a\n\n\nb\n", old: "  \n\t", expected: NO_MATCH },
  {
    title: "indentation that differs from line to line",
    file: "a\n  b\n",
    old: "a\n    b\n      c",
    expected: `${NO_MATCH}\nClosest line 1: a`,
  },
  { title: "indentation that is not uniform", file: "  a\n    b\n", old: "a\n   b", expected: `${NO_MATCH}\nClosest line 1:   a` },
  {
    title: "too much indentation that is not uniform",
    file: "a\nb\n",
    old: "    a\n  b\n",
    new: "    c\n    d\n",
    expected: `${NO_MATCH}\nClosest line 1: a`,
  },
  {
    title: "a new text shallower than the shift",
    file: "if a:\n  b\n",
    old: "    if a:\n      b\n",
    new: "  if a:\n    b\n",
    expected: `${NO_MATCH}\nClosest line 1: if a:`,
  },
  {
    title: "blanks that are no indentation",
    file: "\u00a0a\n\u00a0b\n",
    old: "  a\n  b",
    expected: `${NO_MATCH}\nClosest line 1: \u00a0a`,
  },
  {
    title: "several places",
    file: "x\ny\nx\nx\n",
    old: "x",
    expected: "Error: multiple_matches: old_text occurs 3 times in f (lines 1, 3, 4). Add surrounding lines or set replace_all.",
  },
  {
    title: "places that overlap",
    file: "aaa",
    old: "aa",
    expected: "Error: multiple_matches: old_text occurs 2 times in f (lines 1, 1). Add surrounding lines or set replace_all.",
  },
  {
    title: "several places but for indentation",
    file: "  a\n  b\n    a\n    b\n",
    old: "a\nb\n",
    expected: "Error: multiple_matches: old_text occurs 2 times in f (lines 1, 3). Add surrounding lines or set replace_all.",
  },
  { title: "no difference", file: "a\n", old: "a", new: "a", expected: "Error: no_change: old_text and new_text are equal." },
  {
    title: "no difference but line ends",
    file: "a\n",
    old: "a\n",
    new: "a\r\n",
    expected: "Error: no_change: old_text and new_text are equal.",
  },
  {
    title: "an empty old_text",
    file: "a\n",
    old: "",
    expected: "Error: invalid_arguments: old_text must not be empty.\nUse write_file to create or replace a whole file.",
  },
];

test.for(FAILURES)("edit_file leaves the file alone and answers $title", async ({ file, old, new: newText = "new", expected }) => {
  const { textOf, text } = await openWorkshop({ f: file });

  expect(await textOf("edit_file", { path: "f", old_text: old, new_text: newText })).toBe(expected);
  expect(await text("f")).toBe(file);
});

test("edit_file tells when an edit would leave the file as it is", async () => {
  const { textOf } = await openWorkshop({ f: "a\nb\n" });

  expect(await textOf("edit_file", { path: "f", old_text: "a \nb", new_text: "a\nb" })).toBe(
    "Error: no_change: the edit would leave f as it is.",
  );
});

test("edit_file lists no more than twenty places", async () => {
  const { textOf } = await openWorkshop({ f: "x\n".repeat(1500) });

  expect(await textOf("edit_file", { path: "f", old_text: "x", new_text: "y" })).toContain(
    "occurs 1 500 times in f (lines 1, 2, 3, 4, 5, 6",
  );
  expect(await textOf("edit_file", { path: "f", old_text: "x", new_text: "y" })).toContain("19, 20, …).");
});

test("edit_file shows three lines around the change, numbered", async () => {
  const { textOf } = await openWorkshop({ f: Array.from({ length: 20 }, (_, index) => `line ${index + 1}\n`).join("") });

  const answer = await textOf("edit_file", { path: "f", old_text: "line 10\n", new_text: "new a\nnew b\n" });
  expect(answer.split("\n").slice(1)).toEqual([
    "7\tline 7",
    "8\tline 8",
    "9\tline 9",
    "10\tnew a",
    "11\tnew b",
    "12\tline 11",
    "13\tline 12",
    "14\tline 13",
  ]);
});

test("edit_file shows at most a kibibyte of a large change", async () => {
  const { textOf } = await openWorkshop({ f: "a\n" });

  const answer = await textOf("edit_file", { path: "f", old_text: "a", new_text: "ż".repeat(5000) });
  expect(Buffer.byteLength(answer)).toBeLessThan(1024 + 80);
});

test.for([
  { path: "latin", expected: "Error: binary_file: 'latin' is not valid UTF-8.\nChange it with a command or a program." },
  { path: "nul", expected: "Error: binary_file: 'nul' is not a text file." },
  { path: "huge", expected: "Error: too_large: 'huge' is 1 048 577 bytes, too large for this tool." },
  { path: "dir", expected: "Error: is_directory: 'dir' is a directory, not a file." },
  { path: "gone", expected: "Error: not_found: 'gone' does not exist." },
  { path: "../f", expected: "Error: path_outside_workspace: '../f' resolves outside /workspace." },
])("edit_file does not edit $path", async ({ path, expected }) => {
  const files = { latin: Buffer.from([0x61, 0xe9, 0x0a]), nul: "a\0b", huge: "a".repeat(1024 * 1024 + 1), "dir/x": "" };
  const { textOf } = await openWorkshop(files);

  expect(await textOf("edit_file", { path, old_text: "a", new_text: "b" })).toBe(expected);
});

test("edit_file does not grow a file over a mebibyte", async () => {
  const { textOf } = await openWorkshop({ f: `${"a".repeat(1024 * 1024 - 2)}b` });

  expect(await textOf("edit_file", { path: "f", old_text: "b", new_text: "ccc" })).toBe(
    "Error: too_large: f would be 1 048 577 bytes; the limit is 1 048 576.",
  );
});

test("edit_file edits the file behind a link, keeps the link and the mode", async () => {
  const { textOf, text, sandbox } = await openWorkshop({ "real.sh": "one\n" });
  const workspace = join(sandbox.disk, "workspace");
  await chmod(join(workspace, "real.sh"), 0o755);
  await symlink("real.sh", join(workspace, "link.sh"));

  expect(await textOf("edit_file", { path: "link.sh", old_text: "one", new_text: "two" })).toContain("Edited real.sh (1");
  expect(await text("real.sh")).toBe("two\n");
  expect((await stat(join(workspace, "real.sh"))).mode & 0o777).toBe(0o755);
});

test("an exact edit changes nothing but its place, whatever the text", async () => {
  const { textOf, put, bytes } = await openWorkshop({ f: "" });
  const part = fc.string({ unit: fc.constantFrom("a", "b", " ", "\t", "\n", "\r\n", "$", "ż", "🙂"), maxLength: 30 });

  await fc.assert(
    fc.asyncProperty(part, part, fc.string({ unit: "grapheme", maxLength: 20 }), async (before, after, newText) => {
      await put("f", `${before}<<old>>${after}`);
      const answer = await textOf("edit_file", { path: "f", old_text: "<<old>>", new_text: newText.replace(/[\r\n]/g, "") });
      expect(answer).toContain("Edited f (1 replacement at line");
      expect((await bytes("f")).toString()).toBe(`${before}${newText.replace(/[\r\n]/g, "")}${after}`);
    }),
    { numRuns: 150 },
  );
});

// A search that takes quadratic time would run into the time limit of the test.
test("edit_file answers for files made to be slow to search", async () => {
  const { textOf } = await openWorkshop({ f: `${" ".repeat(500_000)}x\n`, g: "a".repeat(900_000), h: "a\n".repeat(300_000) });

  expect(await textOf("edit_file", { path: "f", old_text: " y", new_text: "z" })).toContain("no_match");
  expect(await textOf("edit_file", { path: "g", old_text: "aa", new_text: "z" })).toContain("occurs 899 999 times");
  expect(await textOf("edit_file", { path: "h", old_text: "a ", new_text: "z", replace_all: true })).toContain("(300000 replacements");
}, 30_000);
