import type { Reporter, TestModule } from "vitest/node";

/** Ends a test run with one plain line that any machine can read: how many passed, failed and were skipped; before it, the files whose process ended early. */
export class ClosingLine implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    const states = modules.flatMap((module) => [...module.children.allTests()].map((one) => one.result().state));
    const count = (state: string): number => states.filter((one) => one === state).length;
    // A file that could not be loaded has no tests of its own and must not pass unseen.
    const brokenFiles = modules.filter((module) => module.errors().length > 0).length;
    const skipped = count("skipped") + count("pending");
    for (const { relativeModuleId, children } of modules)
      if ([...children.allTests("pending")].length > 0) process.stdout.write(`\n${relativeModuleId} did not end\n`);
    process.stdout.write(`\n${count("passed")} passed, ${count("failed") + brokenFiles + errors.length} failed, ${skipped} skipped\n`);
  }
}
