import { execFile } from "node:child_process";
import { existsSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { messageOf } from "../../core/errors.ts";
import { bubblewrapSandboxProvider } from "./bubblewrap-provider.ts";
import { type CgroupHome, findCgroupHome, sweepCgroups } from "./cgroup.ts";
import { HOST_PATH } from "./command-line.ts";

/** Whether bubblewrap can be used here, with which root file system and cgroups; otherwise why not, and what to do. */
export type BubblewrapState =
  | {
      readonly kind: "usable";
      readonly version: string;
      readonly rootFolder: string;
      readonly rootId: string;
      readonly cgroupHome: CgroupHome | null;
    }
  | { readonly kind: "unusable"; readonly reason: string };

const SETUP = 'run "bench setup --bubblewrap"';
const NEEDED_FLAG = "--disable-userns";
/** A program of this name that never ends must not hang the harness. */
const PROBE_MS = 10_000;
/** The check must not need as much as a task asks for. */
const SMALL_LIMITS = { memoryMb: 128, cpus: 1, pids: 16, workspaceMb: 4, tmpMb: 4 };

/** Checks whether bubblewrap can be used by opening a sandbox, and removes cgroups that killed runs left behind. `cacheFolder` is where setup keeps root file systems. */
export async function examineBubblewrap(cacheFolder: string): Promise<BubblewrapState> {
  if (process.platform !== "linux") return unusable("it needs Linux");
  const version = await bubblewrapVersion();
  if (version === null) return unusable(`the program bwrap is not installed; ${SETUP} as root, or install the package bubblewrap`);
  if (!version.isNewEnough) return unusable(`bubblewrap ${version.number} is too old; install 0.8 or newer`);
  const rootId = currentRoot(cacheFolder);
  if (rootId === null) return unusable(`its root file system has not been made; ${SETUP}`);
  const rootFolder = join(cacheFolder, rootId);
  const cgroupHome = findCgroupHome();
  if (cgroupHome !== null) sweepCgroups(cgroupHome);
  try {
    const sandboxes = bubblewrapSandboxProvider({ rootFolder, image: { name: rootId, id: rootId }, cgroupHome });
    const sandbox = await sandboxes.open({ image: null, limits: SMALL_LIMITS, purpose: "agent" }, new AbortController().signal);
    await sandbox.close();
  } catch (error) {
    return unusable(
      `${messageOf(error).replace(/\s+/g, " ").trim()}; this system may forbid user namespaces; check its sysctls and AppArmor`,
    );
  }
  return { kind: "usable", version: version.number, rootFolder, rootId, cgroupHome };
}

function unusable(reason: string): BubblewrapState {
  return { kind: "unusable", reason };
}

async function bubblewrapVersion(): Promise<{ readonly number: string; readonly isNewEnough: boolean } | null> {
  const ask = (flag: string) => promisify(execFile)("bwrap", [flag], { env: { PATH: HOST_PATH }, timeout: PROBE_MS });
  try {
    const [version, help] = await Promise.all([ask("--version"), ask("--help")]);
    return { number: version.stdout.trim().replace("bubblewrap ", ""), isNewEnough: help.stdout.includes(NEEDED_FLAG) };
  } catch {
    return null;
  }
}

function currentRoot(cacheFolder: string): string | null {
  try {
    const id = readlinkSync(join(cacheFolder, "current"));
    return existsSync(join(cacheFolder, id, "opt/bench")) ? id : null;
  } catch {
    return null;
  }
}
