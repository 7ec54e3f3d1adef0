import { expect, test } from "vitest";
import type { CommandResult, Sandbox } from "../../../../src/core/sandbox.ts";
import { openContainerWorkshop, openWorkshop, toolUser } from "./workshop.ts";

test("run_command reports the exit code, the time and the output in order", async () => {
  const { use } = await openWorkshop({ "f.txt": "hi\n" });

  const { result, exitCode, errorKind, fullOutput } = await use("run_command", { command: "cat f.txt; echo oops >&2; echo end; exit 3" });
  expect(result.text).toMatch(/^exit code: 3 \(\d+\.\d s\)\nhi\noops\nend$/);
  expect(result.isError).toBe(false);
  expect([exitCode, errorKind, fullOutput]).toEqual([3, null, null]);
});

test("run_command reports that there was no output", async () => {
  const { textOf } = await openWorkshop();

  expect(await textOf("run_command", { command: "true" })).toMatch(/^exit code: 0 \(\d+\.\d s\)\n\(no output\)$/);
});

test("run_command starts a new bash in the workspace each time, without input", async () => {
  const { textOf } = await openWorkshop({ "d/f": "" });

  const first = await textOf("run_command", { command: "cd d && X=1 && [[ -e f ]] && basename $PWD && read line; echo $?" });
  expect(first.split("\n").slice(1)).toEqual(["d", "1"]);
  expect((await textOf("run_command", { command: "basename $PWD; echo [$X]" })).split("\n").slice(1)).toEqual(["workspace", "[]"]);
});

test("run_command turns off pagers, progress bars and colours", async () => {
  const { textOf } = await openWorkshop();

  const text = await textOf("run_command", { command: "echo $PAGER $MANPAGER $LESS $PIP_PROGRESS_BAR $TQDM_DISABLE $CI $TERM" });
  expect(text.split("\n")[1]).toBe("cat cat -R off 1 1 dumb");
});

test("run_command removes terminal sequences and keeps the raw bytes", async () => {
  const { use } = await openWorkshop();

  const { result, fullOutput } = await use("run_command", { command: "printf '\\033[31mred\\033[0m\\n10%%\\r100%%\\n\\377'" });
  expect(result.text.split("\n").slice(1)).toEqual(["red", "100%", "\uFFFD"]);
  expect(Buffer.from(fullOutput ?? [])).toEqual(Buffer.from("\x1b[31mred\x1b[0m\n10%\r100%\n\xff", "latin1"));
});

test("run_command cuts long output in the middle, status line and all, and keeps it whole for the log", async () => {
  const { use } = await openWorkshop();

  const { result, fullOutput } = await use("run_command", { command: "seq 100000; exit 1" });
  expect(Buffer.byteLength(result.text)).toBeLessThanOrEqual(5120);
  expect(result.text).toMatch(/^exit code: 1 \(\d+\.\d s\)\n1\n2\n3\n/);
  expect(result.text).toMatch(/\n\[… [\d ]+ bytes omitted \([\d ]+ lines\); rerun with a filter, e\.g\. \| head or \| tail …\]\n/);
  expect(result.text).toMatch(/\n99999\n100000$/);
  expect(fullOutput?.length).toBe(588_895);
});

test("run_command keeps the start and the end of output that is too large to keep", async () => {
  const { use } = await openWorkshop();

  const { result, fullOutput } = await use("run_command", { command: "head -c 3000000 /dev/zero | tr '\\0' x; echo; echo end" });
  expect(Buffer.byteLength(result.text)).toBeLessThanOrEqual(5120);
  expect(result.text).toMatch(/\nend$/);
  expect(fullOutput?.length).toBeLessThan(1024 * 1024 + 200);
  expect(Buffer.from(fullOutput ?? []).toString()).toMatch(/bytes not kept \(0 lines\)\]\nx+\nend\n$/);
});

test("run_command kills what takes too long and shows what it printed", async () => {
  const { use } = await openWorkshop();

  const { result, timedOut, exitCode, errorKind } = await use("run_command", { command: "echo started; sleep 60", timeout_seconds: 1 });
  expect(result.text).toBe("Error: timeout: killed after 1 s.\nstarted");
  expect([timedOut, exitCode, errorKind, result.isError]).toEqual([true, null, "timeout", true]);
});

test.for([
  { args: { command: " \n" }, expected: "Error: invalid_arguments: command must not be empty." },
  { args: { command: "a\0b" }, expected: "Error: invalid_arguments: command must not contain NUL bytes." },
  { args: { command: "ls", timeout_seconds: 31 }, expected: "Error: invalid_arguments: timeout_seconds must be between 1 and 30, got 31." },
  { args: { command: "ls", timeout_seconds: 0 }, expected: "Error: invalid_arguments: timeout_seconds must be between 1 and 30, got 0." },
  {
    args: { command: "rm -rf /" },
    expected: "Error: policy_denied: 'rm' on the whole machine is not allowed.\nFind another way; nothing was run.",
  },
])("run_command answers $args with its error", async ({ args, expected }) => {
  const { textOf } = await openWorkshop();

  expect(await textOf("run_command", args)).toBe(expected);
});

test("run_command stores a denied command as denied", async () => {
  const { use } = await openWorkshop();

  expect(await use("run_command", { command: "shutdown now" })).toMatchObject({
    decision: "denied",
    errorKind: "policy_denied",
    tier: "execute",
  });
});

const OUTPUT = { head: Buffer.from("so far\n"), tail: Buffer.alloc(0), omittedBytes: 0, omittedLines: 0, durationMs: 2345 };

test.for([
  { exit: { kind: "out-of-memory" }, status: "exit code: 137 (killed: out of memory)", exitCode: 137 },
  { exit: { kind: "signalled", signal: "SIGSEGV" }, status: "exit code: 139 (killed by SIGSEGV; 2.3 s)", exitCode: 139 },
  { exit: { kind: "signalled", signal: "SIGKILL" }, status: "exit code: 137 (killed by SIGKILL; 2.3 s)", exitCode: 137 },
] as const)("run_command tells $status", async ({ exit, status, exitCode }) => {
  const { sandbox } = await openWorkshop();
  const ending: Sandbox = { ...sandbox, run: async (): Promise<CommandResult> => ({ exit, ...OUTPUT }) };

  const action = await toolUser(ending)("run_command", { command: "x" });
  expect(action.result).toMatchObject({ text: `${status}\nso far`, isError: false });
  expect(action.exitCode).toBe(exitCode);
});

test("run_python runs a program on the workspace's modules and leaves nothing behind", async () => {
  const { textOf, sandbox } = await openContainerWorkshop({ "mine.py": "answer = 42\n" });
  const before = await sandbox.fingerprint("/workspace");

  const text = await textOf("run_python", {
    code: "import mine, os\nprint(mine.answer, os.path.basename(os.getcwd()), repr(input.__name__))",
  });
  expect(text).toMatch(/^exit code: 0 \(\d+\.\d s\)\n42 workspace 'input'$/);
  expect(await sandbox.fingerprint("/workspace")).toBe(before);
});

test("run_python has no input, shows the failing line, and accepts a time limit", async () => {
  const { textOf } = await openContainerWorkshop({});

  expect(await textOf("run_python", { code: "input()" })).toContain("EOFError");
  const failure = await textOf("run_python", { code: "x = 1\nx.nothing  # 'quotes' \"and\" $dollars `ticks`\n" });
  expect(failure).toMatch(/^exit code: 1 .*\n/);
  expect(failure).toContain("x.nothing  # 'quotes' \"and\" $dollars `ticks`");
  expect(await textOf("run_python", { code: "import time\nprint('on', flush=True)\ntime.sleep(60)", timeout_seconds: 1 })).toBe(
    "Error: timeout: killed after 1 s.\non",
  );
  expect(await textOf("run_python", { code: "" })).toBe("Error: invalid_arguments: code must not be empty.");
});
