import { expect, test } from "vitest";
import { WORKSPACE } from "../../../src/core/sandbox.ts";
import { FRAMEWORKS } from "../../../src/grade/runner/step.ts";
import { sandboxes, sources, type Texts } from "../small-task.ts";

const SHOWN = 'console.log(import.meta.filename, ...process.argv.slice(1)); await import("beside");\n';
const PACKAGE = {
  "package.json": JSON.stringify({ name: "tester", type: "module", bin: { other: "no.js", tester: "bin/run.js" }, exports: {} }),
  "bin/run.js": SHOWN,
};

async function start(workspace: Texts): Promise<{ readonly status: number | null; readonly output: string }> {
  const { signal } = new AbortController();
  const limits = { memoryMb: 256, cpus: 1, pids: 64, workspaceMb: 32, tmpMb: 32 };
  const sandbox = await sandboxes.open({ image: null, limits, purpose: "agent" }, signal);
  try {
    await sandbox.putFiles(WORKSPACE, sources(workspace));
    const command = ["/usr/local/bin/node", `${FRAMEWORKS}/start-script.mjs`, "tester", "run", "--all"];
    const result = await sandbox.run({ command, cwd: WORKSPACE, env: {}, timeoutMs: 60_000, maxOutputBytes: 65_536 });
    return { status: result.exit.kind === "exited" ? result.exit.code : null, output: new TextDecoder().decode(result.head).trim() };
  } finally {
    await sandbox.close();
  }
}

function below(folder: string, files: Texts): Texts {
  return Object.fromEntries(Object.entries(files).map(([path, text]) => [`${folder}/${path}`, text]));
}

test("a framework is started as the package that a program of the workspace would load, with its own packages", async () => {
  const beside = { "package.json": '{"name":"beside","type":"module","main":"x.js"}', "x.js": 'console.log("beside");\n' };
  const files = { ...below("node_modules/tester", PACKAGE), ...below("node_modules/beside", beside) };

  const program = `${WORKSPACE}/node_modules/tester/bin/run.js`;
  expect(await start(files)).toEqual({ status: 0, output: `${program} ${program} run --all\nbeside` });
});

test("where there is none, one line says so", async () => {
  const { status, output } = await start({});

  expect(status).toBe(127);
  expect(output).toBe(
    'Cannot run tester: the task\'s image has no package "tester" in /workspace/node_modules or /node_modules; install it there',
  );
});
