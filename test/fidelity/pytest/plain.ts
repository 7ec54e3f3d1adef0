import { sandboxes, sources, type Texts } from "../../grade/small-task.ts";
import { FIXTURE_ODDITIES } from "./fixtures.ts";
import { NAME_ODDITIES } from "./names.ts";
import { fileOf, folderOf, SHOP } from "./oddity.ts";
import { RUN_ODDITIES } from "./running.ts";

/** All oddities that stand in one suite. */
export const ODDITIES = [...NAME_ODDITIES, ...FIXTURE_ODDITIES, ...RUN_ODDITIES];
/** Their test files. */
export const FILES = ODDITIES.map(fileOf);
/** Their test files with what lies beside them. */
export const TESTS: Texts = Object.assign(
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

/** Tests in the order in which they ended. */
export type Results = readonly (readonly [status: string, name: string])[];

/** Runs the suite with plain pytest, tests and solution in one process. */
export async function plainly(): Promise<Results> {
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
