import { currentOwner, hasGone } from "../owner.ts";

const PREFIX = "bench";

/**
 * Names a cgroup after the process that makes it, well enough to tell later whether that has gone.
 *
 * Neither machine nor boot are told: cgroups outlive neither.
 */
export function cgroupName(mark: string): string {
  const { namespace, pid, started } = currentOwner();
  return [PREFIX, /\d+/.exec(namespace)?.[0] ?? "0", pid, started ?? "0", mark].join("-");
}

/** Tells whether a cgroup's name is one of ours whose maker has certainly gone. */
export function isAbandonedName(name: string): boolean {
  const [, namespace, pid, started] = /^bench-(\d+)-(\d+)-(\d+)-[0-9a-f]+$/.exec(name) ?? [];
  if (namespace === undefined) return false;
  const viewer = currentOwner();
  return hasGone(
    { ...viewer, namespace: `pid:[${namespace}]`, pid: Number(pid), started: started === "0" ? null : String(started) },
    viewer,
  );
}
