import type { TestRunnerName } from "../../core/task.ts";
import { command } from "./command.ts";
import { exitStatus } from "./exit-status.ts";
import { cargo } from "./framework/cargo.ts";
import { ctest } from "./framework/ctest.ts";
import { go } from "./framework/go.ts";
import { jest } from "./framework/jest.ts";
import { junit } from "./framework/junit.ts";
import { vitest } from "./framework/vitest.ts";
import { node } from "./node.ts";
import { pytest } from "./pytest.ts";
import type { TestRunner } from "./test-runner.ts";

/** All test runners by the name that tasks use. */
export const RUNNERS: Readonly<Record<TestRunnerName, TestRunner>> = {
  pytest,
  node,
  "exit-status": exitStatus,
  vitest,
  jest,
  go,
  cargo,
  junit,
  ctest,
  command,
};
