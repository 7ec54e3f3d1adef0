import { posix } from "node:path";
import type { TestPlan } from "../../core/task.ts";
import type { ExerciseConfig } from "./exercise-config.ts";

/** A language whose exercises can be loaded, as tags and ids name it. */
export type Language = keyof typeof TRACKS;

/** What the exercises of one language have in common. */
export type Track = {
  /** The language as people write it. */
  readonly name: string;
  /** Matches the first file that an exercise of this language asks for. */
  readonly solution: RegExp;
  /** What may leave the agent's sandbox besides the files that an exercise asks for. */
  readonly sources: readonly string[];
  /** What may not, besides listed tests and helper files. */
  readonly pristine: readonly string[];
  /** A sentence about what a solution may use, where that is more than the standard library. */
  readonly libraries?: string;
  /** Matches what is hidden although config.json does not call it a test. */
  readonly hidden: RegExp;
  /** Matches the hidden files that the runner is given; null for just the tests that config.json lists. */
  readonly run: RegExp | null;
  /** Tells where an example belongs, where its name alone does not. */
  readonly placeOf?: (example: string, config: ExerciseConfig) => string | undefined;
  /** Exercises whose tests need the solution in their own process: they start it as a program, or hold objects that both sides change. */
  readonly together?: ReadonlySet<string>;
  readonly plan: Pick<TestPlan, "runner" | "placement" | "jestGlobals" | "runSkipped" | "isolation">;
  readonly timeoutSeconds: number;
};

const IN_WORKSPACE = { placement: "workspace", jestGlobals: false, runSkipped: false, isolation: "none" } as const;

/** The languages of Exercism whose exercises can be loaded. */
export const TRACKS = {
  python: {
    name: "Python",
    solution: /\.py$/,
    sources: ["**/*.py"],
    pristine: [],
    hidden: /(^|\/)(test_[^/]*|[^/]*_test)\.py$/,
    run: null,
    plan: { runner: "pytest", placement: "outside", jestGlobals: false, runSkipped: false, isolation: "process" },
    together: new Set(["paasio"]),
    timeoutSeconds: 60,
  },
  javascript: {
    name: "JavaScript",
    solution: /\.[cm]?js$/,
    sources: ["**/*.{js,mjs,cjs}"],
    pristine: [],
    hidden: /\.(spec|test)\.[cm]?js$/,
    run: null,
    plan: { ...IN_WORKSPACE, runner: "node", jestGlobals: true, isolation: "process" },
    together: new Set(["circular-buffer", "grep", "promises"]),
    timeoutSeconds: 60,
  },
  typescript: {
    name: "TypeScript",
    solution: /\.[cm]?tsx?$/,
    sources: ["**/*.{ts,mts,cts}"],
    pristine: ["**/*.config.{ts,mts,cts}"],
    hidden: /\.(spec|test)\.[cm]?tsx?$/,
    run: null,
    plan: { ...IN_WORKSPACE, runner: "node", jestGlobals: true, isolation: "process" },
    timeoutSeconds: 180,
  },
  go: {
    name: "Go",
    solution: /\.go$/,
    sources: ["**/*.go"],
    pristine: ["**/*_test.go"],
    hidden: /_test\.go$/,
    run: /_test\.go$/,
    plan: { ...IN_WORKSPACE, runner: "go" },
    timeoutSeconds: 180,
  },
  rust: {
    name: "Rust",
    solution: /\.rs$/,
    sources: ["src/**/*.rs"],
    pristine: ["Cargo.toml"],
    libraries: "`Cargo.toml` stays as it is: use the standard library and the crates that it names.",
    hidden: /^tests\//,
    run: /^tests\/[^/]+\.rs$/,
    placeOf: (example, { solution }) => (example.endsWith(".rs") ? solution.find((path) => path.endsWith(".rs")) : undefined),
    plan: { ...IN_WORKSPACE, runner: "cargo", runSkipped: true },
    timeoutSeconds: 300,
  },
  java: {
    name: "Java",
    solution: /\.java$/,
    sources: ["src/main/java/**/*.java"],
    pristine: ["src/test/**"],
    hidden: /^src\/test\//,
    run: /^src\/test\/.*Tests?\.java$/,
    placeOf: (example, { solution }) => posix.join(posix.dirname(solution[0] ?? ""), example.replace(/^.*\/java\//, "")),
    plan: { ...IN_WORKSPACE, runner: "junit", runSkipped: true },
    timeoutSeconds: 300,
  },
  cpp: {
    name: "C++",
    solution: /\.(cc|cpp|cxx|hpp|h)$/,
    sources: ["**/*.{cpp,h,hpp}"],
    pristine: ["test/**"],
    hidden: /_test\.cpp$/,
    run: null,
    placeOf: (example, { solution }) => solution.find((path) => posix.extname(path) === posix.extname(example)),
    plan: { ...IN_WORKSPACE, runner: "ctest" },
    timeoutSeconds: 300,
  },
} as const satisfies Readonly<Record<string, Track>>;

/** The languages whose exercises can be loaded, for messages: `Python, JavaScript or Go`. */
export function languageNames(): string {
  const names = Object.values(TRACKS).map(({ name }) => name);
  return `${names.slice(0, -1).join(", ")} or ${names.at(-1)}`;
}

// Languages of published tracks without a test runner here, by the ending of the file that the exercise asks for.
const OTHER_LANGUAGES: Readonly<Record<string, string>> = {
  c: "C",
  cs: "C#",
  ex: "Elixir",
  fs: "F#",
  hs: "Haskell",
  kt: "Kotlin",
  php: "PHP",
  rb: "Ruby",
  scala: "Scala",
  sh: "Bash",
  swift: "Swift",
};

/** Finds the language of an exercise by the first file it asks for; `other` names one without a test runner here. */
export function languageOf({ solution: [first = ""] }: ExerciseConfig): Language | { readonly other: string } {
  for (const [language, { solution }] of Object.entries(TRACKS)) {
    if (solution.test(first)) return language as Language;
  }
  const ending = /\.([^./]+)$/.exec(first)?.[1] ?? "";
  return { other: OTHER_LANGUAGES[ending] ?? (ending === "" ? "unknown" : `.${ending}`) };
}
