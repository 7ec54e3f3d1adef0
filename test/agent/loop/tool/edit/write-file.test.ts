import { chmod, stat, symlink } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openWorkshop } from "../workshop.ts";

test.for([
  { content: "one\ntwo\n", shown: "8 bytes (2 lines)" },
  { content: "one\ntwo", shown: "7 bytes (2 lines)" },
  { content: "x", shown: "1 byte (1 line)" },
  { content: "", shown: "0 bytes (0 lines)" },
  { content: "ż\r\n".repeat(500), shown: "2 000 bytes (500 lines)" },
])("write_file writes exactly its content and reports $shown", async ({ content, shown }) => {
  const { textOf, text } = await openWorkshop();

  expect(await textOf("write_file", { path: "deep/down/f.txt", content })).toBe(`Wrote ${shown} to deep/down/f.txt (new file).`);
  expect(await text("deep/down/f.txt")).toBe(content);
});

test("write_file replaces a file and keeps its mode", async () => {
  const { textOf, text, sandbox } = await openWorkshop({ "run.sh": "old" });
  await chmod(join(sandbox.disk, "workspace/run.sh"), 0o755);

  expect(await textOf("write_file", { path: "./run.sh", content: "new" })).toBe("Wrote 3 bytes (1 line) to run.sh (replaced).");
  expect(await text("run.sh")).toBe("new");
  expect((await stat(join(sandbox.disk, "workspace/run.sh"))).mode & 0o777).toBe(0o755);
});

test.for([
  { path: "../x", expected: "Error: path_outside_workspace: '../x' resolves outside /workspace." },
  { path: "way-out/x", expected: "Error: path_outside_workspace: 'way-out/x' resolves outside /workspace." },
  { path: "dangling", expected: "Error: path_outside_workspace: 'dangling' resolves outside /workspace." },
  { path: "dir", expected: "Error: is_directory: 'dir' is a directory, not a file." },
  { path: "f.txt/x", expected: "Error: not_a_directory: 'f.txt/x' is not a directory." },
  { path: "", expected: "Error: invalid_arguments: path must not be empty.\nUse '.' for the workspace root." },
])("write_file does not write to $path", async ({ path, expected }) => {
  const { textOf, sandbox } = await openWorkshop({ "f.txt": "", "dir/x": "" });
  await symlink("/tmp", join(sandbox.disk, "workspace/way-out"));
  await symlink("/tmp/nothing-here", join(sandbox.disk, "workspace/dangling"));
  const before = await sandbox.fingerprint("/workspace");

  expect(await textOf("write_file", { path, content: "x" })).toBe(expected);
  expect(await sandbox.fingerprint("/workspace")).toBe(before);
});

test("write_file accepts a mebibyte and no byte more", async () => {
  const { textOf } = await openWorkshop();

  expect(await textOf("write_file", { path: "f", content: "a".repeat(1024 * 1024) })).toContain("Wrote 1 048 576 bytes");
  expect(await textOf("write_file", { path: "f", content: "a".repeat(1024 * 1024 + 1) })).toBe(
    "Error: too_large: content is 1 048 577 bytes; the limit is 1 048 576.",
  );
});

test("write_file does not convert an object to text", async () => {
  const { textOf } = await openWorkshop();

  expect(await textOf("write_file", { path: "f.json", content: { a: 1 } })).toBe(
    "Error: invalid_arguments: content must be a string, got an object.",
  );
});
