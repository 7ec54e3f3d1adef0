import { DEFAULT_LIMITS, type SandboxLimits, type TestRunnerName } from "./task.ts";

// Each has an image with its tools, built on the common image when a task needs it. A task may name one as its image, such as `bench-go`.
const LANGUAGES = ["go", "rust", "java", "cpp", "javascript", "python"] as const;

/** A language that there is an image for. */
export type Language = (typeof LANGUAGES)[number];

const PREFIX = "bench-";

type Needs = { readonly language: Language; readonly limits: Partial<SandboxLimits> };

// Measured on the exercises of Aider's polyglot benchmark, doubled: compilers take more than the programs that they make. Tests there start a thousand threads at once.
const MANY_THREADS = 2048;

const NEEDS: Readonly<Partial<Record<TestRunnerName, Needs>>> = {
  go: { language: "go", limits: { memoryMb: 2048, tmpMb: 1024, pids: MANY_THREADS } },
  cargo: { language: "rust", limits: { memoryMb: 2048, tmpMb: 1024, pids: MANY_THREADS } },
  junit: { language: "java", limits: { memoryMb: 2048, tmpMb: 512, pids: MANY_THREADS } },
  ctest: { language: "cpp", limits: { memoryMb: 2048, tmpMb: 512, cpus: 2, pids: MANY_THREADS } },
  vitest: { language: "javascript", limits: { memoryMb: 2048, tmpMb: 512, pids: 512 } },
  jest: { language: "javascript", limits: { memoryMb: 2048, tmpMb: 512, pids: 512 } },
};

/** Names the image that tests of a runner need if their task names none; null for the common image. */
export function languageImage(runner: TestRunnerName): string | null {
  const needs = NEEDS[runner];
  return needs === undefined ? null : PREFIX + needs.language;
}

/** Returns what a sandbox may use for tests of a runner, where their task does not say. */
export function defaultLimits(runner: TestRunnerName): SandboxLimits {
  return { ...DEFAULT_LIMITS, ...NEEDS[runner]?.limits };
}

/** Finds the language whose image has this name; null for every other image. */
export function languageOfImage(image: string): Language | null {
  return LANGUAGES.find((language) => image === PREFIX + language) ?? null;
}
