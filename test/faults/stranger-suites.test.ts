import { execFileSync, spawn } from "node:child_process";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { once } from "node:events";
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { dirname, join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { loadTasks } from "../../src/command/load-tasks.ts";
import { loadModels } from "../../src/config/models.ts";
import { loadPrompts } from "../../src/config/prompt.ts";
import { UserError } from "../../src/core/errors.ts";
import type { SourceFile } from "../../src/core/task.ts";
import { TempFolder, tinySuite } from "../fixtures/temp-folder.ts";
import { expectPresentable } from "./complaint.ts";
import { IS_FULL } from "./counted-run.ts";
import { brokenYaml } from "./yaml-mutation.ts";

const CANARY = "canary-8d41f2a07c";
// Test files share a process: what others made it hold is not counted.
const RESIDENT_BEFORE = process.resourceUsage().maxRSS;
const MAX_RESIDENT_MB = 600;

const TASK_YAML = `title: Add
deliver: ["add.py", "up/*", "!secret/**"]
context_files: [AGENTS.md]
tests: {runner: pytest}
`;
const EXERCISE = {
  "exercism/exercises/practice/hello/.meta/config.json": JSON.stringify({
    blurb: "Say hello.",
    files: { solution: ["hello.py"], test: ["hello_test.py"], example: [".meta/example.py"] },
  }),
  "exercism/exercises/practice/hello/.meta/example.py": "def hello(): return 'hello'\n",
  "exercism/exercises/practice/hello/.docs/instructions.md": "Say hello.\n",
  "exercism/exercises/practice/hello/hello.py": "def hello(): pass\n",
  "exercism/exercises/practice/hello/hello_test.py": "from hello import hello\ndef test_hello(): assert hello() == 'hello'\n",
};
const PROBLEM = {
  task_id: "HumanEval/0",
  prompt: "def f():\n",
  entry_point: "f",
  canonical_solution: "    return 1\n",
  test: "def check(c): assert c() == 1\n",
};
const HONEST: Readonly<Record<string, string>> = {
  ...Object.fromEntries(Object.entries(tinySuite("add", "sub")).map(([path, text]) => [`suite/${path}`, text])),
  "suite/add/task.yaml": TASK_YAML,
  "suite/add/workspace/AGENTS.md": "Be kind.\n",
  ...EXERCISE,
  "problems.jsonl": `${JSON.stringify(PROBLEM)}\n`,
  "models.yaml": "models:\n  - {name: a, api: scripted, model: oracle}\n",
  "prompt.md": "You write code.\n",
};

// What a stranger may put in the place of a file or a folder. `outside` has the canary.
type Plant =
  | "link to file"
  | "link to folder"
  | "link to environment"
  | "link to zeros"
  | "link to fifo"
  | "link to itself"
  | "link upwards"
  | "fifo"
  | "folder"
  | "huge"
  | "yaml"
  | "bytes";
type Spoil = { readonly path: string; readonly plant: Plant; readonly bytes: Uint8Array };

const PATHS = Object.keys(HONEST);
const PLACES = [...new Set(PATHS.flatMap((path) => [path, dirname(path)]))].filter((path) => path !== ".");
const PLANTS: readonly Plant[] = [
  "link to file",
  "link to folder",
  "link to environment",
  "link to zeros",
  "link to fifo",
  "link to itself",
  "link upwards",
  "fifo",
  "folder",
  "huge",
  "yaml",
  "bytes",
];

const spoils: fc.Arbitrary<readonly Spoil[]> = fc.array(
  fc.record({
    path: fc.constantFrom(...PLACES),
    plant: fc.constantFrom(...PLANTS),
    bytes: fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      brokenYaml(TASK_YAML).map((text) => Buffer.from(text)),
    ),
  }),
  { minLength: 1, maxLength: 4 },
);

let outside: TempFolder;
let stranger: TempFolder;

beforeAll(() => {
  outside = new TempFolder();
  outside.write({
    "secret.txt": `${CANARY}\n`,
    "folder/secret.py": `# ${CANARY}\n`,
    "folder/instructions.md": CANARY,
    "folder/prompt.md": CANARY,
  });
  execFileSync("mkfifo", [outside.at("fifo")]);
  process.env["BENCH_CANARY_KEY"] = CANARY;
  stranger = new TempFolder();
  stranger.write(HONEST);
});
afterAll(() => {
  delete process.env["BENCH_CANARY_KEY"];
  outside[Symbol.dispose]();
  stranger[Symbol.dispose]();
});

function plant(root: string, { path, plant: kind, bytes }: Spoil): void {
  const place = join(root, path);
  // An earlier change may have put a link or a file where this one wants a folder.
  try {
    rmSync(place, { recursive: true, force: true });
    mkdirSync(dirname(place), { recursive: true });
    put(place, kind, bytes);
  } catch (error) {
    if (!["EEXIST", "ENOTDIR", "ELOOP", "ENOENT"].includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
  }
}

function put(place: string, kind: Plant, bytes: Uint8Array): void {
  const links: Partial<Record<Plant, string>> = {
    "link to file": outside.at("secret.txt"),
    "link to folder": outside.at("folder"),
    "link to environment": "/proc/self/environ",
    "link to zeros": "/dev/zero",
    "link to fifo": outside.at("fifo"),
    "link to itself": place,
    "link upwards": "..",
  };
  const target = links[kind];
  if (target !== undefined) symlinkSync(target, place);
  else if (kind === "fifo") execFileSync("mkfifo", [place]);
  else if (kind === "folder") mkdirSync(place);
  else writeFileSync(place, bytes);
  if (kind === "huge") truncateSync(place, 20_000_000_000);
}

// Everything that a run would take from the stranger's files: what models are shown, what is uploaded, what is stored.
async function everythingRead(root: string, kind: (typeof READERS)[number]): Promise<string> {
  if (kind === "models") return JSON.stringify(loadModels(join(root, "models.yaml")));
  if (kind === "prompt") return JSON.stringify(loadPrompts([join(root, "prompt.md")]));
  const named = {
    suite: join(root, "suite"),
    exercism: `exercism:${join(root, "exercism")}`,
    humaneval: `humaneval:${join(root, "problems.jsonl")}`,
  }[kind];
  const { suite, notices } = await loadTasks([named], []);
  const texts = [JSON.stringify(notices)];
  for (const task of suite.tasks) {
    const wrong = (await task.files.wrong()).flatMap(({ files }) => files);
    const files = [...(await task.files.workspace()), ...(await task.files.tests()), ...((await task.files.reference()) ?? []), ...wrong];
    texts.push(JSON.stringify(task), ...files.map(textOf));
  }
  return texts.join("\n");
}

const FOLDERS = IS_FULL ? 1000 : 250;
const READERS = ["suite", "exercism", "humaneval", "models", "prompt"] as const;

function textOf({ path, bytes }: SourceFile): string {
  return `${path}\n${Buffer.from(bytes.subarray(0, 100_000)).toString("latin1")}`;
}

// The same files as a program reads them that follows links, as most do.
function followedText(folder: string, depth = 0): string {
  return readdirSync(folder)
    .map((name) => {
      const path = join(folder, name);
      const found = statSync(path, { throwIfNoEntry: false });
      if (found?.isDirectory() && depth < 6) return followedText(path, depth + 1);
      return found?.isFile() && found.size < 100_000 ? readFileSync(path, "latin1") : "";
    })
    .join("\n");
}

function tolerant(work: () => string): string {
  try {
    return work();
  } catch {
    return "";
  }
}

test(`${FOLDERS} folders of strangers, each read in five ways, are read without leaving their folder, starting anything or filling memory, or refused in one line`, async () => {
  const started: unknown[] = [];
  const onStart = (message: unknown): void => void started.push(message);
  const counts = { followed: 0, refused: 0, read: 0, leaked: 0 };
  let root = 0;

  await fc.assert(
    fc.asyncProperty(spoils, async (chosen) => {
      const folder = stranger.at(`copy-${root++}`);
      for (const path of PATHS) cpSync(stranger.at(path), join(folder, path));
      for (const spoil of chosen) plant(folder, spoil);
      if (tolerant(() => followedText(folder)).includes(CANARY)) counts.followed++;
      subscribe("child_process", onStart);
      subscribe("net.client.socket", onStart);
      try {
        for (const kind of READERS) {
          try {
            const text = await everythingRead(folder, kind);
            expect(text).not.toContain(CANARY);
            counts.read++;
          } catch (error) {
            if (!(error instanceof UserError)) throw error;
            expectPresentable(error.message, 1000);
            expect(error.message).not.toContain(CANARY);
            counts.refused++;
          }
        }
      } finally {
        unsubscribe("child_process", onStart);
        unsubscribe("net.client.socket", onStart);
        rmSync(folder, { recursive: true, force: true });
      }
    }),
    { numRuns: FOLDERS, seed: 20_261_129 },
  );

  expect(started).toEqual([]);
  // Without the door the same files give the secret away: the count says in how many of the folders.
  expect(counts.followed).toBeGreaterThan(FOLDERS * 0.15);
  expect(counts.refused).toBeGreaterThan(FOLDERS / 2);
  expect(counts.read).toBeGreaterThan(FOLDERS);
  expect((process.resourceUsage().maxRSS - RESIDENT_BEFORE) / 1024).toBeLessThan(MAX_RESIDENT_MB);
}, 600_000);

test("the watch sees a process that is started and a connection that is opened", async () => {
  const started: unknown[] = [];
  const onStart = (message: unknown): void => void started.push(message);
  subscribe("child_process", onStart);
  subscribe("net.client.socket", onStart);
  try {
    await once(spawn("true"), "exit");
    connect(1, "127.0.0.1").on("error", () => {});
  } finally {
    unsubscribe("child_process", onStart);
    unsubscribe("net.client.socket", onStart);
  }
  expect(started).toHaveLength(2);
});
