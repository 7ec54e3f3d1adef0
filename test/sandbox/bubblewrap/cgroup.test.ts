import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { findCgroupHome, makeCgroup, memoryKills, placesInside, sweepCgroups } from "../../../src/sandbox/bubblewrap/cgroup.ts";
import { currentOwner } from "../../../src/sandbox/owner.ts";

const limits = { memoryMb: 100, cpus: 1.5, pids: 10 };

/** Plain folders in the place of the kernel's: what is written is seen, nothing is bounded. */
function plainFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "bench-cgroup-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

const contents = (folder: string) =>
  Object.fromEntries(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), "utf8")] as const));

test("cgroups of version 2 are one folder with all limits, and its controllers are enabled above it", () => {
  const parent = plainFolder();

  const cgroup = makeCgroup({ version: 2, parents: [parent] }, limits);

  expect(readFileSync(join(parent, "cgroup.subtree_control"), "utf8")).toBe("+memory +pids +cpu");
  const [folder = ""] = cgroup.folders;
  expect(contents(folder)).toEqual({ "memory.max": "104857600", "cpu.max": "150000 100000", "pids.max": "11" });
  expect(placesInside(cgroup)).toEqual([[folder, "/sys/fs/cgroup"]]);
  writeFileSync(join(folder, "memory.events"), "low 0\noom 3\noom_kill 2\noom_group_kill 0\n");
  expect(memoryKills(cgroup)).toBe(2);
});

test("cgroups of version 1 are a folder in each hierarchy", () => {
  const root = plainFolder();
  const parents = ["memory", "cpu", "pids"].map((name) => join(root, name));
  for (const parent of parents) mkdirSync(parent);

  const cgroup = makeCgroup({ version: 1, parents }, limits);

  expect(cgroup.folders.map(contents)).toEqual([
    { "memory.limit_in_bytes": "104857600" },
    { "cpu.cfs_period_us": "100000", "cpu.cfs_quota_us": "150000" },
    { "pids.max": "11" },
  ]);
  expect(placesInside(cgroup).map(([, place]) => place)).toEqual(["memory", "cpu", "pids"].map((name) => `/sys/fs/cgroup/${name}`));
});

test("without permission no home for cgroups is found, and nothing is left behind", () => {
  const root = plainFolder();
  mkdirSync(join(root, "memory"));

  expect(findCgroupHome(root)).toBeNull();
  expect(findCgroupHome(join(root, "absent"))).toBeNull();
  expect(readdirSync(join(root, "memory"))).toEqual([]);
});

test("a sweep removes empty cgroups of ended processes, and nothing else", () => {
  const parent = plainFolder();
  const namespace = /\d+/.exec(currentOwner().namespace)?.[0];
  const gone = `bench-${namespace}-${process.pid}-1-abcd0123`;
  const elsewhere = `bench-1-${process.pid}-1-abcd0123`;
  for (const name of [gone, elsewhere, "bench-mine"]) mkdirSync(join(parent, name));

  expect(sweepCgroups({ version: 2, parents: [parent] })).toEqual([gone]);
  expect(readdirSync(parent).toSorted()).toEqual([elsewhere, "bench-mine"].toSorted());
});
