import { describe, expect, test } from "vitest";
import { layOut, mayCross } from "../../src/grade/submission.ts";
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
    expect(mayCross(path, everything, none)).toBe(false);
  });

  test.for(["solution.py", "pkg/__init__.py", "package.json", ".bashrc", "größe.js", "my_conftest.py", "src/node_modules.py"])(
    "can be %s",
    (path) => {
      expect(mayCross(path, everything, none)).toBe(true);
    },
  );

  test("includes a file that configures tests if the task has it and its rule names it", () => {
    const rule = { include: ["pyproject.toml", "**/*.py"], exclude: [] };

    expect(mayCross("pyproject.toml", rule, new Set(["pyproject.toml"]))).toBe(true);
    expect(mayCross("pyproject.toml", rule, none)).toBe(false);
    expect(mayCross("conftest.py", rule, new Set(["conftest.py"]))).toBe(false);
  });

  test("leaves out what the rule excludes, folders with all below them", () => {
    const rule = { include: ["**"], exclude: ["vendor", "*.md"] };

    expect(mayCross("vendor/deep/x.py", rule, none)).toBe(false);
    expect(mayCross("README.md", rule, none)).toBe(false);
    expect(mayCross("docs/README.md", rule, none)).toBe(true);
  });
});

describe("a grading workspace", () => {
  const lay = (given: {
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
    const layout = layOut(task, {
      pristine: sources(given.pristine ?? {}),
      submitted: sources(given.submitted ?? {}),
      tests: sources(given.tests ?? {}),
    });
    const texts = Object.fromEntries(layout.workspace.map((file) => [file.path, new TextDecoder().decode(file.bytes)]));
    return { texts, ownModules: layout.ownModules };
  };

  test("holds the task's own file where the rule does not reach, and the submitted one where it does", () => {
    const { texts } = lay({
      pristine: { "a.py": "old", "data.txt": "true" },
      submitted: { "a.py": "new", "data.txt": "false", "b.py": "more" },
      include: ["*.py"],
    });

    expect(texts).toEqual({ "a.py": "new", "b.py": "more", "data.txt": "true" });
  });

  test("lacks a file that the agent deleted", () => {
    expect(lay({ pristine: { "a.py": "old", "b.py": "old" }, submitted: { "b.py": "old" } }).texts).toEqual({ "b.py": "old" });
  });

  test("keeps the task's own files that configure tests", () => {
    expect(lay({ pristine: { "conftest.py": "own" }, submitted: { "conftest.py": "evil" } }).texts).toEqual({ "conftest.py": "own" });
  });

  test("has the hidden tests on top when they belong there", () => {
    const given = {
      pristine: { "t.spec.js": "shown" },
      submitted: { "t.spec.js": "evil", "a.js": "new" },
      tests: { "t.spec.js": "hidden" },
    };

    expect(lay({ ...given, placement: "workspace" }).texts).toEqual({ "t.spec.js": "hidden", "a.js": "new" });
    expect(lay(given).texts).toEqual({ "t.spec.js": "evil", "a.js": "new" });
  });

  test.for([
    { title: "a folder where a trusted file is", submitted: { "data.txt/x": "evil" } },
    { title: "a file where a trusted folder is", submitted: { fixed: "evil" } },
    { title: "a package that shadows a trusted module", submitted: { "given/__init__.py": "evil" } },
  ])("has no $title", ({ submitted }) => {
    const pristine = { "data.txt": "true", "fixed/x.txt": "true", "given.py": "true" };

    expect(lay({ pristine, submitted: submitted as unknown as Texts, exclude: ["data.txt", "fixed/*", "given.py"] }).texts).toEqual(
      pristine,
    );
  });

  test("never holds a path both as a file and as a folder", () => {
    expect(lay({ submitted: { a: "file", "a/b": "below" } }).texts).toEqual({ "a/b": "below" });
  });

  test("knows which module names are the task's own, and none that were submitted", () => {
    expect(
      lay({ pristine: { "queue.py": "", "pkg/x.py": "", "a-b.txt": "", "données.py": "" }, submitted: { "json.py": "" } }).ownModules,
    ).toEqual(["queue", "pkg", "données"]);
  });
});
