import type { TaskSource } from "../core/suite.ts";

/** Suites in the formats of other projects. Each importer is loaded when its first suite is, so that a start reads none of them. */
export const IMPORTED_SOURCES: readonly TaskSource[] = [
  {
    prefix: "exercism",
    usage: "exercism:PATH",
    noun: "exercises",
    load: async (path) => (await import("./exercism/exercism.ts")).loadExercism(path),
  },
  {
    prefix: "harbor",
    usage: "harbor:PATH",
    noun: "tasks",
    load: async (path, options) => (await import("./harbor/harbor.ts")).loadHarbor(path, options),
  },
  {
    prefix: "humaneval",
    usage: "humaneval:FILE",
    noun: "problems",
    load: async (path) => (await import("./python/human-eval.ts")).loadHumanEval(path),
  },
  { prefix: "mbpp", usage: "mbpp:FILE", noun: "problems", load: async (path) => (await import("./python/mbpp.ts")).loadMbpp(path) },
  {
    prefix: "swebench",
    usage: "swebench:FILE",
    noun: "instances",
    load: async (path, options) => (await import("./swebench/swebench.ts")).loadSwebench(path, options),
  },
  {
    prefix: "terminal-bench",
    usage: "terminal-bench:PATH",
    noun: "tasks",
    load: async (path, options) => (await import("./terminal-bench/terminal-bench.ts")).loadTerminalBench(path, options),
  },
];
