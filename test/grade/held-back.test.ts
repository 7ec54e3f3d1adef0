import { describe, expect, test } from "vitest";
import type { TestRunnerName } from "../../src/core/task.ts";
import { crossingOf, reasonOf } from "../../src/grade/held-back.ts";
import { smallTask } from "./small-task.ts";

const none: ReadonlySet<string> = new Set();

function crossing(
  options: { readonly include?: readonly string[]; readonly runner?: TestRunnerName; readonly isolation?: "process" | "none" } = {},
  pristine: ReadonlySet<string> = none,
) {
  const { include = ["**"], runner = "pytest", isolation = "none" } = options;
  const task = smallTask({
    workspace: {},
    tests: {},
    plan: { runner, files: [], isolation },
    deliver: { include: [...include], exclude: [] },
  });
  return crossingOf(task, pristine);
}

const CONFIGURING = [
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
  "given.so",
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
];

describe("tests that share the solution's process", () => {
  test.for(CONFIGURING)("hold back %j, and say why", (path) => {
    expect(crossing().reason(path)).toBe("it configures the test run");
  });

  test.for(["solution.py", "pkg/__init__.py", "package.json", ".bashrc", "größe.js", "my_conftest.py", "src/node_modules.py"])(
    "get %s",
    (path) => {
      expect(crossing().reason(path)).toBeNull();
    },
  );

  test.for([
    ["go", "pkg/extra_test.go"],
    ["go", "go.mod"],
    ["cargo", "build.rs"],
    ["cargo", "Cargo.toml"],
    ["cargo", ".cargo/config.toml"],
    ["junit", "pom.xml"],
    ["junit", "src/main/resources/META-INF/services/org.junit.platform.launcher.TestExecutionListener"],
    ["ctest", "CMakeLists.txt"],
    ["ctest", "cmake/add.cmake"],
    ["vitest", "package.json"],
    ["jest", "tsconfig.build.json"],
  ] as const)("of %s hold back %s, and those of pytest do not", ([runner, path]) => {
    expect(crossing({ runner }).reason(path)).not.toBeNull();
    expect(crossing().reason(path)).toBeNull();
  });

  test("get a file that configures them if the task has it and its rule names it", () => {
    const include = ["Cargo.toml", "**/*.rs"];

    expect(crossing({ include, runner: "cargo" }, new Set(["Cargo.toml"])).reason("Cargo.toml")).toBeNull();
    expect(crossing({ include, runner: "cargo" }).reason("Cargo.toml")).not.toBeNull();
    expect(crossing({ include, runner: "cargo" }, new Set(["build.rs"])).reason("build.rs")).not.toBeNull();
  });
});

describe("tests in a process of their own", () => {
  test.for([...CONFIGURING, "package.json", "Cargo.toml"])("get %j, which they never read", (path) => {
    expect(crossing({ isolation: "process" }).reason(path)).toBeNull();
  });

  test("get installed packages only if the rule names their folder", () => {
    const path = "node_modules/x/index.js";

    expect(crossing({ isolation: "process" }).reason(path)).toMatch(/installed packages/);
    expect(crossing({ isolation: "process", include: ["node_modules/**"] }).reason(path)).toBeNull();
    expect(crossing({ isolation: "none", include: ["node_modules/**"] }).reason(path)).toMatch(/installed packages/);
  });
});

test.for(["a/__pycache__/b.cpython-311.pyc", "b.pyc", ".pytest_cache/v/x"])(
  "what Python leaves behind stays without a word: %s",
  (path) => {
    expect(crossing({ isolation: "process" }).reason(path)).toBe("");
    expect(crossing().reason(path)).toBe("");
    expect(reasonOf("__PYCACHE__")).toBe("");
  },
);
