import { describe, expect, test } from "vitest";
import { loadExercism } from "../../../src/import/exercism/exercism.ts";
import { TempFolder } from "../../fixtures/temp-folder.ts";

type Files = Readonly<Record<string, string>>;

// Beside the exercise in question lies one that loads, so that the suite is never empty.
async function load(files: Files) {
  using temp = new TempFolder();
  const config = (of: object) => JSON.stringify({ files: of });
  temp.write({
    "plain/.meta/config.json": config({ solution: ["plain.py"], test: ["plain_test.py"], example: [".meta/example.py"] }),
    "plain/plain.py": "",
    "plain/plain_test.py": "",
    "plain/.meta/example.py": "",
    ...Object.fromEntries(Object.entries(files).map(([path, text]) => [`tide/${path}`, text])),
  });
  const { tasks, leftOut } = loadExercism(temp.path);
  const task = tasks.find(({ title }) => title === "Tide");
  const workspace = (await task?.files.workspace()) ?? [];
  const manifest = new TextDecoder().decode(workspace.find(({ path }) => path === "Cargo.toml")?.bytes);
  return { manifest, reason: leftOut.find(({ names }) => names?.includes("tide"))?.reason ?? null };
}

describe("an exercise in Go", () => {
  const goFiles = (example: string, files: Files = {}): Files => ({
    ".meta/config.json": JSON.stringify({ files: { solution: ["tide.go"], test: ["tide_test.go"], example: [".meta/example.go"] } }),
    "go.mod": "module tide\n\ngo 1.26\n",
    "tide.go": "package tide\n",
    "tide_test.go": 'package tide\n\nimport "testing"\n\nfunc TestTide(t *testing.T) {}\n',
    ".meta/example.go": `package tide\n${example}`,
    ...files,
  });
  const newer = "need a newer Go than 1.19";

  test.for([
    { title: "what every Go has", files: goFiles('import (\n\t"sort"\n)\n') },
    {
      title: "a function of its own called min",
      files: goFiles("func min(a, b int) int { return a }\nfunc f() int { return min(1, 2) }\n"),
    },
    { title: "a method called max", files: goFiles("func f(b box) int { return b.max(1, 2) }\n") },
    { title: "a newer word in a comment", files: goFiles("// clear(things)\n") },
  ])("loads with $title, whatever version its module names", async ({ files }) => {
    expect((await load(files)).reason).toBeNull();
  });

  test.for([
    { title: "a later package", files: goFiles('import (\n\t"slices"\n)\n') },
    { title: "a later package under another name", files: goFiles('import rand "math/rand/v2"\n') },
    { title: "a later package in its tests", files: goFiles("", { "cases_test.go": 'package tide\n\nimport "maps"\n' }) },
    { title: "a later function", files: goFiles("func f() int { return max(1, 2) }\n") },
    { title: "a loop over a number", files: goFiles("func f() {\n\tfor range 4 {\n\t}\n}\n") },
  ])("is left out with $title", async ({ files }) => {
    expect((await load(files)).reason).toBe(newer);
  });

  test("is left out with a module to download", async () => {
    const { reason } = await load(goFiles("", { "go.mod": "module tide\n\ngo 1.18\n\nrequire example.org/x v1.0.0\n" }));

    expect(reason).toBe("need modules that would have to be downloaded");
  });
});

describe("an exercise in Rust", () => {
  const rustFiles = (dependencies: string): Files => ({
    ".meta/config.json": JSON.stringify({
      files: { solution: ["src/lib.rs", "Cargo.toml"], test: ["tests/tide.rs"], example: [".meta/example.rs"] },
    }),
    "Cargo.toml": '[package]\nname = "tide"\nversion = "0.1.0"\n\n[dependencies]\n',
    "src/lib.rs": "",
    "tests/tide.rs": "",
    ".meta/example.rs": "",
    ".meta/Cargo-example.toml": `[package]\nname = "tide"\nversion = "0.1.0"\n\n[dependencies]\n${dependencies}`,
  });

  test.for(['anyhow = "1.0"', 'rand = "^0.8.5"', 'time = { version = "0.3", features = ["macros"] }', 'pretty_assertions = "*"'])(
    "loads with crates that the image has: %s",
    async (line) => {
      const { manifest, reason } = await load(rustFiles(`${line}\n`));

      expect(reason).toBeNull();
      expect(manifest).toContain(line);
    },
  );

  test("gets the image's version of a crate that does the same in both", async () => {
    const { manifest } = await load(rustFiles('itertools = "0.5"\nregex = "1"\n'));

    expect(manifest).toMatch(/itertools = "0\.10\.3"\nregex = "1"\n$/);
  });

  test.for([
    'rand = "0.3.12"',
    'counter = "0.5.2"',
    'constructor = "*"',
    'rand = { git = "https://example.org/rand" }',
    'regex = "0.1"',
    'permutohedron = "0.2"',
  ])("is left out with crates to download: %s", async (line) => {
    expect((await load(rustFiles(`${line}\n`))).reason).toBe("need crates that would have to be downloaded");
  });
});
