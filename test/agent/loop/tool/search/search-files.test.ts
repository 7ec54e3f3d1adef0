import { expect, test } from "vitest";
import { openContainerWorkshop } from "../workshop.ts";

const TREE = {
  "src/a.py": "import os\nneedle = 1\nprint(needle)\n",
  "src/b.js": "const Needle = 2; // a.b\n",
  "docs/c.md": "no\nneedle\tx\nno\n",
  ".hidden": "needle in a hidden file\n",
  ".gitignore": "docs\n",
  ".git/config": "needle in git\n",
  "node_modules/m/x.js": "needle in a package\n",
  "bin.dat": "needle\0needle\n",
  "-dash.txt": "--needle=1\n",
};

test.for([
  {
    args: { pattern: "needle" },
    expected: [
      "-dash.txt:1: --needle=1",
      ".hidden:1: needle in a hidden file",
      "docs/c.md:2: needle\tx",
      "src/a.py:2: needle = 1",
      "src/a.py:3: print(needle)",
    ],
  },
  { args: { pattern: "needle", path: "bin.dat" }, expected: ['bin.dat: binary file matches (found "\\0" byte around offset 6)'] },
  { args: { pattern: "needle", glob: "*.py" }, expected: ["src/a.py:2: needle = 1", "src/a.py:3: print(needle)"] },
  { args: { pattern: "NEEDLE", path: "src", ignore_case: true, glob: "*.js" }, expected: ["src/b.js:1: const Needle = 2; // a.b"] },
  { args: { pattern: "^n.*\\d$", path: "src/a.py" }, expected: ["src/a.py:2: needle = 1"] },
  { args: { pattern: "print(needle)", literal: true }, expected: ["src/a.py:3: print(needle)"] },
  { args: { pattern: "--needle" }, expected: ["-dash.txt:1: --needle=1"] },
  { args: { pattern: "needle", path: "-dash.txt" }, expected: ["-dash.txt:1: --needle=1"] },
  { args: { pattern: "needle", path: "node_modules" }, expected: ["node_modules/m/x.js:1: needle in a package"] },
  { args: { pattern: "needle", path: "/workspace/docs" }, expected: ["docs/c.md:2: needle\tx"] },
  { args: { pattern: "needle", path: "docs", context: 1 }, expected: ["docs/c.md-1- no", "docs/c.md:2: needle\tx", "docs/c.md-3- no"] },
  { args: { pattern: "haystack" }, expected: ["No matches."] },
  { args: { pattern: "needle", glob: "*.rs" }, expected: ["No matches."] },
  { args: { pattern: "" }, expected: ["Error: bad_pattern: pattern must not be empty."] },
  { args: { pattern: "a\0" }, expected: ["Error: bad_pattern: NUL bytes cannot be searched for."] },
  { args: { pattern: "(" }, expected: ["Error: bad_pattern: regex parse error:", "    (", "    ^", "error: unclosed group"] },
  { args: { pattern: "x", glob: "[" }, expected: ["Error: bad_pattern: error parsing glob '[': unclosed character class; missing ']'"] },
  { args: { pattern: "x", path: "gone" }, expected: ["Error: not_found: 'gone' does not exist."] },
  { args: { pattern: "root", path: "../../etc" }, expected: ["Error: path_outside_workspace: '../../etc' resolves outside /workspace."] },
  { args: { pattern: "root", path: "out/passwd" }, expected: ["Error: path_outside_workspace: 'out/passwd' resolves outside /workspace."] },
  { args: { pattern: "x", context: 6 }, expected: ["Error: invalid_arguments: context must be between 0 and 5, got 6."] },
  { args: {}, expected: ["Error: invalid_arguments: pattern is required."] },
])("search_files answers $args", async ({ args, expected }) => {
  const { textOf, sandbox } = await openContainerWorkshop(TREE);
  await sandbox.run({ command: "ln -s /etc out", cwd: "/workspace", env: {}, timeoutMs: 10_000, maxOutputBytes: 1000 });

  expect((await textOf("search_files", args)).split("\n")).toEqual(expected);
});

test.for([
  { title: "a shell command in the pattern", args: { pattern: "$(touch pwned); `touch pwned` | touch pwned" } },
  { title: "a shell command in the glob", args: { pattern: "x", glob: "$(touch pwned)" } },
  { title: "a flag in the glob", args: { pattern: "x", glob: "--pre=touch" } },
  { title: "a flag in the pattern", args: { pattern: "--pre=touch" } },
])("search_files runs nothing for $title", async ({ args }) => {
  const { textOf, sandbox } = await openContainerWorkshop({ "a.txt": "x\n" });
  const before = await sandbox.fingerprint("/workspace");

  await textOf("search_files", args);
  expect(await sandbox.fingerprint("/workspace")).toBe(before);
});

test("search_files finds line ends of CRLF files and shows no return", async () => {
  const { textOf } = await openContainerWorkshop({ f: "foo\r\nfoobar\r\n" });

  expect(await textOf("search_files", { pattern: "foo$" })).toBe("f:1: foo");
});

test("search_files shows a hundred lines and counts all matches", async () => {
  const files = Object.fromEntries(Array.from({ length: 4 }, (_, index) => [`f${index}`, "hit\n".repeat(310)]));
  const { use } = await openContainerWorkshop(files);

  const { result, fullOutput } = await use("search_files", { pattern: "hit" });
  const lines = result.text.split("\n");
  expect(lines).toHaveLength(101);
  expect(lines.at(-1)).toBe("[1 240 matches in 4 files; showing the first 100. Narrow the pattern or path.]");
  expect(
    Buffer.from(fullOutput ?? [])
      .toString()
      .split("\n"),
  ).toHaveLength(1240);
});

test("search_files also counts what is too much to read", async () => {
  const { textOf } = await openContainerWorkshop({ a: `${"x".repeat(280)}\n`.repeat(9000), b: `${"x".repeat(280)}\n`.repeat(10) });

  expect(await textOf("search_files", { pattern: "x+", context: 2 })).toContain("[9 010 matches in 2 files; showing the first ");
});

test("search_files keeps to its budget and cuts long lines", async () => {
  const { textOf } = await openContainerWorkshop({ f: `${"ż".repeat(2000)}hit\n`.repeat(60), min: `hit${"y".repeat(5000)}\n` });

  const text = await textOf("search_files", { pattern: "hit" });
  expect(Buffer.byteLength(text)).toBeLessThanOrEqual(5120);
  expect(await textOf("search_files", { pattern: "hit", path: "min" })).toMatch(/^min:1: hity{200,300} \[/);
});

test("search_files on a big tree is cut by the time limit", async () => {
  const { use } = await openContainerWorkshop({ f: "aaaa\n".repeat(2_000_000) }, { commandTimeoutSeconds: 0.001 });

  const { result, timedOut } = await use("search_files", { pattern: "(a*)*b|(x+x+)+y" });
  expect(result.text).toMatch(/^Error: timeout: killed after /);
  expect(timedOut).toBe(true);
});
