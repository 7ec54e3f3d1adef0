import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Sandbox } from "../../src/core/sandbox.ts";
import type { Task } from "../../src/core/task.ts";
import { gradeWithDetails } from "../../src/grade/grade.ts";
import { ODDITIES, type Oddity } from "./pytest-oddities.ts";
import { TOOL_ODDITIES } from "./pytest-tool-oddities.ts";
import { sandboxes, smallTask, sources } from "./small-task.ts";

const { signal } = new AbortController();
const LIMITS = { memoryMb: 512, cpus: 1, pids: 128, workspaceMb: 64, tmpMb: 64 };

/** Names each test and its result, as pytest tells it: a plugin that only listens. */
const LISTENER = `
open_tests = {}
def pytest_collectreport(report):
    if report.failed: print("@", "failed", report.nodeid + " (import)")
    elif report.skipped: print("@", "skipped", report.nodeid)
def pytest_runtest_logreport(report):
    open_tests.setdefault(report.nodeid, []).append(report.outcome)
    if report.when == "teardown":
        found = open_tests.pop(report.nodeid)
        print("@", "failed" if "failed" in found else "skipped" if "skipped" in found else "passed", report.nodeid)
`;

// All plain runs have one sandbox, each a folder of its own.
let plain: Sandbox;
let folders = 0;

beforeAll(async () => {
  plain = await sandboxes.open({ image: null, limits: LIMITS, purpose: "grading" }, signal);
  await plain.putFiles("/tmp/listener", sources({ "listener.py": LISTENER }));
});
afterAll(() => plain?.close());

/** Runs tests and solution in one process, as people do. */
async function plainly({ tests, workspace, pythonPath = [] }: Oddity): Promise<readonly string[]> {
  const cwd = `/tmp/plain-${folders++}`;
  await plain.putFiles(cwd, sources({ ...workspace, ...tests }));
  const path = ["/tmp/listener", ...pythonPath.map((folder) => `${cwd}/${folder}`)].join(":");
  const env = { HOME: cwd, PYTHONPATH: path, PYTHONHASHSEED: "0", PYTHONDONTWRITEBYTECODE: "1" };
  const command = ["/usr/bin/python3", "-m", "pytest", "-s", "-p", "listener", "--continue-on-collection-errors", ...testFiles(tests)];
  const result = await plain.run({ command, cwd, env, timeoutMs: 60_000, maxOutputBytes: 1 << 20 });
  const text = new TextDecoder().decode(result.head);
  return [...text.matchAll(/@ (passed|failed|skipped) ([^\n]*)/g)].map(([, status, name]) => `${status} ${name}`).sort();
}

async function apart(oddity: Oddity): Promise<readonly string[]> {
  const task = taskOf(oddity);
  const { verdict } = await gradeWithDetails({ task, submitted: sources(oddity.workspace), expected: null, sandboxes, signal });
  return verdict.tests.map(({ status, name }) => `${status === "extra" ? "skipped" : status} ${name}`).sort();
}

function taskOf({ tests, workspace, pythonPath = [] }: Oddity): Task {
  const plan = { runner: "pytest", files: testFiles(tests), isolation: "process", pythonPath, timeoutSeconds: 60 } as const;
  return smallTask({ workspace, tests, plan });
}

function testFiles(tests: Oddity["tests"]): string[] {
  return Object.keys(tests)
    .filter((path) => /(^|\/)test_[^/]*\.py$/.test(path))
    .sort();
}

describe("pytest gives every test the same result with the solution in a process of its own", () => {
  test.for([...ODDITIES, ...TOOL_ODDITIES])("$title", { timeout: 120_000 }, async (oddity) => {
    const [together, here] = await Promise.all([plainly(oddity), apart(oddity)]);

    expect(together.length).toBeGreaterThan(0);
    expect(here).toEqual(together);
  });
});
