import { expect, onTestFinished, test } from "vitest";
import { runCli } from "../../fixtures/cli.ts";
import { startModelServer } from "../../fixtures/model-server.ts";
import { chatServer } from "../../fixtures/probe-server.ts";
import { TempFolder, tinySuite } from "../../fixtures/temp-folder.ts";

const KEY = "sk-probe-0123456789abcdef";
const PATIENCE = { timeout: 300_000 };

/** A project whose models are on a server that counts what arrives. */
async function project() {
  const folder = new TempFolder();
  const server = await startModelServer(chatServer());
  onTestFinished(async () => {
    folder[Symbol.dispose]();
    await server.close();
  });
  const entry = (name: string, model: string): string =>
    `  - {name: ${name}, api: openai-chat, model: ${model}, base_url: "${server.url}/v1", api_key_env: SOME_KEY, max_output_tokens: 100, price: {input: 1, output: 1}}\n`;
  const suite = Object.fromEntries(Object.entries(tinySuite("add")).map(([path, text]) => [`tasks/tiny/${path}`, text]));
  folder.write({ ...suite, "models.yaml": `models:\n${entry("works", "good")}${entry("typo", "goood")}` });
  const bench = (...args: readonly string[]) =>
    runCli(args, { cwd: folder.path, env: { SOME_KEY: KEY, XDG_CONFIG_HOME: folder.at("config") } });
  return { bench, server };
}

test("doctor --probe asks the named models, ends with 1 for a mistake, and asks before a key goes to a host", PATIENCE, async () => {
  const { bench, server } = await project();

  const refused = await bench("doctor", "--probe");
  const sentBefore = server.received.length;
  const both = await bench("doctor", "--probe", "works", "--probe", "typ*", "--trust", "--json");
  const rows = JSON.parse(both.stdout) as readonly { what: string; state: string; detail: string }[];
  const row = (what: string) => rows.find((one) => one.what === what);

  expect([refused.code, sentBefore]).toEqual([2, 0]);
  expect(both.code).toBe(1);
  expect(row("probe works: tool calls")).toMatchObject({ state: "good" });
  expect(row("probe typo: answer")).toMatchObject({ state: "bad", detail: expect.stringContaining("nearest: good") });
  expect(both.stdout + both.stderr).not.toContain(KEY);
});

test("models lists what the server offers, and which entry uses it", PATIENCE, async () => {
  const { bench } = await project();

  const table = await bench("models", "works", "--trust");
  const json = await bench("models", "--trust", "--json");

  expect(table.code).toBe(0);
  expect(table.stdout.replace(/http:\S+/, "URL")).toBe(
    "URL 2 models\nModel      Context window  Configured as\ngood       8192            works\ngood-mini  -               -\n",
  );
  expect(JSON.parse(json.stdout)).toMatchObject([
    { problem: null, models: [{ id: "good", contextWindow: 8192, configuredAs: ["works"] }, {}] },
  ]);
});

test("a run with a wrong model name ends with 2 before it stores or opens anything, and names the nearest", PATIENCE, async () => {
  const { bench, server } = await project();

  const end = await bench("run", "--trust", "--attempts", "8", "--sandbox", "bubblewrap");
  const listed = await bench("list", "--json");

  expect(end.code).toBe(2);
  expect(end.stderr).toContain("Probe works: tool calls, usage,");
  expect(end.stderr.trim().split("\n").at(-1)).toMatch(/^bench: Cannot get an answer from "typo": .*model.*nearest: good/);
  expect(JSON.parse(listed.stdout)).toEqual([]);
  expect(server.received.filter(({ body }) => body["model"] === "goood")).toHaveLength(1);
});
