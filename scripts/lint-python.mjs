// Checks the Python programs that run inside sandboxes, and those of the tests, with ruff's WebAssembly build; with --fix it applies the safe fixes first.
// Exit status: 0 nothing found, 1 findings, one on each line.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { PositionEncoding, Workspace } from "@astral-sh/ruff-wasm-nodejs";

const root = fileURLToPath(new URL("..", import.meta.url));
const FOLDERS = ["sandbox", "src/sandbox/guest", "test/gateways"];
// Imported by name inside the sandbox, where ruff cannot see the folders that hold them.
const FIRST_PARTY = ["supervisor", ...moduleNames("src/sandbox/guest")];
const MAX_FIXES = 100;
const OPTIONS = {
  "line-length": 160,
  "target-version": "py311",
  lint: {
    select: ["E", "W", "F", "I", "B", "C4", "PIE", "PLE", "RUF"],
    // B905: zip() of lists that are equally long by construction. RUF012: class attributes that the C scanner of JSON reads.
    ignore: ["B905", "RUF012"],
    isort: { "known-first-party": FIRST_PARTY },
  },
};

const ruff = new Workspace(OPTIONS, PositionEncoding.Utf16);

function moduleNames(folder) {
  return readdirSync(join(root, folder)).flatMap((name) => (name.endsWith(".py") ? [name.slice(0, -".py".length)] : []));
}

function pythonFiles() {
  return FOLDERS.flatMap((folder) => readdirSync(join(root, folder), { recursive: true }).map((name) => join(folder, name)))
    .filter((path) => path.endsWith(".py") && !path.includes("node_modules"))
    .sort();
}

/** Applies one fix after the other, since each changes the positions of the next. */
function fixed(text) {
  let current = text;
  for (let count = 0; count < MAX_FIXES; count++) {
    const fix = ruff.check(current).find((finding) => finding.fix !== null)?.fix;
    if (fix === undefined) break;
    current = fix.edits.toReversed().reduce(replaced, current);
  }
  return current;
}

function replaced(text, { content, location, end_location: end }) {
  return text.slice(0, offsetOf(text, location)) + (content ?? "") + text.slice(offsetOf(text, end));
}

function offsetOf(text, { row, column }) {
  const lines = text.split("\n").slice(0, row - 1);
  return lines.reduce((sum, line) => sum + line.length + 1, 0) + column - 1;
}

const isFixing = process.argv.includes("--fix");
const files = pythonFiles();
const findings = files.flatMap((path) => {
  const text = readFileSync(join(root, path), "utf8");
  const current = isFixing ? fixed(text) : text;
  if (current !== text) writeFileSync(join(root, path), current);
  return ruff
    .check(current)
    .map(({ code, message, start_location: at }) => `${path}:${at.row}:${at.column} ${code ?? "syntax"} ${message}`);
});
for (const finding of findings) process.stdout.write(`${finding}\n`);
process.stdout.write(`ruff ${Workspace.version()}: ${files.length} Python files, ${findings.length} findings\n`);
process.exitCode = findings.length > 0 ? 1 : 0;
