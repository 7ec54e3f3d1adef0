import { chmodSync, mkdirSync, truncateSync } from "node:fs";
import { afterEach, beforeEach, expect, test } from "vitest";
import { loadLargeTree } from "../../../src/config/workspace/large-tree.ts";
import { TreeRecords } from "../../../src/config/workspace/tree-record.ts";
import { loadWorkspace } from "../../../src/config/workspace/workspace.ts";
import { filesDigest } from "../../../src/core/digest.ts";
import { UserError } from "../../../src/core/errors.ts";
import { readTree } from "../../../src/files/folder.ts";
import { placeNamed } from "../../../src/files/place.ts";
import { TempFolder } from "../../fixtures/temp-folder.ts";

let folder: TempFolder;
beforeEach(() => {
  folder = new TempFolder();
});
afterEach(() => folder[Symbol.dispose]());

const place = () => placeNamed(folder.at("w"));
const records = () => new TreeRecords(placeNamed(folder.at("cache")));
const load = () => loadLargeTree(place(), { check: () => {}, records: records() });
// A file with a hole, which takes no time to make.
const writeLarge = (path: string, bytes: number) => {
  folder.write({ [path]: "start" });
  truncateSync(folder.at(path), bytes);
};

test("a tree has the digest that its files would have in memory, whatever their sizes", () => {
  folder.write({ "w/a.py": "a", "w/empty.txt": "", "w/b/run.sh": "#!/bin/sh\n" });
  writeLarge("w/c.bin", 9_000_001);
  chmodSync(folder.at("w/b/run.sh"), 0o755);
  mkdirSync(folder.at("w/logs/today"), { recursive: true });

  const tree = load();

  expect(tree.digest).toBe(filesDigest(readTree(place())));
  expect(tree.entries.map(({ path, executable, kind, bytes }) => [path, executable, kind, bytes.length])).toEqual([
    ["a.py", false, undefined, 1],
    ["b/run.sh", true, undefined, 10],
    ["c.bin", false, undefined, 9_000_001],
    ["empty.txt", false, undefined, 0],
    ["logs/today", false, "folder", 0],
  ]);
  expect(tree.megabytes).toBe(9);
});

test("files that fit into memory are no tree, and those that do not are one", () => {
  writeLarge("w/a.bin", 30_000_000);
  expect(loadWorkspace(place(), 1000, records()).tree).toBeUndefined();

  writeLarge("w/b.bin", 30_000_000);
  writeLarge("w/c.bin", 30_000_000);
  const { tree, digest } = loadWorkspace(place(), 1000, records());

  expect(tree?.entries.map(({ path }) => path)).toEqual(["a.bin", "b.bin", "c.bin"]);
  expect(tree?.digest).toBe(digest);
});

test("a file that was changed, made executable or removed since is an error that names it, and never other content", () => {
  folder.write({ "w/a.py": "a", "w/b.py": "b", "w/c.py": "c" });
  const tree = load();

  folder.write({ "w/a.py": "A" });
  chmodSync(folder.at("w/b.py"), 0o755);
  const [a, b, c] = tree.entries;

  expect(() => a?.bytes).toThrow(/a\.py": it has changed since/);
  expect(() => b?.bytes).toThrow(UserError);
  expect(Buffer.from(c?.bytes ?? []).toString()).toBe("c");
  expect(() => [...(tree.entries[0] === undefined ? [] : tree.pieces(tree.entries[0]))]).toThrow(UserError);
});

test("a tree that does not fit into its sandbox is refused with what it needs", () => {
  for (const name of ["a", "b", "c"]) writeLarge(`w/${name}.bin`, 30_000_000);

  expect(() => loadWorkspace(place(), 80, records())).toThrow(
    /its files need 86 MB and the sandbox of the task has 80 MB for them; raise sandbox.workspace_mb/,
  );
});

test("a large workspace whose git repository needs another one is refused", () => {
  for (const name of ["a", "b", "c"]) writeLarge(`w/${name}.bin`, 30_000_000);
  folder.write({ "w/sub/.git": "gitdir: /elsewhere/.git\n" });

  expect(() => loadWorkspace(place(), 500, records())).toThrow(/the git repository in it needs "\/elsewhere\/.git"/);
});
