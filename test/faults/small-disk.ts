import { execFileSync } from "node:child_process";
import { mkdtempSync, rmdirSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A disk of a few megabytes that can really be full. */
export type SmallDisk = Disposable & {
  at(name: string): string;
  /** Leaves so many bytes free. */
  fill(freeBytes: number): void;
  /** Makes room again. */
  empty(): void;
};

/** Mounts a small disk; gives the reason where that is not allowed. */
export function mountSmallDisk(size: string): SmallDisk | { readonly refusal: string } {
  const path = mkdtempSync(join(tmpdir(), "bench-disk-"));
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", `size=${size}`, "tmpfs", path], { stdio: "pipe" });
  } catch (error) {
    rmdirSync(path);
    return { refusal: `no small disk can be mounted here: ${String(error).split("\n")[0]}` };
  }
  const ballast = join(path, "ballast");
  return {
    at: (name) => join(path, name),
    fill(freeBytes) {
      const { bavail, bsize } = statfsSync(path);
      writeFileSync(ballast, Buffer.alloc(Math.max(0, bavail * bsize - freeBytes)));
    },
    empty: () => rmSync(ballast, { force: true }),
    [Symbol.dispose]() {
      execFileSync("umount", ["-l", path]);
      rmdirSync(path);
    },
  };
}
