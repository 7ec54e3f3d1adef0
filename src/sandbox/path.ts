import type { PathRefusal } from "../core/sandbox.ts";

const MAX_PATH_BYTES = 4096;

/** Refuses a path that no file can have or that would not mean what it says; null when it may be looked at inside. */
export function refusePath(path: string): PathRefusal | null {
  if (path === "") return { kind: "denied", message: "the path is empty" };
  if (path.includes("\0")) return { kind: "denied", message: "the path contains a NUL byte" };
  if (!isText(path)) return { kind: "denied", message: "the path is not valid text" };
  if (path === "~" || path.startsWith("~/")) return { kind: "outside" };
  if (Buffer.byteLength(path) >= MAX_PATH_BYTES) return { kind: "denied", message: "the path is too long" };
  return null;
}

/** Tells whether a path stays below the folder it belongs to by its words alone: relative, no `..`, nothing empty. */
export function isPlainRelative(path: string): boolean {
  if (path.includes("\0") || !isText(path) || Buffer.byteLength(path) >= MAX_PATH_BYTES) return false;
  return path.split("/").every((segment) => segment !== "" && segment !== "." && segment !== "..");
}

/** A lone surrogate cannot be written as UTF-8: it comes back as something else. */
function isText(path: string): boolean {
  return Buffer.from(path).toString() === path;
}
