// Checks the shell scripts with shellcheck, a package of Debian; where it is missing, prints that in one line and continues.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
// Scripts that are run, and those that another one sources.
const shebang = "^(#!.*[/ ](bash|sh)|# shellcheck shell=.*)$";
// Scripts of tasks and of example suites are data: some are wrong on purpose.
const listed = spawnSync("git", ["grep", "-lE", shebang, "--", ":!tasks", ":!examples", ":!test"], { cwd: root, encoding: "utf8" });
const files = (listed.stdout ?? "").split("\n").filter((path) => path !== "");
if (files.length === 0) throw new Error(`no shell scripts were found by git (status ${listed.status}); run this in a checkout`);

const checked = spawnSync("shellcheck", files, { cwd: root, stdio: "inherit" });
if (checked.error?.code === "ENOENT") {
  process.stdout.write("shellcheck is not installed, so shell scripts were not checked; run: bash sandbox/setup.sh --no-engine --lint\n");
} else {
  if (checked.status === 0) process.stdout.write(`shellcheck: ${files.length} scripts, no findings\n`);
  process.exitCode = checked.status ?? 1;
}
