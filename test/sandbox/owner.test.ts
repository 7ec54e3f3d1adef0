import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { currentOwner, hasEnded, isRunning, ownerFromText, ownerToText } from "../../src/sandbox/owner.ts";
import { until } from "../fixtures/until.ts";

const self = currentOwner();

/** A process number that was in use a moment ago and is free now. */
async function endedPid(): Promise<number> {
  const child = spawn(process.execPath, ["-e", ""]);
  await once(child, "exit");
  return child.pid ?? 0;
}

test("an owner is read as it was written", () => {
  expect(ownerFromText(ownerToText(self))).toEqual(self);
});

test.for(["", "null", "[]", "{}", "1", '{"machine":"m","boot":"b","namespace":"n","pid":-1}', "not json"])("%j is no owner", (text) => {
  expect(ownerFromText(text)).toBeNull();
});

test("this process has not ended, and an ended one has", async () => {
  expect([hasEnded(self, self), isRunning(self, self)]).toEqual([false, true]);
  const ended = { ...self, pid: await endedPid() };
  expect([hasEnded(ended, self), isRunning(ended, self)]).toEqual([true, false]);
});

test("a process that was killed and that its parent has not asked about has ended", async () => {
  // The shell starts a process, becomes one that never asks about its children, and leaves the process as it ends.
  const parent = spawn("sh", ["-c", "sleep 600 & echo $!; exec sleep 600"], { stdio: ["ignore", "pipe", "ignore"] });
  const [line] = (await once(parent.stdout, "data")) as [Buffer];
  const pid = Number(line.toString());
  const stat = (): string => readFileSync(`/proc/${pid}/stat`, "utf8");
  const started =
    stat()
      .slice(stat().lastIndexOf(")") + 2)
      .split(" ")[19] ?? null;
  expect(hasEnded({ ...self, pid, started }, self)).toBe(false);

  // As long as it is a shell, it asks.
  await until(() => readFileSync(`/proc/${parent.pid}/comm`, "utf8").startsWith("sleep"));
  process.kill(pid, "SIGKILL");
  await until(() => / Z /.test(stat()));

  expect(hasEnded({ ...self, pid, started }, self)).toBe(true);
  parent.kill("SIGKILL");
});

test("a reused process number does not keep its first owner alive", () => {
  expect(hasEnded({ ...self, started: "1" }, self)).toBe(true);
});

test("sandboxes of another machine or namespace never count as abandoned, nor do their processes count as running", () => {
  expect(isRunning({ ...self, machine: "elsewhere" }, self)).toBe(false);
  expect(isRunning({ ...self, namespace: "pid:[1]" }, self)).toBe(false);
  expect(hasEnded({ ...self, machine: "elsewhere", boot: "other", pid: 1 }, self)).toBe(false);
  expect(hasEnded({ ...self, namespace: "pid:[1]", started: "1" }, self)).toBe(false);
});

test("no owner survives a restart of the machine", () => {
  expect(hasEnded({ ...self, boot: "before" }, self)).toBe(true);
});
