import { WORKSPACE } from "../../../src/core/sandbox.ts";
import { sandboxes, sources, type Texts } from "../small-task.ts";

/** What Node's own runner said about one test. */
export type PlainResult = { readonly name: string; readonly status: string };

const TESTS = "/tmp/tests";

// Written against the documented events of node:test; knows nothing of the judge's reporter.
const REPORTER = `
import path from "node:path";
export default async function* (source) {
  let above = [];
  for await (const { type, data } of source) {
    if (type === "test:start") above = [...above.slice(0, data.nesting), data.name];
    if (type !== "test:pass" && type !== "test:fail") continue;
    if (data.details.type === "suite" && !(type === "test:fail" && !["subtestsFailed", "cancelledByParent"].includes(data.details.error?.failureType))) continue;
    const marked = (data.skip ?? false) !== false || (data.todo ?? false) !== false;
    const status = marked ? "skipped" : type === "test:fail" ? "failed" : "passed";
    const file = path.relative("${TESTS}", data.file ?? data.name);
    const isFile = data.nesting === 0 && data.name.endsWith(file);
    yield JSON.stringify({ name: isFile ? file : [file, ...above.slice(0, data.nesting), data.name].join(" > "), status }) + "\\n";
  }
}
`;

/** Runs test files with `node --test`, one after the other and each in a process of its own, in one sandbox with the solution; nothing of the grader takes part. */
export async function runPlainNode({
  solution,
  tests,
  files,
}: {
  solution: Texts;
  tests: Texts;
  files: readonly string[];
}): Promise<PlainResult[]> {
  const signal = new AbortController().signal;
  const limits = { memoryMb: 512, cpus: 1, pids: 256, workspaceMb: 64, tmpMb: 64 };
  const sandbox = await sandboxes.open({ image: null, limits, purpose: "agent" }, signal);
  try {
    await sandbox.putFiles(WORKSPACE, sources(solution));
    await sandbox.putFiles(TESTS, sources({ ...tests, "names.mjs": REPORTER }));
    // Translates TypeScript, and takes longer to start than most tests.
    const loaderOf = (file: string) => (file.endsWith("ts") ? "--import=file:///opt/bench/js/node_modules/tsx/dist/loader.mjs " : "");
    const runs = files.map((file) => `node ${loaderOf(file)}--test --test-reporter=${TESTS}/names.mjs ${TESTS}/${file}`).join("\n");
    const command = { command: ["bash", "-c", runs], cwd: WORKSPACE, env: {}, timeoutMs: 900_000, maxOutputBytes: 1_000_000 };
    const result = await sandbox.run(command, signal);
    const lines = new TextDecoder().decode(result.head).split("\n");
    return numbered(lines.filter((line) => line.startsWith('{"name"')).map((line) => JSON.parse(line) as PlainResult));
  } finally {
    await sandbox.close();
  }
}

// A name that is used again is told apart by a number, as in every report.
function numbered(results: readonly PlainResult[]): PlainResult[] {
  const times = new Map<string, number>();
  return results.map(({ name, status }) => {
    const count = (times.get(name) ?? 0) + 1;
    times.set(name, count);
    return { name: count === 1 ? name : `${name} (${count})`, status };
  });
}
