// Compiles src/ to dist/ and puts the files beside it that the compiler does not copy.
import { execFileSync } from "node:child_process";
import { chmodSync, cpSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";

rmSync("dist", { recursive: true, force: true });
execFileSync(process.execPath, ["node_modules/typescript/bin/tsc", "-p", "tsconfig.build.json"], { stdio: "inherit" });
for (const entry of readdirSync("src", { recursive: true, withFileTypes: true })) {
  if (!entry.isFile() || entry.name.endsWith(".ts")) continue;
  const source = join(entry.parentPath, entry.name);
  cpSync(source, source.replace(/^src/, "dist"));
}
chmodSync("dist/cli.js", 0o755);
