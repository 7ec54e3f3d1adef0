import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";

/**
 * Identifies the process that opened a sandbox, so that a later one can decide whether it still runs. A process number means something
 * only on one machine, within one boot and one process namespace, and it is reused.
 */
export type Owner = {
  readonly machine: string;
  readonly boot: string;
  readonly namespace: string;
  readonly pid: number;
  /** When the process started, in the kernel's ticks; null when the system does not report it. */
  readonly started: string | null;
};

/** Identifies this process. */
export function currentOwner(): Owner {
  return {
    machine: `${hostname()} ${readLine("/etc/machine-id")}`.trim(),
    boot: readLine("/proc/sys/kernel/random/boot_id"),
    namespace: readNamespace(),
    pid: process.pid,
    started: processAt(process.pid).started,
  };
}

/** Returns whether an owner has certainly ended, as seen by `viewer`; false when that cannot be known. */
export function hasEnded(owner: Owner, viewer: Owner): boolean {
  if (owner.machine !== viewer.machine) return false;
  if (owner.boot !== viewer.boot) return true;
  if (owner.namespace !== viewer.namespace) return false;
  if (!isAlive(owner.pid)) return true;
  const { state, started } = processAt(owner.pid);
  return ENDED_STATES.has(state ?? "") || (owner.started !== null && started !== owner.started);
}

/** Returns whether an owner certainly still runs, as seen by `viewer`; false when that cannot be known. */
export function isRunning(owner: Owner, viewer: Owner): boolean {
  const isInSight = owner.machine === viewer.machine && owner.boot === viewer.boot && owner.namespace === viewer.namespace;
  return isInSight && !hasEnded(owner, viewer);
}

/** Encodes an owner as the value of a label. */
export function ownerToText(owner: Owner): string {
  return JSON.stringify(owner);
}

/** Decodes an owner from a label; null if the label is not one. */
export function ownerFromText(text: string): Owner | null {
  try {
    const value = JSON.parse(text) as Partial<Owner> | null;
    if (typeof value?.machine !== "string" || typeof value.boot !== "string" || typeof value.namespace !== "string") return null;
    if (typeof value.pid !== "number" || !Number.isInteger(value.pid) || value.pid < 1) return null;
    const started = typeof value.started === "string" ? value.started : null;
    return { machine: value.machine, boot: value.boot, namespace: value.namespace, pid: value.pid, started };
  } catch {
    return null;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

// A process that has ended stays in the list of processes until its parent asks how, which some parents never do.
const ENDED_STATES: ReadonlySet<string> = new Set(["Z", "X"]);

/** Reads the state of a process and when it started; null where the system does not report it. */
function processAt(pid: number): { readonly state: string | null; readonly started: string | null } {
  const text = readLine(`/proc/${pid}/stat`);
  // The command's name is in parentheses and may contain spaces; the state is the first field after it, the start time the 20th.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return { state: fields[0] || null, started: fields[19] ?? null };
}

function readNamespace(): string {
  try {
    return readlinkSync("/proc/self/ns/pid");
  } catch {
    return "";
  }
}

function readLine(path: string): string {
  try {
    return readFileSync(path, "utf8").trim();
  } catch {
    return "";
  }
}
