import { expect, test } from "vitest";
import {
  compare,
  gate,
  listRuns,
  type RunEvent,
  readReport,
  readTrajectory,
  readTrials,
  resume,
  run,
  UserError,
} from "../../src/api/api.ts";
import { TempFolder, tinySuite } from "../fixtures/temp-folder.ts";

const MODELS = `models:
  - {name: oracle, api: scripted, model: oracle, price: {input: 1, output: 4, cache_read: 0.1}}
  - {name: flawed, api: scripted, model: flawed}
  - {name: keyed, api: openai-chat, model: m, api_key_env: NO_SUCH_KEY}
`;

function evals(folder: TempFolder): { readonly modelsFile: string; readonly suites: readonly string[]; readonly database: string } {
  const suite = Object.fromEntries(Object.entries(tinySuite("add", "plus")).map(([path, text]) => [`tiny/${path}`, text]));
  folder.write({ "models.yaml": MODELS, ...suite });
  return { modelsFile: folder.at("models.yaml"), suites: [folder.at("tiny")], database: folder.at("bench.db") };
}

test("a run, its comparison, its gate and its trials are values, and events come as it goes", async () => {
  using folder = new TempFolder();
  const files = evals(folder);
  const { database } = files;
  const events: RunEvent[] = [];

  const { runId, end, report } = await run({ ...files, attempts: 2, onEvent: (event) => events.push(event) });
  const compared = await compare(["oracle", "flawed"], { database });
  const decided = await gate({ baseline: "oracle", candidate: "flawed", database });
  const trials = await readTrials("latest", { database });
  const failed = trials.find(({ passed }) => passed === false);
  const trajectory = await readTrajectory(failed?.id ?? 0, { database });

  expect(end).toBe("complete");
  expect(report.arms).toMatchObject([
    { label: "oracle", passed: 4, graded: 4 },
    { label: "flawed", passed: 0, graded: 4 },
  ]);
  expect(events).toContainEqual({ kind: "notice", text: "Left out: keyed (NO_SUCH_KEY is not set)" });
  expect(events.filter(({ kind }) => kind === "trial-finished")).toHaveLength(8);
  expect(compared.comparisons[0]?.candidate.label).toBe("flawed");
  expect(decided.gate).toMatchObject({ baseline: { label: "oracle" }, candidate: { label: "flawed" } });
  expect(await listRuns({ database })).toMatchObject([{ id: runId, graded: 8 }]);
  expect((await readReport(runId, { database })).arms).toEqual((await readReport("latest", { database })).arms);
  expect(trajectory.tests.some(({ status }) => status !== "passed")).toBe(true);
});

test("a run that was stopped continues where it was", async () => {
  using folder = new TempFolder();
  const files = evals(folder);
  const stop = new AbortController();
  const onEvent = (event: RunEvent): void => {
    if (event.kind === "trial-finished") stop.abort();
  };

  const stopped = await run({ ...files, concurrency: 1, signal: stop.signal, onEvent });
  const resumed = await resume(stopped.runId, { database: files.database });

  expect(stopped.end).toBe("interrupted");
  expect(resumed).toMatchObject({ runId: stopped.runId, end: "complete", report: { missing: 0 } });
});

test("a key that would go to a host that is not its provider's rejects unless the program allows it", async () => {
  using folder = new TempFolder();
  const files = evals(folder);
  const model = "{name: m, api: openai-chat, model: m, base_url: 'http://127.0.0.1:9/v1', api_key_env: API_TEST_KEY}";
  folder.write({ "models.yaml": `models:\n  - ${model}\n` });
  const told: string[] = [];
  const onEvent = (event: RunEvent): void => {
    if (event.kind === "notice") told.push(event.text);
  };
  process.env["API_TEST_KEY"] = "sk-canary-of-the-api";

  const error = await run({ ...files, onEvent }).catch((thrown: unknown) => thrown);
  const allowed = await run({ ...files, onEvent, trust: true, image: "no-such-image" }).catch((thrown: unknown) => thrown);
  delete process.env["API_TEST_KEY"];

  expect(error).toBeInstanceOf(UserError);
  expect((error as UserError).message).toMatch(/^Cannot send API_TEST_KEY to "127\.0\.0\.1:9": .*, or use trust: true$/);
  expect((allowed as UserError).message).toMatch(/^Cannot use image "no-such-image"/);
  expect(told).toEqual(["Keys: API_TEST_KEY -> 127.0.0.1:9"]);
});

test.for([
  { title: "a file that is missing", act: () => run({ modelsFile: "no-models.yaml" }), message: /no-models\.yaml/ },
  { title: "a number out of range", act: () => run({ attempts: 0 }), message: /^Cannot run with attempts 0: / },
  { title: "a limit that is not a number", act: () => run({ maxCostUsd: Number.NaN }), message: /^Cannot run with maxCostUsd NaN: / },
  { title: "a database that is missing", act: () => compare([], { database: "no.db" }), message: /^Cannot open database "no\.db": / },
])("$title rejects with a UserError", async ({ act, message }) => {
  const error = await act().catch((thrown: unknown) => thrown);

  expect(error).toBeInstanceOf(UserError);
  expect((error as UserError).message).toMatch(message);
});
