import { expect, onTestFinished, test } from "vitest";
import { UserError } from "../../src/core/errors.ts";
import { openModels } from "../../src/model/open-model.ts";
import { modelRequest } from "../fixtures/model-bench.ts";
import { chatBody, messageBody } from "../fixtures/model-body.ts";
import { startModelServer } from "../fixtures/model-server.ts";
import { modelSpec } from "../fixtures/model-spec.ts";
import { QuickClock } from "../fixtures/quick-clock.ts";

const trial = { task: undefined as never, attempt: 1 };

test.for([undefined, "", "  "])("a model whose key is %j is the user's mistake, and the message names the variable", (key) => {
  const open = openModels({ key: () => key, now: () => new Date() });

  expect(() => open(modelSpec({ apiKeyEnv: "MY_KEY" }))).toThrow(UserError);
  expect(() => open(modelSpec({ apiKeyEnv: "MY_KEY" }))).toThrow(/"test-model": MY_KEY is not set/);
});

test("models on one key share its limits, models on another do not", async () => {
  const server = await startModelServer([{ kind: "json", body: chatBody() }]);
  onTestFinished(() => server.close());
  const clock = new QuickClock();
  const open = openModels({ key: (name) => `key-of-${name}`, now: () => clock.now(), clock });
  const limits = { concurrency: 4, rpm: 1, tpm: null };
  const spec = { baseUrl: `${server.url}/v1`, apiKeyEnv: "ONE", limits };
  const waits = async (...names: string[]): Promise<number[]> => {
    const models = names.map((apiKeyEnv) => open(modelSpec({ ...spec, apiKeyEnv }))(trial));
    const answers = await Promise.all(models.map((model) => model.generate(modelRequest())));
    return answers.map(({ attempts }) => attempts[0]?.waitedMs ?? -1);
  };

  expect(await waits("ONE", "ONE")).toEqual([0, 60_000]);
  expect(await waits("TWO", "THREE")).toEqual([0, 0]);
});

test("every known key is kept out of what any model stores", async () => {
  const body = { ...chatBody(), note: "key-of-ONE key-of-TWO secret-of-header" };
  const server = await startModelServer([{ kind: "json", body }]);
  onTestFinished(() => server.close());
  const open = openModels({ key: (name) => `key-of-${name}`, now: () => new Date() });
  const first = open(modelSpec({ baseUrl: `${server.url}/v1`, apiKeyEnv: "ONE" }))(trial);
  open(modelSpec({ baseUrl: server.url, api: "anthropic", apiKeyEnv: "TWO", headers: { "x-auth-token": "secret-of-header" } }));
  const response = await first.generate(modelRequest());

  expect(response).toMatchObject({ rawBody: expect.stringContaining('"note":"[redacted] [redacted] [redacted]"') });
});

test("a model is the same for all trials, so that its connections are", () => {
  const open = openModels({ key: () => "key-0123", now: () => new Date() })(modelSpec());

  expect(open(trial)).toBe(open({ ...trial, attempt: 2 }));
});

test("the environment of the official clients has no say", async () => {
  const server = await startModelServer(({ path }) => ({ kind: "json", body: path.includes("messages") ? messageBody() : chatBody() }));
  onTestFinished(() => server.close());
  const planted = {
    OPENAI_BASE_URL: "http://127.0.0.1:1/v1",
    OPENAI_ORG_ID: "org-planted",
    ANTHROPIC_BASE_URL: "http://127.0.0.1:1",
    ANTHROPIC_AUTH_TOKEN: "t",
    OPENAI_CUSTOM_HEADERS: "x-planted: planted-header\nauthorization: planted-header",
    ANTHROPIC_CUSTOM_HEADERS: "x-planted: planted-header\nx-api-key: planted-header",
  };
  for (const [name, value] of Object.entries(planted)) process.env[name] = value;
  onTestFinished(() => {
    for (const name of Object.keys(planted)) delete process.env[name];
  });
  const open = openModels({ key: () => "key-0123", now: () => new Date() });
  await open(modelSpec({ baseUrl: `${server.url}/v1` }))(trial).generate(modelRequest());
  await open(modelSpec({ baseUrl: server.url, api: "anthropic" }))(trial).generate(modelRequest());
  // The twin: the official clients do send them.
  const Client = (await import("openai")).default;
  await new Client({ apiKey: "k", baseURL: `${server.url}/v1` }).get("/models").catch(() => {});

  expect(server.received.map(({ headers }) => JSON.stringify(headers).includes("planted-header"))).toEqual([false, false, true]);
  expect(server.received.slice(0, 2).map(({ headers }) => headers.authorization)).toEqual(["Bearer key-0123", "Bearer key-0123"]);
  expect(server.received[0]?.headers).not.toHaveProperty("openai-organization");
});
