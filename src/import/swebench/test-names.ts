import { printable } from "../../core/printable.ts";
import type { Obstacle } from "../obstacle.ts";
import type { Instance } from "./instance.ts";

/** Parsers that read what pytest prints; other frameworks name tests by other rules. */
const PYTEST_PARSERS = /pytest|^parse_log_(?:astropy|seaborn|matplotlib|sphinx)$/;
const FILE_PART = /^([^:\s][^:]{0,999}\.py)::/;

/** Finds the file of a test by the name that pytest gives it; null for a name of another framework. */
export function fileOfTest(name: string): string | null {
  const [, path] = FILE_PART.exec(name) ?? [];
  return path === undefined || path.startsWith("/") || path.split("/").includes("..") ? null : path;
}

/** Finds why the tests of an instance cannot be judged by their names; null where they can. */
export function obstacleInNames({ repo, failToPass, passToPass, logParser, testPatch }: Instance): Obstacle | null {
  const names = [...failToPass, ...passToPass];
  if (failToPass.length === 0) return { kind: "no tests", reason: "its FAIL_TO_PASS is empty, so that nothing tells a solution" };
  if (logParser !== null && !PYTEST_PARSERS.test(logParser))
    return { kind: "parser", reason: `its results are read by "${printable(logParser)}", which is not here: tests are run by pytest` };
  if (names.some((name) => fileOfTest(name) === null))
    return { kind: printable(repo), reason: "its tests do not have names of pytest, the only framework that is run for this format" };
  return testPatch.trim() === "" ? { kind: "no hidden tests", reason: "its test_patch is empty" } : null;
}
