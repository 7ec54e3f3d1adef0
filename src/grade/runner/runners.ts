import type { TestRunnerName } from "../../core/task.ts";
import { cargo } from "./cargo.ts";
import { command } from "./command.ts";
import { ctest } from "./ctest.ts";
import { exitStatus } from "./exit-status.ts";
import { go } from "./go.ts";
import { jest } from "./jest.ts";
import { junit } from "./junit.ts";
import { node } from "./node.ts";
import { pytest } from "./pytest.ts";
import type { TestRunner } from "./test-runner.ts";
import { vitest } from "./vitest.ts";

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
