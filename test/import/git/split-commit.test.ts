import { expect, test } from "vitest";
import type { Change } from "../../../src/import/git/commit.ts";
import { deliverOf } from "../../../src/import/git/deliver.ts";
import { splitCommit } from "../../../src/import/git/split-commit.ts";

const isHeld = (path: string) => /conftest\.py$|vitest\.config\./.test(path);

function changes(...paths: readonly string[]): readonly Change[] {
  return paths.map((path) =>
    path.startsWith("-")
      ? { path: path.slice(1), kind: "deleted" }
      : { path: path.replace(/^\+/, ""), kind: path.startsWith("+") ? "added" : "changed" },
  );
}

test.for([
  [
    "pytest in a folder of tests",
    ["shop/cart.py", "tests/test_cart.py", "tests/data/cart.json"],
    "python",
    ["tests/test_cart.py"],
    ["shop/cart.py"],
  ],
  [
    "pytest beside the code",
    ["toolz/itertoolz.py", "toolz/tests/test_itertoolz.py"],
    "python",
    ["toolz/tests/test_itertoolz.py"],
    ["toolz/itertoolz.py"],
  ],
  ["vitest beside the code", ["src/url.ts", "+src/url.test.ts"], "javascript", ["src/url.test.ts"], ["src/url.ts"]],
  [
    "node:test in a folder",
    ["source/index.ts", "test/basic.ts", "test/fixtures/slow.ts"],
    "javascript",
    ["test/basic.ts"],
    ["source/index.ts"],
  ],
  ["Go", ["mux.go", "mux_test.go"], "go", ["mux_test.go"], ["mux.go"]],
  ["Cargo", ["src/lib.rs", "tests/zip.rs", "tests/common/mod.rs"], "rust", ["tests/zip.rs"], ["src/lib.rs"]],
  [
    "JUnit",
    ["src/main/java/Cart.java", "src/test/java/CartTest.java"],
    "java",
    ["src/test/java/CartTest.java"],
    ["src/main/java/Cart.java"],
  ],
] as const)("%s: tests and code are told apart by path", ([, paths, language, tests, code]) => {
  const found = splitCommit(changes(...paths), isHeld);

  expect(found).toMatchObject({ kind: "candidate", split: { language, tests, code } });
});

test("manifests, lock files and what configures the tests are settings, documents are nothing, deleted code is no part of the reference", () => {
  const paths = [
    "src/a.ts",
    "-src/old.ts",
    "test/a.test.ts",
    "package.json",
    "pnpm-lock.yaml",
    "vitest.config.ts",
    "README.md",
    "docs/a.ts",
    ".github/ci.yml",
    "LICENSE",
  ];
  const found = splitCommit(changes(...paths), isHeld);

  expect(found).toMatchObject({
    split: { code: ["src/a.ts"], settings: ["package.json", "pnpm-lock.yaml", "vitest.config.ts"], ofTests: ["test/a.test.ts"] },
  });
});

test.for([
  [["src/a.py", "README.md"], "it changes no tests"],
  [["tests/test_a.py"], "it changes tests and no code"],
  [["tests/test_a.py", "README.md"], "it changes tests and no code"],
  [["src/a.py", "-tests/test_a.py"], "it changes no file with tests that can be run"],
  [["src/a.py", "tests/data.json"], "it changes no file with tests that can be run"],
  [
    ["tests/test_a.py", ...Array.from({ length: 51 }, (_, index) => `src/m${index}.py`)],
    "it changes 51 files of code, too many for one task",
  ],
] as const)("%j is no candidate", ([paths, reason]) => {
  expect(splitCommit(changes(...paths), isHeld)).toEqual({ kind: "unfit", reason });
});

test("what may be submitted is the folders that the reference touches, and what is like its files at the top, without tests", () => {
  expect(deliverOf(["src/a.ts", "src/deep/b.ts", "packages/core/src/c.ts", "index.js"], "javascript")).toEqual([
    "src/**",
    "packages/core/**",
    "index.js",
    "*.js",
    "!**/*.{test,spec}.*",
    "!**/{test,tests,__tests__,__snapshots__,testdata}",
  ]);
});
