import { totalmem } from "node:os";
import { expect, test } from "vitest";
import { prepareSandboxes } from "../../src/command/sandbox/prepare-sandboxes.ts";
import { DEFAULT_LIMITS } from "../../src/core/task.ts";
import { findCgroupHome, makeCgroup } from "../../src/sandbox/bubblewrap/cgroup.ts";
import { fitLimits, hostSize, limitNotices } from "../../src/sandbox/fitted-limits.ts";

const MACHINE = { cpus: 2, memoryMb: 10_000 };
// What task.yaml may say at most.
const ABSURD = { memoryMb: 1_048_576, cpus: 1024, pids: 4_194_304, workspaceMb: 1_048_576, tmpMb: 1_048_576 };

test("limits within a machine stay as they are", () => {
  const limits = { memoryMb: 9_000, cpus: 2, pids: 32_768, workspaceMb: 4_500, tmpMb: 1 };

  expect(fitLimits(limits, MACHINE)).toEqual(limits);
  expect(fitLimits(DEFAULT_LIMITS, hostSize())).toEqual(DEFAULT_LIMITS);
});

test("limits above a machine become what it can give, with some memory left for its other programs", () => {
  expect(fitLimits(ABSURD, MACHINE)).toEqual({ memoryMb: 9_000, cpus: 2, pids: 32_768, workspaceMb: 4_500, tmpMb: 4_500 });
});

test("a line names the task, what it asks for and what it gets; others are counted", () => {
  const modest = { id: "modest", sandbox: DEFAULT_LIMITS };

  expect(limitNotices([modest, { id: "greedy", sandbox: { ...DEFAULT_LIMITS, cpus: 64, memoryMb: 1_048_576 } }], MACHINE)).toEqual([
    "Task greedy asks for more than its machine can give; it gets memory_mb 9000 instead of 1048576, cpus 2 instead of 64.",
  ]);
  const lines = limitNotices(
    Array.from({ length: 1000 }, (_, index) => ({ id: `t${index}`, sandbox: ABSURD })),
    MACHINE,
  );
  expect(lines).toHaveLength(6);
  expect(lines.at(-1)).toBe("995 more tasks ask for more than their machine can give.");
});

test.for(["docker", "bubblewrap"] as const)("a sandbox of %s opens with what the machine can give", async (sandbox) => {
  const image = "bench-sandbox:latest";
  const task = { id: "greedy", sandbox: ABSURD };
  const { provider, notices } = await prepareSandboxes({ sandbox }, { defaultImage: image, names: [image], tasks: [task] });
  expect(notices.at(-1)).toMatch(
    /^Task greedy asks for more .* memory_mb \d+ instead of 1048576, cpus \d+ instead of 1024, pids 32768 instead of 4194304/,
  );

  const opened = await provider("test-limits", () => {}).open(
    { image: null, limits: ABSURD, purpose: "agent" },
    new AbortController().signal,
  );

  const read =
    "cat /sys/fs/cgroup/memory/memory.limit_in_bytes /sys/fs/cgroup/memory.max /sys/fs/cgroup/pids/pids.max /sys/fs/cgroup/pids.max 2>/dev/null; df -m --output=size /workspace | tail -1";
  const { head } = await opened.run({ command: read, cwd: "/workspace", env: {}, timeoutMs: 20_000, maxOutputBytes: 1000 });
  await opened.close();
  const [memory = 0, , workspace = 0] = Buffer.from(head).toString().trim().split(/\s+/).map(Number);
  expect(memory).toBeLessThan(totalmem());
  expect(workspace * 1024 * 1024).toBeLessThan(totalmem());
});

test("without that, bubblewrap's sandbox does not open, because the kernel refuses so many processes", async () => {
  const home = findCgroupHome();
  if (home === null) return;

  expect(() => makeCgroup(home, ABSURD)).toThrow(/EINVAL/);
});
