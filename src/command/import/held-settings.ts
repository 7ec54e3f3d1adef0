import { crossingOf } from "../../grade/held-back.ts";

const crossing = crossingOf({ deliver: { include: ["**"], exclude: [] }, tests: { runner: "vitest", isolation: "none" } }, new Set());

/** Checks whether a file configures a test run, so that no submission may bring it. */
export function isHeldInTests(path: string): boolean {
  return crossing.reason(path) !== null;
}
