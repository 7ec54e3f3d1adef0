import Database from "better-sqlite3";
import { expect, test } from "vitest";
import { QUICK_SANDBOX, runCli } from "../../fixtures/cli.ts";
import { TempFolder, tinySuite } from "../../fixtures/temp-folder.ts";

const MODELS = "models:\n  - {name: directed, api: scripted, model: prompt-directed, price: {input: 1, output: 4, cache_read: 0.1}}\n";
const TASKS = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"];

function project(folder: TempFolder, ...ids: readonly string[]): void {
  const suite = Object.fromEntries(Object.entries(tinySuite(...ids)).map(([path, text]) => [`tasks/tiny/${path}`, text]));
  folder.write({
    "models.yaml": MODELS,
    ...suite,
    "before/AGENTS.md": "Write tests first.\n",
    "after/AGENTS.md": "Write tests first.\n\n[behavior: flawed]\n",
    "after/.claude/skills/x.md": "A skill.\n",
  });
}

const bench = (folder: TempFolder, ...args: readonly string[]): ReturnType<typeof runCli> => runCli(args, { cwd: folder.path });

function query<Row>(folder: TempFolder, sql: string): readonly Row[] {
  const database = new Database(folder.at("results/bench.db"), { readonly: true });
  try {
    return database.prepare(sql).all() as Row[];
  } finally {
    database.close();
  }
}

test("a change of AGENTS.md that does harm fails the gate, which names it; each folder is an arm of one run", {
  timeout: 300_000,
}, async () => {
  using folder = new TempFolder();
  project(folder, ...TASKS);

  const end = await bench(
    folder,
    "gate",
    "--sequential",
    "--yes",
    ...QUICK_SANDBOX,
    "--overlay",
    "before",
    "--overlay",
    "after",
    "--attempts",
    "2",
  );

  expect(end.code).toBe(1);
  expect(end.stdout).toContain("directed+after");
  expect(query(folder, "select arm, pass_rate from v_pass_rate order by arm")).toEqual([
    { arm: "directed+after", pass_rate: 0 },
    { arm: "directed+before", pass_rate: 1 },
  ]);
});

test("files of an overlay are there for the agent, are not submitted unless it changed them, and make a trial that can be resumed and replayed", async () => {
  using folder = new TempFolder();
  project(folder, "add");
  const run = await bench(folder, "run", ...QUICK_SANDBOX, "--overlay", "none", "--overlay", "before");

  expect(run.code).toBe(0);
  const trials = query<{ id: number; arm: string; passed: number }>(folder, "select id, arm, passed from v_trials order by arm");
  expect(trials.map(({ arm, passed }) => [arm, passed])).toEqual([
    ["directed", 1],
    ["directed+before", 1],
  ]);
  const id = String(trials.find(({ arm }) => arm === "directed+before")?.id);
  const shown = await bench(folder, "show", id, "--no-pager");
  expect(shown.stdout).toContain("## AGENTS.md");
  expect(shown.stdout).not.toContain("AGENTS.md was not submitted");
  expect((await bench(folder, "replay", id)).code).toBe(0);

  folder.write({ "before/AGENTS.md": "Something else.\n" });
  const changed = await bench(folder, "replay", id);
  expect([changed.code, changed.stderr]).toEqual([
    2,
    expect.stringMatching(/the files of its overlay "before" have changed; restore them/),
  ]);
});

test.for([
  { flags: ["--overlay", "nowhere"], says: 'Cannot use overlay "nowhere": there is no such folder' },
  { flags: ["--overlay", "models.yaml"], says: 'Cannot use overlay "models.yaml": there is no such folder' },
  { flags: ["--overlay", "before", "--overlay", "./before"], says: "./before has the same files as before: it is run only once" },
])("$flags is told in one line", async ({ flags, says }) => {
  using folder = new TempFolder();
  project(folder, "add");

  const end = await bench(folder, "plan", ...flags);

  expect(end.stderr).toContain(says);
});
