import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import Database from "better-sqlite3";
import { afterAll, beforeAll, expect, test } from "vitest";
import { QUICK_SANDBOX, runCli, startCli } from "../../fixtures/cli.ts";
import { chatBody, chatCall } from "../../fixtures/model-body.ts";
import { type ModelServer, startModelServer } from "../../fixtures/model-server.ts";
import { TempFolder } from "../../fixtures/temp-folder.ts";

const folder = new TempFolder();
let web: Server;
let models: ModelServer;
let pages = 0;
let holdsAnswers = false;

// A model that reads the page and writes down what stands there.
beforeAll(async () => {
  web = createServer((_, response) => {
    pages += 1;
    response.setHeader("content-type", "text/html").end(`<h1>Guide</h1><p>The answer is <b>word${pages}</b>.</p>`);
  });
  await new Promise<void>((resolve) => web.listen(0, "127.0.0.1", resolve));
  const { port } = web.address() as AddressInfo;
  models = await startModelServer(({ body }) => {
    const said = JSON.stringify(body["messages"]);
    const word = /The answer is (word\d+)/.exec(said)?.[1];
    if (word !== undefined && holdsAnswers) return { kind: "stall" };
    const call = word === undefined ? chatCall("c1", "web_fetch", JSON.stringify({ url: `http://localhost:${port}/guide` })) : null;
    const write = chatCall("c2", "write_file", JSON.stringify({ path: "out.txt", content: `${word}\n` }));
    const message = said.includes("Wrote ") ? { content: "Done." } : { content: null, tool_calls: [call ?? write] };
    return { kind: "json", body: chatBody({ message, finish: "tool_calls" in message ? "tool_calls" : "stop" }) };
  });
  folder.write({
    "models.yaml": `defaults: { api: openai-chat, api_key_env: null, base_url: "${models.url}/v1", price: { input: 1, output: 1 } }
models: [{ name: a, model: m }, { name: b, model: m }]\n`,
    "suite/suite.yaml": "name: docs\n",
    "suite/guide/task.yaml": `title: Guide
deliver: [out.txt]
web: { allow: ["localhost:${port}"], private: [localhost] }
tests: { runner: exit-status, files: [check.sh], isolation: none }\n`,
    "suite/guide/prompt.md": "Write the answer of the guide into out.txt.\n",
    "suite/guide/workspace/readme.txt": "x\n",
    "suite/guide/tests/check.sh": '#!/bin/sh\ngrep -q "^word1$" "$WORKSPACE/out.txt" || grep -q "^word1$" out.txt\n',
    "suite/guide/solution/out.txt": "word1\n",
  });
});

afterAll(async () => {
  web.close();
  await models.close();
  folder[Symbol.dispose]();
});

const run = (db: string, ...more: readonly string[]) =>
  [
    "run",
    "--models",
    folder.at("models.yaml"),
    "--suite",
    folder.at("suite"),
    "--db",
    folder.at(db),
    "--yes",
    "--no-probe",
    ...QUICK_SANDBOX,
    ...more,
  ] as const;

test("a host of the own network needs the user's permission, and nothing is asked of it before", async () => {
  const { code, stderr } = await runCli(run("refused.db"));

  expect(code).toBe(2);
  expect(stderr).toContain(`let agents read pages of "localhost" in your own network: this is not allowed yet`);
  expect([pages, models.received.length]).toEqual([0, 0]);
});

test("all arms see the same page, which is fetched once, kept, read again by a resumed run and by a replay", {
  timeout: 120_000,
}, async () => {
  holdsAnswers = true;
  const first = startCli(run("bench.db", "--trust", "--concurrency", "1"));
  while (pages === 0 || models.received.length < 2) await new Promise((resolve) => setTimeout(resolve, 50));
  first.child.kill("SIGKILL");
  await first.end;
  holdsAnswers = false;

  const resumed = await runCli(["run", "--resume", "latest", "--db", folder.at("bench.db"), "--trust", "--no-probe", "--yes"]);
  expect([resumed.stderr, resumed.code]).toEqual([expect.stringContaining("Web: agents may read localhost:"), 0]);

  const { stdout } = await runCli(["report", "latest", "--json", "--db", folder.at("bench.db")]);
  const { trials } = JSON.parse(stdout) as { readonly trials: readonly { readonly id: number; readonly passed: boolean }[] };
  expect(trials.map(({ passed }) => passed)).toEqual([true, true]);
  expect(pages).toBe(1);
  using database = Object.assign(new Database(folder.at("bench.db"), { readonly: true }), { [Symbol.dispose]: () => {} });
  expect(database.prepare("select status, content_type, failure from web_answers").all()).toEqual([
    { status: 200, content_type: "text/html", failure: null },
  ]);
  database.close();

  web.close();
  web.closeAllConnections();
  const replay = await runCli(["replay", String(trials[0]?.id), "--db", folder.at("bench.db"), "--trust"]);
  expect([replay.stdout, replay.code]).toEqual([expect.any(String), 0]);
  expect(pages).toBe(1);
});
