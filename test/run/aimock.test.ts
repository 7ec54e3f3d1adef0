import Database from "better-sqlite3";
import { afterAll, beforeAll, expect, test } from "vitest";
import { loadSuite } from "../../src/config/suite.ts";
import { type AimockFault, type AimockPlay, playTasks, startAimockPlaying } from "../fixtures/aimock-model.ts";
import { QUICK_SANDBOX, runCli } from "../fixtures/cli.ts";
import { TempFolder, tinySuite } from "../fixtures/temp-folder.ts";

type Told = { inputTokens: number; outputTokens: number; answers: number };
type Sums = {
  readonly arm: string;
  readonly passed: number;
  readonly graded: number;
  readonly errors: number;
  readonly input: number;
  readonly output: number;
  readonly steps: number;
  readonly cost: number;
};

const FAULTS: Readonly<Record<number, AimockFault>> = {
  0: { kind: "error", status: 429, type: "rate_limit_error", retryAfterSeconds: 1 },
  2: { kind: "error", status: 529, type: "overloaded_error" },
  4: { kind: "malformed" },
  6: { kind: "disconnect" },
};
const STREAMED: Readonly<Record<number, AimockFault>> = { ...FAULTS, 8: { kind: "truncate" } };
// One database for all runs: which tests decide is learned once.
let kept: TempFolder;
beforeAll(() => {
  kept = new TempFolder();
});
afterAll(() => kept[Symbol.dispose]());

const SECRET = "sk-aimock-0123456789abcdef";

// Counts what the fake server is told to report, answer by answer.
function counted(play: AimockPlay): { readonly play: AimockPlay; readonly told: Told } {
  const told: Told = { inputTokens: 0, outputTokens: 0, answers: 0 };
  return {
    told,
    play: async (request) => {
      const turn = await play(request);
      told.inputTokens += turn.inputTokens;
      told.outputTokens += turn.outputTokens;
      told.answers += 1;
      return turn;
    },
  };
}

function project(folder: TempFolder, entry: string): void {
  const suite = Object.fromEntries(Object.entries(tinySuite("a", "b", "c")).map(([path, text]) => [`tasks/tiny/${path}`, text]));
  // Each task has words of its own, by which the player knows it.
  for (const id of ["a", "b", "c"])
    suite[`tasks/tiny/${id}/prompt.md`] = `Task ${id}: write \`add(a, b)\` in add.py. It returns the sum.\n`;
  folder.write({ ...suite, "models.yaml": entry });
}

// What the newest run of a database came to.
function sums(path: string): Sums | undefined {
  const database = new Database(path, { readonly: true });
  const row = database
    .prepare(
      "select arm, sum(passed) as passed, count(passed) as graded, sum(outcome = 'error') as errors, sum(input_tokens + cache_read_tokens + cache_write_tokens) as input, sum(output_tokens) as output, sum(iterations) as steps, sum(cost_usd) as cost from v_trials where run = (select id from runs order by created_at desc, rowid desc limit 1)",
    )
    .get() as Sums | undefined;
  database.close();
  return row;
}

test.for([
  { api: "openai-chat", stream: false, play: "oracle", passed: 3 },
  { api: "openai-chat", stream: true, play: "oracle", passed: 3 },
  { api: "openai-responses", stream: false, play: "oracle", passed: 3 },
  { api: "openai-responses", stream: true, play: "oracle", passed: 3 },
  { api: "anthropic", stream: false, play: "oracle", passed: 3 },
  { api: "anthropic", stream: true, play: "oracle", passed: 3 },
  { api: "openai-responses", stream: false, play: "flawed", passed: 0 },
  { api: "anthropic", stream: false, play: "flawed", passed: 0 },
] as const)(
  "a whole run over $api (stream: $stream) of a $play player grades as it should and counts what the server told",
  async ({ api, stream, play, passed }) => {
    using folder = new TempFolder();
    project(folder, "models: []\n");
    const { tasks } = loadSuite(folder.at("tasks/tiny"));
    const player = counted(playTasks(tasks, play));
    const server = await startAimockPlaying(player.play, stream ? STREAMED : FAULTS);
    project(
      folder,
      `models:\n  - {name: fake, api: ${api}, model: fake-model, base_url: "${server.baseUrl(api)}", api_key_env: FAKE_KEY, stream: ${stream}, max_output_tokens: 4000, price: {input: 3, output: 15, cache_read: 0.3}}\n`,
    );

    const end = await runCli(["run", "--trust", "--no-probe", "--concurrency", "2", ...QUICK_SANDBOX, "--db", kept.at("bench.db")], {
      cwd: folder.path,
      env: { FAKE_KEY: SECRET },
    });
    const row = sums(kept.at("bench.db"));

    expect(end.code).toBe(0);
    expect(row).toMatchObject({
      passed,
      graded: 3,
      errors: 0,
      input: player.told.inputTokens,
      output: player.told.outputTokens,
      steps: player.told.answers,
    });
    expect(row?.cost).toBeCloseTo((player.told.inputTokens * 3 + player.told.outputTokens * 15) / 1e6, 10);
    expect(server.requests().length).toBe(player.told.answers + Object.keys(stream ? STREAMED : FAULTS).length);
    expect(end.stdout + end.stderr).not.toContain(SECRET);
  },
);

test("a key that the provider refuses sets the model aside, with one line, and the run can be resumed", async () => {
  using folder = new TempFolder();
  project(folder, "models: []\n");
  const { tasks } = loadSuite(folder.at("tasks/tiny"));
  const refusals = Object.fromEntries(
    [0, 1, 2].map((number) => [number, { kind: "error", status: 401, type: "authentication_error" } as const]),
  );
  const server = await startAimockPlaying(playTasks(tasks), refusals);
  project(
    folder,
    `models:\n  - {name: fake, api: openai-chat, model: m, base_url: "${server.baseUrl("openai-chat")}", api_key_env: FAKE_KEY}\n`,
  );

  const end = await runCli(["run", "--trust", "--no-probe", "--concurrency", "1", "--grading", "1", ...QUICK_SANDBOX], {
    cwd: folder.path,
    env: { FAKE_KEY: SECRET },
  });
  const runId = /--resume (\S+)/.exec(end.stderr)?.[1] ?? "none";

  expect(end.code).toBe(4);
  expect(end.stderr).toContain("fake is suspended");
  expect(end.stderr).toContain("check the key in FAKE_KEY");
  expect(end.stderr).not.toContain(SECRET);
  expect(sums(folder.at("results/bench.db"))).toMatchObject({ graded: 0 });

  const refused = server.requests().length;
  const resumed = await runCli(["run", "--trust", "--no-probe", "--resume", runId], { cwd: folder.path, env: { FAKE_KEY: SECRET } });
  expect(refused).toBeLessThanOrEqual(3);
  expect(sums(folder.at("results/bench.db"))).toMatchObject({ graded: resumed.code === 0 ? 3 : expect.any(Number) });
});
