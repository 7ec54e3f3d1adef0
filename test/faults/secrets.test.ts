import { expect, test } from "vitest";
import { openModels } from "../../src/model/open-model.ts";
import { palette } from "../../src/report/terminal/palette.ts";
import { trajectoryLines } from "../../src/report/terminal/trajectory-text.ts";
import { Store } from "../../src/store/store.ts";
import { runCli } from "../fixtures/cli.ts";
import { modelRequest } from "../fixtures/model-bench.ts";
import { API_REPLIES } from "../fixtures/model-reply.ts";
import { modelSpec } from "../fixtures/model-spec.ts";
import { QuickClock } from "../fixtures/quick-clock.ts";
import { TempFolder, tinySuite } from "../fixtures/temp-folder.ts";
import { allWritten } from "./all-written.ts";
import { failingParts, type Part, quotingParts } from "./echo-part.ts";
import { type EchoProvider, startEchoProvider } from "./echo-provider.ts";
import { leaksIn, type Secret } from "./secret.ts";

const KEY: Secret = { name: "key", value: 'sk-plant"ed/key+01<23>&4567=' };
const HEADER: Secret = { name: "header", value: "hdr-planted/token+89abcdef" };
const EXTRA: Secret = { name: "extra_body", value: "xtr-planted/secret+fedcba98" };
const PASSWORD: Secret = { name: "password", value: "pw-planted-0011223344" };
const SECRETS = [KEY, HEADER, EXTRA, PASSWORD];

const FORMATS = ["html", "md", "json", "csv", "trials.csv", "xml"];

type Project = { readonly folder: TempFolder; readonly bench: (...args: readonly string[]) => Promise<readonly string[]> };

// Everything a run may write goes below one folder: its own files, temporary ones, and those of a home.
function makeProject(folder: TempFolder, models: string): Project {
  const suite = Object.fromEntries(Object.entries(tinySuite("add")).map(([path, text]) => [`work/tasks/tiny/${path}`, text]));
  folder.write({ ...suite, "work/models.yaml": models, "tmp/.keep": "", "home/.keep": "" });
  const env = { PLANTED_KEY: KEY.value, TMPDIR: folder.at("tmp"), HOME: folder.at("home") };
  const bench = async (...args: readonly string[]): Promise<readonly string[]> => {
    const end = await runCli(args, { cwd: folder.at("work"), env });
    const said = [
      ...leaksIn(end.stdout, SECRETS).map((leak) => `stdout: ${leak}`),
      ...leaksIn(end.stderr, SECRETS).map((leak) => `stderr: ${leak}`),
    ];
    return said.map((leak) => `bench ${args[0]}, ${leak}`);
  };
  return { folder, bench };
}

function leaksBelow(folder: TempFolder): readonly string[] {
  const found = allWritten(folder.path).filter(({ where }) => where !== "work/models.yaml");
  return [...new Set(found.flatMap(({ where, bytes }) => leaksIn(bytes, SECRETS).map((leak) => `${where}: ${leak}`)))].sort();
}

// What `bench show` would print of every trial, without starting it as often.
function leaksShown(database: string): readonly string[] {
  const store = new Store(database, () => new Date(), "read");
  const shown = store.runs
    .trials(store.findRun("latest").id)
    .map((trial) => [...trajectoryLines(store.trajectories.read(trial), palette(false))].join("\n"));
  store.close();
  return shown.flatMap((text) => leaksIn(text, SECRETS).map((leak) => `bench show, ${leak}`));
}

function entry(name: string, yaml: string, url: string): string {
  const address = `${url}/${name}${yaml.includes("anthropic") ? "" : "/v1"}`;
  return `  - {name: ${name}, model: m, base_url: "${address}", api_key_env: PLANTED_KEY, price: {input: 1, output: 1, cache_read: 1}, ${yaml}}\n`;
}

async function leaksOf(parts: Readonly<Record<string, Part>>): Promise<readonly string[]> {
  using folder = new TempFolder();
  const echoes = Object.fromEntries(Object.entries(parts).map(([name, { play }]) => [name, play]));
  const provider: EchoProvider = await startEchoProvider(echoes);
  const models = Object.entries(parts).map(([name, { yaml }]) => entry(name, yaml, provider.url));
  const gone = await startEchoProvider({});
  await gone.close();
  const { bench } = makeProject(folder, `models:\n${models.join("")}${entry("gone", "api: openai-chat", gone.url)}`);

  const said = [...(await bench("run", "--trust", "--no-probe", "--max-iterations", "4", "--concurrency", "4"))];
  expect(provider.received.length).toBeGreaterThanOrEqual(Object.keys(parts).length);
  said.push(...(await bench("report", ...FORMATS.flatMap((format) => ["--output", `report.${format}`]))));
  for (const args of [["report", "--json"], ["list", "--json"], ["list"]]) said.push(...(await bench(...args)));
  said.push(...(await bench("show", "1", "--json")), ...leaksShown(folder.at("work/results/bench.db")));
  await provider.close();
  // Or nothing would have been quoted at all.
  expect(allWritten(folder.path).filter(({ bytes }) => Buffer.from(bytes as Uint8Array).includes("[redacted]")).length).toBeGreaterThan(5);
  return [...new Set(said), ...leaksBelow(folder)];
}

const LONG = { timeout: 600_000 };

test("a key that a failing provider quotes is nowhere, in any spelling", LONG, async () => {
  expect(await leaksOf(failingParts(KEY.value))).toEqual([]);
});

test("a key that an answer quotes is nowhere, and no command in a container finds it", LONG, async () => {
  expect(await leaksOf(quotingParts(KEY.value))).toEqual([]);
});

test("a secret in headers or extra_body that a provider quotes is nowhere", LONG, async () => {
  const header = Object.entries(failingParts(HEADER.value)).map(([name, { yaml, play }]) => [
    `h-${name}`,
    { play, yaml: `${yaml}, headers: {x-api-token: "${HEADER.value}"}` },
  ]);
  const extra = Object.entries(quotingParts(EXTRA.value)).map(([name, { yaml, play }]) => [
    `x-${name}`,
    { play, yaml: `${yaml}, extra_body: {upstream: {api_key: "${EXTRA.value}"}}` },
  ]);

  expect(await leaksOf(Object.fromEntries([...header, ...extra]))).toEqual([]);
});

test.for([
  { what: "a password in an address", line: `base_url: "http://me:${PASSWORD.value}@127.0.0.1:9/v1", api_key_env: PLANTED_KEY` },
  {
    what: "a password in an address of another kind",
    line: `base_url: "ftp://me:${PASSWORD.value}@127.0.0.1:9/v1", api_key_env: PLANTED_KEY`,
  },
  { what: "a key behind an address", line: `base_url: "http://127.0.0.1:9/v1?key=${PASSWORD.value}", api_key_env: PLANTED_KEY` },
  { what: "a key in the place of its variable", line: `api_key_env: "${PASSWORD.value}"` },
  { what: "a key in the place of its variable, in a list", line: `api_key_env: ["${PASSWORD.value}"]` },
  { what: "a header that is a list", line: `headers: {authorization: ["${PASSWORD.value}"]}` },
  { what: "a header of two lines", line: `headers: {authorization: "x\\n${PASSWORD.value}"}` },
  { what: "headers that are a text", line: `headers: "${PASSWORD.value}"` },
])("$what in models.yaml is refused without being shown", async ({ line }) => {
  using folder = new TempFolder();
  const { bench } = makeProject(folder, `models:\n  - {name: a, api: openai-chat, model: m, ${line}}\n`);

  expect(await bench("run")).toEqual([]);
  expect(allWritten(folder.path).map(({ where }) => where)).not.toContain("work/results/bench.db");
  expect(leaksBelow(folder)).toEqual([]);
});

const MOVED = API_REPLIES.flatMap(({ api }) => [301, 302, 303, 307, 308].map((status) => ({ api, status })));

test.for(MOVED)("a host that sends $api elsewhere with $status does not send its key there", async ({ api, status }) => {
  const elsewhere = await startEchoProvider({});
  const here = await startEchoProvider({ v1: () => ({ status, headers: { location: `${elsewhere.url}/v1` }, body: "" }) });
  const open = openModels({ key: () => KEY.value, now: () => new Date(), clock: new QuickClock() });
  const baseUrl = api === "anthropic" ? here.url : `${here.url}/v1`;
  const model = open(modelSpec({ api, baseUrl, headers: { "x-api-token": HEADER.value } }))({ task: undefined as never, attempt: 1 });

  const end = await model.generate(modelRequest()).catch((error: unknown) => error);
  await Promise.all([here.close(), elsewhere.close()]);

  expect(elsewhere.received.flatMap((head) => leaksIn(head, SECRETS))).toEqual([]);
  expect(end).toMatchObject({ name: "InfraError", source: "provider" });
});
