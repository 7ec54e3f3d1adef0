import { symlink } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openWorkshop } from "../workshop.ts";

const TREE = {
  "b.txt": "",
  "a/x.py": "",
  "a/deep/y.py": "",
  ".git/config": "",
  "node_modules/m/i.js": "",
  "a/__pycache__/c": "",
  ".env": "",
};

test.for([
  { args: {}, expected: [".env", ".git/", "a/", "b.txt", "node_modules/"] },
  { args: { path: "", depth: 1 }, expected: ["Error: invalid_arguments: path must not be empty.", "Use '.' for the workspace root."] },
  { args: { path: "a" }, expected: ["__pycache__/", "deep/", "x.py"] },
  { args: { depth: 4 }, expected: [".env", ".git/", "a/", "a/__pycache__/", "a/deep/", "a/deep/y.py", "a/x.py", "b.txt", "node_modules/"] },
  { args: { path: "node_modules", depth: 2 }, expected: ["m/", "m/i.js"] },
  { args: { path: "b.txt" }, expected: ["Error: not_a_directory: 'b.txt' is not a directory."] },
  { args: { path: "c" }, expected: ["Error: not_found: 'c' does not exist."] },
  { args: { path: ".." }, expected: ["Error: path_outside_workspace: '..' resolves outside /workspace."] },
  { args: { path: "out" }, expected: ["Error: path_outside_workspace: 'out' resolves outside /workspace."] },
  { args: { depth: 5 }, expected: ["Error: invalid_arguments: depth must be between 1 and 4, got 5."] },
])("list_directory lists $args", async ({ args, expected }) => {
  const { textOf, sandbox } = await openWorkshop(TREE);
  if ("path" in args && args.path === "out") await symlink("/etc", join(sandbox.disk, "workspace/out"));

  expect((await textOf("list_directory", args)).split("\n")).toEqual(expected);
});

test("list_directory reports that a directory is empty", async () => {
  const { textOf } = await openWorkshop();

  expect(await textOf("list_directory", {})).toBe("(empty directory)");
});

test("list_directory shows at most three hundred entries and counts the rest", async () => {
  const files = Object.fromEntries(Array.from({ length: 712 }, (_, index) => [`f${1000 + index}`, ""]));
  const { textOf } = await openWorkshop(files);

  const lines = (await textOf("list_directory", {})).split("\n");
  expect(lines).toHaveLength(301);
  expect(lines.at(-1)).toBe("[412 more entries not shown]");
});

test("list_directory keeps to its budget when names are long", async () => {
  const files = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`${"ż".repeat(100)}${100 + index}`, ""]));
  const { use } = await openWorkshop(files);

  const { result, fullOutput } = await use("list_directory", {});
  expect(Buffer.byteLength(result.text)).toBeLessThanOrEqual(5120);
  expect(result.text).toMatch(/\n\[\d+ more entries not shown\]$/);
  expect(
    Buffer.from(fullOutput ?? [])
      .toString()
      .split("\n"),
  ).toHaveLength(100);
});
