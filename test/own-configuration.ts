import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Gives all tests a configuration folder of their own, so that nobody's real answers are read or changed, and removes it at the end. */
export function setup(): () => void {
  const folder = mkdtempSync(join(tmpdir(), "bench-test-config-"));
  process.env["XDG_CONFIG_HOME"] = folder;
  return () => rmSync(folder, { recursive: true, force: true });
}
