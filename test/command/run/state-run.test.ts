import { writeFileSync } from "node:fs";
import { pack } from "tar-stream";
import { afterAll, expect, test } from "vitest";
import { connectEngine } from "../../../src/sandbox/docker/engine.ts";
import { runCli, startCli } from "../../fixtures/cli.ts";
import { ANSWER_TASK } from "../../fixtures/machine-task.ts";
import { TempFolder } from "../../fixtures/temp-folder.ts";
import { until } from "../../fixtures/until.ts";

const MODELS = `models:
  - { name: oracle, api: scripted, model: oracle }
  - { name: nop, api: scripted, model: nop }
`;
const engine = connectEngine();
const folder = new TempFolder();
afterAll(() => folder[Symbol.dispose]());

function write(name: string, files: Readonly<Record<string, string>>): readonly string[] {
  folder.write(Object.fromEntries(Object.entries({ ...ANSWER_TASK, ...files }).map(([path, text]) => [`${name}/answer/${path}`, text])));
  writeFileSync(folder.at("models.yaml"), MODELS);
  const db = folder.at(`${name}.db`);
  return ["--models", folder.at("models.yaml"), "--suite", `harbor:${folder.at(name)}`, "--db", db, "--no-probe", "--yes"];
}

const states = (runId: string) => engine.listImages({ filters: { label: ["bench.state=1", `bench.run=${runId}`] } });

// Other processes have states, too.
async function statesOf(pid: number | undefined): Promise<number> {
  const found = await engine.listImages({ filters: { label: ["bench.state=1"] } });
  return found.filter(({ Labels }) => (JSON.parse(Labels["bench.owner"] ?? "{}") as { readonly pid?: number }).pid === pid).length;
}

type Trial = {
  readonly id: number;
  readonly runId: string;
  readonly armName: string;
  readonly passed: boolean;
  readonly isolation: string;
  readonly rewards: object;
};

async function trialsOf(db: string): Promise<readonly Trial[]> {
  const { stdout } = await runCli(["report", "latest", "--json", "--db", db]);
  return (JSON.parse(stdout) as { readonly trials: readonly Trial[] }).trials;
}

test("a run of a harbor task stores rewards and how it was graded, leaves nothing behind, and can be replayed but not graded again", {
  timeout: 300_000,
}, async () => {
  const args = write("plain", {
    "tests/test.sh": `#!/bin/bash
right=0; [ "$(cat /app/answer.txt)" = 42 ] && right=1
echo "{\\"right\\": $right, \\"style\\": 0.5}" > /logs/verifier/reward.json
`,
  });
  const db = folder.at("plain.db");

  const run = await runCli(["run", ...args, "--pass-at", "0.5"]);

  expect(run.stderr).not.toContain("not graded");
  expect(run.code).toBe(0);
  const trials = await trialsOf(db);
  expect(trials.map(({ armName, passed, isolation, rewards }) => ({ armName, passed, isolation, rewards }))).toEqual(
    expect.arrayContaining([
      { armName: "oracle", passed: true, isolation: "state", rewards: { right: 1, style: 0.5 } },
      { armName: "nop", passed: false, isolation: "state", rewards: { right: 0, style: 0.5 } },
    ]),
  );
  expect(await states(trials[0]?.runId ?? "")).toEqual([]);
  const oracle = trials.find(({ armName }) => armName === "oracle");
  const replayed = await runCli(["replay", String(oracle?.id), "--db", db, "--json"]);
  expect(JSON.parse(replayed.stdout)).toMatchObject({ isSame: true, verdict: { passed: true } });
  const regraded = await runCli(["regrade", "latest", "--db", db]);
  expect(regraded.stdout + regraded.stderr).toContain("the state of its machine was graded, which is not kept; start a new run");
});

test("killed while the tests of a state run: the next command removes what is left, and the resumed run pays for nothing twice", {
  timeout: 300_000,
}, async () => {
  const args = write("killed", { "tests/test.sh": `${ANSWER_TASK["tests/test.sh"]}sleep 3\n` });
  const db = folder.at("killed.db");
  const cli = startCli(["run", ...args, "--concurrency", "1"]);
  // The first state is that of the solution, which shows that the task can be graded; the trials come after it.
  await until(async () => (await statesOf(cli.child.pid)) > 0);
  cli.child.kill("SIGKILL");
  await cli.end;
  expect(await statesOf(cli.child.pid)).toBeGreaterThan(0);

  const resumed = await runCli(["run", "--resume", "latest", "--db", db, "--no-probe"]);

  expect(resumed.code).toBe(0);
  expect((await trialsOf(db)).map(({ armName, passed }) => `${armName} ${passed}`).sort()).toEqual(["nop false", "oracle true"]);
  expect(await statesOf(cli.child.pid)).toBe(0);
});

test("an image without python3 cannot be a machine, and a line names the task before anything runs", { timeout: 120_000 }, async () => {
  const context = pack();
  context.entry({ name: "Dockerfile" }, "FROM scratch\nCOPY Dockerfile /x\n");
  context.finalize();
  const name = `bench-test-empty:${process.pid}`;
  const built = await engine.buildImage(context, { t: name, version: "1" });
  await new Promise((resolve, reject) => {
    engine.modem.followProgress(built, (error) => (error ? reject(error) : resolve(null)));
  });
  try {
    const toml = `${ANSWER_TASK["task.toml"]}`.replace(/docker_image = .*/, `docker_image = "${name}"`);

    const run = await runCli(["run", ...write("empty", { "task.toml": toml })]);

    expect(run.code).toBe(2);
    expect(run.stderr).toContain("Cannot open a machine for 1 task (answer): the image has no python3");
  } finally {
    await engine.getImage(name).remove({ force: true });
  }
});

test("bubblewrap cannot give a machine, and says so in one line", async () => {
  const args = write("bubble", {});

  const run = await runCli(["run", ...args, "--sandbox", "bubblewrap"]);

  expect(run.code).toBe(2);
  expect(run.stderr).toContain(
    'Cannot run task "answer" with --sandbox bubblewrap: it needs a machine of its own, which only Docker can give',
  );
});
