import { compileRule, isAllowed, type PathFilter } from "../core/glob.ts";
import type { DeliverRule, Task, TestPlan, TestRunnerName } from "../core/task.ts";

/** Why a file that may be submitted is not used. */
const CONFIGURES = "it configures the test run";
const INSTALLED = "it holds installed packages";

/** What Python leaves behind: never used and never worth a word. */
const CACHES = ["__pycache__", "*.{pyc,pyo}", ".pytest_cache"];
const INSTALLED_FOLDER = "node_modules";

/** Names, anywhere in a path, of files that configure a test run which shares its process or its user with the solution. */
const CONFIGURING_NAMES = [
  "conftest.py",
  "{site,user}customize.py",
  "{.,}pytest.ini",
  "{tox.ini,setup.cfg,pyproject.toml,.coveragerc}",
  "*.{pth,pyd,so}",
  "*.{dist,egg}-info",
  "{.npmrc,.yarnrc,.yarnrc.yml,bunfig.toml,.env}",
  "{vitest,vite,jest,babel}.config.*",
  "vitest.{workspace,projects}.*",
  "{.babelrc,.mocharc,.swcrc}{,.*}",
  "{__mocks__,__snapshots__}",
  "{.git,.hg,.svn,.gitattributes,.gitmodules}",
];

/** What else the programs read that build and run the tests of some runners, or take for tests. */
const OF_RUNNER: Readonly<Partial<Record<TestRunnerName, readonly string[]>>> = {
  go: ["{go.mod,go.sum,go.work,go.work.sum}", "vendor", "*_test.go"],
  cargo: ["{cargo.toml,cargo.lock,build.rs}", ".cargo", ".config", "rust-toolchain{,.toml}"],
  junit: [
    "pom.xml",
    "{build,settings}.gradle*",
    "{gradle,.mvn}",
    "{gradlew,mvnw}*",
    "gradle.properties",
    "junit-platform.properties",
    "meta-inf",
  ],
  ctest: ["cmakelists.txt", "*.cmake", "cmake{,user}presets.json", "dartconfiguration.tcl"],
  vitest: [
    "{package,package-lock}.json",
    "{tsconfig*,jsconfig}.json",
    ".env*",
    "{postcss,tailwind}.config.*",
    ".postcssrc*",
    ".browserslistrc",
    "*.snap",
  ],
  jest: ["{package,package-lock}.json", "{tsconfig*,jsconfig}.json", ".browserslistrc", ".watchmanconfig", "*.snap"],
};

type Graded = Pick<Task, "deliver"> & { readonly tests: Pick<TestPlan, "isolation" | "runner"> };

/** Decides which submitted files are used. */
export type Crossing = {
  /** Names, in small letters, of files and folders that stay behind wherever they are; the filter has no exclusions. */
  readonly held: PathFilter;
  /** Paths that cross although their name is held back: the task has them, and its rule names them. */
  readonly kept: ReadonlySet<string>;
  /** Returns why a path that the rule allows is held back, an empty text when that is not worth a word, or null when it crosses. */
  reason(path: string): string | null;
};

/**
 * Tells which files of a submission are held back although the rule allows them.
 *
 * With isolation `process` the tests run where nothing of the workspace is read, so a solution may bring any configuration of its own; only what was installed or cached
 * stays behind. With `none` nothing crosses that configures the test run. A file that the task has and whose path its rule names exactly always crosses.
 */
export function crossingOf(task: Graded, pristinePaths: Pick<ReadonlySet<string>, "has">): Crossing {
  const held = heldFilter(task);
  const kept = new Set(task.deliver.include.filter((path) => pristinePaths.has(path)));
  return {
    held,
    kept,
    reason: (path) => {
      if (kept.has(path)) return null;
      const name = path.split("/").find((part) => isAllowed(held, part.toLowerCase()));
      return name === undefined ? null : reasonOf(name);
    },
  };
}

// Compiled once for each task, whose trials all ask.
const filters = new WeakMap<Graded, PathFilter>();

function heldFilter(task: Graded): PathFilter {
  const held = filters.get(task) ?? compileRule({ include: heldNames(task.deliver, task.tests), exclude: [] });
  filters.set(task, held);
  return held;
}

/** Returns why a file or folder of a name that is held back stays behind; empty when that is not worth a word. */
export function reasonOf(name: string): string {
  if (isAllowed(CACHE, name.toLowerCase())) return "";
  return name.toLowerCase() === INSTALLED_FOLDER ? INSTALLED : CONFIGURES;
}

const CACHE = compileRule({ include: CACHES, exclude: [] });

function heldNames({ include }: DeliverRule, { isolation, runner }: Graded["tests"]): readonly string[] {
  const installed = include.some((pattern) => pattern.split("/").includes(INSTALLED_FOLDER)) ? [] : [INSTALLED_FOLDER];
  if (isolation === "process") return [...CACHES, ...installed];
  return [...CACHES, INSTALLED_FOLDER, ...CONFIGURING_NAMES, ...(OF_RUNNER[runner] ?? [])];
}
