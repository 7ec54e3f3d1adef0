import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { expect, test } from "vitest";

const ROOT = join(import.meta.dirname, "../src");

// What each part may import besides itself. `report` and `run` use pure arithmetic; all else that joins parts is `run` and `command`.
const MAY_IMPORT: Record<string, readonly string[]> = {
  core: [],
  config: ["core", "files"],
  model: ["core"],
  sandbox: ["core"],
  fetch: ["core"],
  agent: ["core"],
  grade: ["core"],
  store: ["core"],
  stats: [],
  files: ["core"],
  import: ["core", "files", "config"],
  analysis: ["core", "stats"],
  web: ["core", "stats", "analysis"],
  report: ["core", "stats", "analysis", "web"],
  run: ["core", "grade", "stats", "store", "analysis"],
  command: [
    "core",
    "files",
    "config",
    "model",
    "sandbox",
    "fetch",
    "agent",
    "grade",
    "store",
    "stats",
    "analysis",
    "import",
    "report",
    "run",
  ],
  api: ["core", "analysis", "report", "store", "run", "command"],
  "cli.ts": ["core", "command"],
};

// Parts that may be imported for their types alone: the page draws decisions, and makes none.
const TYPES_ONLY: Record<string, readonly string[]> = { web: ["analysis"] };

// Adapters of one port know what they share and not each other.
const MAY_IMPORT_INSIDE: Record<string, readonly string[]> = {
  "sandbox/channel": [],
  "sandbox/docker": ["sandbox/channel"],
  "sandbox/bubblewrap": ["sandbox/channel"],
};

// The one part in which a package or an effect may be used.
const HOME: Record<string, readonly string[]> = {
  yaml: ["config", "core"],
  zod: ["config", "report", "grade", "import"],
  "smol-toml": ["config"],
  "fast-xml-parser": ["grade"],
  "tap-parser": ["grade"],
  openai: ["model"],
  "@anthropic-ai/sdk": ["model"],
  undici: ["model", "fetch"],
  htmlparser2: ["fetch"],
  "@pydantic/genai-prices": ["model"],
  dockerode: ["sandbox"],
  "dockerfile-ast": ["sandbox"],
  "tar-stream": ["sandbox"],
  "better-sqlite3": ["store"],
  "p-limit": ["run", "sandbox"],
  "cli-table3": ["report"],
  picocolors: ["report"],
  "log-update": ["report"],
  diff: ["report"],
  commander: ["command"],
  "node:child_process": ["sandbox", "command"],
  "node:zlib": ["files", "store", "report"],
  "node:readline": ["command"],
  "node:readline/promises": ["command"],
  "node:fs/promises": [],
  fs: [],
  "fs/promises": [],
  "node:module": [],
  "node:http": ["model"],
  "node:https": [],
  "node:net": ["sandbox", "fetch"],
};

/**
 * The modules that may use the file system, and for what: a path that a user or a stranger wrote is opened in `files` alone, which refuses links, special files and what is
 * too large.
 */
const FILE_SYSTEM: Readonly<Record<string, string>> = {
  "files/file.ts": "opens and reads",
  "files/lines.ts": "reads what file.ts opened",
  "files/folder.ts": "lists",
  "files/place.ts": "looks at what there is",
  "files/write.ts": "writes what does not exist yet, and replaces plain files",
  "store/database-file.ts": "opens the file of the database and looks at the files beside it, which SQLite opens",
  "store/group-commit.ts": "flushes the log of the database",
  "store/readable-copy.ts": "copies a database that SQLite cannot read where it is",
  "command/open-store.ts": "makes the folder of the database",
  "command/plan/plan-inputs.ts": "looks whether there is a database",
  "command/doctor/examine.ts": "looks whether the database could be made",
  "command/report/page-assets.ts": "reads files of this package",
  "command/trust/trust-folder.ts": "locks and replaces the user's own file of answers",
  "command/run/concurrency.ts": "reads the load of the machine in /proc",
  "sandbox/guest-program.ts": "reads files of this package",
  "sandbox/owner.ts": "reads the start of a process in /proc",
  "sandbox/half-folder.ts": "fills folders of the cache, and removes those that were left half-filled",
  "sandbox/layer-files.ts": "reads the programs of agents that setup fetched into the cache",
  "sandbox/docker/disk-space.ts": "asks for free space",
  "sandbox/bubblewrap/availability.ts": "looks for programs and for the root file system that setup made",
  "sandbox/bubblewrap/cgroup.ts": "limits sandboxes by /sys/fs/cgroup",
  "sandbox/bubblewrap/tree-folder.ts": "copies large workspaces into the cache, for sandboxes of root and of users",
};

const FORBIDDEN: readonly { readonly what: RegExp; readonly name: string; readonly home: readonly string[] }[] = [
  { what: /\bprocess\.exit(Code)?\b/, name: "process.exit", home: ["cli.ts"] },
  { what: /\bprocess\.env\b/, name: "process.env", home: ["config"] },
  {
    what: /\bprocess\.(?:getBuiltinModule|binding)\(|(?<![.\w])require\(/,
    name: "a module by another way than import",
    home: [],
  },
  { what: /\bconsole\./, name: "console", home: [] },
  { what: /\bprocess\.(stdout|stderr)\b/, name: "the terminal", home: ["command/terminal.ts", "command/ask.ts"] },
  { what: /\bprocess\.(on|once)\b/, name: "signals", home: ["command", "cli.ts"] },
  // What cannot be seen would stand in it as it is; jsonText writes it as escapes.
  { what: /JSON\.stringify\([^;]*, 2\)/, name: "JSON for readers", home: [] },
  { what: /\bDate\.now\(|\bnew Date\(\)/, name: "the wall clock", home: ["command"] },
  {
    what: /\bdocument\.(?:createElement|getElement|querySelector|body|documentElement)|\bwindow\.(?:location|history|add)|\bHTML\w*Element\b/,
    name: "a browser's document",
    home: ["web"],
  },
];

const MAX_LINES = 250;

type Source = { readonly path: string; readonly text: string };

function faults(source: Source): readonly string[] {
  const part = source.path.split("/")[0] ?? "";
  const code = source.text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/^\s*\/\/.*$/gm, "");
  return [
    ...importFaults(source.path, part, code),
    ...effectFaults(source.path, part, code),
    ...childFaults(source.path, code),
    ...sizeFaults(source),
  ];
}

function importFaults(path: string, part: string, code: string): readonly string[] {
  if (!MAY_IMPORT[part]) return [`${path}: the folder "${part}" is not on the map`];
  const imports = [...code.matchAll(/(\bimport type [^;"']*)?(?:from|import)\s*\(?\s*["']([^"']+)["']/g)];
  return imports.flatMap(([, typesOf, specifier = ""]) => {
    if (specifier.startsWith(".")) {
      const target = join(path, "..", specifier);
      return [...partFaults(path, part, { target: target.split("/")[0] ?? "", typesOf }), ...folderFaults(path, target)];
    }
    if (part === "web") return [`${path}: ${specifier} is not there in a browser`];
    const name = packageOf(specifier);
    if (name === "node:fs" && !(path in FILE_SYSTEM))
      return [`${path}: paths are opened by src/files; only the modules listed may use node:fs`];
    const home = HOME[name];
    return home && !home.includes(part) ? [`${path}: ${name} is at home in ${home.join(", ") || "no part"}`] : [];
  });
}

type Imported = { readonly target: string; readonly typesOf: string | undefined };

function partFaults(path: string, part: string, { target, typesOf }: Imported): readonly string[] {
  if (target !== part && !MAY_IMPORT[part]?.includes(target)) return [`${path}: ${part} must not import ${target}`];
  const isTypesOnly = TYPES_ONLY[part]?.includes(target) ?? false;
  return isTypesOnly && !typesOf ? [`${path}: ${part} may import only types of ${target}`] : [];
}

function folderFaults(path: string, target: string): readonly string[] {
  const [from, to] = [path, target].map((file) => file.split("/").slice(0, 2).join("/"));
  if (from === undefined || to === undefined || from === to || !(to in MAY_IMPORT_INSIDE)) return [];
  return MAY_IMPORT_INSIDE[from]?.includes(to) === false ? [`${path}: ${from} must not import ${to}`] : [];
}

function packageOf(specifier: string): string {
  if (specifier.startsWith("node:")) return specifier;
  return specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");
}

function effectFaults(path: string, part: string, code: string): readonly string[] {
  return FORBIDDEN.filter(({ what, home }) => what.test(code) && !home.includes(part) && !home.includes(path)).map(
    ({ name }) => `${path}: ${name} is not allowed here`,
  );
}

// A child process that is not given an environment inherits the keys of models. A starter is called where it can be checked, not kept under another name.
function childFaults(path: string, code: string): readonly string[] {
  const [, names] = /import ([^;]*) from "node:child_process"/.exec(code) ?? [];
  if (names === undefined) return [];
  if (!names.startsWith("{") || / as /.test(names)) return [`${path}: starters of processes are imported by their own names`];
  const starters = names.split(/[{},]/).flatMap((name) => (/^(?!\s*type )\s*(\w+)\s*$/.exec(name) ?? []).slice(1));
  const text = code.replace(/^import [^;]*;/gm, "");
  return starters.flatMap((name) =>
    [...text.matchAll(new RegExp(`\\b${name}\\b\\)?(\\(?)`, "g"))].flatMap(({ index, 0: start, 1: opens }) => {
      const isShell = /^(exec|execSync|fork)$/.test(name);
      const hasEnv = opens === "(" && /\benv[:,]|\benv }/.test(callFrom(text, index + start.length));
      return hasEnv && !isShell ? [] : [`${path}: ${name} starts a child without an environment of its own, or by a shell`];
    }),
  );
}

// What is between the parenthesis that opened just before `start` and the one that closes it.
function callFrom(text: string, start: number): string {
  let depth = 1;
  let end = start;
  for (; end < text.length && depth > 0; end++) depth += text[end] === "(" ? 1 : text[end] === ")" ? -1 : 0;
  return text.slice(start, end);
}

function sizeFaults({ path, text }: Source): readonly string[] {
  const lines = text.split("\n").length;
  return lines > MAX_LINES && !path.endsWith("migration.ts") ? [`${path}: ${lines} lines, at most ${MAX_LINES}`] : [];
}

function sources(): readonly Source[] {
  return readdirSync(ROOT, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))
    .map((entry) => join(entry.parentPath, entry.name))
    .map((file) => ({ path: relative(ROOT, file), text: readFileSync(file, "utf8") }));
}

test("every source file keeps the import rule, the homes of effects and the size limit", () => {
  const files = sources();

  expect(files.length).toBeGreaterThan(20);
  expect(files.flatMap(faults)).toEqual([]);
});

test.for([
  { fault: "an import upwards", path: "core/x.ts", text: 'import { Store } from "../store/store.ts";' },
  { fault: "a reader of files that knows a format", path: "files/x.ts", text: 'import { readYaml } from "../config/yaml-file.ts";' },
  { fault: "an import sideways", path: "agent/x.ts", text: 'import { grade } from "../grade/grade.ts";' },
  { fault: "a type-only import sideways", path: "agent/x.ts", text: 'import type { Store } from "../store/store.ts";' },
  { fault: "a dynamic import", path: "stats/x.ts", text: 'const s = await import("../store/store.ts");' },
  { fault: "a run that chooses its agent", path: "run/x.ts", text: 'import { loopAgent } from "../agent/loop/loop-agent.ts";' },
  {
    fault: "a run that chooses its sandboxes",
    path: "run/x.ts",
    text: 'import { dockerSandboxProvider } from "../sandbox/docker/docker-provider.ts";',
  },
  {
    fault: "an adapter that imports another",
    path: "sandbox/bubblewrap/x.ts",
    text: 'import { AttachDecoder } from "../docker/attach-stream.ts";',
  },
  {
    fault: "a channel that knows an adapter",
    path: "sandbox/channel/x.ts",
    text: 'import { AttachDecoder } from "../docker/attach-stream.ts";',
  },
  { fault: "words in a decision", path: "analysis/x.ts", text: 'import { gateSentence } from "../report/gate-words.ts";' },
  { fault: "a run that writes words", path: "run/x.ts", text: 'import { roundWords } from "../report/gate-words.ts";' },
  { fault: "an export from another part", path: "report/x.ts", text: 'export { a } from "../run/plan.ts";' },
  { fault: "the API imported by what it is made of", path: "command/x.ts", text: 'import { run } from "../api/run.ts";' },
  { fault: "the command line's entry imported by the API", path: "api/x.ts", text: 'import "../cli.ts";' },
  { fault: "the terminal in the API", path: "api/x.ts", text: "process.stderr.write(text);" },
  { fault: "output that is not made safe for the terminal", path: "command/show/x.ts", text: "process.stdout.write(text);" },
  { fault: "JSON with characters that cannot be seen", path: "command/show/x.ts", text: "terminal.print(JSON.stringify(run, null, 2));" },
  { fault: "an exit in the API", path: "api/x.ts", text: "process.exit(1);" },
  { fault: "a package out of its home", path: "agent/x.ts", text: 'import Docker from "dockerode";' },
  { fault: "a scoped package out of its home", path: "run/x.ts", text: 'import A from "@anthropic-ai/sdk/client";' },
  { fault: "an importer with a file reader of its own", path: "import/x.ts", text: 'import { readFileSync } from "node:fs";' },
  { fault: "a loader that opens paths itself", path: "config/x.ts", text: 'import { existsSync } from "node:fs";' },
  { fault: "a command that opens paths itself", path: "command/run/x.ts", text: 'import { readFileSync } from "node:fs";' },
  { fault: "a sandbox that opens paths itself", path: "sandbox/docker/x.ts", text: 'import fs from "node:fs";' },
  { fault: "another file of the door without a reason", path: "files/x.ts", text: 'import { readFileSync } from "node:fs";' },
  { fault: "the file system by promises", path: "files/x.ts", text: 'import { readFile } from "node:fs/promises";' },
  { fault: "the file system by its old name", path: "config/x.ts", text: 'import { readFileSync } from "fs";' },
  { fault: "the file system by require", path: "config/x.ts", text: 'const { readFileSync } = require("node:fs");' },
  { fault: "the file system as a built-in module", path: "config/x.ts", text: 'const fs = process.getBuiltinModule("fs");' },
  { fault: "the file system imported late", path: "command/x.ts", text: 'const fs = await import("node:fs");' },
  { fault: "a built-in effect out of its home", path: "agent/x.ts", text: 'import { readFileSync } from "node:fs";' },
  { fault: "an exit outside cli.ts", path: "command/x.ts", text: "process.exit(1);" },
  { fault: "the environment outside config", path: "model/x.ts", text: "const key = process.env.KEY;" },
  {
    fault: "a child that inherits the environment",
    path: "command/x.ts",
    text: 'import { spawn } from "node:child_process";\nspawn("bash", [script], { stdio: "inherit" });\nconst env = {};',
  },
  {
    fault: "a child that inherits the environment, awaited",
    path: "sandbox/x.ts",
    text: 'import { type ChildProcess, execFile } from "node:child_process";\nawait promisify(execFile)("git", ["status"], { cwd });',
  },
  {
    fault: "a starter of processes under another name",
    path: "sandbox/x.ts",
    text: 'import { execFile } from "node:child_process";\nconst ask = promisify(execFile);',
  },
  {
    fault: "a child by a shell",
    path: "sandbox/x.ts",
    text: 'import { exec } from "node:child_process";\nexec("git status", { env: {} });',
  },
  {
    fault: "a starter of processes imported under another name",
    path: "sandbox/x.ts",
    text: 'import { spawn as start } from "node:child_process";\nstart("bash");',
  },
  {
    fault: "starters of processes imported as a whole",
    path: "sandbox/x.ts",
    text: 'import * as processes from "node:child_process";\nprocesses.spawn("bash");',
  },
  { fault: "printing", path: "run/x.ts", text: "console.log(1);" },
  { fault: "the wall clock", path: "run/x.ts", text: "const now = Date.now();" },
  {
    fault: "the page importing more than types of a decision",
    path: "web/x.ts",
    text: 'import { compareArms } from "../analysis/compare.ts";',
  },
  { fault: "the page importing a report", path: "web/x.ts", text: 'import { renderHtml } from "../report/html/html-report.ts";' },
  { fault: "the page importing from Node", path: "web/x.ts", text: 'import { join } from "node:path";' },
  { fault: "a browser's document outside the page", path: "report/x.ts", text: 'const title = document.getElementById("title");' },
  { fault: "a folder that is not on the map", path: "utils/x.ts", text: "" },
  { fault: "a file that is too long", path: "run/x.ts", text: "\n".repeat(300) },
])("the checker finds $fault", ({ path, text }) => {
  expect(faults({ path, text })).toHaveLength(1);
});

test("the checker lets the page import types of decisions", () => {
  const text = 'import type { Comparison } from "../analysis/comparison.ts";\nimport { formatUsd } from "../core/format.ts";';

  expect(faults({ path: "web/x.ts", text })).toEqual([]);
});

test("every module that may use the file system does so", () => {
  const users = sources().filter(({ text }) => text.includes('from "node:fs"'));

  expect(users.map(({ path }) => path).sort()).toEqual(Object.keys(FILE_SYSTEM).sort());
});

test("the checker lets a comment mention what code may not do", () => {
  expect(faults({ path: "run/x.ts", text: '// never process.exit(1) here\n/* import x from "../cli.ts" */' })).toEqual([]);
});
