import { counted } from "../../core/format.ts";
import type { Change } from "./commit.ts";
import { isOfTests, isSourceOf, type Language, languageOfTest, namedTests } from "./test-path.ts";

/** What a commit changes, by the part that each file has in a task. */
export type SplitCommit = {
  readonly language: Language;
  /** Files with tests that the commit adds or changes and that can be run. */
  readonly tests: readonly string[];
  /** Files that belong to the tests, deleted ones too. */
  readonly ofTests: readonly string[];
  /** Files that the commit adds or changes and that a solution may bring: the reference. */
  readonly code: readonly string[];
  /** Manifests, lock files and settings of the test run, which no submission may change: the workspace has them as after the commit. */
  readonly settings: readonly string[];
};

/** A commit that can become a task, or the reason why it cannot. */
export type Candidate = { readonly kind: "candidate"; readonly split: SplitCommit } | { readonly kind: "unfit"; readonly reason: string };

const MAX_CODE_FILES = 50;
const MANIFEST =
  /(?:^|\/)(?:package\.json|package-lock\.json|npm-shrinkwrap\.json|pnpm-lock\.yaml|pnpm-workspace\.yaml|yarn\.lock|pyproject\.toml|setup\.(?:py|cfg)|tox\.ini|[^/]*requirements[^/]*\.(?:txt|in)|poetry\.lock|uv\.lock|Pipfile(?:\.lock)?|go\.(?:mod|sum|work)|Cargo\.(?:toml|lock)|pom\.xml|build\.gradle(?:\.kts)?|[jt]sconfig[^/]*\.json|MANIFEST\.in|Makefile)$/;
const DOCUMENT_FOLDER = /^(?:docs?|website|examples?|\.[^/]+)\//;
const DOCUMENT = /\.(?:md|mdx|rst|adoc|svg|png|jpg|gif)$/i;

/** Splits the changes of a commit into tests and the rest, by path. `isHeld` tells which files no submission may bring, since they configure a test run. */
export function splitCommit(changes: readonly Change[], isHeld: (path: string) => boolean): Candidate {
  const ofTests = changes.filter(({ path }) => isOfTests(path)).map(({ path }) => path);
  const rest = changes.filter(({ path }) => !isOfTests(path) && !isDocument(path));
  const present = new Set(changes.filter(({ kind }) => kind !== "deleted").map(({ path }) => path));
  const runnable = ofTests.filter((path) => present.has(path) && languageOfTest(path) !== null);
  const settings = rest.filter(({ path }) => MANIFEST.test(path) || isHeld(path)).map(({ path }) => path);
  const known = new Set(settings);
  const code = rest.filter(({ path, kind }) => !known.has(path) && kind !== "deleted").map(({ path }) => path);
  if (ofTests.length === 0) return unfit("it changes no tests");
  if (runnable.length === 0) return unfit("it changes no file with tests that can be run");
  const language = commonest(runnable);
  if (!code.some((path) => isSourceOf(language, path))) return unfit("it changes tests and no code");
  if (code.length > MAX_CODE_FILES) return unfit(`it changes ${counted(code.length, "file")} of code, too many for one task`);
  const tests = namedTests(
    language,
    runnable.filter((path) => languageOfTest(path) === language),
  );
  return { kind: "candidate", split: { language, tests, ofTests, code, settings } };
}

function unfit(reason: string): Candidate {
  return { kind: "unfit", reason };
}

function isDocument(path: string): boolean {
  if (MANIFEST.test(path)) return false;
  return DOCUMENT_FOLDER.test(path) || DOCUMENT.test(path) || isPlainTopFile(path);
}

// LICENSE, CHANGELOG.txt, .gitignore.
function isPlainTopFile(path: string): boolean {
  return !path.includes("/") && (path.startsWith(".") || !path.includes(".") || path.endsWith(".txt"));
}

function commonest(tests: readonly string[]): Language {
  const counts = new Map<Language, number>();
  for (const path of tests) {
    const language = languageOfTest(path);
    if (language !== null) counts.set(language, (counts.get(language) ?? 0) + 1);
  }
  const [first] = [...counts].sort(([, one], [, other]) => other - one);
  if (first === undefined) throw new Error("Cannot choose a language: no file has tests; this is a bug");
  return first[0];
}
