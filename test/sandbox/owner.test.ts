import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, test } from "vitest";
import { currentOwner, hasEnded, ownerFromText, ownerToText } from "../../src/sandbox/owner.ts";

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
  expect(hasEnded(self, self)).toBe(false);
  expect(hasEnded({ ...self, pid: await endedPid() }, self)).toBe(true);
});

test("a reused process number does not keep its first owner alive", () => {
  expect(hasEnded({ ...self, started: "1" }, self)).toBe(true);
});

test("sandboxes of another machine or namespace never count as abandoned", () => {
  expect(hasEnded({ ...self, machine: "elsewhere", boot: "other", pid: 1 }, self)).toBe(false);
  expect(hasEnded({ ...self, namespace: "pid:[1]", started: "1" }, self)).toBe(false);
});

test("no owner survives a restart of the machine", () => {
  expect(hasEnded({ ...self, boot: "before" }, self)).toBe(true);
});
