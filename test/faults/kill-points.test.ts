import { execFile } from "node:child_process";
import Database from "better-sqlite3";
import { expect, test } from "vitest";
import { programWords } from "../fixtures/program.ts";
import { TempFolder } from "../fixtures/temp-folder.ts";
import { IS_FULL } from "./counted-run.ts";
import { type CountingServer, REQUESTS_A_TRIAL, startCountingServer } from "./counting-server.ts";

const [NODE, CHILD] = programWords("test/faults/kill-points-child.ts");
const TRIALS = 2;
const NEEDED = TRIALS * REQUESTS_A_TRIAL;
// A prime number, so that an ordinary test run meets every kind of write.
const STRIDE = IS_FULL ? 1 : 47;

type Ended = { readonly signal: string | null; readonly said: { readonly end: string; readonly writes: number } | null };

function runChild(path: string, server: CountingServer, killAt: number): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = execFile(NODE, [CHILD, path, server.url, String(killAt)], (_error, stdout, stderr) => {
      if (child.signalCode === null && child.exitCode !== 0) return reject(new Error(stderr));
      resolve({ signal: child.signalCode, said: stdout === "" ? null : (JSON.parse(stdout) as Ended["said"]) });
    });
  });
}

async function killAndGoOn(killAt: number): Promise<{ readonly requests: number; readonly steps: number }> {
  using folder = new TempFolder();
  const server = await startCountingServer({ latencyMs: 0 });
  const path = folder.at("bench.db");
  expect((await runChild(path, server, killAt)).signal, `write ${killAt}`).toBe("SIGKILL");
  const { said } = await runChild(path, server, 0);
  await server.close();

  expect(said?.end, `after a kill at write ${killAt}`).toBe("complete");
  const database = new Database(path, { readonly: true });
  const all = (sql: string): unknown[] => database.prepare(sql).pluck().all();
  expect(database.pragma("integrity_check", { simple: true })).toBe("ok");
  expect(all("select passed from trials where outcome = 'graded'"), `trials after a kill at write ${killAt}`).toEqual([1, 1]);
  expect(all("select count(*) from tool_calls where finished_at is null")).toEqual([0]);
  expect(all("select iterations from trials")).toEqual([REQUESTS_A_TRIAL, REQUESTS_A_TRIAL]);
  const [steps] = all("select count(*) from steps") as number[];
  const [spent] = all("select count(*) from spending where settled = 1") as number[];
  database.close();
  expect(spent).toBeGreaterThanOrEqual(NEEDED - 1);
  return { requests: server.requests.length, steps: steps ?? 0 };
}

test("a kill at any write loses no trial, and at most the one answer that was on its way is asked for again", {
  timeout: 1_800_000,
}, async () => {
  using folder = new TempFolder();
  const server = await startCountingServer({ latencyMs: 0 });
  const whole = await runChild(folder.at("bench.db"), server, 0);
  await server.close();
  expect(whole.said?.end).toBe("complete");
  expect(server.requests).toHaveLength(NEEDED);
  const writes = whole.said?.writes ?? 0;
  expect(writes).toBeGreaterThan(80);

  for (let killAt = 1; killAt <= writes; killAt += STRIDE) {
    const { requests, steps } = await killAndGoOn(killAt);
    expect(steps, `steps after a kill at write ${killAt}`).toBe(NEEDED);
    expect(requests, `requests after a kill at write ${killAt}`).toBeLessThanOrEqual(NEEDED + 1);
  }
});
