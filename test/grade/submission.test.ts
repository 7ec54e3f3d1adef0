import { describe, expect, test } from "vitest";
import { crossing, layOut } from "../../src/grade/submission.ts";
import { smallTask, sources, type Texts } from "./small-task.ts";

const everything = { include: ["**"], exclude: [] };
const none: ReadonlySet<string> = new Set();

describe("what may be submitted for grading", () => {
  test.for([
    "conftest.py",
    "deep/conftest.py",
    "Conftest.PY",
    "sitecustomize.py",
    "usercustomize.py",
    "evil.pth",
    "pytest.ini",
    ".pytest.ini",
    "tox.ini",
    "setup.cfg",
    "pyproject.toml",
    "x.dist-info/entry_points.txt",
    "x.egg-info/PKG-INFO",
    "__pycache__/given.cpython-311.pyc",
    "given.so",
    "node_modules/expect/index.js",
    "a/node_modules/x.js",
    ".npmrc",
    "vitest.config.ts",
    "vite.config.mjs",
    "vitest.workspace.json",
    "jest.config.js",
    "babel.config.js",
    ".babelrc.js",
    ".env",
    "__mocks__/fs.js",
    "__snapshots__/a.snap",
    ".git/config",
    ".gitattributes",
    "../x.py",
    "/etc/passwd",
    "a//b",
    "a/./b",
    "a/../b",
    "",
    "a\0b",
  ])("is never %j, whatever the rule", (path) => {
    expect(crossing(everything, none)(path)).toBe(false);
  });

  test.for(["solution.py", "pkg/__init__.py", "package.json", ".bashrc", "größe.js", "my_conftest.py", "src/node_modules.py"])(
    "can be %s",
    (path) => {
      expect(crossing(everything, none)(path)).toBe(true);
    },
  );

  test("includes a file that configures tests if the task has it and its rule names it", () => {
    const rule = { include: ["pyproject.toml", "**/*.py"], exclude: [] };

    expect(crossing(rule, new Set(["pyproject.toml"]))("pyproject.toml")).toBe(true);
    expect(crossing(rule, none)("pyproject.toml")).toBe(false);
    expect(crossing(rule, new Set(["conftest.py"]))("conftest.py")).toBe(false);
  });

  test("leaves out what the rule excludes, folders with all below them", () => {
    const rule = { include: ["**"], exclude: ["vendor", "*.md"] };

    expect(crossing(rule, none)("vendor/deep/x.py")).toBe(false);
    expect(crossing(rule, none)("README.md")).toBe(false);
    expect(crossing(rule, none)("docs/README.md")).toBe(true);
  });
});

test("two thousand files in folders as deep as a path can be neither block other work nor are laid out", async () => {
  const deep = (index: number) => `${"d/".repeat(2000)}${index}.py`;
  const submitted = [...Array.from({ length: 2000 }, (_, index) => deep(index)), "a.py"].map((path) => ({
    path,
    bytes: new Uint8Array(),
    executable: false,
  }));
  const task = smallTask({
    workspace: {},
    tests: {},
    plan: { runner: "pytest", files: [], placement: "outside" },
    deliver: { include: ["**"], exclude: [] },
  });
  let turns = 0;
  const other = setInterval(() => turns++, 1);

  const { workspace } = await layOut(task, { pristine: [], submitted, tests: [] });

  clearInterval(other);
  expect(workspace.map(({ path }) => path)).toEqual(["a.py"]);
  expect(turns).toBeGreaterThan(2);
});

describe("a grading workspace", () => {
  const lay = async (given: {
    pristine?: Texts;
    submitted?: Texts;
    tests?: Texts;
    include?: string[];
    exclude?: string[];
    placement?: "outside" | "workspace";
  }) => {
    const task = smallTask({
      workspace: {},
      tests: {},
      plan: { runner: "pytest", files: [], placement: given.placement ?? "outside" },
      deliver: { include: given.include ?? ["**"], exclude: given.exclude ?? [] },
    });
    const layout = await layOut(task, {
      pristine: sources(given.pristine ?? {}),
      submitted: sources(given.submitted ?? {}),
      tests: sources(given.tests ?? {}),
    });
    const texts = Object.fromEntries(layout.workspace.map((file) => [file.path, new TextDecoder().decode(file.bytes)]));
    return { texts, ownModules: layout.ownModules };
  };

  test("holds the task's own file where the rule does not reach, and the submitted one where it does", async () => {
    const { texts } = await lay({
      pristine: { "a.py": "old", "data.txt": "true" },
      submitted: { "a.py": "new", "data.txt": "false", "b.py": "more" },
      include: ["*.py"],
    });

    expect(texts).toEqual({ "a.py": "new", "b.py": "more", "data.txt": "true" });
  });

  test("lacks a file that the agent deleted", async () => {
    expect((await lay({ pristine: { "a.py": "old", "b.py": "old" }, submitted: { "b.py": "old" } })).texts).toEqual({ "b.py": "old" });
  });

  test("keeps the task's own files that configure tests", async () => {
    expect((await lay({ pristine: { "conftest.py": "own" }, submitted: { "conftest.py": "evil" } })).texts).toEqual({
      "conftest.py": "own",
    });
  });

  test("has the hidden tests on top when they belong there", async () => {
    const given = {
      pristine: { "t.spec.js": "shown" },
      submitted: { "t.spec.js": "evil", "a.js": "new" },
      tests: { "t.spec.js": "hidden" },
    };

    expect((await lay({ ...given, placement: "workspace" })).texts).toEqual({ "t.spec.js": "hidden", "a.js": "new" });
    expect((await lay(given)).texts).toEqual({ "t.spec.js": "evil", "a.js": "new" });
  });

  test.for([
    { title: "a folder where a trusted file is", submitted: { "data.txt/x": "evil" } },
    { title: "a file where a trusted folder is", submitted: { fixed: "evil" } },
    { title: "a package that shadows a trusted module", submitted: { "given/__init__.py": "evil" } },
  ])("has no $title", async ({ submitted }) => {
    const pristine = { "data.txt": "true", "fixed/x.txt": "true", "given.py": "true" };

    expect((await lay({ pristine, submitted: submitted as unknown as Texts, exclude: ["data.txt", "fixed/*", "given.py"] })).texts).toEqual(
      pristine,
    );
  });

  test("never holds a path both as a file and as a folder", async () => {
    expect((await lay({ submitted: { a: "file", "a/b": "below" } })).texts).toEqual({ "a/b": "below" });
  });

  test("knows which module names are the task's own, and none that were submitted", async () => {
    const { ownModules } = await lay({
      pristine: { "queue.py": "", "pkg/x.py": "", "a-b.txt": "", "données.py": "" },
      submitted: { "json.py": "" },
    });

    expect(ownModules).toEqual(["queue", "pkg", "données"]);
  });
});
