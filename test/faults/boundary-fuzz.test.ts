import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { sandboxes } from "../grade/small-task.ts";

const FULL = process.env["BENCH_FAULTS"] === "full";
const FRAMES = FULL ? 1_000_000 : 3_000;
const MINUTE_MS = 60_000;
const LIMITS = { memoryMb: 512, cpus: 1, pids: 64, workspaceMb: 16, tmpMb: 16 };
const MAX_MEGABYTES = 300;

test("hostile messages make the judge of pytest run, read and change nothing", {
  timeout: FULL ? 120 * MINUTE_MS : 3 * MINUTE_MS,
}, async () => {
  const bytes = await readFile(new URL("boundary-fuzz.py", import.meta.url));
  const sandbox = await sandboxes.open({ image: null, limits: LIMITS, purpose: "grading" }, new AbortController().signal);
  try {
    await sandbox.putFiles("/tmp/fuzz", [{ path: "fuzz.py", bytes, executable: false }]);
    const command = ["/usr/bin/python3", "-W", "ignore", "/tmp/fuzz/fuzz.py", String(FRAMES), String(FULL ? 15 : Date.now() % 1000)];
    const env = { PYTHONDONTWRITEBYTECODE: "1", HOME: "/tmp" };
    const result = await sandbox.run({
      command,
      cwd: "/tmp",
      env,
      timeoutMs: FULL ? 110 * MINUTE_MS : 2 * MINUTE_MS,
      maxOutputBytes: 1 << 20,
    });
    const text = new TextDecoder().decode(result.tail.length > 0 ? result.tail : result.head);
    const found = JSON.parse(text.trim().split("\n").at(-1) ?? "null");

    expect(found.violations).toEqual([]);
    expect(found.frames).toBeGreaterThanOrEqual(FRAMES);
    expect(found.megabytes).toBeLessThan(MAX_MEGABYTES);
  } finally {
    await sandbox.close();
  }
});
