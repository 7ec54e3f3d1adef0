import { readdirSync, readFileSync } from "node:fs";
import Database from "better-sqlite3";
import { expect, test } from "vitest";
import { MIGRATIONS } from "../../src/store/migration.ts";
import { Store } from "../../src/store/store.ts";
import { loopSpec } from "../fixtures/agent-settings.ts";
import { aResponse } from "../fixtures/record.ts";
import { TempFolder } from "../fixtures/temp-folder.ts";

const NOW = (): Date => new Date("2026-01-02T03:04:05.000Z");

// Rows of the first version: one run of one arm, with a passed and a failed trial.
const FIRST_VERSION_ROWS = `
  insert into blobs values ('p', 4, 'raw', x'61646421');
  insert into runs values ('old', '2025-12-01T00:00:00.000Z', null, 'complete', 'tiny', 'sd', 2, '1', 'i', 'sha', '{"flags":{"prompt":"mine.md"}}', null);
  insert into arms values ('arm', 'reference+mine', 'scripted', 'reference', 'mine', 'pd', '{"profile":"no-exec","limits":{"maxIterations":20},"maskAtShare":0.7,"contextFiles":true}');
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

test("a database of the first version keeps its results and gets every later feature", () => {
  using folder = new TempFolder();
  firstVersion(folder.at("bench.db"), FIRST_VERSION_ROWS);

  const store = new Store(folder.at("bench.db"), NOW);

  expect(store.findRun("old")).toMatchObject({ attempts: 2, tags: [], settings: { flags: { prompt: "mine.md" } } });
  expect(store.runs.list(5)).toMatchObject([{ id: "old", planned: 2, graded: 2, costUsd: 0.5, arms: [{ name: "reference+mine" }] }]);
  expect(store.runs.arms("old")).toMatchObject([
    { name: "reference+mine", agent: loopSpec({ profile: "no-exec", maskAtShare: 0.7 }), promptName: "mine", passed: 1, graded: 2 },
  ]);
  expect(store.runs.arms("old")[0]?.settings).toEqual({ limits: { maxIterations: 20 }, contextFiles: true });
  expect(store.runs.trials("old")).toMatchObject([{ armName: "reference+mine" }, { armName: "reference+mine" }]);
  store.saveBaseline("main", { runId: "old", armId: "arm" });
  expect(store.runs.baseline("main")).toMatchObject({ runId: "old", armId: "arm" });
  store.close();
});

// What the third version could store besides.
const THIRD_VERSION_ROWS = `
  insert into steps values (1, 1, 't', 'stop', 'stop', 'p', 'p', 1, 0, 0, 1, null, null, 0.25, null, null, 'prices', 1, 0, '[]', '{}'),
    (2, 1, 't', 'stop', 'stop', 'p', 'p', 1, 0, 0, 1, null, null, 0.5, null, null, 'prices', 1, 0, '[]', '{}');
  insert into tool_calls (try_id, iteration, position, call_id, tool, arguments_blob, started_at) values (1, 1, 0, 'c', 'read_file', 'p', 't');
  insert into notes values (1, 2, 1, 'not-delivered', 'a/b: too large');
  insert into resumptions values (1, 2, 't', 1, 'the harness stopped');
  insert into unanswered values (1, 1, 1, 'rejected', 'no', '[]');
  insert into deliveries values (1, 'done', '', 5, 0, 'digest-of-inputs', '[{"path":"a.py","digest":"p","executable":false}]');
  insert into spending values (1, 'old', 'arm', 'add', 1, 't', 0.75, 100, 1, 0.25, 40), (2, 'old', 'arm', 'add', 1, 't', 0.75, 100, 0, null, null);
  insert into earlier_verdicts values (1, 1, 't', 'td', 0, 'tests-failed', 0, 1, 0, 'p');`;

/** Makes a database as version `version` left it, with rows of its time. */
function databaseOfVersion(path: string, version: number): void {
  firstVersion(path, FIRST_VERSION_ROWS);
  const database = new Database(path);
  for (const [index, step] of MIGRATIONS.slice(1, version).entries()) {
    database.exec(step);
    if (index + 2 === 3) database.exec(THIRD_VERSION_ROWS);
  }
  database.pragma(`user_version = ${version}`);
  database.close();
}

function withDatabase<Result>(path: string, read: (database: Database.Database) => Result): Result {
  const database = new Database(path, { readonly: true });
  try {
    return read(database);
  } finally {
    database.close();
  }
}

/** The SQL of everything in a schema, in a form that does not depend on the order of its making. */
function schemaOf(path: string): unknown[] {
  return withDatabase(path, (database) => database.prepare("select type, name, sql from sqlite_master order by type, name").all());
}

/** What the views of a database answer, each with the names of its columns. */
function answersOfViews(path: string): Readonly<Record<string, unknown>> {
  return withDatabase(path, (database) => {
    const views = database.prepare("select name from sqlite_master where type = 'view' order by name").pluck().all() as string[];
    return Object.fromEntries(views.map((view) => [view, database.prepare(`select * from ${view}`).all()]));
  });
}

const VERSIONS = MIGRATIONS.slice(0, -1).map((_, index) => ({ version: index + 1 }));

test.for(VERSIONS)("a database of schema $version gets the schema of a new one, whole and with every reference in place", ({ version }) => {
  using folder = new TempFolder();
  databaseOfVersion(folder.at("old.db"), version);

  new Store(folder.at("old.db"), NOW).close();
  new Store(folder.at("new.db"), NOW).close();

  expect(schemaOf(folder.at("old.db"))).toEqual(schemaOf(folder.at("new.db")));
  withDatabase(folder.at("old.db"), (database) => {
    expect(database.pragma("foreign_key_check")).toEqual([]);
    expect(database.pragma("integrity_check", { simple: true })).toBe("ok");
  });
});

test("an empty database of the first version gets the schema of a new one", () => {
  using folder = new TempFolder();
  firstVersion(folder.at("old.db"), "");

  new Store(folder.at("old.db"), NOW).close();
  new Store(folder.at("new.db"), NOW).close();

  expect(schemaOf(folder.at("old.db"))).toEqual(schemaOf(folder.at("new.db")));
});

test("the views answer the same before and after executions, submissions and what is reserved got their names", () => {
  using folder = new TempFolder();
  databaseOfVersion(folder.at("bench.db"), 4);
  const before = answersOfViews(folder.at("bench.db"));

  new Store(folder.at("bench.db"), NOW).close();

  // Later versions may add columns and views.
  expect(answersOfViews(folder.at("bench.db"))).toMatchObject(before);
  expect(before).toMatchObject({ v_steps: [{ task: "add" }, { task: "add" }], v_spent: [{ steps: 2, known_cost_usd: 0.75 }] });
});

test("a view that a user made is refused before an older version is updated, with a line that names it", () => {
  using folder = new TempFolder();
  databaseOfVersion(folder.at("bench.db"), 4);
  const database = new Database(folder.at("bench.db"));
  database.exec("create view mine as select task from v_steps");
  database.close();

  for (const mode of ["read", "write"] as const)
    expect(() => new Store(folder.at("bench.db"), NOW, mode)).toThrow(
      /^Cannot open database ".*": it has the view "mine", which bench did not make; drop it, or name another file with --db$/,
    );

  expect(withDatabase(folder.at("bench.db"), (same) => same.pragma("user_version", { simple: true }))).toBe(4);
});

test("what an older version stored of executions, submissions and spending is read as before", () => {
  using folder = new TempFolder();
  databaseOfVersion(folder.at("bench.db"), 4);
  const key = { runId: "old", taskId: "add", armId: "arm", attempt: 2 };

  const store = new Store(folder.at("bench.db"), NOW);

  expect(store.executions.history(key)).toMatchObject([{ ended: "finished", resumed: 1, steps: 1, costUsd: 0.5 }]);
  expect(store.executions.submission(1)).toMatchObject({
    inputsDigest: "digest-of-inputs",
    stop: { kind: "done" },
    files: [{ path: "a.py" }],
  });
  expect(store.verdicts.gradedTrials("old", "add")).toMatchObject([{ inputsDigest: "digest-of-inputs" }, { inputsDigest: null }]);
  expect(store.spending.spent({ runId: "old" })).toMatchObject({ knownUsd: 0.25, assumedUsd: 0.75 });
  store.close();
});

test("the cost of a step is still added to its arm in a database that was brought up to date", () => {
  using folder = new TempFolder();
  databaseOfVersion(folder.at("bench.db"), 4);
  const store = new Store(folder.at("bench.db"), NOW);

  const spentBefore = store.runs.arms("old")[0]?.spentUsd ?? 0;
  store.executions.start({ runId: "old", taskId: "add", armId: "arm", attempt: 1 }).journal.responded(1, aResponse("again"));

  expect(store.runs.arms("old")[0]?.spentUsd).toBe(spentBefore + 0.5);
  store.close();
});

test.for([
  {
    question: "the executions of a trial",
    sql: "select id from executions where run_id = 'r' and task_id = 't' and arm_id = 'a' and attempt = 1",
  },
  { question: "the notes of an execution", sql: "select text from notes where execution_id = 1" },
  { question: "the resumptions of an execution", sql: "select id from resumptions where execution_id = 1" },
  { question: "the unanswered requests of an execution", sql: "select id from unanswered_requests where execution_id = 1" },
])("$question are found by an index in a database that was brought up to date", ({ sql }) => {
  using folder = new TempFolder();
  databaseOfVersion(folder.at("bench.db"), 4);
  new Store(folder.at("bench.db"), NOW).close();

  const plan = withDatabase(folder.at("bench.db"), (database) => database.prepare(`explain query plan ${sql}`).all());

  expect(plan).toMatchObject([{ detail: expect.stringMatching(/USING (COVERING )?INDEX/) }]);
});

/** What reading commands see of a database. */
function everythingRead(path: string): unknown {
  const store = new Store(path, NOW, "read");
  try {
    const trials = store.runs.trials("old");
    return {
      runs: [store.runs.list(5), store.findRun("old"), store.runs.arms("old"), store.runs.shape("old"), store.runs.notPassed("old", 5)],
      trials: trials.map((trial) => [trial, store.executions.history(trial), store.verdicts.earlier(trial.id)]),
      work: trials.map(({ id }) => store.executions.submission(id)),
      arms: [store.arms.ofRun("old"), store.arms.known(), store.arms.runsWith("reference+mine")],
      history: [store.history.trialsOfArm("arm"), store.history.series({ names: ["reference+mine"], suite: null, limit: 5 })],
      spending: [store.spending.spent({ runId: "old" }), store.verdicts.gradedTrials("old", "add"), store.runs.baselines()],
    };
  } finally {
    store.close();
  }
}

test.for(VERSIONS)("a database of schema $version is read as it would be after an update, and is not changed", ({ version }) => {
  using folder = new TempFolder();
  databaseOfVersion(folder.at("bench.db"), version);
  const before = readFileSync(folder.at("bench.db"));

  const seen = everythingRead(folder.at("bench.db"));

  expect(readFileSync(folder.at("bench.db"))).toEqual(before);
  expect(readdirSync(folder.path)).toEqual(["bench.db"]);
  new Store(folder.at("bench.db"), NOW).close();
  expect(seen).toEqual(everythingRead(folder.at("bench.db")));
});

test("the views name the original of a reused trial, and an arm as its run named it", () => {
  using folder = new TempFolder();
  firstVersion(folder.at("bench.db"), FIRST_VERSION_ROWS);
  new Store(folder.at("bench.db"), NOW).close();
  const database = new Database(folder.at("bench.db"));
  database.exec(`
    insert into runs (id, created_at, suite, suite_digest, attempts, harness_version, image, image_id, settings) values ('new', 'c', 'tiny', 'sd', 1, '1', 'i', 'sha', '{}');
    insert into run_arms (run_id, arm_id, position, spec, name, prompt_name) values ('new', 'arm', 0, '{}', 'reference+other', 'other');
    insert into trials select 3, 'new', task_id, arm_id, 1, execution_id, outcome, passed, stop, stop_detail, reason, tests_passed, tests_total, tampered, verdict_blob, error_source,
      error_message, iterations, input_tokens, cache_read_tokens, cache_write_tokens, output_tokens, reasoning_tokens, cost_usd, no_cache_cost_usd, unbilled_attempts, started_at,
      duration_ms, working_ms, waited_ms, id, assumed_usd, unknown_usage_steps, doubtful_usage_steps, model_ms, first_token_ms, isolation, held_back, rewards from trials where id = 1;`);

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
