// Starts a test framework that the task's image brings: start-script.mjs PACKAGE ARGUMENT... The package is the one that a program in the workspace would load: of its
// own node_modules, else of one above it.
import { existsSync, readFileSync, realpathSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const WORKSPACE = "/workspace";
const NOT_FOUND = 127;

const [node, , name, ...rest] = process.argv;
const folders = createRequire(`${WORKSPACE}/package.json`).resolve.paths(name);
const description = folders.map((folder) => join(folder, name, "package.json")).find((path) => existsSync(path));

if (description === undefined) {
  process.stderr.write(
    `Cannot run ${name}: the task's image has no package "${name}" in ${WORKSPACE}/node_modules or /node_modules; install it there\n`,
  );
  process.exit(NOT_FOUND);
}
const { bin } = JSON.parse(readFileSync(description, "utf8"));
const program = realpathSync(join(description, "..", typeof bin === "string" ? bin : bin[name]));
process.argv = [node, program, ...rest];
await import(pathToFileURL(program).href);
