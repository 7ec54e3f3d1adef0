/** The languages whose tests are recognized, by the files that their tests and their code have. */
export type Language = "python" | "javascript" | "go" | "rust" | "java";

/** How the files of a language's code and tests are called. */
type Convention = {
  readonly language: Language;
  /** Files of code. */
  readonly source: RegExp;
  /** Files with tests: the naming rules of pytest, of vitest and Jest, of Go, Cargo, and JUnit. */
  readonly test: RegExp;
  /** Every file of code in a folder of tests may hold some, as node:test, ava and tape are used. */
  readonly anyInFolder: boolean;
  /** Globs of test files, which no submission may bring. */
  readonly globs: readonly string[];
};

const CONVENTIONS: readonly Convention[] = [
  {
    language: "python",
    source: /\.pyx?$/,
    test: /(?:^|\/)(?:test_[^/]*|[^/]*_test)\.py$/,
    anyInFolder: false,
    globs: ["test_*.py", "*_test.py", "conftest.py"],
  },
  {
    language: "javascript",
    source: /\.(?:[cm]?[jt]sx?|vue|svelte)$/,
    test: /\.(?:test|spec)\.[cm]?[jt]sx?$|^test\.[cm]?[jt]s$/,
    anyInFolder: true,
    globs: ["*.{test,spec}.*"],
  },
  { language: "go", source: /\.go$/, test: /_test\.go$/, anyInFolder: false, globs: ["*_test.go"] },
  { language: "rust", source: /\.rs$/, test: /^tests\/[^/]+(?:\.rs|\/main\.rs)$/, anyInFolder: false, globs: [] },
  { language: "java", source: /\.java$/, test: /Tests?\.java$/, anyInFolder: false, globs: [] },
];

// Folders that hold tests and what they need, wherever they are; the others only at the top, where no package of the project itself has such a name.
const TEST_FOLDERS = new Set(["test", "tests", "__tests__", "__snapshots__", "testdata"]);
const TOP_TEST_FOLDERS = new Set(["testing", "spec", "specs", "e2e"]);
const TEST_SUPPORT = /(?:^|\/)conftest\.py$|\.snap$/;
// What tests use and is none itself.
const HELPER = /(?:^|\/)(?:fixtures?|__fixtures__|helpers?|utils?|support|setup|data)(?:\/|\.[^/]*$)|\.d\.[cm]?ts$/;

/** Finds the outermost folder of tests that a path lies in; null when it lies in none. */
export function testFolderOf(path: string): string | null {
  const parts = path.split("/").slice(0, -1);
  const index = parts.findIndex((part, at) => TEST_FOLDERS.has(part) || (at === 0 && TOP_TEST_FOLDERS.has(part)));
  return index === -1 ? null : parts.slice(0, index + 1).join("/");
}

/** Checks whether a path belongs to the tests of a project: it lies in a folder of tests, or its name says so. */
export function isOfTests(path: string): boolean {
  return testFolderOf(path) !== null || TEST_SUPPORT.test(path) || CONVENTIONS.some(({ test }) => test.test(path));
}

/** Finds the language whose tests a file holds, by its name or, where such files have no naming rule, its folder; null for a file that holds none. */
export function languageOfTest(path: string): Language | null {
  const named = CONVENTIONS.find(({ test }) => test.test(path));
  if (named !== undefined) return named.language;
  if (testFolderOf(path) === null || HELPER.test(path)) return null;
  return CONVENTIONS.find(({ source, anyInFolder }) => anyInFolder && source.test(path))?.language ?? null;
}

/** Keeps the files with tests that are named as such; all of them where none is. */
export function namedTests(language: Language, paths: readonly string[]): readonly string[] {
  const named = paths.filter((path) => conventionOf(language).test.test(path));
  return named.length === 0 ? paths : named;
}

/** Checks whether a path is code of a language. */
export function isSourceOf(language: Language, path: string): boolean {
  return conventionOf(language).source.test(path);
}

/** Lists globs, for any folder, of the files that belong to the tests of a language; `ownFolders` are names of folders that hold code of the project itself. */
export function testGlobs(language: Language, ownFolders: ReadonlySet<string> = new Set()): readonly string[] {
  const folders = [...TEST_FOLDERS].filter((name) => !ownFolders.has(name));
  return [...conventionOf(language).globs, ...(folders.length === 0 ? [] : [`{${folders.join(",")}}`])];
}

function conventionOf(language: Language): Convention {
  const found = CONVENTIONS.find((one) => one.language === language);
  if (found === undefined) throw new Error(`Cannot recognize tests in "${language}": it is not known; this is a bug`);
  return found;
}
