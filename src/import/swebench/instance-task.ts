import { compileRule, isAllowed } from "../../core/glob.ts";
import type { DeliverRule, SandboxLimits, Task, TestPlan } from "../../core/task.ts";
import type { EnvironmentImage } from "../environment-image.ts";
import { escapedGlob } from "../git/deliver.ts";
import { testGlobs } from "../git/test-path.ts";
import { taskDigest } from "../task-digest.ts";
import { ImageChange } from "./image-change.ts";
import type { Instance } from "./instance.ts";
import { TESTBED_PYTHON, type TestPython } from "./instance-image.ts";
import { patchPaths } from "./patch-paths.ts";
import { fileOfTest } from "./test-names.ts";

/** What an instance is made into a task with. */
export type InstanceOptions = { readonly suite: string; readonly image: EnvironmentImage; readonly python: TestPython };

/** Whole projects with their builds; the tests of one file may import all of it. */
const LIMITS: SandboxLimits = { memoryMb: 4096, cpus: 1, pids: 2048, workspaceMb: 1024, tmpMb: 512 };
/** As long as the harness of SWE-bench itself waits. */
const TEST_SECONDS = 1800;
const REPORT = ".bench-report.xml";
// As the program pytest is started: "python -m" would take a module of that name from the workspace.
const START_PYTEST = "import sys; sys.path.pop(0); import pytest; sys.exit(pytest.main(sys.argv[1:]))";
const CLOSING =
  "The repository is in the workspace, as it was when this was written. Change its code so that this is resolved, and keep all else working. Hidden tests check it; changes of tests are not used.";

/** Makes a task of an instance: its required tests are FAIL_TO_PASS and PASS_TO_PASS, its hidden tests what the test patch makes, its reference what the patch makes. */
export function instanceTask(instance: Instance, { suite, image: found, python }: InstanceOptions): Task {
  const { replaced: _replaced, ...image } = found;
  const task = {
    id: instance.id,
    suite,
    title: instance.id,
    prompt: `${instance.problem}\n\n---\n\n${CLOSING}`,
    tags: instance.tags,
    ...image,
    sandbox: LIMITS,
    deliver: deliverOf(instance),
    contextFiles: [],
    tests: planOf(instance, python),
    failing: instance.failToPass.map((name) => nameIn(python, name)),
  };
  const change = new ImageChange({
    id: instance.id,
    image: image.image ?? "",
    limits: LIMITS,
    patch: instance.patch,
    testPatch: instance.testPatch,
    testFiles: task.tests.files,
  });
  const hidden = { path: "test_patch", bytes: Buffer.from(instance.testPatch), executable: false };
  return {
    ...task,
    files: {
      workspace: async () => [],
      tests: async () => (await change.files()).tests,
      reference: async () => (instance.patch.trim() === "" ? null : (await change.files()).reference),
      wrong: async () => [],
      provide: (sandboxes) => change.provide(sandboxes),
    },
    digest: taskDigest({ task, files: [{ set: "tests", file: hidden }] }),
  };
}

// Files of tests are the task's own, except in folders of that name that hold code, which the solution tells.
function deliverOf({ patch, testPatch }: Instance): DeliverRule {
  const ofTests = patchPaths(testPatch);
  const hidden = new Set(ofTests);
  const code = patchPaths(patch).filter((path) => !hidden.has(path));
  const ownFolders = new Set(code.flatMap((path) => path.split("/").slice(0, -1)));
  const globs = testGlobs("python", ownFolders).map((glob) => `**/${glob}`);
  const open = compileRule({ include: ["**"], exclude: globs });
  return { include: ["**"], exclude: [...ofTests.filter((path) => isAllowed(open, path)).map(escapedGlob), ...globs] };
}

function planOf({ failToPass, passToPass }: Instance, python: TestPython): TestPlan {
  const names = [...new Set([...failToPass, ...passToPass])];
  const files = [...new Set(names.map((name) => fileOfTest(name) ?? ""))].sort();
  const common = {
    files,
    timeoutSeconds: TEST_SECONDS,
    placement: "workspace",
    jestGlobals: false,
    runSkipped: false,
    isolation: "none",
    pythonPath: [],
  } as const;
  if (python === "own") return { ...common, runner: "pytest", required: names, command: null, report: null };
  const options = ["-p", "no:cacheprovider", "--continue-on-collection-errors", `--junitxml=${REPORT}`, "-o", "junit_family=xunit1"];
  return {
    ...common,
    runner: "command",
    required: names.map((name) => nameIn(python, name)),
    command: [TESTBED_PYTHON, "-c", START_PYTEST, ...options, ...files],
    report: { format: "junit", path: REPORT },
  };
}

// In its report, pytest writes the path of a file as a module, with the classes behind it.
function nameIn(python: TestPython, name: string): string {
  if (python === "own") return name;
  const [path = "", ...rest] = name.split("::");
  const module = path.replace(/\.py$/, "").replaceAll("/", ".");
  const test = rest.at(-1) ?? "";
  return `${[module, ...rest.slice(0, -1)].join(".")} > ${test}`;
}
