import Database from "better-sqlite3";
import { expect, test } from "vitest";
import { MIGRATIONS } from "../../src/store/migration.ts";
import { Store } from "../../src/store/store.ts";
import { TempFolder } from "../fixtures/temp-folder.ts";

const NOW = (): Date => new Date("2026-01-02T03:04:05.000Z");

// What the first version left behind: one run of one arm, with a passed and a failed trial.
const FIRST_VERSION_ROWS = `
  insert into blobs values ('p', 4, 'raw', x'61646421');
  insert into runs values ('old', '2025-12-01T00:00:00.000Z', null, 'complete', 'tiny', 'sd', 2, '1', 'i', 'sha', '{"flags":{"prompt":"mine.md"}}', null);
  insert into arms values ('arm', 'reference+mine', 'scripted', 'reference', 'mine', 'pd', '{"profile":"full"}');
  insert into run_arms values ('old', 'arm', 0, '{"price":null}');
  insert into tasks values ('td', 'add', 'tiny', 'Add', '[]', 'p');
  insert into run_tasks values ('old', 'add', 'td', 0);
  insert into tries (id, run_id, task_id, arm_id, attempt, started_at, ended) values (1, 'old', 'add', 'arm', 1, 't', 'finished'), (2, 'old', 'add', 'arm', 2, 't', 'finished');
  insert into trials (run_id, task_id, arm_id, attempt, try_id, outcome, passed, iterations, input_tokens, cache_read_tokens, cache_write_tokens, output_tokens,
      reasoning_tokens, cost_usd, unbilled_attempts, started_at, duration_ms, working_ms, waited_ms)
    values ('old', 'add', 'arm', 1, 1, 'graded', 1, 3, 1, 1, 1, 1, 0, 0.25, 0, 't', 1, 1, 0), ('old', 'add', 'arm', 2, 2, 'graded', 0, 3, 1, 1, 1, 1, 0, 0.25, 0, 't', 1, 1, 0);`;

/** Makes a database as the first version wrote it. */
function firstVersion(path: string, rows: string): void {
  const database = new Database(path);
  database.exec(MIGRATIONS[0] ?? "");
  database.exec(rows);
  database.pragma("application_id = 1651401576");
  database.pragma("user_version = 1");
  database.close();
}

test("a database of the first version keeps its results, and gains what came since", () => {
  using folder = new TempFolder();
  firstVersion(folder.at("bench.db"), FIRST_VERSION_ROWS);

  const store = new Store(folder.at("bench.db"), NOW);

  expect(store.findRun("old")).toMatchObject({ attempts: 2, tags: [], settings: { flags: { prompt: "mine.md" } } });
  expect(store.runs.list(5)).toMatchObject([{ id: "old", planned: 2, graded: 2, costUsd: 0.5, arms: [{ name: "reference+mine" }] }]);
  expect(store.runs.arms("old")).toMatchObject([{ name: "reference+mine", promptName: "mine", passed: 1, graded: 2 }]);
  expect(store.runs.trials("old")).toMatchObject([{ armName: "reference+mine" }, { armName: "reference+mine" }]);
  store.saveBaseline("main", { runId: "old", armId: "arm" });
  expect(store.runs.baseline("main")).toMatchObject({ runId: "old", armId: "arm" });
  store.close();
});

test.for([
  { title: "with data", rows: FIRST_VERSION_ROWS },
  { title: "without data", rows: "" },
])("a database of the first version $title has the schema of a new one after its update", ({ rows }) => {
  using folder = new TempFolder();
  firstVersion(folder.at("old.db"), rows);
  new Store(folder.at("old.db"), NOW).close();
  new Store(folder.at("new.db"), NOW).close();
  const schema = (name: string): unknown[] => {
    const database = new Database(folder.at(name), { readonly: true });
    const found = database.prepare("select type, name, sql from sqlite_master order by type, name").all();
    database.close();
    return found;
  };

  expect(schema("old.db")).toEqual(schema("new.db"));
});

test("reading a database of an older version brings it up to date first, so that no run must be started for it", () => {
  using folder = new TempFolder();
  firstVersion(folder.at("bench.db"), FIRST_VERSION_ROWS);

  const store = new Store(folder.at("bench.db"), NOW, "read");

  expect(store.runs.arms("old")).toMatchObject([{ passed: 1, graded: 2 }]);
  store.close();
});

test("the views call a reused trial by its original and an arm by the name of its run", () => {
  using folder = new TempFolder();
  firstVersion(folder.at("bench.db"), FIRST_VERSION_ROWS);
  new Store(folder.at("bench.db"), NOW).close();
  const database = new Database(folder.at("bench.db"));
  database.exec(`
    insert into runs (id, created_at, suite, suite_digest, attempts, harness_version, image, image_id, settings) values ('new', 'c', 'tiny', 'sd', 1, '1', 'i', 'sha', '{}');
    insert into run_arms (run_id, arm_id, position, spec, name, prompt_name) values ('new', 'arm', 0, '{}', 'reference+other', 'other');
    insert into trials select 3, 'new', task_id, arm_id, 1, try_id, outcome, passed, stop, stop_detail, reason, tests_passed, tests_total, tampered, verdict_blob, error_source,
      error_message, iterations, input_tokens, cache_read_tokens, cache_write_tokens, output_tokens, reasoning_tokens, cost_usd, no_cache_cost_usd, unbilled_attempts, started_at,
      duration_ms, working_ms, waited_ms, id from trials where id = 1;`);

  expect(database.prepare("select run, arm, prompt, reused_from from v_trials order by id").all()).toEqual([
    { run: "old", arm: "reference+mine", prompt: "mine", reused_from: null },
    { run: "old", arm: "reference+mine", prompt: "mine", reused_from: null },
    { run: "new", arm: "reference+other", prompt: "other", reused_from: 1 },
  ]);
  expect(database.prepare("select run, arm, pass_rate from v_pass_rate order by run").all()).toEqual([
    { run: "new", arm: "reference+other", pass_rate: 1 },
    { run: "old", arm: "reference+mine", pass_rate: 0.5 },
  ]);
  database.close();
});
