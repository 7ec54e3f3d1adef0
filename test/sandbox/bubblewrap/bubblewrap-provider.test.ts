import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { describe, expect, test } from "vitest";
import { InfraError } from "../../../src/core/errors.ts";
import { type Sandbox, SandboxLost } from "../../../src/core/sandbox.ts";
import { examineBubblewrap } from "../../../src/sandbox/bubblewrap/availability.ts";
import { type BubblewrapOptions, bubblewrapSandboxProvider } from "../../../src/sandbox/bubblewrap/bubblewrap-provider.ts";
import { findCgroupHome, sweepCgroups } from "../../../src/sandbox/bubblewrap/cgroup.ts";
import { boundsContract, sandboxContract } from "../../contract/sandbox-contract.ts";
import { noSignal, ownSandbox, requestFor, run, succeed } from "../../contract/sandbox-fixture.ts";
import { until } from "../../fixtures/until.ts";

const cache = join(process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache"), "bench/rootfs");
const rootFolder = join(cache, "current");
const home = findCgroupHome();
const provide = (changed: Partial<BubblewrapOptions> = {}) =>
  bubblewrapSandboxProvider({ rootFolder, image: { name: "bench-sandbox:latest", id: "bubblewrap:current" }, ...changed });
const request = requestFor();
const provider = provide();
const adapter = { provider };

const notWhole = "without a cgroup memory is bounded for each process alone, and nothing tells what it was killed for";
const killed = ["itself", "in a child", "in a pipe", "by exec"].map(
  (how) => `a command that uses up the memory ${how} ends as out of memory, and the sandbox stays usable`,
);

describe.skipIf(home === null)("bounded by a cgroup", () => sandboxContract(adapter));

describe("bounded by itself", () => {
  const alone = { provider: provide({ cgroupHome: null }) };
  // The rest is the same with a cgroup, and is tested there.
  const contract = home === null ? sandboxContract : boundsContract;
  contract({
    ...alone,
    cannot: Object.fromEntries(killed.map((name) => [name, notWhole])),
  });

  test("Node runs, and the memory of each process is limited", async () => {
    await using sandbox = await ownSandbox(alone, { memoryMb: 256 });

    expect(await succeed(sandbox, ["node", "-p", "[1, 2, 3].map((n) => n * n).join()"])).toBe("1,4,9\n");
    expect((await run(sandbox, "python3 -c 'bytearray(1 << 30)'")).text).toMatch(/MemoryError/);
  });
});

/** The folders of this machine's bounds, by the id of the sandbox. */
function boundsOf(id: string): readonly string[] {
  return (home?.parents ?? []).flatMap((parent) =>
    readdirSync(parent)
      .filter((name) => name.startsWith("bench-") && name.endsWith(id))
      .map((name) => join(parent, name)),
  );
}

function processesOf(id: string): readonly number[] {
  const [folder] = boundsOf(id);
  if (folder === undefined) return [];
  return readFileSync(join(folder, "cgroup.procs"), "utf8").split("\n").filter(Boolean).map(Number);
}

/** The first process of a sandbox as this machine numbers it: the one that is not bubblewrap itself. */
function guestOf(id: string): number {
  const guest = processesOf(id).find((pid) => readFileSync(`/proc/${pid}/comm`, "utf8").startsWith("python3"));
  if (guest === undefined) throw new Error("the sandbox has no guest");
  return guest;
}

/** Whether a process runs; one that has ended and whose parent has not looked yet does not. */
function isRunning(pid: number): boolean {
  try {
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
}

describe.skipIf(home === null)("the end of a sandbox", () => {
  test("closing leaves no process and no cgroup", async () => {
    const sandbox = await provider.open(request, noSignal);
    await run(sandbox, "(setsid sleep 4321 &) ; sleep 4321 &");
    const pids = processesOf(sandbox.id);

    await sandbox.close();

    expect(pids.length).toBeGreaterThan(3);
    expect(pids.filter(isRunning)).toEqual([]);
    expect(boundsOf(sandbox.id)).toEqual([]);
  });

  test("a sandbox that something else killed is the environment's failure, and can still be closed", async () => {
    const sandbox = await provider.open(request, noSignal);
    const running = run(sandbox, "sleep 300");
    running.catch(() => {});

    process.kill(guestOf(sandbox.id), "SIGKILL");

    await expect(running).rejects.toThrow(InfraError);
    await expect(run(sandbox, "true")).rejects.toThrow(/ended with status 137/);
    await sandbox.close();
    expect(boundsOf(sandbox.id)).toEqual([]);
  });

  test("a guest that stops answering ends its sandbox and not the harness", async () => {
    const sandbox = await provide({ graceMs: 300 }).open(request, noSignal);
    process.kill(guestOf(sandbox.id), "SIGSTOP");

    const lost = run(sandbox, "true", { timeoutMs: 1 });

    await expect(lost).rejects.toThrow(SandboxLost);
    await expect(lost).rejects.toMatchObject({ reason: "stopped" });
    await sandbox.close();
    expect(boundsOf(sandbox.id)).toEqual([]);
  });

  test("a sandbox whose memory is full of files either continues or is lost as out of memory", async () => {
    await using sandbox = await ownSandbox(adapter, { memoryMb: 40, workspaceMb: 300, tmpMb: 300 });
    const attempt = async () => {
      for (let turn = 0; turn < 5; turn++)
        await run(sandbox, `cat /dev/zero > fill${turn}; cat /dev/zero > /tmp/fill${turn}`, { timeoutMs: 5000 });
    };

    const error = await attempt().catch((caught: unknown) => caught);

    if (error !== undefined) expect(error).toMatchObject({ name: "SandboxLost", reason: "out-of-memory" });
  });

  test("a harness that is killed leaves nothing running, and the next sweep removes what is left", async () => {
    const program = `
      import { bubblewrapSandboxProvider } from ${JSON.stringify(new URL("../../../src/sandbox/bubblewrap/bubblewrap-provider.ts", import.meta.url).href)};
      const sandboxes = bubblewrapSandboxProvider({ rootFolder: ${JSON.stringify(rootFolder)}, image: { name: "any", id: "any" } });
      sandboxes.open(${JSON.stringify(request)}, new AbortController().signal)
        .then((sandbox) => { void sandbox.run({ command: "trap '' HUP TERM; sleep 4321", cwd: "/", env: {}, timeoutMs: 1e6, maxOutputBytes: 9 }); console.log(sandbox.id); });`;
    const harness = spawn(process.execPath, ["--import", "tsx", "--input-type=module", "-e", program], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const [line] = await once(createInterface({ input: harness.stdout }), "line");
    const id = String(line);
    const pids = processesOf(id);
    if (home === null) throw new Error("no cgroups");
    expect(sweepCgroups(home).some((name) => name.endsWith(id))).toBe(false);

    harness.kill("SIGKILL");
    await once(harness, "exit");

    await until(() => !pids.some(isRunning));
    // Whoever else starts now may be the first to sweep.
    sweepCgroups(home);
    expect(boundsOf(id)).toEqual([]);
  });
});

describe("sweeping", () => {
  test.skipIf(home === null)("cgroups of a process that may still run, or of others, are kept", () => {
    if (home === null) return;
    const [parent = ""] = home.parents;
    const others = ["bench-1-1-1-ab", "bench-other", "other"].map((name) => join(parent, `${name}${process.pid}`));
    for (const folder of others) mkdirSync(folder);

    sweepCgroups(home);

    const left = others.filter((folder) => existsSync(folder));
    for (const folder of left) rmdirSync(folder);
    expect(left).toEqual(others);
  });
});

describe("opening", () => {
  test("nothing inside leads to the host", async () => {
    await using sandbox = await ownSandbox(adapter);

    expect(await succeed(sandbox, "ls /proc/self/fd | sort -n | tr '\\n' ' '")).toBe("0 1 2 3 ");
    expect(
      await succeed(sandbox, "cat /proc/mounts | grep -vE ' (/|/dev|/dev/.*|/proc|/sys|/sys/fs/cgroup.*|/tmp|/workspace) ' | wc -l"),
    ).toBe("0\n");
    expect((await run(sandbox, "touch /dev/x; touch /sys/x")).text).toMatch(/Read-only.*\n.*Read-only/);
  });

  test("system calls that no task needs are refused", async () => {
    await using sandbox = await ownSandbox(adapter);
    const numbers = process.arch === "arm64" ? "217, 219, 280, 241, 425, 97" : "248, 250, 321, 298, 425, 272";
    const program = `import ctypes\nlibc = ctypes.CDLL(None, use_errno=True)\nfor n in (${numbers}): print(libc.syscall(n, 0, 0, 0, 0), ctypes.get_errno())`;

    expect(await succeed(sandbox, ["python3", "-c", program])).toBe("-1 1\n".repeat(6));
  });

  test("a local name has an address without a network", async () => {
    await using sandbox = await ownSandbox(adapter);

    expect(await succeed(sandbox, ["python3", "-c", "import socket; print(socket.gethostbyname('localhost'), socket.gethostname())"])).toBe(
      "127.0.0.1 sandbox\n",
    );
  });

  test("an abort before or during opening leaves nothing behind", async () => {
    const controller = new AbortController();
    const started = provider.open(request, controller.signal);
    controller.abort(new Error("not wanted"));

    await expect(started).rejects.toThrow("not wanted");
    await expect(provider.open(request, AbortSignal.abort(new Error("never")))).rejects.toThrow("never");
  });

  test("many at once all open and all work", async () => {
    const sandboxes: readonly Sandbox[] = await Promise.all(Array.from({ length: 6 }, () => provider.open(request, noSignal)));

    expect(await Promise.all(sandboxes.map((sandbox, index) => succeed(sandbox, `echo ${index}`)))).toEqual(
      sandboxes.map((_, index) => `${index}\n`),
    );
    await Promise.all(sandboxes.map((sandbox) => sandbox.close()));
    expect(sandboxes.flatMap((sandbox) => boundsOf(sandbox.id))).toEqual([]);
  });

  test("a missing root file system is named, and nothing is left behind", async () => {
    const nowhere = provide({ rootFolder: "/no/such/root" });

    await expect(nowhere.open(request, noSignal)).rejects.toThrow(/\/no\/such\/root/);
    expect(await examineBubblewrap("/no/such/cache")).toEqual({
      kind: "unusable",
      reason: expect.stringMatching(/root file system has not been made; run "bench setup --bubblewrap"/),
    });
  });
});

test("what setup made is found and described", async () => {
  expect(await examineBubblewrap(cache)).toMatchObject({ kind: "usable", version: expect.stringMatching(/^\d+\.\d+/), cgroupHome: home });
});
