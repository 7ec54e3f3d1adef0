import { expect, test } from "vitest";
import { until } from "../fixtures/until.ts";
import { at, exited, ownSandbox, run, type SandboxAdapter, sharedSandbox, succeed } from "./sandbox-fixture.ts";

/** Forks without end and does not give up when it cannot. */
const forkBomb = `
import os
while True:
    try:
        os.fork()
    except OSError:
        pass`;
const memoryHog = "python3 -c 'x = bytearray(1 << 30)'";

/** A program that prints what would be whole answers, could a command write to the channel. */
const forgery = `
import json, os, struct
answer = {"exit": {"kind": "exited", "code": 0}, "headBytes": 0, "omittedBytes": 0, "omittedLines": 0, "durationMs": 0}
for number in range(200):
    text = json.dumps({"id": number, "answer": answer}).encode()
    frame = struct.pack(">II", len(text), 0) + text
    os.write(1 + number % 2, frame)
    os.write(1, bytes([1, 0, 0, 0]) + struct.pack(">I", len(frame)) + frame)
os.write(1, b"\\xff" * 64)
raise SystemExit(7)`;

const attach = `
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
PTRACE_ATTACH, PTRACE_SEIZE = 16, 0x4206
print([libc.ptrace(request, 1, 0, 0) for request in (PTRACE_ATTACH, PTRACE_SEIZE)], os.strerror(ctypes.get_errno()))`;

export function hostileContract(adapter: SandboxAdapter): void {
  const sandbox = sharedSandbox(adapter);

  test("output that looks like a frame of the channel is just output", async () => {
    const { exit, result } = await run(sandbox(), ["python3", "-c", forgery]);

    expect(exit).toEqual(exited(7));
    expect(result.head.length).toBeGreaterThan(10_000);
    expect(await succeed(sandbox(), "echo still here")).toBe("still here\n");
  });

  test.for(["fd/0", "fd/1", "fd/2", "mem", "environ", "root", "cwd", "maps"])(
    "other processes cannot read the first process's %s",
    async (name) => {
      expect((await run(sandbox(), `cat /proc/1/${name}`)).exit).toEqual(exited(1));
      expect((await run(sandbox(), `echo x > /proc/1/${name}`)).exit).toEqual(exited(1));
    },
  );

  test("the first process cannot be made the victim when memory runs out", async () => {
    expect((await run(sandbox(), "echo 1000 > /proc/1/oom_score_adj")).exit).toEqual(exited(1));
    // It carries the score of a command for the moment in which it starts one.
    const settled = "until [ $(cat /proc/1/oom_score_adj) = 0 ]; do :; done";
    expect(await succeed(sandbox(), `${settled}; cat /proc/1/oom_score_adj /proc/self/oom_score_adj`)).toBe("0\n1000\n");
  });

  test("the first process cannot be traced", async () => {
    expect(await succeed(sandbox(), ["python3", "-c", attach])).toBe("[-1, -1] Operation not permitted\n");
  });

  test.for(["/workspace/look.py", "/opt/bench/../../workspace/look.py", "/opt/benchmark.py"])(
    "%s does not run in a copy of the first process, as the harness's own programs do",
    async (path) => {
      await sandbox().writeFile(at("look.py"), {
        bytes: Buffer.from("import sys\nprint('transport' in sys.modules, 'own' in sys.modules)\n"),
      });

      const { text } = await run(sandbox(), ["/usr/bin/python3", "-I", "-S", path]);

      expect(text).toMatch(path.startsWith("/opt/benchmark") ? /can't open file/ : /^False False\n$/);
    },
  );

  test.for([
    "kill -9 1",
    "kill -STOP 1",
    "for s in $(seq 1 64); do kill -$s 1; done",
    "prlimit --pid 1 --nofile=1:1",
    "prlimit --pid 1 --cpu=1:1",
    "renice 19 -p 1",
    "renice 19 -u 1000",
    "taskset -p 1 1",
    "chrt --idle -p 0 1",
    "ionice -c 3 -p 1",
  ])("%s does not harm the first process", async (command) => {
    await run(sandbox(), command);

    expect(await succeed(sandbox(), "ps -o stat=,ni= -p 1; prlimit --pid $$ --nofile --output SOFT --noheadings")).toMatch(
      /^[RS]s?\s+0\n\s*\d{3,}\n$/,
    );
  });

  test("killing everything that can be killed does not end the sandbox", async () => {
    await using own = await ownSandbox(adapter);
    await succeed(own, "sleep 4321 &");

    const { text } = await run(own, "sleep 4321 & kill -9 -1; echo alone");

    expect(text).toBe("alone\n");
    await until(async () => (await run(own, "pgrep -f 'sleep 432[1]'")).text === "");
  });

  test("background processes of a command do not delay its result, and keep running", async () => {
    await using own = await ownSandbox(adapter);

    expect(await succeed(own, "sleep 4321 & echo begun")).toBe("begun\n");

    expect(await succeed(own, "pgrep -c -f 'sleep 432[1]'")).toBe("1\n");
  });

  test("background processes may print forever", async () => {
    await using own = await ownSandbox(adapter);
    await succeed(own, "(while :; do echo noise; done) & yes &");

    for (let turn = 0; turn < 10; turn++) expect(await succeed(own, "echo quiet")).toBe("quiet\n");
    await until(async () => (await run(own, "pgrep -c -x yes")).text === "1\n");
  });

  test("a command that reads its own output back steals only from itself", async () => {
    const thief =
      "import os, threading\nown = os.open('/proc/self/fd/1', os.O_RDONLY)\nthreading.Thread(target=lambda: [os.read(own, 1000) for _ in range(5000)], daemon=True).start()\nfor i in range(20000): os.write(1, b'x' * 100)\nos._exit(5)";

    for (let turn = 0; turn < 3; turn++) expect((await run(sandbox(), ["python3", "-c", thief])).exit).toEqual(exited(5));
    expect(await succeed(sandbox(), "exec 3< /proc/self/fd/1; timeout 0.5 cat <&3 & sleep 0.1; echo mine")).toMatch(/^(mine\n)?$/);
    expect(await succeed(sandbox(), "echo alive")).toBe("alive\n");
  });

  test("a timeout ends all processes of the command and no earlier ones", async () => {
    await using own = await ownSandbox(adapter);
    await succeed(own, "setsid sleep 1111 & echo");
    const daemons =
      "(setsid sleep 2222 &); (setsid bash -c 'trap \"\" TERM HUP INT; sleep 2222' &); nohup sleep 2222 & kill -STOP $!; sleep 2222";

    const { exit, text } = await run(own, `echo before; ${daemons}`, { timeoutMs: 700 });

    expect(exit).toEqual({ kind: "timed-out" });
    expect(text).toMatch(/^before\n/);
    expect(await succeed(own, "pgrep -a sleep | cut -d' ' -f2-")).toBe("sleep 1111\n");
  });

  test("a timeout of one command does not affect another", async () => {
    await using own = await ownSandbox(adapter);
    const other = run(own, "sleep 2; bash -c 'echo unharmed'");

    const { exit } = await run(own, "sleep 300", { timeoutMs: 300 });

    expect(exit).toEqual({ kind: "timed-out" });
    expect((await other).text).toBe("unharmed\n");
  });

  test("a fork bomb ends with its timeout, and the next command runs", async () => {
    await using own = await ownSandbox(adapter);

    expect((await run(own, ["python3", "-c", forkBomb], { timeoutMs: 1500 })).exit).toEqual({ kind: "timed-out" });

    expect(await succeed(own, "pgrep -f 'os[.]fork' | wc -l")).toBe("0\n");
  });

  test.for([
    ["that gives up", ["bash", "-c", ":(){ :|:& };:"]],
    ["that does not", ["python3", "-c", `import os, time\nif os.fork():\n    time.sleep(0.5)\n    os._exit(0)${forkBomb}`]],
  ] as const)("a fork bomb %s and was left behind does not keep the next command from running", async ([, command]) => {
    await using own = await ownSandbox(adapter);
    await run(own, command);

    expect(await succeed(own, "echo alive")).toBe("alive\n");
    expect((await own.list(at("."), { depth: 1, maxEntries: 10, skipInside: [] })).kind).toBe("listed");
  });

  test.for([
    ["itself", memoryHog],
    ["in a child", `${memoryHog}; exit $?`],
    ["in a pipe", `set -o pipefail; ${memoryHog} | cat`],
    ["by exec", `exec ${memoryHog}`],
  ])("a command that uses up the memory %s ends as out of memory, and the sandbox stays usable", async ([, command]) => {
    expect((await run(sandbox(), command ?? "")).exit).toEqual({ kind: "out-of-memory" });
    expect(await succeed(sandbox(), "echo alive")).toBe("alive\n");
  });

  test("a command that kills itself is not reported as out of memory", async () => {
    expect((await run(sandbox(), "kill -9 $$")).exit).toEqual({ kind: "signalled", signal: "SIGKILL" });
    expect((await run(sandbox(), `${memoryHog}; echo survived`)).exit).toEqual(exited(0));
  });

  test.for(["/workspace", "/tmp"])("when %s is full, reading works and writing says why it does not", async (folder) => {
    await using own = await ownSandbox(adapter);
    await own.writeFile(at("kept.txt", folder), { bytes: Buffer.from("kept") });
    await run(own, `cat /dev/zero > ${folder}/fill; for i in $(seq 100); do echo x > ${folder}/crumb$i; done`);

    const read = await own.readFile(at("kept.txt", folder), 100);
    const written = await own.writeFile(at("kept.txt", folder), { bytes: Buffer.alloc(100_000) });
    const again = await own.readFile(at("kept.txt", folder), 100);

    expect(read).toMatchObject({ kind: "read", bytes: Buffer.from("kept") });
    expect(written).toEqual({ kind: "denied", message: "no space left: the disk of this machine is full" });
    expect(again).toEqual(read);
    expect((await run(own, "echo hello")).text).toBe("hello\n");
    await expect(own.putFiles(folder, [{ path: "more", bytes: Buffer.alloc(100_000), executable: false }])).rejects.toThrow(
      /No space left/,
    );
  });

  test("the number of files is limited", async () => {
    await using own = await ownSandbox(adapter, { pids: 32 });
    const program = "import os\nfor i in range(10**7): os.close(os.open(f'/tmp/{i}', os.O_CREAT))";

    const { exit, text } = await run(own, ["python3", "-c", program]);

    expect([exit.kind, text]).toEqual(["exited", expect.stringMatching(/No space left/)]);
  });
}
