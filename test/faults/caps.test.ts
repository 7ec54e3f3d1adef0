import { spawn } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import Database from "better-sqlite3";
import { describe, expect, test } from "vitest";
import { programWords } from "../fixtures/program.ts";
import { TempFolder } from "../fixtures/temp-folder.ts";
import { type BooksOptions, type BooksServer, startBooksServer } from "./books-server.ts";
import { type CappedRun, runCapped } from "./capped-run.ts";
import { IS_FULL, seededRandom } from "./counted-run.ts";

const [NODE, CHILD] = programWords("test/faults/capped-run-child.ts");
// The default of models.yaml: one such answer costs more than a trial of ten usual ones.
const MAX_OUTPUT_TOKENS = 16_000;
const PRICE = { input: 3, output: 15 };
const FAULTS = 0.2;
const SEEDS = IS_FULL ? [1, 2, 3, 4, 5, 6] : [1];
const KILLS = IS_FULL ? 15 : 3;
const MAX_RUN_MS = 1200;

type Caps = Partial<Pick<CappedRun, "runUsd" | "runTokens" | "modelUsd" | "trialUsd">>;
type Shape = { readonly tasks: number; readonly steps: number; readonly price?: BooksOptions["price"] };
type Row = { readonly trial: string; readonly outcome: string; readonly passed: number | null; readonly stop: string | null };
type Ended = { readonly server: BooksServer; readonly rows: readonly Row[] };

const NO_CAPS = { runUsd: null, runTokens: null, modelUsd: null, trialUsd: null };

/** Runs under caps against a provider with books, with or without faults and kills. */
async function play(
  shape: Shape,
  caps: Caps,
  faults: Partial<Pick<BooksOptions, "faults" | "seed">> & { kills?: number } = {},
): Promise<Ended> {
  using folder = new TempFolder();
  const { kills = 0, seed = 1 } = faults;
  const { tasks, steps, price = PRICE } = shape;
  const options = { price, steps, seed, faults: faults.faults ?? 0, billsBroken: seed % 2 === 1, maxOutputTokens: MAX_OUTPUT_TOKENS };
  const server = await startBooksServer({ ...options, latencyMs: kills === 0 ? 3 : 60 });
  const path = folder.at("bench.db");
  const run: CappedRun = {
    ...NO_CAPS,
    ...caps,
    path,
    url: server.url,
    price,
    tasks,
    maxOutputTokens: MAX_OUTPUT_TOKENS,
    maxIterations: 60,
  };
  const random = seededRandom(seed);
  for (let kill = 0; kill < kills; kill++) await killAfter(run, server, random() * MAX_RUN_MS);
  await runCapped(run);
  // What was under way at the last kill is generated and billed all the same.
  await sleep(200);
  await server.close();
  return { server, rows: rowsOf(path) };
}

async function killAfter(run: CappedRun, server: BooksServer, afterMs: number): Promise<void> {
  const child = spawn(NODE, [CHILD, JSON.stringify(run)], { stdio: "ignore" });
  let hasEnded = false;
  const end = new Promise<void>((resolve) => {
    child.on("close", () => {
      hasEnded = true;
      resolve();
    });
  });
  const before = server.arrivals();
  while (server.arrivals() === before && !hasEnded) await sleep(5);
  await sleep(afterMs);
  child.kill("SIGKILL");
  await end;
}

function rowsOf(path: string): readonly Row[] {
  const database = new Database(path, { readonly: true });
  const sql = "select arm || '/' || task as trial, outcome, passed, stop from v_trials order by trial";
  const rows = database.prepare(sql).all() as Row[];
  database.close();
  return rows;
}

const shareOf = (server: BooksServer, usd: number): number => server.billedUsd() / usd;

function modelShares(server: BooksServer, usd: number): readonly number[] {
  return ["right", "wrong"].map((model) => server.billedUsd(`${model}/`) / usd);
}

function trialShares(server: BooksServer, usd: number): readonly number[] {
  return [...new Set(server.entries.map(({ trial }) => trial))].map((trial) => server.billedUsd(trial) / usd);
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** A trial of 10 requests costs about $0.16; a first request may cost $0.27, for all that is known before it. */
const TEN_STEPS: Shape = { tasks: 10, steps: 10 };

describe("by the books of the provider, at the default longest answer and eight trials at once", () => {
  test.for([
    { title: "three trials", shape: TEN_STEPS, runUsd: 0.48 },
    { title: "ten trials", shape: TEN_STEPS, runUsd: 1.6 },
    { title: "ten trials of a dear model", shape: { ...TEN_STEPS, price: { input: 15, output: 75 } }, runUsd: 8 },
    ...(IS_FULL ? [{ title: "fifty trials", shape: { tasks: 40, steps: 10 }, runUsd: 8 }] : []),
  ])("a limit of what $title cost is never passed, and 85 % of it is used", { timeout: 300_000 }, async ({ shape, runUsd }) => {
    const { server } = await play(shape, { runUsd });

    expect(shareOf(server, runUsd)).toBeLessThanOrEqual(1);
    expect(shareOf(server, runUsd)).toBeGreaterThan(0.85);
  });

  test("a limit on tokens is never passed, and 85 % of it is used", { timeout: 300_000 }, async () => {
    const { server } = await play(TEN_STEPS, { runTokens: 340_000 });

    expect(server.billedTokens()).toBeLessThanOrEqual(340_000);
    expect(server.billedTokens()).toBeGreaterThan(0.85 * 340_000);
  });

  test("the limit of each model is never passed, and 85 % of it is used", { timeout: 300_000 }, async () => {
    const { server } = await play(TEN_STEPS, { modelUsd: 0.8 });

    for (const share of modelShares(server, 0.8)) {
      expect(share).toBeLessThanOrEqual(1);
      expect(share).toBeGreaterThan(0.85);
    }
  });

  test("the limit of no trial is passed, 80 % of it is used, and all of them end at it", { timeout: 300_000 }, async () => {
    const { server, rows } = await play({ tasks: 4, steps: 30 }, { trialUsd: 0.35 });
    const shares = trialShares(server, 0.35);

    expect(Math.max(...shares)).toBeLessThanOrEqual(1);
    expect(mean(shares)).toBeGreaterThan(0.8);
    expect(new Set(rows.map(({ stop }) => stop))).toEqual(new Set(["budget-cost"]));
  });
});

describe.for(SEEDS)("with a fifth of all requests failing, some of them billed (seed %i)", (seed) => {
  const faults = { faults: FAULTS, seed };

  // Of what three trials cost, one long answer is an eighth, which is kept back as soon as a request breaks off.
  test.for([
    [0.48, 60],
    [1.6, 70],
  ])("a run's limit of $%f is never passed, and %i percent of it are used", { timeout: 300_000 }, async ([runUsd = 0, percent = 0]) => {
    const { server } = await play(TEN_STEPS, { runUsd }, faults);

    expect(shareOf(server, runUsd)).toBeLessThanOrEqual(1);
    expect(shareOf(server, runUsd)).toBeGreaterThan(percent / 100);
  });

  test("the limit of each model is never passed, and 70 % of it is used", { timeout: 300_000 }, async () => {
    const { server } = await play(TEN_STEPS, { modelUsd: 0.8 }, faults);

    for (const share of modelShares(server, 0.8)) expect(share).toBeLessThanOrEqual(1);
    expect(mean(modelShares(server, 0.8))).toBeGreaterThan(0.7);
  });

  test("the limit of no trial is passed, and 70 % of it is used", { timeout: 300_000 }, async () => {
    const { server } = await play({ tasks: 4, steps: 30 }, { trialUsd: 0.5 }, faults);
    const shares = trialShares(server, 0.5);

    expect(Math.max(...shares)).toBeLessThanOrEqual(1);
    expect(mean(shares)).toBeGreaterThan(0.7);
  });

  test("no verdict is changed: a trial has that of a run without faults and limits, or is an error to be resumed", {
    timeout: 300_000,
  }, async () => {
    const calm = await play(TEN_STEPS, {});
    const stormy = await play(TEN_STEPS, { trialUsd: 0.5 }, faults);

    expect(calm.rows).toHaveLength(20);
    const graded = stormy.rows.filter(({ outcome }) => outcome === "graded");
    expect(graded).toEqual(calm.rows.filter(({ trial }) => graded.some((row) => row.trial === trial)));
    expect(graded.length).toBeGreaterThan(14);
  });
});

test(`${KILLS} kills at random moments make no limit be passed, of the run, of a model or of a trial, and grade nothing`, {
  timeout: 1_800_000,
}, async () => {
  const caps = { runUsd: 2.4, modelUsd: 1.4, trialUsd: 0.5 };
  const { server, rows } = await play({ tasks: 8, steps: 20 }, caps, { kills: KILLS });

  expect(shareOf(server, caps.runUsd)).toBeLessThanOrEqual(1);
  expect(shareOf(server, caps.runUsd)).toBeGreaterThan(0.6);
  expect(Math.max(...modelShares(server, caps.modelUsd))).toBeLessThanOrEqual(1);
  expect(Math.max(...trialShares(server, caps.trialUsd))).toBeLessThanOrEqual(1);
  // A kill is nothing that a model did: a trial that is graded at its limit has reached it by what is known of it alone.
  for (const { trial, stop } of rows)
    if (stop === "budget-cost") expect(server.billedUsd(`${trial}.`)).toBeGreaterThan(0.7 * caps.trialUsd);
});
