import { posix } from "node:path";
import { readCargoLines } from "../../report/cargo-lines.ts";
import type { StepResult } from "../step.ts";
import type { RunnerInput, TestRunner } from "../test-runner.ts";
import { withAppended } from "./appended.ts";
import { type FrameworkReport, onlyReport, reportOf } from "./framework-report.ts";

const FAILED_TESTS = 101;
// A crate can bring macros of its own under these names, and `use crate::*` then takes them instead of the standard library's.
const FAILURES = [
  "assert_eq!(1, 2)",
  "assert!(1 > 2)",
  "assert_ne!(1, 1)",
  'panic!("this test must fail")',
  "let nothing: Option<u8> = None; nothing.unwrap();",
];

/**
 * Runs the test files with `cargo test`: a file in tests/ is a test target of its own, any other is one of the crate's own modules.
 *
 * A test is named as Rust names it (`module::name`), after its target where the task has several. Each file in tests/ gets tests at its end that must fail.
 */
export const cargo: TestRunner = {
  canaries: FAILURES.length,
  plan: (input) => ({
    files: input.testFiles.map((file) => (isTarget(file.path, input) ? withAppended(file, canarySource(input)) : file)),
    steps: [
      {
        // The targets run in the order of their names, whatever the order of the flags.
        argv: [
          "cargo",
          "test",
          "--offline",
          "--no-fail-fast",
          "--color=never",
          ...targetFlags(input),
          "--",
          "--color=never",
          ...(input.tests.runSkipped ? ["--include-ignored"] : []),
        ],
        env: { CARGO_TARGET_DIR: "/tmp/target", CARGO_TERM_COLOR: "never", CARGO_NET_OFFLINE: "true", RUST_BACKTRACE: "0" },
        judge: null,
        boundary: null,
        report: { kind: "stdout" },
      },
    ],
  }),
  read: (results, input) =>
    reportOf(results, input, {
      report: reportIn(results, input),
      placesOfCanaries: targetsOf(input).length,
      exits: { passed: 0, failed: FAILED_TESTS },
    }),
};

function reportIn(results: readonly StepResult[], input: RunnerInput): FrameworkReport | null {
  const bytes = onlyReport(results);
  const programs = [...(hasOwnModules(input) ? ["crate"] : []), ...targetsOf(input)];
  const nameOf = (name: string, program: number) => (programs.length === 1 ? name : `${programs[program] ?? program}::${name}`);
  const found = bytes === null ? null : readCargoLines(bytes, nameOf);
  return found === null ? null : { tests: found.tests, isWhole: found.ended >= programs.length };
}

function targetFlags(input: RunnerInput): readonly string[] {
  return [...(hasOwnModules(input) ? ["--lib"] : []), ...targetsOf(input).flatMap((target) => ["--test", target])];
}

// tests/name.rs and tests/name/main.rs make a target "name"; other files below tests/ are modules of one.
function targetOf(path: string): string | null {
  const [, name, main] = /^tests\/([^/]+?)(\.rs|\/main\.rs)$/.exec(path) ?? [];
  return main === undefined ? null : (name ?? null);
}

function targetsOf({ tests }: RunnerInput): readonly string[] {
  return [...new Set(tests.files.map(targetOf).filter((target) => target !== null))].sort();
}

function isTarget(path: string, { tests }: RunnerInput): boolean {
  return tests.files.includes(path) && targetOf(path) !== null;
}

function hasOwnModules({ tests }: RunnerInput): boolean {
  return tests.files.some((path) => posix.normalize(path).split("/")[0] !== "tests");
}

function canarySource({ canaries }: RunnerInput): string {
  return canaries.map((canary, index) => `#[test]\nfn bench_${canary}() {\n    ${FAILURES[index % FAILURES.length]}\n}\n`).join("");
}
