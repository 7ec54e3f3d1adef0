import type { SourceFile } from "../../core/task.ts";
import { withCutNames } from "./cut-names.ts";
import { readEvents } from "./run-report.ts";
import { isIsolated, type RunnerInput, type RunnerPlan, type TestRunner } from "./test-runner.ts";

const PYTHON = ["/usr/bin/python3", "-P", "-s"];
const PROGRAMS = "/opt/bench/grading/python";
const WORKSPACE = "/workspace";
// No code of a test is left on the disk in compiled form, where it could be read; sets have one order in every run.
const ENV = { PYTHONHASHSEED: "0", PYTHONDONTWRITEBYTECODE: "1" };
// Files by which a project configures pytest.
const CONFIGURING = /(^|\/)(conftest\.py|\.?pytest\.(ini|toml)|pyproject\.toml|tox\.ini|setup\.cfg)$/;
const PACKAGE = "__init__.py";
const SOURCES = "src";

/**
 * Runs tests with pytest, as `python3 -m pytest` does. With `isolation: process` the solution's modules come from a process of their own, over a boundary that carries data;
 * with `none` they are imported beside the tests, and tests that must fail run first and last.
 */
export const pytest: TestRunner = {
  canaries: 24,
  plan: (input) => (isIsolated(input.tests) ? isolatedPlan(input) : plainPlan(input)),
  read: (results, { tests }) => {
    const report = readEvents(results, 1, { passed: 0, failed: 1 });
    return { ...report, tests: withCutNames(report.tests, tests.required) };
  },
};

function plainPlan(input: RunnerInput): RunnerPlan {
  const judge = { ...common(input), canaries: input.canaries };
  return { files: input.testFiles, steps: [{ argv: judgeCommand(), env: ENV, judge, boundary: null, report: { kind: "events" } }] };
}

function isolatedPlan(input: RunnerInput): RunnerPlan {
  const mirrored = input.tests.placement === "workspace" ? configurationOf(input) : [];
  const markers = input.tests.placement === "workspace" ? packageMarkers(input) : [];
  const judge = { ...common(input), shapes: input.shapes, markers };
  const boundary = { argv: [...PYTHON, `${PROGRAMS}/solution.py`, ...foldersOf(input).map((folder) => inWorkspace(folder))] };
  const marks = markers.map((path) => ({ path, bytes: new Uint8Array(), executable: false }));
  return {
    files: [...mirrored, ...marks, ...input.testFiles],
    steps: [{ argv: judgeCommand(), env: ENV, judge, boundary, report: { kind: "events" } }],
  };
}

function judgeCommand(): string[] {
  return [...PYTHON, `${PROGRAMS}/judge.py`];
}

function common(input: RunnerInput): Readonly<Record<string, unknown>> {
  const folders = foldersOf(input).filter((folder) => folder !== "");
  return {
    root: input.testsRoot,
    workspace: WORKSPACE,
    files: input.tests.files,
    pythonPath: folders,
    own: [...new Set(foldersOf(input).flatMap((folder) => modulesIn(folder, input.ownPaths)))],
  };
}

/** The folders that the solution is imported from, relative to the workspace. */
function foldersOf({ tests }: RunnerInput): readonly string[] {
  return [...new Set(["", ...tests.pythonPath, SOURCES])];
}

function inWorkspace(folder: string): string {
  return folder === "" ? WORKSPACE : `${WORKSPACE}/${folder}`;
}

function modulesIn(folder: string, paths: readonly string[]): string[] {
  const start = folder === "" ? "" : `${folder}/`;
  const below = paths.filter((path) => path.startsWith(start)).map((path) => path.slice(start.length));
  return below.map((path) => (path.split("/")[0] ?? "").replace(/\.py$/, "")).filter((name) => /^[\p{L}_][\p{L}\p{N}_]*$/u.test(name));
}

/** What configures pytest in the workspace as the task has it; a file of the tests on the same path wins. */
function configurationOf({ pristine, testFiles }: RunnerInput): readonly SourceFile[] {
  const own = new Set(testFiles.map(({ path }) => path));
  return pristine.filter(({ path }) => CONFIGURING.test(path) && !own.has(path));
}

/** Where the workspace has a package with tests in it: an empty file stands for the package's own code, so that pytest gives those tests the names they have there. */
function packageMarkers({ pristine, testFiles }: RunnerInput): readonly string[] {
  const own = new Set(testFiles.map(({ path }) => path));
  const folders = new Set([...own].flatMap(foldersAbove));
  const packages = pristine.map(({ path }) => path).filter((path) => path === PACKAGE || path.endsWith(`/${PACKAGE}`));
  return packages.filter((path) => !own.has(path) && folders.has(path.slice(0, -PACKAGE.length - 1)));
}

function foldersAbove(path: string): string[] {
  const parts = path.split("/").slice(0, -1);
  return parts.map((_, index) => parts.slice(0, index + 1).join("/"));
}
