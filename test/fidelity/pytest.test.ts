import { beforeAll, describe, expect, test } from "vitest";
import type { Isolation } from "../../src/core/task.ts";
import { gradeWithDetails } from "../../src/grade/grade.ts";
import { sandboxes, smallTask, sources, type Texts } from "../grade/small-task.ts";
import { FIXTURE_ODDITIES } from "./pytest/fixtures.ts";
import { NAME_ODDITIES } from "./pytest/names.ts";
import { fileOf, folderOf, SHOP } from "./pytest/oddity.ts";
import { RUN_ODDITIES } from "./pytest/running.ts";

const ODDITIES = [...NAME_ODDITIES, ...FIXTURE_ODDITIES, ...RUN_ODDITIES];
const FILES = ODDITIES.map(fileOf);
const TESTS: Texts = Object.assign(
  {},
  ...ODDITIES.map((one) => ({
    [fileOf(one)]: one.body,
    ...Object.fromEntries(Object.entries(one.beside).map(([path, text]) => [`${folderOf(one)}/${path}`, text])),
  })),
);
const LIMITS = { memoryMb: 512, cpus: 1, pids: 128, workspaceMb: 64, tmpMb: 64 };

/** Writes what pytest says of each test, as JSON, to a file: a plugin that only listens. */
const LISTENER = `
import json
reports, found = {}, []
def pytest_collectreport(report):
    if report.failed: found.append(["failed", report.nodeid + " (import)"])
    elif report.skipped: found.append(["skipped", report.nodeid])
def pytest_runtest_logreport(report):
    reports.setdefault(report.nodeid, []).append(report.outcome)
    if report.when == "teardown":
        own = reports.pop(report.nodeid)
        found.append(["failed" if "failed" in own else "skipped" if "skipped" in own else "passed", report.nodeid])
def pytest_sessionfinish():
    with open("/tmp/listener/found.json", "w") as file: json.dump(found, file)
`;

type Results = readonly (readonly [status: string, name: string])[];

async function plainly(): Promise<Results> {
  const { signal } = new AbortController();
  const sandbox = await sandboxes.open({ image: null, limits: LIMITS, purpose: "grading" }, signal);
  try {
    await sandbox.putFiles("/tmp/listener", sources({ "listener.py": LISTENER }));
    await sandbox.putFiles("/tmp/plain", sources({ "shop.py": SHOP, ...TESTS }));
    const env = { HOME: "/tmp", PYTHONPATH: "/tmp/listener:/tmp/plain", PYTHONDONTWRITEBYTECODE: "1", LANG: "C.UTF-8" };
    const files = FILES.map((file) => `'${file}'`).join(" ");
    const command = `python3 -m pytest -p listener --continue-on-collection-errors ${files} > /tmp/output 2>&1 < /dev/null; cat /tmp/listener/found.json || tail -50 /tmp/output`;
    const result = await sandbox.run({ command, cwd: "/tmp/plain", env, timeoutMs: 100_000, maxOutputBytes: 1 << 20 });
    return JSON.parse(Buffer.concat([result.head, result.tail]).toString()) as Results;
  } finally {
    await sandbox.close();
  }
}

async function graded(isolation: Isolation): Promise<Results> {
  const plan = { runner: "pytest", files: FILES, isolation, timeoutSeconds: 100 } as const;
  const task = smallTask({ workspace: { "shop.py": SHOP }, tests: TESTS, plan });
  const request = { task, submitted: sources({ "shop.py": SHOP }), expected: null, sandboxes, signal: new AbortController().signal };
  const { verdict } = await gradeWithDetails(request);
  if (process.env["BENCH_TEST_LOG"] !== undefined) process.stdout.write(verdict.log);
  return verdict.tests.map(({ status, name }) => [status === "extra" ? "skipped" : status, name]);
}

const results = new Map<string, Results>();

beforeAll(async () => {
  results.set("plain", numbered(await plainly()));
  for (const isolation of ["process", "none"] as const) results.set(isolation, await graded(isolation));
}, 400_000);

function of(run: string, file: string): readonly string[] {
  return (results.get(run) ?? [])
    .filter(([, name]) => name.startsWith(file))
    .map(([status, name]) => `${status} ${cut(name)}`)
    .sort();
}

// An id that pytest gives again is told apart by a number.
function numbered(found: Results): Results {
  const times = new Map<string, number>();
  return found.map(([status, name]) => {
    const count = (times.get(name) ?? 0) + 1;
    times.set(name, count);
    return [status, count === 1 ? name : `${name} (${count})`];
  });
}

// A name of more than 2,000 characters is kept by its start and a hash.
const cut = (name: string): string => (Buffer.from(name).toString().length > 1_000 ? name.slice(0, 1_000) : Buffer.from(name).toString());

describe("pytest by itself and the grader say the same of every test when", () => {
  test.for(ODDITIES)("$title", (one) => {
    const plain = of("plain", fileOf(one));

    expect(plain.length > 0 || one.title === "a test file is empty").toBe(true);
    expect(of("process", fileOf(one))).toEqual(plain);
    expect(of("none", fileOf(one))).toEqual(plain);
  });
});
