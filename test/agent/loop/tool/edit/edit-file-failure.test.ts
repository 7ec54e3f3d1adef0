import { expect, test } from "vitest";
import { openWorkshop } from "../workshop.ts";

type Failure = { title: string; file: string; old: string; new?: string; expected: string };

const NO_MATCH = "Error: no_match: old_text was not found in f.";
const FAILURES: readonly Failure[] = [
  { title: "text that does not exist", file: "a\n", old: "b", expected: NO_MATCH },
  { title: "an empty file", file: "", old: "b", expected: NO_MATCH },
  {
    title: "a first line that exists",
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

test("edit_file reports an edit that would not change the file", async () => {
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
