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
    started: processStart(process.pid),
  };
}

/** Returns whether an owner has certainly ended, as seen by `viewer`; false when that cannot be known. */
export function hasEnded(owner: Owner, viewer: Owner): boolean {
  if (owner.machine !== viewer.machine) return false;
  if (owner.boot !== viewer.boot) return true;
  if (owner.namespace !== viewer.namespace) return false;
  if (!isAlive(owner.pid)) return true;
  return owner.started !== null && processStart(owner.pid) !== owner.started;
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

function processStart(pid: number): string | null {
  const text = readLine(`/proc/${pid}/stat`);
  // The command's name is in parentheses and may contain spaces; the start time is the 20th field after it.
  return text.slice(text.lastIndexOf(")") + 2).split(" ")[19] ?? null;
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
