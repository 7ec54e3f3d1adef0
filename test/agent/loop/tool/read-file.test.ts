import { mkdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { openWorkshop } from "./workshop.ts";

const numbered = (from: number, to: number): string =>
  Array.from({ length: to - from + 1 }, (_, index) => `${from + index}\tline ${from + index}`).join("\n");
const lines = (count: number): string => Array.from({ length: count }, (_, index) => `line ${index + 1}\n`).join("");

test.for([
  { title: "a file with a final newline", content: "a\nb\n", expected: "1\ta\n2\tb" },
  { title: "a file without a final newline", content: "a\nb", expected: "1\ta\n2\tb" },
  { title: "empty lines", content: "\n\n", expected: "1\t\n2\t" },
  { title: "CRLF as LF", content: "a\r\nb\r\n", expected: "1\ta\n2\tb" },
  { title: "a byte order mark as nothing", content: "\uFEFFa\n", expected: "1\ta" },
  { title: "letters of many scripts", content: "zażółć 你好 🙂\n", expected: "1\tzażółć 你好 🙂" },
  { title: "an empty file as a remark", content: "", expected: "(empty file)" },
])("read_file shows $title", async ({ content, expected }) => {
  const { textOf } = await openWorkshop({ "f.txt": content });

  expect(await textOf("read_file", { path: "f.txt" })).toBe(expected);
});

test("read_file replaces invalid UTF-8", async () => {
  const { textOf } = await openWorkshop({ "f.txt": Buffer.from([0x61, 0xff, 0x62]) });

  expect(await textOf("read_file", { path: "f.txt" })).toBe("1\ta\uFFFDb");
});

test.for([
  { args: { start_line: 3 }, expected: numbered(3, 9) },
  { args: { end_line: 2 }, expected: numbered(1, 2) },
  { args: { start_line: 4, end_line: 4 }, expected: numbered(4, 4) },
  { args: { start_line: "8", end_line: 99 }, expected: numbered(8, 9) },
])("read_file returns the lines of $args", async ({ args, expected }) => {
  const { textOf } = await openWorkshop({ "f.txt": lines(9) });

  expect(await textOf("read_file", { path: "f.txt", ...args })).toBe(expected);
});

test("read_file pages through a long file without losing or repeating a line", async () => {
  const { textOf } = await openWorkshop({ "f.txt": lines(2000) });

  const seen: string[] = [];
  let start = 1;
  for (let page = 0; page < 20; page += 1) {
    const text = await textOf("read_file", { path: "f.txt", start_line: start });
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(5120);
    const next = /\n\[lines \d+-\d+ of 2000; continue with start_line=(\d+)\]$/.exec(text);
    seen.push(text.replace(/\n\[lines [^\n]*$/, ""));
    if (next === null) break;
    start = Number(next[1]);
  }
  expect(seen.length).toBeGreaterThan(3);
  expect(seen.join("\n")).toBe(numbered(1, 2000));
});

test("read_file cuts a line that does not fit, notes the cut, and continues after it", async () => {
  const { textOf, use } = await openWorkshop({ "f.txt": `short\n${"ä".repeat(24_106)}x\nend\n` });

  const first = await textOf("read_file", { path: "f.txt" });
  expect(first).toBe("1\tshort\n[lines 1-1 of 3; continue with start_line=2]");
  const { result, fullOutput } = await use("read_file", { path: "f.txt", start_line: 2 });
  expect(result.text).toBe(
    `2\t${"ä".repeat(2000)}\n[line 2 is 48 213 bytes; showing the first 4 000]\n[lines 2-2 of 3; continue with start_line=3]`,
  );
  expect(fullOutput?.length).toBe(48_213 + 11);
});

test("read_file counts bytes, not letters", async () => {
  const { textOf } = await openWorkshop({ "f.txt": `${"ż".repeat(50)}\n`.repeat(200) });

  const lines = (await textOf("read_file", { path: "f.txt" })).split("\n");
  expect(lines.slice(0, -1).every((line) => /^\d+\tż{50}$/.test(line))).toBe(true);
  expect(lines.at(-1)).toBe(`[lines 1-${lines.length - 1} of 200; continue with start_line=${lines.length}]`);
});

test("read_file never shows more than its budget, whatever the lines", async () => {
  const { textOf, put } = await openWorkshop({ "f.txt": "" }, { maxResultBytes: 1000 });
  const line = fc.string({ unit: "binary", maxLength: 700 }).map((text) => text.replace(/[\n\r\0]/g, ""));

  await fc.assert(
    fc.asyncProperty(fc.array(line, { minLength: 1, maxLength: 40 }), fc.nat(39), async (content, start) => {
      await put("f.txt", `${content.join("\n")}\n`);
      const text = await textOf("read_file", { path: "f.txt", start_line: 1 + (start % content.length) });
      expect(Buffer.byteLength(text)).toBeLessThanOrEqual(1000);
      expect(Buffer.from(text).toString()).toBe(text);
      expect(text).not.toContain("bytes omitted (");
    }),
    { numRuns: 60 },
  );
});

test.for([
  { args: { path: "f.txt", start_line: 900 }, expected: "Error: invalid_arguments: start_line 900 is past the end (640 lines)." },
  { args: { path: "empty", start_line: 2 }, expected: "Error: invalid_arguments: start_line 2 is past the end (0 lines)." },
  { args: { path: "f.txt", start_line: 5, end_line: 4 }, expected: "Error: invalid_arguments: end_line 4 is before start_line 5." },
  { args: { path: "f.txt", start_line: 0 }, expected: "Error: invalid_arguments: start_line must be at least 1, got 0." },
  { args: { path: "nul" }, expected: "Error: binary_file: 'nul' is not a text file." },
  { args: { path: "pipe" }, expected: "Error: binary_file: 'pipe' is a pipe, socket or device, not a regular file." },
  { args: { path: "dir" }, expected: "Error: is_directory: 'dir' is a directory, not a file." },
  { args: { path: "huge" }, expected: "Error: too_large: 'huge' is 4 194 305 bytes, too large for this tool." },
  { args: { path: "gone" }, expected: "Error: not_found: 'gone' does not exist." },
  { args: { path: "F.TXT" }, expected: "Error: not_found: 'F.TXT' does not exist.\nDid you mean: f.txt" },
  { args: { path: "f.txt/x" }, expected: "Error: not_found: 'f.txt/x' does not exist." },
  { args: { path: "../x" }, expected: "Error: path_outside_workspace: '../x' resolves outside /workspace." },
  { args: { path: "/etc/passwd" }, expected: "Error: path_outside_workspace: '/etc/passwd' resolves outside /workspace." },
  { args: { path: "way-out" }, expected: "Error: path_outside_workspace: 'way-out' resolves outside /workspace." },
  { args: { path: "out-dir/hostname" }, expected: "Error: path_outside_workspace: 'out-dir/hostname' resolves outside /workspace." },
  { args: { path: "" }, expected: "Error: invalid_arguments: path must not be empty.\nUse '.' for the workspace root." },
  { args: { path: "a\0b" }, expected: "Error: invalid_arguments: path must not contain NUL bytes." },
  {
    args: { path: "~/x" },
    expected: "Error: invalid_arguments: '~/x' starts with '~', which is not expanded.\nUse a path relative to the workspace root.",
  },
])("read_file answers $args with its error", async ({ args, expected }) => {
  const { textOf, sandbox } = await openWorkshop({
    "f.txt": lines(640),
    empty: "",
    nul: "abc\0def",
    huge: Buffer.alloc(4 * 1024 * 1024 + 1, "a"),
    "dir/x": "",
  });
  const workspace = join(sandbox.disk, "workspace");
  await sandbox.run({ command: "mkfifo pipe", cwd: "/workspace", env: {}, timeoutMs: 5000, maxOutputBytes: 100 });
  await symlink("/etc/hostname", join(workspace, "way-out"));
  await symlink("/etc", join(workspace, "out-dir"));

  expect(await textOf("read_file", args)).toBe(expected);
});

test("read_file follows a link that stays inside, and accepts absolute paths inside", async () => {
  const { textOf, sandbox } = await openWorkshop({ "real/f.txt": "here\n" });
  await mkdir(join(sandbox.disk, "workspace/links"));
  await symlink("../real/f.txt", join(sandbox.disk, "workspace/links/f"));

  expect(await textOf("read_file", { path: "links/f" })).toBe("1\there");
  expect(await textOf("read_file", { path: "/workspace/real/../real/f.txt" })).toBe("1\there");
});
