import { expect, test } from "vitest";
import { byPath, foldersAbove, foldersOfList } from "../../src/core/path-index.ts";
import type { SourceFile } from "../../src/core/task.ts";

const files = (...paths: readonly string[]): readonly SourceFile[] =>
  paths.map((path) => ({ path, bytes: new Uint8Array(), executable: false }));

test("files are found by their paths, and the index of a list is made once", () => {
  const list = files("a.py", "lib/b.py");

  expect(byPath(list).get("lib/b.py")).toBe(list[1]);
  expect(byPath(list).has("lib")).toBe(false);
  expect(byPath(list)).toBe(byPath(list));
});

test("every folder of a list tells where the first and the last file below it are, whatever their order", () => {
  const folders = foldersOfList(files("a/b/1", "a/b/2", "z", "a/3", "c/d/4", "a/b/5"));

  expect(Object.fromEntries(folders)).toEqual({
    a: { start: 0, end: 6 },
    "a/b": { start: 0, end: 6 },
    c: { start: 4, end: 5 },
    "c/d": { start: 4, end: 5 },
  });
});

test("the folders above a path are told from the outermost on", () => {
  expect(foldersAbove("a/b/c.py")).toEqual(["a", "a/b"]);
  expect(foldersAbove("c.py")).toEqual([]);
});
