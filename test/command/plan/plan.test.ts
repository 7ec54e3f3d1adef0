import { existsSync } from "node:fs";
import { expect, test } from "vitest";
import type { Plan } from "../../../src/analysis/plan/plan-result.ts";
import { agentOf, agentSettings, type RunFlags } from "../../../src/command/run/run-settings.ts";
import { loadModels } from "../../../src/config/models.ts";
import { loadPrompts } from "../../../src/config/prompt.ts";
import { loadSuite } from "../../../src/config/suite.ts";
import type { WrittenPlan } from "../../../src/report/written-plan.ts";
import { makeArm } from "../../../src/run/arm.ts";
import { Store } from "../../../src/store/store.ts";
import { type CliEnd, runCli } from "../../fixtures/cli.ts";
import { savePastRun } from "../../fixtures/past-run.ts";
import { TempFolder, tinySuite } from "../../fixtures/temp-folder.ts";

const MODELS = `models:
  - {name: oracle, api: scripted, model: oracle, price: {input: 1, output: 4}}
  - {name: gpt, api: openai-chat, model: gpt-x, base_url: "http://127.0.0.1:9/v1", api_key_env: GPT_KEY, price: {input: 2, output: 8}}
  - {name: free-port, api: openai-chat, model: local, base_url: "http://127.0.0.1:9/v1", api_key_env: null}
`;

function project(): TempFolder {
  const folder = new TempFolder();
  const suite = Object.fromEntries(Object.entries(tinySuite("add", "sub")).map(([path, text]) => [`tasks/tiny/${path}`, text]));
  folder.write({ "models.yaml": MODELS, "short.md": "Be short.\n", ...suite });
  return folder;
}

// Without an engine: a plan must not even look for one.
function plan(folder: TempFolder, ...args: readonly string[]): Promise<CliEnd> {
  return runCli(["plan", ...args], { cwd: folder.path, env: { DOCKER_HOST: "unix:///nowhere.sock" } });
}

// The arm that `bench run` would make of an entry of models.yaml with its usual flags.
function armIn(folder: TempFolder, name: string): ReturnType<typeof makeArm> {
  const entry = loadModels(folder.at("models.yaml")).find(({ spec }) => spec.name === name);
  const prompt = loadPrompts([]).prompts[0];
  if (!entry || !prompt) throw new Error("no such arm");
  const flags = { profile: "full", maxIterations: 20, maxMinutes: 30, contextFiles: true } as RunFlags;
  return makeArm({ agent: agentOf(flags, entry.spec), model: entry.spec, settings: agentSettings(flags, { prompt, overlay: null }) });
}

test("a plan needs no key, no engine and no past trials, shows its assumptions, and writes nothing", async () => {
  using folder = project();

  const end = await plan(folder, "--attempts", "3");

  expect(end).toMatchObject({ code: 0, stderr: "" });
  expect(end.stdout).toContain("3 arms x 2 tasks x 3 attempts = 18 trials of tiny");
  expect(end.stdout).toMatch(/gpt †\s+6 .* assumed/);
  expect(end.stdout).toMatch(/free-port\s+6\s+unknown\s+unknown\s+-\s+unknown .* no price/);
  expect(end.stdout).toContain("bench run would leave out 1 arm (GPT_KEY not set)");
  // Where output is piped, sentences are lines of their own length; tables keep to 100 columns.
  const tables = end.stdout.split("\n").filter((line) => !line.endsWith("."));
  expect(tables.filter((line) => line.length > 100)).toEqual([]);
  expect(existsSync(folder.at("results"))).toBe(false);
});

test("a plan takes cost and time from past runs of the same arm", async () => {
  using folder = project();
  const arm = armIn(folder, "gpt");
  const { tasks } = loadSuite(folder.at("tasks/tiny"));
  const store = new Store(folder.at("past.db"), () => new Date("2026-01-02T03:04:05.000Z"));
  savePastRun(store, {
    id: "20260101-0800-aaaa",
    arm,
    tasks,
    outcomes: ["+-+", "++e"],
    costUsd: (task) => 0.1 + 0.1 * task,
    workingMs: 20_000,
  });
  store.close();

  const end = await plan(folder, "--model", "gpt", "--attempts", "2", "--db", "past.db", "--json");
  const result = JSON.parse(end.stdout) as Plan;

  expect(result).toMatchObject({ schema: "bench-plan/1", trials: 4, runnable: { trials: 0 } });
  expect(result.arms).toMatchObject([
    {
      name: "gpt",
      missingKey: "GPT_KEY",
      secondsPerTrial: 20,
      costBasis: { kind: "arm", trials: 5, runs: 1, newestRun: "20260101-0800-aaaa" },
    },
  ]);
  expect(result.cost.known.value).toBeCloseTo(2 * (0.1 + 0.2), 10);
});

test("a plan with caps says before the start which of them will be reached, in text and in JSON", async () => {
  using folder = project();
  const { tasks } = loadSuite(folder.at("tasks/tiny"));
  const store = new Store(folder.at("past.db"), () => new Date("2026-01-02T03:04:05.000Z"));
  const costUsd = (task: number): number => (task === 0 ? 0.2 : 0.5);
  savePastRun(store, { id: "20260101-0800-aaaa", arm: armIn(folder, "gpt"), tasks, outcomes: ["+-+", "++e"], costUsd });
  store.close();
  const caps = [
    "About 2 of 4 trials of gpt are likely to end at their cap of $0.35 each (earlier trials cost $0.20 in the middle, $0.50 at most).",
    "The run is likely to stop at --max-cost of $1 after about 3 of 4 trials: all 4 trials are expected to cost $1.10.",
  ];

  const args = ["--model", "gpt", "--attempts", "2", "--db", "past.db", "--max-trial-cost", "0.35", "--max-cost", "1"];
  const text = await plan(folder, ...args);
  const json = JSON.parse((await plan(folder, ...args, "--json")).stdout) as WrittenPlan;

  expect(text.stdout).toContain(`Caps  ${caps[0]}\n      ${caps[1]}\n`);
  expect(json.caps.map(({ sentence }) => sentence)).toEqual(caps);
  expect(json.cost.known.value).toBe(1);
});

test("every prompt makes its own arm, and other settings fall back on past trials of the model", async () => {
  using folder = project();
  const { tasks } = loadSuite(folder.at("tasks/tiny"));
  const store = new Store(folder.at("past.db"), () => new Date("2026-01-02T03:04:05.000Z"));
  savePastRun(store, { id: "20260101-0800-aaaa", arm: armIn(folder, "gpt"), tasks, outcomes: ["+", "+"] });
  store.close();

  const end = await plan(folder, "--model", "gpt", "--prompt", "default", "--prompt", "short.md", "--db", "past.db", "--json");
  const { arms } = JSON.parse(end.stdout) as Plan;

  expect(arms.map(({ prompt, costBasis }) => [prompt, costBasis.kind])).toEqual([
    ["default", "arm"],
    ["short", "model"],
  ]);
});

test("a plan shows what it takes to detect a difference", async () => {
  using folder = project();

  const end = await plan(folder, "--model", "oracle", "--detect", "5pp");

  expect(end.stdout).toMatch(/To detect 5 points from a prompt change: not possible with 2 tasks; needs about \d+ tasks at 1 attempt/);
});

test.for([
  { title: "a difference without a unit", args: ["--detect", "5"], says: "Expected percentage points, such as 3pp" },
  { title: "a power below one half", args: ["--power", "0.2"], says: "Expected a number from 0.5 to below 1" },
  { title: "a risk of one", args: ["--alpha", "1"], says: "Expected a number above 0 and below 0.5" },
  { title: "a cost of nothing", args: ["--assume-cost", "0"], says: "Expected a number above 0" },
  { title: "a model that is not there", args: ["--model", "gpt-9"], says: 'Cannot select model "gpt-9"' },
  { title: "a database of another program", args: ["--db", "models.yaml"], says: 'Cannot open database "models.yaml"' },
])("$title gets one clear line and exit code 2", async ({ args, says }) => {
  using folder = project();

  const end = await plan(folder, ...args);

  expect(end).toMatchObject({ code: 2, stdout: "" });
  expect(end.stderr).toContain(says);
  expect(end.stderr.trim().split("\n")).toHaveLength(1);
});
