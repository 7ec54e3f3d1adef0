import { chmod, stat, symlink } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { openWorkshop } from "../workshop.ts";

type Edit = { title: string; file: string; old: string; new: string; all?: boolean; becomes: string; shown: string };

const EDITS: readonly Edit[] = [
  { title: "one place", file: "a\nb\nc\n", old: "b", new: "B", becomes: "a\nB\nc\n", shown: "Edited f (1 replacement at line 2)." },
  { title: "deletion", file: "a\nb\nc\n", old: "b\n", new: "", becomes: "a\nc\n", shown: "Edited f (1 replacement at line 2)." },
  { title: "the whole file", file: "abc", old: "abc", new: "x\ny", becomes: "x\ny", shown: "Edited f (1 replacement at line 1)." },
  {
    title: "replacement patterns taken literally",
    file: "x = 1\n",
    old: "1",
    new: "$& $1 $$ $` $' \\n",
    becomes: "x = $& $1 $$ $` $' \\n\n",
    shown: "Edited f (1 replacement at line 1).",
  },
  {
    title: "every place, with lines as they are now",
    file: "x\n\nx\nx\n",
    old: "x",
    new: "y\nz",
    all: true,
    becomes: "y\nz\n\ny\nz\ny\nz\n",
    shown: "Edited f (3 replacements at lines 1, 4, 6).",
  },
  {
    title: "places that overlap, once each",
    file: "aaaaa",
    old: "aa",
    new: "b",
    all: true,
    becomes: "bba",
    shown: "Edited f (2 replacements at lines 1, 1).",
  },
  {
    title: "letters of many scripts",
    file: "naïve 你好 🙂\n",
    old: "你好 🙂",
    new: "世界",
    becomes: "naïve 世界\n",
    shown: "Edited f (1 replacement at line 1).",
  },
  {
    title: "CRLF kept, LF in the call",
    file: "a\r\nb\r\nc\r\n",
    old: "a\nb",
    new: "x\ny\nz",
    becomes: "x\r\ny\r\nz\r\nc\r\n",
    shown: "Edited f (1 replacement at line 1).",
  },
  {
    title: "LF kept, CRLF in the call",
    file: "a\nb\n",
    old: "a\r\nb",
    new: "x\r\ny",
    becomes: "x\ny\n",
    shown: "Edited f (1 replacement at line 1).",
  },
  {
    title: "mixed line ends kept where nothing changed",
    file: "a\nb\r\nc\nd\r\ne\r\n",
    old: "c",
    new: "C",
    becomes: "a\nb\r\nC\nd\r\ne\r\n",
    shown: "Edited f (1 replacement at line 3).",
  },
  {
    title: "a byte order mark kept",
    file: "\uFEFFfirst\nsecond\n",
    old: "first",
    new: "1st",
    becomes: "\uFEFF1st\nsecond\n",
    shown: "Edited f (1 replacement at line 1).",
  },
  {
    title: "blanks at line ends ignored",
    file: "if x:  \n  y\t\nz\n",
    old: "if x:\n  y",
    new: "if w:\n  y",
    becomes: "if w:\n  y\nz\n",
    shown: "Edited f (1 replacement at line 1). Matched ignoring trailing whitespace.",
  },
  {
    title: "blanks at line ends ignored in the call",
    file: "a\nb\nc\n",
    old: "a \nb\t\n",
    new: "x\n",
    becomes: "x\nc\n",
    shown: "Edited f (1 replacement at line 1). Matched ignoring trailing whitespace.",
  },
  {
    title: "a final newline that the file lacks",
    file: "a\nb",
    old: "b\n",
    new: "c\n",
    becomes: "a\nc\n",
    shown: "Edited f (1 replacement at line 2). Matched ignoring trailing whitespace.",
  },
  {
    title: "indentation left out, put back",
    file: "class A:\n    def f(self):\n        return 1\n",
    old: "def f(self):\n    return 1\n",
    new: "def f(self):\n    if self:\n        return 2\n\n    return 3\n",
    becomes: "class A:\n    def f(self):\n        if self:\n            return 2\n\n        return 3\n",
    shown: "Edited f (1 replacement at line 2). Matched ignoring indentation.",
  },
  {
    title: "too much indentation, removed",
    file: "def f():\n    return 1\n",
    old: "    def f():\n        return 1",
    new: "    def f():\n        return 2",
    becomes: "def f():\n    return 2\n",
    shown: "Edited f (1 replacement at line 1). Matched ignoring indentation.",
  },
  {
    title: "spaces for the file's tabs",
    file: "func f() {\n\tif x {\n\t\treturn\n\t}\n}\n",
    old: "    if x {\n        return\n    }",
    new: "    if y {\n        for {\n            return\n        }\n    }",
    becomes: "func f() {\n\tif y {\n\t\tfor {\n\t\t\treturn\n\t\t}\n\t}\n}\n",
    shown: "Edited f (1 replacement at line 2). Matched ignoring indentation.",
  },
  {
    title: "tabs for the file's spaces",
    file: "a:\n  b:\n    c: 1\n",
    old: "\tb:\n\t\tc: 1",
    new: "\tb:\n\t\tc: 2\n\t\td:\n\t\t\te: 3",
    becomes: "a:\n  b:\n    c: 2\n    d:\n      e: 3\n",
    shown: "Edited f (1 replacement at line 2). Matched ignoring indentation.",
  },
  {
    title: "spaces for tabs and one level too few",
    file: "{\n\t{\n\t\tif x {\n\t\t\ty\n\t\t}\n\t}\n}\n",
    old: "if x {\n  y\n}",
    new: "if x {\n  z\n}",
    becomes: "{\n\t{\n\t\tif x {\n\t\t\tz\n\t\t}\n\t}\n}\n",
    shown: "Edited f (1 replacement at line 3). Matched ignoring indentation.",
  },
  {
    title: "each place in its own indentation",
    file: "  a\n  b\n\n      a\n      b\n",
    old: "a\nb",
    new: "a\n  c",
    all: true,
    becomes: "  a\n    c\n\n      a\n        c\n",
    shown: "Edited f (2 replacements at lines 1, 4). Matched ignoring indentation.",
  },
  {
    title: "CRLF and indentation together",
    file: "{\r\n\tx\r\n\ty\r\n}\r\n",
    old: "x\ny",
    new: "x\nz\ny",
    becomes: "{\r\n\tx\r\n\tz\r\n\ty\r\n}\r\n",
    shown: "Edited f (1 replacement at line 2). Matched ignoring indentation.",
  },
];

test.for(EDITS)("edit_file makes an edit with $title", async ({ file, old, new: newText, all, becomes, shown }) => {
  const { textOf, text } = await openWorkshop({ f: file });
  const answer = await textOf("edit_file", {
    path: "f",
    old_text: old,
    new_text: newText,
    ...(all === undefined ? {} : { replace_all: all }),
  });

  expect(await text("f")).toBe(becomes);
  expect(answer.split("\n")[0]).toBe(shown);
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
test("edit_file answers in time for files made to be slow to search", async () => {
  const { textOf } = await openWorkshop({ f: `${" ".repeat(500_000)}x\n`, g: "a".repeat(900_000), h: "a\n".repeat(300_000) });

  expect(await textOf("edit_file", { path: "f", old_text: " y", new_text: "z" })).toContain("no_match");
  expect(await textOf("edit_file", { path: "g", old_text: "aa", new_text: "z" })).toContain("occurs 899 999 times");
  expect(await textOf("edit_file", { path: "h", old_text: "a ", new_text: "z", replace_all: true })).toContain("(300000 replacements");
}, 30_000);
