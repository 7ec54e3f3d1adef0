import type { TestPlan } from "../../core/task.ts";
import { crossingOf } from "../../grade/held-back.ts";

const PLAN: TestPlan = {
  runner: "vitest",
  files: [],
  required: null,
  timeoutSeconds: 1,
  placement: "workspace",
  jestGlobals: false,
  runSkipped: false,
  isolation: "none",
  pythonPath: [],
  command: null,
  report: null,
};

const crossing = crossingOf({ deliver: { include: ["**"], exclude: [] }, tests: PLAN }, new Set());

/** Checks whether a file configures a test run, so that no submission may bring it. */
export function isHeldInTests(path: string): boolean {
  return crossing.reason(path) !== null;
}
