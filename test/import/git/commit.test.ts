import { expect, test } from "vitest";
import { parseChanges, parseCommit, parseObjects, parseTree, subjectOf } from "../../../src/import/git/commit.ts";

const HASH = "a".repeat(40);

test("objects are read by their sizes, whatever is in them, and those that are missing are left out", () => {
  const output = Buffer.concat([
    Buffer.from(`${HASH} blob 7\nab\n cd\0\n${"b".repeat(40)} missing\n`),
    Buffer.from(`${"c".repeat(40)} blob 0\n\n`),
  ]);

  expect(parseObjects(output).map(({ hash, bytes }) => [hash[0], bytes.toString()])).toEqual([
    ["a", "ab\n cd\0"],
    ["c", ""],
  ]);
  expect(() => parseObjects(Buffer.from("something else\n"))).toThrow("which is unknown");
});

test("a commit gives its parents, its day and its message; one without a message, a date or valid text is read as well", () => {
  const text = `tree ${HASH}\nparent ${HASH}\nauthor A <a@b.c> 1 +0000\ncommitter A <a@b.c> 1700000000 +0100\n\nFix it\n\nparent of all\n`;
  const commit = parseCommit({ hash: HASH, bytes: Buffer.from(text) });

  expect(commit).toEqual({ hash: HASH, parents: [HASH], day: "2023-11-14", message: "Fix it\n\nparent of all" });
  expect(subjectOf(commit)).toBe("Fix it");
  expect(parseCommit({ hash: HASH, bytes: Buffer.from("tree x") })).toMatchObject({ parents: [], day: "1970-01-01", message: "" });
  expect(parseCommit({ hash: HASH, bytes: Buffer.from([...Buffer.from("tree x\n\n"), 0xff]) }).message).toBe("\uFFFD");
});

test("changes and trees are read with every name that git allows", () => {
  expect(parseChanges(Buffer.from("M\0a b\0A\0ä\n\0D\0c\0"))).toEqual([
    { path: "a b", kind: "changed" },
    { path: "ä\n", kind: "added" },
    { path: "c", kind: "deleted" },
  ]);
  const tree = `100644 blob ${HASH}       3\ta\tb\n\x00100755 blob ${HASH}      12\trun\x00120000 blob ${HASH}       4\tlink\x00160000 commit ${HASH}       -\tmodule\x00`;
  expect(parseTree(Buffer.from(tree))).toEqual({
    files: [
      { path: "a\tb\n", blob: HASH, bytes: 3, executable: false },
      { path: "run", blob: HASH, bytes: 12, executable: true },
    ],
    others: 2,
  });
});
