import { chmod, lstat, readlink, stat, symlink } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openWorkshop } from "../../workshop.ts";

type Files = Readonly<Record<string, string>>;
type Scenario = { readonly title: string; readonly files: Files; readonly patch: string; readonly becomes: Files; readonly shown: string };
type Failure = Omit<Scenario, "becomes">;

const wrapped = (body: string): string => `*** Begin Patch\n${body}\n*** End Patch\n`;
const SUCCESS = "Success. Updated the following files:\n";

async function apply({ files, patch }: Pick<Scenario, "files" | "patch">) {
  const shop = await openWorkshop(files, {}, "apply-patch");
  const { result } = await shop.use("apply_patch", { patch });
  const root = { root: shop.sandbox.workspace, rule: { include: ["**"], exclude: [] }, maxFiles: 100, maxBytes: 1e7 };
  const listed = await shop.sandbox.list({ path: ".", root: root.root }, { depth: 4, maxEntries: 100, skipInside: [] });
  const paths = listed.kind === "listed" ? listed.entries.filter(({ kind }) => kind !== "directory").map(({ path }) => path) : [];
  const after: Record<string, string> = {};
  for (const path of paths) after[path] = await shop.text(path);
  return { shop, result, after };
}

const SCENARIOS: readonly Scenario[] = [
  {
    title: "makes, changes, moves and deletes in one step",
    files: { "a.py": "one\ntwo\nthree\n", "b.py": "x\ny\n", "c.py": "gone\n", "d.py": "left\n" },
    patch: wrapped(
      "*** Add File: new/deep.md\n+# New\n+\n*** Update File: a.py\n@@\n one\n-two\n+2\n three\n*** Update File: b.py\n*** Move to: moved/b.py\n@@\n x\n-y\n+z\n*** Delete File: c.py",
    ),
    becomes: { "a.py": "one\n2\nthree\n", "d.py": "left\n", "moved/b.py": "x\nz\n", "new/deep.md": "# New\n\n" },
    shown: `${SUCCESS}A new/deep.md\nM a.py\nR b.py -> moved/b.py\nD c.py`,
  },
  {
    title: "changes several places, each after the one before",
    files: { a: "x\n1\nx\n1\nx\n1\n" },
    patch: wrapped("*** Update File: a\n@@\n x\n-1\n+2\n@@\n x\n-1\n+3"),
    becomes: { a: "x\n2\nx\n3\nx\n1\n" },
    shown: `${SUCCESS}M a`,
  },
  {
    title: "starts to search after the lines of its headers, one or several",
    files: { a: "class A:\n  def f():\n    pass\nclass B:\n  def f():\n    pass\n  def g():\n    pass\n" },
    patch: wrapped("*** Update File: a\n@@ class B:\n@@   def g():\n-    pass\n+    return 1"),
    becomes: { a: "class A:\n  def f():\n    pass\nclass B:\n  def f():\n    pass\n  def g():\n    return 1\n" },
    shown: `${SUCCESS}M a`,
  },
  {
    title: "adds after a header, and at the end of the file without one",
    files: { a: "one\ntwo\n", b: "one\ntwo\n", c: "" },
    patch: wrapped("*** Update File: a\n@@ one\n+1.5\n*** Update File: b\n@@\n+three\n*** Update File: c\n@@\n+first"),
    becomes: { a: "one\n1.5\ntwo\n", b: "one\ntwo\nthree\n", c: "first\n" },
    shown: `${SUCCESS}M a\nM b\nM c`,
  },
  {
    title: "keeps to the end of the file where the patch says so",
    files: { a: "x\ny\nx\n" },
    patch: wrapped("*** Update File: a\n@@\n-x\n+z\n*** End of File"),
    becomes: { a: "x\ny\nz\n" },
    shown: `${SUCCESS}M a`,
  },
  {
    title: "ends a last line that it changes, and leaves one that it does not touch",
    files: { a: "one\ntwo", b: "one\ntwo", c: "one\ntwo" },
    patch: wrapped("*** Update File: a\n@@\n-two\n+2\n*** Update File: b\n@@\n-one\n+1\n*** Update File: c\n@@\n+three"),
    becomes: { a: "one\n2\n", b: "1\ntwo", c: "one\ntwo\nthree\n" },
    shown: `${SUCCESS}M a\nM b\nM c`,
  },
  {
    title: "ignores blanks and typographic punctuation, and says so; lines that stay keep theirs",
    files: { a: "keep  \nold\n", b: "  keep\n  old\n", c: "“keep” – it’s\nold\n" },
    patch: wrapped(
      '*** Update File: a\n@@\n keep\n-old\n+new\n*** Update File: b\n@@\n keep\n-old\n+new\n*** Update File: c\n@@\n "keep" - it\'s\n-old\n+new',
    ),
    becomes: { a: "keep  \nnew\n", b: "  keep\nnew\n", c: "“keep” – it’s\nnew\n" },
    shown: `${SUCCESS}M a (matched ignoring trailing whitespace)\nM b (matched ignoring indentation)\nM c (matched ignoring typographic punctuation)`,
  },
  {
    title: "prefers an exact place to an earlier one that only resembles it",
    files: { a: "  x\n  old\nx\nold\n" },
    patch: wrapped("*** Update File: a\n@@\n x\n-old\n+new"),
    becomes: { a: "  x\n  old\nx\nnew\n" },
    shown: `${SUCCESS}M a`,
  },
  {
    title: "keeps the line ends of the file, whatever those of the patch",
    files: { a: "one\r\ntwo\r\nthree\r\n", b: "one\ntwo\n" },
    patch: wrapped("*** Update File: a\n@@\n one\n-two\n+2\n+2.5\n*** Update File: b\n@@\n-two\n+2").replaceAll("\n", "\r\n"),
    becomes: { a: "one\r\n2\r\n2.5\r\nthree\r\n", b: "one\n2\n" },
    shown: `${SUCCESS}M a\nM b`,
  },
  {
    title: "accepts padded markers, a here-document, empty lines and a first hunk without a header",
    files: { a: "one\n\ntwo\n" },
    patch: "<<'EOF'\n  *** Begin Patch  \n  *** Update File: a\n one\n\n-two\n+2\n\n\n *** End Patch\nEOF",
    becomes: { a: "one\n\n2\n" },
    shown: `${SUCCESS}M a`,
  },
  {
    title: "lets an operation work on what those before it leave",
    files: { a: "one\ntwo\n", d: "old\n" },
    patch: wrapped(
      "*** Update File: a\n@@\n-one\n+1\n*** Update File: ./a\n@@\n 1\n-two\n+2\n*** Add File: n\n+x\n*** Update File: n\n@@\n-x\n+y\n*** Delete File: d\n*** Add File: d\n+new",
    ),
    becomes: { a: "1\n2\n", d: "new\n", n: "y\n" },
    shown: `${SUCCESS}M a\nM ./a\nA n\nM n\nD d\nA d`,
  },
  {
    title: "renames without a hunk, over a file that is there",
    files: { a: "one\n", b: "other\n" },
    patch: wrapped("*** Update File: a\n*** Move to: b"),
    becomes: { b: "one\n" },
    shown: `${SUCCESS}R a -> b`,
  },
];

test.for(SCENARIOS)("a patch $title", async (scenario) => {
  const { result, after } = await apply(scenario);

  expect(result).toMatchObject({ text: scenario.shown, isError: false });
  expect(after).toEqual(scenario.becomes);
});

const AGAIN = "\nNothing was changed: correct the patch and send all of it again.";

const FAILURES: readonly Failure[] = [
  {
    title: "a later operation fails",
    files: { a: "one\n" },
    patch: wrapped("*** Add File: made/new\n+x\n*** Update File: a\n@@\n-one\n+1\n*** Update File: missing\n@@\n-x\n+y"),
    shown: `Error: not_found: 'missing' does not exist.${AGAIN}`,
  },
  {
    title: "the file system refuses the last change",
    files: { a: "one\n", "dir/f": "x\n" },
    patch: wrapped("*** Add File: made/new\n+x\n*** Update File: a\n@@\n-one\n+1\n*** Delete File: dir"),
    shown: `Error: is_directory: 'dir' is a directory, not a file.${AGAIN}`,
  },
  {
    title: "what is to be deleted is not there",
    files: { a: "one\n" },
    patch: wrapped("*** Delete File: b"),
    shown: `Error: not_found: 'b' does not exist.${AGAIN}`,
  },
  {
    title: "lines of a hunk are not in the file",
    files: { a: "one\ntwo\nthree\n" },
    patch: wrapped("*** Update File: a\n@@\n one\n-three\n+3"),
    shown: `Error: no_match: hunk 1: its kept and removed lines do not stand together in a.\nClosest line 1: one${AGAIN}`,
  },
  {
    title: "a hunk comes before the one before it",
    files: { a: "one\ntwo\nthree\n" },
    patch: wrapped("*** Update File: a\n@@\n-three\n+3\n@@\n-one\n+1"),
    shown: `Error: no_match: hunk 2: its kept and removed lines do not stand together in a after line 3.\nClosest line 1: one${AGAIN}`,
  },
  {
    title: "a header is not in the file",
    files: { a: "one\n" },
    patch: wrapped("*** Update File: a\n@@ def f():\n-one\n+1"),
    shown: `Error: no_match: hunk 1: the line of its header '@@ def f():' was not found in a.${AGAIN}`,
  },
  {
    title: "headers are line numbers",
    files: { a: "one\n" },
    patch: wrapped("*** Update File: a\n@@ -1,3 +1,3 @@\n-one\n+1"),
    shown: `Error: no_match: hunk 1: the line of its header '@@ -1,3 +1,3 @@' was not found in a.\nLine numbers are not used: write '@@' alone, or '@@ ' and a line of the file that comes before the change.${AGAIN}`,
  },
  {
    title: "nothing is to be changed",
    files: { a: "one\n" },
    patch: wrapped("*** Update File: a\n@@\n one"),
    shown: `Error: no_change: the patch would leave every file as it is.${AGAIN}`,
  },
  {
    title: "a file made by the patch is deleted by it",
    files: {},
    patch: wrapped("*** Add File: a\n+x\n*** Delete File: a"),
    shown: `Error: invalid_arguments: the patch deletes 'a', which an operation before it makes.\nLeave one of the two out.${AGAIN}`,
  },
  {
    title: "a path leads out",
    files: { a: "one\n" },
    patch: wrapped("*** Update File: a\n@@\n-one\n+1\n*** Add File: ../out\n+x"),
    shown: `Error: path_outside_workspace: '../out' resolves outside /workspace.${AGAIN}`,
  },
  {
    title: "a moved file would lead out",
    files: { a: "one\n" },
    patch: wrapped("*** Update File: a\n*** Move to: /etc/a\n@@\n-one\n+1"),
    shown: `Error: path_outside_workspace: '/etc/a' resolves outside /workspace.${AGAIN}`,
  },
  {
    title: "a file is not text",
    files: { a: "one\n", b: "x\0\n" },
    patch: wrapped("*** Update File: a\n@@\n-one\n+1\n*** Update File: b\n@@\n+x"),
    shown: `Error: binary_file: 'b' is not a text file.${AGAIN}`,
  },
];

test.for(FAILURES)("nothing at all is changed where $title", async (failure) => {
  const { result, after } = await apply(failure);

  expect(result).toMatchObject({ text: failure.shown, isError: true });
  expect(after).toEqual(failure.files);
});

test("modes are kept by changes, moves and replacements", async () => {
  const shop = await openWorkshop({ run: "one\n", tool: "one\n", plain: "one\n" }, {}, "apply-patch");
  const host = (path: string): string => join(shop.sandbox.disk, "workspace", path);
  for (const path of ["run", "tool"]) await chmod(host(path), 0o750);
  const patch = wrapped(
    "*** Update File: run\n@@\n-one\n+1\n*** Update File: tool\n*** Move to: bin/tool\n@@\n-one\n+1\n*** Add File: plain\n+1",
  );

  await shop.use("apply_patch", { patch });

  const modes = await Promise.all(["run", "bin/tool", "plain"].map(async (path) => (await stat(host(path))).mode & 0o777));
  expect(modes).toEqual([0o750, 0o750, 0o644]);
});

test("a link is changed through, and deleted itself", async () => {
  const shop = await openWorkshop({ real: "one\n", kept: "two\n" }, {}, "apply-patch");
  const host = (path: string): string => join(shop.sandbox.disk, "workspace", path);
  await symlink("real", host("through"));
  await symlink("kept", host("gone"));

  await shop.use("apply_patch", { patch: wrapped("*** Update File: through\n@@\n-one\n+1\n*** Delete File: gone") });

  expect([await shop.text("real"), await shop.text("kept"), await readlink(host("through"))]).toEqual(["1\n", "two\n", "real"]);
  await expect(lstat(host("gone"))).rejects.toThrow("ENOENT");
});

test("a file under two names is refused, and stays", async () => {
  const shop = await openWorkshop({ real: "one\ntwo\n" }, {}, "apply-patch");
  await symlink("real", join(shop.sandbox.disk, "workspace", "alias"));

  const text = await shop.textOf("apply_patch", {
    patch: wrapped("*** Update File: real\n@@\n-one\n+1\n*** Update File: alias\n@@\n-two\n+2"),
  });

  expect(text).toContain("Error: policy_denied: 'alias' cannot be used");
  expect(await shop.text("real")).toBe("one\ntwo\n");
});

test("patches that are too large are refused", async () => {
  const shop = await openWorkshop({ a: "one\n" }, {}, "apply-patch");
  const many = Array.from({ length: 201 }, (_, index) => `*** Add File: f${index}\n+x`).join("\n");
  const hunks = Array.from({ length: 1001 }, () => "@@\n-one\n+1").join("\n");

  expect(await shop.textOf("apply_patch", { patch: "x".repeat(1024 * 1024 + 1) })).toContain(
    "the patch is 1 048 577 bytes; the limit is 1 048 576.",
  );
  expect(await shop.textOf("apply_patch", { patch: wrapped(many) })).toContain("the patch changes 201 files; the limit is 200.");
  expect(await shop.textOf("apply_patch", { patch: wrapped(`*** Update File: a\n${hunks}`) })).toContain(
    "the patch has 1 001 hunks and headers",
  );
});

test("equal lines take no longer than others", async () => {
  const shop = await openWorkshop({ a: "a\n".repeat(400_000) }, {}, "apply-patch");
  const lines = " a\n".repeat(200_000);

  expect(await shop.textOf("apply_patch", { patch: wrapped(`*** Update File: a\n@@\n${lines}-b\n+c`) })).toContain("Error: no_match");
}, 20_000);

test("the tools that edit one file are denied with this profile, and unknown without it", async () => {
  const shop = await openWorkshop({ a: "one\n" }, {}, "apply-patch");
  const full = await openWorkshop({ a: "one\n" });

  expect(await shop.textOf("edit_file", { path: "a", old_text: "one", new_text: "1" })).toContain(
    "Error: policy_denied: 'edit_file' is not allowed in this run.",
  );
  expect(await full.textOf("apply_patch", { patch: "" })).toContain(
    "Error: unknown_tool: 'apply_patch'. Available tools: read_file, write_file",
  );
});
