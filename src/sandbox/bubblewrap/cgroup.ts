import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { InfraError } from "../../core/errors.ts";
import type { SandboxLimits } from "../../core/task.ts";
import { currentOwner, hasEnded } from "../owner.ts";

/** The cgroups of one sandbox: a folder for each hierarchy, and the file in which the kernel counts its out-of-memory kills. */
export type Cgroup = { readonly version: 1 | 2; readonly folders: readonly string[]; readonly memoryEvents: string };

/** Where cgroups can be made: their version, and their parent folders. */
export type CgroupHome = { readonly version: 1 | 2; readonly parents: readonly string[] };

type Setting = { readonly file: string; readonly value: string; readonly optional?: true };

const HIERARCHIES = ["memory", "cpu", "pids"] as const;
const MEGABYTE = 1024 * 1024;
const PERIOD_MICROSECONDS = 100_000;
const REMOVE_MS = 10_000;
/** Processes in the cgroup that are not the guest's: bubblewrap itself. */
const OWN_PROCESSES = 1;

/** Finds where this process may make cgroups; null if it may not, or the system has none. */
export function findCgroupHome(root = "/sys/fs/cgroup"): CgroupHome | null {
  const homes: readonly CgroupHome[] = existsSync(join(root, "cgroup.controllers"))
    ? [...new Set([root, join(root, dirname(ownCgroup()))])].map((parent) => ({ version: 2, parents: [parent] }))
    : [{ version: 1, parents: HIERARCHIES.map((name) => join(root, name)) }];
  return homes.find(canMakeIn) ?? null;
}

function canMakeIn(home: CgroupHome): boolean {
  const limits = { memoryMb: 64, cpus: 1, pids: 16 };
  try {
    for (const folder of makeCgroup(home, limits).folders) rmdirSync(folder);
    return true;
  } catch {
    return false;
  }
}

/** Makes the cgroups of one sandbox, with its limits and without a process. Throws the error of the system, and then leaves nothing behind. */
export function makeCgroup(home: CgroupHome, limits: Pick<SandboxLimits, "memoryMb" | "cpus" | "pids">): Cgroup {
  const name = cgroupName(randomBytes(4).toString("hex"));
  const folders = home.parents.map((parent) => join(parent, name));
  try {
    for (const folder of folders) mkdirSync(folder);
    if (home.version === 2) enableControllers(home.parents[0] ?? "", folders[0] ?? "");
    const settings =
      home.version === 1 ? folders.flatMap((folder) => settingsOf(folder, limits)) : unifiedSettings(folders[0] ?? "", limits);
    for (const { file, value, optional } of settings) if (!(optional && !existsSync(file))) writeFileSync(file, value);
  } catch (error) {
    for (const folder of folders) tryRemove(folder);
    throw error;
  }
  const memoryEvents = join(folders[0] ?? "", home.version === 1 ? "memory.oom_control" : "memory.events");
  return { version: home.version, folders, memoryEvents };
}

/** Lists where each folder is mounted inside, as [folder, place]: programs read their own limits there. */
export function placesInside({ version, folders }: Cgroup): readonly (readonly [string, string])[] {
  return folders.map((folder) => [folder, version === 1 ? `/sys/fs/cgroup/${basename(dirname(folder))}` : "/sys/fs/cgroup"]);
}

function enableControllers(parent: string, folder: string): void {
  if (existsSync(join(folder, "memory.max")) && existsSync(join(folder, "pids.max")) && existsSync(join(folder, "cpu.max"))) return;
  writeFileSync(join(parent, "cgroup.subtree_control"), "+memory +pids +cpu");
}

function settingsOf(folder: string, { memoryMb, cpus, pids }: Pick<SandboxLimits, "memoryMb" | "cpus" | "pids">): readonly Setting[] {
  const bytes = String(memoryMb * MEGABYTE);
  switch (basename(dirname(folder))) {
    case "memory":
      return [
        { file: join(folder, "memory.limit_in_bytes"), value: bytes },
        { file: join(folder, "memory.memsw.limit_in_bytes"), value: bytes, optional: true },
      ];
    case "cpu":
      return [
        { file: join(folder, "cpu.cfs_period_us"), value: String(PERIOD_MICROSECONDS) },
        { file: join(folder, "cpu.cfs_quota_us"), value: String(Math.round(cpus * PERIOD_MICROSECONDS)) },
      ];
    default:
      return [{ file: join(folder, "pids.max"), value: String(pids + OWN_PROCESSES) }];
  }
}

function unifiedSettings(folder: string, { memoryMb, cpus, pids }: Pick<SandboxLimits, "memoryMb" | "cpus" | "pids">): readonly Setting[] {
  return [
    { file: join(folder, "memory.max"), value: String(memoryMb * MEGABYTE) },
    { file: join(folder, "memory.swap.max"), value: "0", optional: true },
    { file: join(folder, "cpu.max"), value: `${Math.round(cpus * PERIOD_MICROSECONDS)} ${PERIOD_MICROSECONDS}` },
    { file: join(folder, "pids.max"), value: String(pids + OWN_PROCESSES) },
  ];
}

/** Reads how often the kernel has killed a process of the sandbox because it was out of memory. */
export function memoryKills({ memoryEvents }: Cgroup): number {
  try {
    return Number(/^oom_kill (\d+)$/m.exec(readFileSync(memoryEvents, "utf8"))?.[1] ?? 0);
  } catch {
    return 0;
  }
}

/** Removes the cgroups of a sandbox as soon as its last process has ended; throws InfraError when one does not end. */
export async function removeCgroup({ folders }: Cgroup): Promise<void> {
  const deadline = performance.now() + REMOVE_MS;
  for (let pauseMs = 1; !folders.map(tryRemove).every(Boolean); pauseMs = Math.min(50, pauseMs * 2)) {
    if (performance.now() > deadline) {
      throw new InfraError("sandbox", `Cannot remove cgroup "${folders[0]}": a process in it does not end; the next run removes it`);
    }
    await sleep(pauseMs);
  }
}

function tryRemove(folder: string): boolean {
  try {
    rmdirSync(folder);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ENOENT";
  }
}

/** Removes empty cgroups that killed harnesses left behind, and returns their names. */
export function sweepCgroups(home: CgroupHome): readonly string[] {
  const doomed = home.parents.flatMap((parent) =>
    readdirSync(parent)
      .filter(isAbandonedName)
      .map((name) => join(parent, name)),
  );
  return [...new Set(doomed.filter(tryRemove).map((folder) => basename(folder)))];
}

function ownCgroup(): string {
  try {
    return /^0::(.*)$/m.exec(readFileSync("/proc/self/cgroup", "utf8"))?.[1] ?? "/";
  } catch {
    return "/";
  }
}

// The name says which process made the cgroup, so that a later one can see whether that has ended. Cgroups outlive neither machine nor boot, so the name does not include these.
function cgroupName(mark: string): string {
  const { namespace, pid, started } = currentOwner();
  return ["bench", /\d+/.exec(namespace)?.[0] ?? "0", pid, started ?? "0", mark].join("-");
}

// Whether a name is one of ours and the process in it has certainly ended.
function isAbandonedName(name: string): boolean {
  const [, namespace, pid, started] = /^bench-(\d+)-(\d+)-(\d+)-[0-9a-f]+$/.exec(name) ?? [];
  if (namespace === undefined) return false;
  const viewer = currentOwner();
  return hasEnded(
    { ...viewer, namespace: `pid:[${namespace}]`, pid: Number(pid), started: started === "0" ? null : String(started) },
    viewer,
  );
}
