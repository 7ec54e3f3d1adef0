import { describe, expect, test } from "vitest";
import type { SourceFile, Task } from "../../../src/core/task.ts";
import { loadExercism } from "../../../src/import/exercism/exercism.ts";
import { TempFolder } from "../../fixtures/temp-folder.ts";

type Files = Readonly<Record<string, string>>;
type Listed = { readonly solution: readonly string[]; readonly test: readonly string[]; readonly example: readonly string[] };

const config = (files: Listed & { readonly editor?: readonly string[] }) => ({ ".meta/config.json": JSON.stringify({ files }) });
const LEAP = "module leap\n\ngo 1.18\n";

const EXERCISES: Readonly<Record<string, Files>> = {
  go: {
    ...config({ solution: ["leap.go"], test: ["leap_test.go"], example: [".meta/example.go"], editor: ["cases_test.go", "year.go"] }),
    "leap.go": "package leap\n",
    "year.go": "package leap\n\ntype Year int\n",
    "leap_test.go": "package leap\n",
    "cases_test.go": "package leap\n",
    "go.mod": LEAP,
    ".meta/example.go": 'package leap\n\nimport "strings"\n',
  },
  rust: {
    ...config({ solution: ["src/lib.rs", "Cargo.toml"], test: ["tests/leap.rs"], example: [".meta/example.rs"] }),
    "src/lib.rs": "pub fn is_leap_year(year: u64) -> bool { todo!() }\n",
    "tests/leap.rs": "#[test]\n#[ignore]\nfn is() {}\n",
    "tests/invalid/Cargo.toml": "[package]\n",
    "Cargo.toml": '[package]\nname = "leap"\nedition = "2021"\n',
    ".meta/Cargo-example.toml": '[package]\nname = "leap"\nedition = "2021"\n\n[dependencies]\nanyhow = "1.0"\n',
    ".meta/example.rs": "pub fn is_leap_year(year: u64) -> bool { year % 4 == 0 }\n",
  },
  java: {
    ...config({
      solution: ["src/main/java/Leap.java"],
      test: ["src/test/java/LeapTest.java"],
      example: [".meta/src/reference/java/Leap.java", ".meta/src/reference/java/Rule.java"],
      editor: ["src/main/java/Year.java"],
    }),
    "src/main/java/Leap.java": "class Leap {}\n",
    "src/main/java/Year.java": "class Year {}\n",
    "src/test/java/LeapTest.java": "class LeapTest {}\n",
    "src/test/java/YearTest.java": "class YearTest {}\n",
    "src/test/java/Helper.java": "class Helper {}\n",
    "build.gradle":
      'dependencies {\n    testImplementation platform("org.junit:junit-bom:5.10.0")\n    testImplementation "org.assertj:assertj-core:3.25.1"\n}\n',
    ".meta/src/reference/java/Leap.java": "class Leap { Rule rule; }\n",
    ".meta/src/reference/java/Rule.java": "class Rule {}\n",
  },
  cpp: {
    ...config({ solution: ["leap.cpp", "leap.h"], test: ["leap_test.cpp"], example: [".meta/example.h"] }),
    "leap.cpp": '#include "leap.h"\n',
    "leap.h": "#pragma once\n",
    "leap_test.cpp": '#include "test/catch.hpp"\n',
    "test/catch.hpp": "// Catch\n",
    "CMakeLists.txt": "get_filename_component(exercise ${" + "CMAKE_CURRENT_SOURCE_DIR} NAME)\nproject(x)\n",
    ".meta/example.h": "#pragma once\ninline bool is_leap_year(int year) { return year % 4 == 0; }\n",
  },
  typescript: {
    ...config({ solution: ["leap.ts"], test: ["leap.test.ts"], example: [".meta/proof.ci.ts"] }),
    "leap.ts": "export function isLeap() {}\n",
    "leap.test.ts": "import { isLeap } from './leap.ts'\n",
    "jest.config.cjs": "module.exports = {}\n",
    ".meta/proof.ci.ts": "export function isLeap(year: number) { return year % 4 === 0 }\n",
  },
};

async function load(files: Files | undefined, use: (task: Task) => Promise<void>): Promise<void> {
  using temp = new TempFolder();
  temp.write(Object.fromEntries(Object.entries(files ?? {}).map(([path, text]) => [`leap/${path}`, text])));
  await use(loadExercism(temp.at("leap")).tasks[0] as Task);
}

const paths = (files: readonly SourceFile[] | null) => files?.map(({ path }) => path);
const textOf = (files: readonly SourceFile[] | null, path: string) =>
  new TextDecoder().decode(files?.find((file) => file.path === path)?.bytes);

describe("an exercise in Go", () => {
  test("runs and hides every test file, also those that config.json calls something else, and keeps go.mod and helpers as they are", async () => {
    await load(EXERCISES["go"], async (task) => {
      expect(paths(await task.files.workspace())).toEqual(["go.mod", "leap.go", "year.go"]);
      expect(paths(await task.files.tests())).toEqual(["leap_test.go", "cases_test.go"]);
      expect(paths(await task.files.reference())).toEqual(["leap.go"]);
      expect(task.tests).toMatchObject({
        runner: "go",
        files: ["leap_test.go", "cases_test.go"],
        placement: "workspace",
        runSkipped: false,
      });
      expect(task.deliver).toEqual({
        include: ["leap.go", "**/*.go"],
        exclude: ["leap_test.go", "cases_test.go", "year.go", "**/*_test.go"],
      });
    });
  });
});

describe("an exercise in Rust", () => {
  test("runs ignored tests, and its manifest names the crates of the reference and is not delivered", async () => {
    await load(EXERCISES["rust"], async (task) => {
      const workspace = await task.files.workspace();

      expect(paths(workspace)).toEqual(["Cargo.toml", "src/lib.rs"]);
      expect(textOf(workspace, "Cargo.toml")).toContain('anyhow = "1.0"');
      expect(paths(await task.files.tests())).toEqual(["tests/leap.rs", "tests/invalid/Cargo.toml"]);
      expect(paths(await task.files.reference())).toEqual(["src/lib.rs"]);
      expect(task.tests).toMatchObject({ runner: "cargo", files: ["tests/leap.rs"], runSkipped: true });
      expect(task.deliver.include).toEqual(["src/lib.rs", "src/**/*.rs"]);
      expect(task.prompt).toContain("Write the solution into `src/lib.rs`. Hidden tests");
      expect(task.prompt).toContain("`Cargo.toml` stays as it is");
    });
  });
});

describe("an exercise in Java", () => {
  test("runs every test class with disabled tests, and puts further classes of the reference beside the first", async () => {
    await load(EXERCISES["java"], async (task) => {
      expect(paths(await task.files.workspace())).toEqual(["build.gradle", "src/main/java/Leap.java", "src/main/java/Year.java"]);
      expect(paths(await task.files.tests())?.toSorted()).toEqual(
        ["Helper", "LeapTest", "YearTest"].map((name) => `src/test/java/${name}.java`),
      );
      expect(paths(await task.files.reference())).toEqual(["src/main/java/Leap.java", "src/main/java/Rule.java"]);
      expect(task.tests).toMatchObject({
        runner: "junit",
        files: ["src/test/java/LeapTest.java", "src/test/java/YearTest.java"],
        runSkipped: true,
      });
      expect(task.deliver.exclude).toContain("src/main/java/Year.java");
    });
  });
});

describe("an exercise in C++", () => {
  test("gives the build its name, and the reference replaces the file with the same ending", async () => {
    await load(EXERCISES["cpp"], async (task) => {
      const workspace = await task.files.workspace();

      expect(paths(workspace)).toEqual(["CMakeLists.txt", "leap.cpp", "leap.h", "test/catch.hpp"]);
      expect(textOf(workspace, "CMakeLists.txt")).toBe("set(exercise leap)\nproject(x)\n");
      expect(paths(await task.files.reference())).toEqual(["leap.h"]);
      expect(task.tests).toMatchObject({ runner: "ctest", files: ["leap_test.cpp"] });
      expect(task.deliver).toEqual({ include: ["leap.cpp", "leap.h", "**/*.{cpp,h,hpp}"], exclude: ["leap_test.cpp", "test/**"] });
    });
  });
});

describe("an exercise in TypeScript", () => {
  test("keeps its configuration as it is", async () => {
    await load(EXERCISES["typescript"], async (task) => {
      expect(paths(await task.files.workspace())).toEqual(["jest.config.cjs", "leap.ts"]);
      expect(paths(await task.files.tests())).toEqual(["leap.test.ts"]);
      expect(paths(await task.files.reference())).toEqual(["leap.ts"]);
      expect(task.deliver).toEqual({ include: ["leap.ts", "**/*.{ts,mts,cts}"], exclude: ["leap.test.ts", "**/*.config.{ts,mts,cts}"] });
    });
  });
});

describe("an exercise that a sandbox without network cannot grade is left out by name", () => {
  const crate = (line: string) => ({ ...EXERCISES["rust"], ".meta/Cargo-example.toml": `[dependencies]\n${line}\n` });

  test.for([
    { title: "a crate that is not there", files: crate('counter = "0.5.2"'), reason: "Rust: need crates that would have to be downloaded" },
    { title: "an older crate", files: crate('rand = "0.3.12"'), reason: "Rust: need crates" },
    { title: "a newer crate", files: crate('time = { version = "0.3.10", features = ["std"] }'), reason: "Rust: need crates" },
    { title: "a crate of its own section", files: crate("[dependencies.itertools]\nversion = '1'"), reason: "Rust: need crates" },
    {
      title: "a package of a newer Go",
      files: { ...EXERCISES["go"], ".meta/example.go": 'package leap\n\nimport (\n\t"fmt"\n\t"slices"\n)\n' },
      reason: "Go: need a newer Go than 1.19",
    },
    {
      title: "a module",
      files: { ...EXERCISES["go"], "go.mod": `${LEAP}\nrequire example.org/x v1.0.0\n` },
      reason: "Go: need modules that would have to be downloaded",
    },
    { title: "no tests of its own", files: { ...EXERCISES["go"], ".meta/.skip_tests": "" }, reason: "Go: ask for tests" },
    {
      title: "a newer AssertJ",
      files: { ...EXERCISES["java"], "src/test/java/LeapTest.java": "assertThat(grid)\n    .hasDimensions(2, 3);\n" },
      reason: "Java: need a newer AssertJ than 3.14",
    },
    {
      title: "a library",
      files: { ...EXERCISES["java"], "build.gradle": 'dependencies {\n    implementation "io.reactivex.rxjava2:rxjava:2.2.12"\n}\n' },
      reason: "Java: need libraries that would have to be downloaded",
    },
  ])("when it needs $title", ({ files, reason }) => {
    using temp = new TempFolder();
    const folder = (name: string, of: Files | undefined) => Object.entries(of ?? {}).map(([path, text]) => [`${name}/${path}`, text]);
    temp.write(Object.fromEntries([...folder("leap", files), ...folder("other", EXERCISES["typescript"])]));

    const { tasks, leftOut } = loadExercism(temp.path);

    expect(tasks.map(({ id }) => id)).toEqual(["other"]);
    expect(leftOut).toMatchObject([{ count: 1, names: ["leap"] }]);
    expect(`${leftOut[0]?.kind}: ${leftOut[0]?.reason}`).toContain(reason);
  });

  test.for(['anyhow = "1"', 'anyhow = "1.0.69"', 'rand = "0.8.1"', 'time = { version = "0.3", features = ["std"] }', ""])(
    "and one that names %j is loaded",
    async (line) => {
      await load(crate(line), async (task) => expect(task.id).toBe("leap"));
    },
  );
});
