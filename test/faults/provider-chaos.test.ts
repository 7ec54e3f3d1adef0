import Database from "better-sqlite3";
import { expect, test } from "vitest";
import { QUICK_SANDBOX, runCli } from "../fixtures/cli.ts";
import { TempFolder } from "../fixtures/temp-folder.ts";
import { countedFiles, IS_FULL, seededRandom } from "./counted-run.ts";
import { type Failure, REQUESTS_A_TRIAL, startCountingServer } from "./counting-server.ts";

const TASKS = IS_FULL ? 50 : 8;
const FAILURES: readonly Failure[] = ["500", "429", "529", "garbled", "drop"];

type Scores = { readonly rows: unknown; readonly requests: number; readonly failed: number; readonly code: number | null };

async function scoresUnder(failsAt: (draw: number) => boolean): Promise<Scores> {
  using folder = new TempFolder();
  const random = seededRandom(20);
  let failed = 0;
  const failure = (index: number): Failure => {
    if (!failsAt(random())) return "none";
    failed += 1;
    return FAILURES[index % FAILURES.length] ?? "500";
  };
  const server = await startCountingServer({ latencyMs: 5, failure });
  folder.write(countedFiles(server.url, TASKS));
  const subject = ["--models", folder.at("models.yaml"), "--suite", folder.at("suite"), ...QUICK_SANDBOX];

  const { code } = await runCli(["run", ...subject, "--db", folder.at("bench.db"), "--concurrency", "8", "--no-probe"]);

  await server.close();
  const database = new Database(folder.at("bench.db"), { readonly: true });
  const rows = database.prepare("select task, arm, outcome, passed, tests_passed, iterations from v_trials order by task, arm").all();
  database.close();
  return { rows, requests: server.requests.length, failed, code };
}

test("with a fifth of all calls failing every trial is graded, with the scores of a run without faults", {
  timeout: IS_FULL ? 1_800_000 : 300_000,
}, async () => {
  const calm = await scoresUnder(() => false);
  const stormy = await scoresUnder((draw) => draw < 0.2);

  expect(calm).toMatchObject({ code: 0, failed: 0, requests: TASKS * 2 * REQUESTS_A_TRIAL });
  expect(stormy.failed / stormy.requests).toBeGreaterThan(0.12);
  expect(stormy.code).toBe(0);
  expect(stormy.rows).toEqual(calm.rows);
});
