import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from "vitest";
import { loopAgent } from "../../../src/agent/loop/loop-agent.ts";
import { InfraError } from "../../../src/core/errors.ts";
import { type Sandbox, WORKSPACE } from "../../../src/core/sandbox.ts";
import type { SandboxLimits } from "../../../src/core/task.ts";
import { dockerSandboxProvider } from "../../../src/sandbox/docker/docker-provider.ts";
import { connectEngine } from "../../../src/sandbox/docker/engine.ts";
import { agentContext } from "../../fixtures/agent-context.ts";
import { loopSpec } from "../../fixtures/agent-settings.ts";
import { MCP_SERVER } from "../../fixtures/mcp-server.ts";
import { memoryJournal, stepsOf } from "../../fixtures/memory-journal.ts";
import { call, calls, says, turnModel } from "../../fixtures/turn-model.ts";
import { toolUser } from "./tool/workshop.ts";

const LIMITS: SandboxLimits = { memoryMb: 256, cpus: 2, pids: 128, workspaceMb: 32, tmpMb: 32 };
const never = new AbortController().signal;

async function openTestSandbox(): Promise<Sandbox> {
  const sandboxes = dockerSandboxProvider(connectEngine(), { image: "bench-sandbox:latest", runId: "test-agent" });
  return sandboxes.open({ image: null, limits: LIMITS, purpose: "agent" }, never);
}

const file = (path: string, text: string) => ({ path, bytes: new TextEncoder().encode(text), executable: false });
let sandbox: Sandbox;

beforeAll(async () => {
  sandbox = await openTestSandbox();
});
afterAll(() => sandbox.close());
beforeEach(async () => {
  const clear = { command: "rm -rf ./* ./.[!.]*", cwd: WORKSPACE, env: {}, timeoutMs: 10_000, maxOutputBytes: 1000 };
  await sandbox.run(clear);
  await sandbox.putFiles(WORKSPACE, [
    file("src/calc.py", "def add(a, b):\r\n\treturn a - b\r\n"),
    file(".git/config", "add\n"),
    file(".env", "add=1\n"),
  ]);
});

test("in a container every tool works", async () => {
  const use = toolUser(sandbox);
  const text = async (name: string, args: Readonly<Record<string, unknown>>) => (await use(name, args)).result.text;

  expect(await text("list_directory", { depth: 2 })).toBe(".env\n.git/\nsrc/\nsrc/calc.py");
  expect(await text("search_files", { pattern: "add\\b" })).toBe(".env:1: add=1\nsrc/calc.py:1: def add(a, b):");
  expect(await text("find_references", { symbol: "add" })).toBe("Definitions:\nsrc/calc.py:1: def add(a, b):\nReferences:\n.env:1: add=1");
  expect(await text("search_files", { pattern: "(" })).toContain("Error: bad_pattern: regex parse error:");
  expect(await text("read_file", { path: "src/calc.py" })).toBe("1\tdef add(a, b):\n2\t\treturn a - b");
  expect(
    await text("edit_file", {
      path: "src/calc.py",
      old_text: "def add(a, b):\n    return a - b",
      new_text: "def add(a, b):\n    return a + b",
    }),
  ).toBe("Edited src/calc.py (1 replacement at line 1). Matched ignoring indentation.\n1\tdef add(a, b):\n2\t\treturn a + b");
  expect(await text("run_command", { command: "python3 -c \"print(open('src/calc.py', 'rb').read())\"" })).toContain(
    "b'def add(a, b):\\r\\n\\treturn a + b\\r\\n'",
  );
  expect(await text("run_python", { code: "from src.calc import add\nprint(add(2, 3))" })).toMatch(/^exit code: 0 \(\d+\.\d s\)\n5$/);
  expect(await text("write_file", { path: "new/f.txt", content: "hi\n" })).toBe("Wrote 3 bytes (1 line) to new/f.txt (new file).");
  expect(await text("run_command", { command: "cat new/f.txt; ls src" })).toMatch(/\nhi\ncalc\.py$/);
});

test.for([
  { path: "../etc/passwd", expected: "Error: path_outside_workspace: '../etc/passwd' resolves outside /workspace." },
  { path: "link/passwd", expected: "Error: path_outside_workspace: 'link/passwd' resolves outside /workspace." },
  { path: "src", expected: "Error: is_directory: 'src' is a directory, not a file." },
  { path: "src/calc.py/x", expected: "Error: not_found: 'src/calc.py/x' does not exist.\nDid you mean: src/calc.py" },
  { path: "src/CALC.py", expected: "Error: not_found: 'src/CALC.py' does not exist.\nDid you mean: src/calc.py" },
  { path: "pipe", expected: "Error: binary_file: 'pipe' is a pipe, socket or device, not a regular file." },
])("in a container reading $path gets the same error", async ({ path, expected }) => {
  const use = toolUser(sandbox);
  await use("run_command", { command: "ln -s /etc link; mkfifo pipe" });

  expect((await use("read_file", { path })).result.text).toBe(expected);
});

test("in a container a search does not leave the workspace, not even through a link", async () => {
  const use = toolUser(sandbox);
  await use("run_command", { command: "ln -s /etc link" });

  expect((await use("search_files", { pattern: "root", path: "link" })).result.text).toContain("Error: path_outside_workspace");
  expect((await use("search_files", { pattern: "root" })).result.text).toBe("No matches.");
});

test("in a container a command that takes too long is killed with everything it started", async () => {
  const use = toolUser(sandbox);
  const { result, timedOut } = await use("run_command", { command: "echo begun; sleep 987 & sleep 987", timeout_seconds: 1 });

  expect(result.text).toBe("Error: timeout: killed after 1 s.\nbegun");
  expect(timedOut).toBe(true);
  expect((await use("run_command", { command: "pgrep -f 'sleep 98[7]' || echo none" })).result.text).toContain("\nnone");
});

test("in a container a program that uses up the memory is reported so, and the next one runs", async () => {
  const use = toolUser(sandbox);
  const { result, exitCode } = await use("run_python", { code: "x = []\nwhile True:\n    x.append(bytearray(10_000_000))" });

  expect(result.text).toMatch(/^exit code: 137 \(killed: out of memory\)\n/);
  expect(exitCode).toBe(137);
  expect((await use("run_command", { command: "echo alive" })).result.text).toContain("alive");
});

test("in a container the loop works from the first call to the final message", async () => {
  const journal = memoryJournal();
  const model = turnModel([
    calls([call("list_directory", {})]),
    calls([
      call("edit_file", { path: "src/calc.py", old_text: "a - b", new_text: "a + b" }),
      call("run_command", { command: "python3 -c 'print(1)'" }),
    ]),
    says("Done."),
  ]);
  const { stop } = await loopAgent(loopSpec()).work(agentContext({ model, sandbox, journal }));

  expect(stop).toEqual({ kind: "completed", detail: "Done." });
  expect(stepsOf(journal).flatMap(({ actions }) => actions.map(({ errorKind }) => errorKind))).toEqual([null, null, null]);
  const opened = journal.entries[0];
  expect(opened?.kind === "opened" ? opened.tools : "").toContain('"name":"run_python"');
});

test("a container that the harness itself removes is a failure of the harness", async () => {
  const own = await openTestSandbox();
  const model = turnModel([calls([call("run_command", { command: "echo x > f" })]), says("Done.")]);
  const journal = memoryJournal((entry) => {
    if (entry.kind === "tool-started") void own.close();
  });

  await expect(loopAgent(loopSpec()).work(agentContext({ model, sandbox: own, journal }))).rejects.toThrow(InfraError);
  await own.close();
});

test("in a container a task's server keeps its state beside other tools, and is gone when the work is over", async () => {
  const own = await openTestSandbox();
  onTestFinished(() => own.close());
  await own.putFiles(WORKSPACE, [file("small.mjs", MCP_SERVER)]);
  const processes = call("run_command", { command: "cat /proc/[0-9]*/cmdline | tr '\\0' ' ' | grep -c '[n]ode small.mjs'" });
  const count = call("small__count", {});
  const journal = memoryJournal();
  const model = turnModel([calls([count, processes]), calls([count]), says("Done.")]);
  const mcpServers = [{ name: "small", command: ["node", "small.mjs"], env: {} }];
  const task = { prompt: "Count.", contextFiles: [], workspace: [], mcpServers };
  await loopAgent(loopSpec()).work(agentContext({ task, model, sandbox: own, journal }));

  const texts = stepsOf(journal).flatMap(({ actions }) => actions.map(({ result }) => result.text));
  expect(texts).toEqual(["1", expect.stringMatching(/\n1$/), "2"]);
  const after = await own.run({
    command: ["bash", "-c", "cat /proc/[0-9]*/cmdline | tr '\\0' ' ' | grep -c '[n]ode small.mjs'"],
    cwd: WORKSPACE,
    env: {},
    timeoutMs: 10_000,
    maxOutputBytes: 100,
  });
  expect(Buffer.from(after.head).toString()).toBe("0\n");
});
