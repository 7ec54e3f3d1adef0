import Database from "better-sqlite3";
import Docker from "dockerode";
import { expect, test } from "vitest";
import { startCli } from "../fixtures/cli.ts";
import { TempFolder } from "../fixtures/temp-folder.ts";
import { countedFiles, IS_FULL, seededRandom } from "./counted-run.ts";
import { type CountingServer, REQUESTS_A_TRIAL, startCountingServer } from "./counting-server.ts";

const TASKS = IS_FULL ? 50 : 8;
const KILLS = IS_FULL ? 50 : 4;
const MODELS = 2;
const MAX_RUN_MS = 1_500;
// From the last byte of an answer to its commit.
const COMMIT_MS = 1_000;

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

async function killInMidRun(args: readonly string[], server: CountingServer, afterMs: number): Promise<number> {
  const cli = startCli(args);
  const arrived = server.nextRequest();
  await Promise.race([arrived, cli.end]);
  await sleep(afterMs);
  const killedMs = performance.now();
  cli.child.kill("SIGKILL");
  await cli.end;
  return killedMs;
}

test(`${KILLS} kills at random moments of a run of ${TASKS * MODELS} trials lose nothing, and pay for nothing twice`, {
  timeout: IS_FULL ? 3_600_000 : 300_000,
}, async () => {
  using folder = new TempFolder();
  const server = await startCountingServer({ latencyMs: 60 });
  folder.write(countedFiles(server.url, TASKS));
  const random = seededRandom(20_261_125);
  const where = ["--db", folder.at("bench.db"), "--concurrency", "4", "--no-probe"];
  const kills = [
    await killInMidRun(
      ["run", "--models", folder.at("models.yaml"), "--suite", folder.at("suite"), ...where],
      server,
      random() * MAX_RUN_MS,
    ),
  ];
  const resume = ["run", "--resume", "latest", ...where];
  while (kills.length < KILLS) kills.push(await killInMidRun(resume, server, random() * MAX_RUN_MS));

  const last = await startCli(resume).end;

  expect(last.stderr).not.toContain("error");
  expect(last.code).toBe(0);
  await server.close();
  using database = openReadonly(folder.at("bench.db"));
  const count = (sql: string): number => database.file.prepare(sql).pluck().get() as number;
  expect(database.file.pragma("integrity_check", { simple: true })).toBe("ok");
  expect(count("select count(*) from trials where outcome = 'graded'")).toBe(TASKS * MODELS);
  expect(count("select count(*) from trials t join v_arms a on a.arm_id = t.arm_id where t.passed = (a.name = 'right')")).toBe(
    TASKS * MODELS,
  );
  const steps = count("select count(*) from steps s join executions t on t.id = s.execution_id where t.ended = 'finished'");
  expect(steps).toBe(TASKS * MODELS * REQUESTS_A_TRIAL);
  expect(count("select count(*) from steps")).toBe(steps);

  const lost = repeated(server).filter(({ startedMs, endedMs }) => {
    const isInFlight = kills.some((killedMs) => startedMs <= killedMs && killedMs <= (endedMs ?? Number.POSITIVE_INFINITY) + COMMIT_MS);
    return isInFlight;
  });
  expect(server.requests.length).toBe(steps + lost.length);
  expect(repeated(server)).toHaveLength(lost.length);
  const runId = database.file.prepare("select id from runs").pluck().get() as string;
  const left = await new Docker().listContainers({ all: true, filters: { label: [`bench.run=${runId}`] } });
  expect(left).toEqual([]);
});

// All but the last of requests that are equal: what they were answered was lost.
function repeated(server: CountingServer): CountingServer["requests"] {
  const last = new Map(server.requests.map((request, index) => [request.what, index]));
  return server.requests.filter(({ what }, index) => last.get(what) !== index);
}

function openReadonly(path: string): Disposable & { readonly file: Database.Database } {
  const file = new Database(path, { readonly: true });
  return { file, [Symbol.dispose]: () => void file.close() };
}
