import type { TestRunnerName } from "../../core/task.ts";
import { exitStatus } from "./exit-status.ts";
import { node } from "./node.ts";
import { pytest } from "./pytest.ts";
import type { TestRunner } from "./test-runner.ts";

/** All test runners by the name that tasks use. */
export const RUNNERS: Readonly<Partial<Record<TestRunnerName, TestRunner>>> = { pytest, node, "exit-status": exitStatus };
