import { symlinkSync } from "node:fs";
import { expect, test } from "vitest";
import { chooseModels, loadModels } from "../../src/config/models.ts";
import { UserError } from "../../src/core/errors.ts";
import { TempFolder } from "../fixtures/temp-folder.ts";

function load(yaml: string): ReturnType<typeof loadModels> {
  using folder = new TempFolder();
  folder.write({ "models.yaml": yaml });
  return loadModels(folder.at("models.yaml"));
}

function messageAbout(yaml: string): string {
  try {
    load(yaml);
  } catch (error) {
    expect(error).toBeInstanceOf(UserError);
    return (error as Error).message.replace(/"[^"]*models\.yaml"/, '"models.yaml"');
  }
  return "no error";
}

test("an entry gets the file's defaults, and the address and the name of the key from its api", () => {
  const [model] = load(
    "defaults: {api: anthropic, max_output_tokens: 900, limits: {rpm: 5}}\nmodels:\n  - {name: a, model: claude-x, limits: {concurrency: 2}}\n",
  );

  expect(model?.spec).toMatchObject({
    baseUrl: "https://api.anthropic.com",
    apiKeyEnv: "ANTHROPIC_API_KEY",
    maxOutputTokens: 900,
    limits: { concurrency: 2, rpm: 5, tpm: null },
    price: null,
  });
});

test.for([
  "base_url: http://localhost:1/v1, api_key_env: A_KEY",
  "base_url: 'http://127.0.0.1:1', api_key_env: A_KEY",
  "base_url: 'http://127.1.2.3', api_key_env: A_KEY",
  "base_url: 'http://[::1]:8000/v1', api_key_env: A_KEY",
  "base_url: 'http://192.168.1.5:8000/v1', api_key_env: null",
  "base_url: 'http://192.168.1.5:8000/v1', api_key_env: null, headers: {x-team: evals}",
  "base_url: 'https://llm.example:8000/v1', api_key_env: A_KEY, headers: {authorization: x}",
])("a key on loopback or by https, and none on another machine, is accepted: %s", (fields) => {
  expect(load(`models:\n  - {name: a, api: openai-chat, model: m, ${fields}}\n`)).toHaveLength(1);
});

test("merge keys are understood", () => {
  const [model] = load("models:\n  - &a {name: a, api: openai-chat, model: m, max_output_tokens: 77}\n  - {<<: *a, name: b}\n").slice(1);

  expect(model?.spec).toMatchObject({ name: "b", model: "m", maxOutputTokens: 77 });
});

test("the price counts for the cost, unless the entry or the file says that a gateway's report does", () => {
  const price = "price: {input: 1, output: 2}";
  const models = load(
    `models:\n  - {name: a, api: openai-chat, model: m, ${price}}\n  - {name: b, api: openai-chat, model: m, ${price}, cost: reported}\n`,
  );

  expect(models.map(({ spec }) => spec.costFrom)).toEqual(["price", "reported"]);
  expect(messageAbout("models:\n  - {name: a, api: openai-chat, model: m, cost: gateway}\n")).toContain(
    'models[0].cost is "gateway"; expected',
  );
});

test("a part of a price that is not set stays unknown", () => {
  const [model] = load("models:\n  - {name: a, api: openai-chat, model: m, price: {input: 1, output: 2}}\n");

  expect(model?.spec.price).toEqual({ input: 1, output: 2, cacheRead: null, cacheWrite5m: null, cacheWrite1h: null, perRequest: 0 });
});

test.for([
  {
    title: "an unknown provider",
    yaml: "models:\n  - name: a\n    api: opnai\n    model: m\n",
    says: 'Cannot read "models.yaml" line 3: models[0].api is "opnai"; expected one of "openai-responses", "openai-chat", "anthropic", "gemini", "scripted"',
  },
  {
    title: "no provider",
    yaml: "models:\n  - {name: a, model: m}\n",
    says: 'Cannot read "models.yaml" line 2: models[0].api: model "a" has no api; expected one of openai-responses, openai-chat, anthropic, gemini, scripted',
  },
  {
    title: "an unknown key",
    yaml: "models:\n  - name: a\n    api: scripted\n    model: oracle\n    api_key: sk-1\n",
    says: 'Cannot read "models.yaml" line 5: models[0] has an unknown key "api_key"; remove it or correct its spelling',
  },
  {
    title: "a name that is used twice",
    yaml: "models:\n  - {name: a, api: scripted, model: oracle}\n  - {name: a, api: scripted, model: flawed}\n",
    says: 'line 3: models[1].name: "a" is used twice; give every model a different name',
  },
  {
    title: "a negative price",
    yaml: "models:\n  - name: a\n    api: openai-chat\n    model: m\n    price: {input: -1, output: 2}\n",
    says: "line 5: models[0].price.input is -1; expected at least 0",
  },
  {
    title: "an unknown behavior",
    yaml: "models:\n  - {name: a, api: scripted, model: perfect}\n",
    says: '"perfect" is not a scripted behavior; expected one of oracle, nop, flawed, flaky, prompt-directed',
  },
  {
    title: "an address without the name of a key",
    yaml: "models:\n  - {name: a, api: openai-chat, model: m, base_url: https://x.example}\n",
    says: 'model "a" has a base_url but no api_key_env',
  },
  {
    title: "an address that is not http",
    yaml: "models:\n  - {name: a, api: openai-chat, model: m, base_url: ftp://x, api_key_env: K}\n",
    says: 'models[0].base_url is "ftp://x"; expected an http or https address',
  },
  {
    title: "a key instead of a variable name",
    yaml: "models:\n  - {name: a, api: openai-chat, model: m, api_key_env: sk-12}\n",
    says: "expected the name of an environment variable",
  },
  { title: "an empty list", yaml: "models: []\n", says: "models is []; expected at least 1" },
  { title: "an empty file", yaml: "", says: "the file is null; expected a group of keys" },
  {
    title: "a model without a provider name",
    yaml: "models:\n  - {name: a, api: scripted}\n",
    says: "models[0].model is missing; expected a value",
  },
  { title: "an alias to nothing", yaml: "models: [*x]\n", says: "its anchors and aliases do not resolve" },
  {
    title: "a value that holds itself",
    yaml: "models:\n  - {name: a, api: scripted, model: oracle, extra_body: &e {x: *e}}\n",
    says: "its anchors and aliases do not resolve",
  },
  {
    title: "a default address without the name of a key",
    yaml: "defaults: {api: openai-chat, base_url: http://elsewhere.example}\nmodels:\n  - {name: a, model: m}\n",
    says: "name the variable that holds its key, or write null",
  },
  {
    title: "a key that would go over plain http",
    yaml: "models:\n  - {name: a, api: anthropic, model: m, base_url: 'http://llm.example:8000/v1', api_key_env: A_KEY}\n",
    says: 'line 2: models[0].base_url: model "a" would send A_KEY unencrypted to llm.example:8000; use https, or a server on localhost',
  },
  {
    title: "a key of the defaults that would go over plain http",
    yaml: "defaults: {api: openai-chat, base_url: http://10.0.0.7, api_key_env: A_KEY}\nmodels:\n  - {name: a, model: m}\n",
    says: 'models[0].base_url: model "a" would send A_KEY unencrypted to 10.0.0.7; use https',
  },
  {
    title: "a secret header that would go over plain http",
    yaml: "models:\n  - {name: a, api: openai-chat, model: m, base_url: 'http://10.0.0.7', api_key_env: null, headers: {x-api-token: x}}\n",
    says: 'models[0].base_url: model "a" would send the header x-api-token unencrypted to 10.0.0.7; use https',
  },
  ...[
    "http://localhost.evil.example",
    "http://127.0.0.1.evil.example",
    "http://0.0.0.0",
    "http://[::ffff:127.0.0.1]",
    "http://127.1.evil",
  ].map((url) => ({
    title: `a key to ${url}, which is not loopback`,
    yaml: `models:\n  - {name: a, api: openai-chat, model: m, base_url: '${url}', api_key_env: A_KEY}\n`,
    says: "would send A_KEY unencrypted to ",
  })),
  {
    title: "a number that JSON does not have",
    yaml: "models:\n  - {name: a, api: openai-chat, model: m, extra_body: {x: [.nan]}}\n",
    says: "line 2: models[0].extra_body.x[0] is NaN; expected a finite number",
  },
  {
    title: "a price that would overflow",
    yaml: "models:\n  - {name: a, api: openai-chat, model: m, price: {input: 1e300, output: 2}}\n",
    says: "models[0].price.input: expected at most 1000000",
  },
  { title: "a second document", yaml: "models: []\n---\nmodels: []\n", says: "it is not valid YAML (it holds more than one document)" },
  {
    title: "words of another YAML version",
    yaml: "%YAML 1.1\n---\nmodels:\n  - {name: a, api: openai-chat, model: m, stream: yes}\n",
    says: 'line 4: models[0].stream is "yes"; expected a boolean',
  },
  {
    title: "a key with control characters",
    yaml: 'models:\n  - {name: a, api: scripted, model: oracle, "x\\ny\\e[31m": 1}\n',
    says: 'models[0] has an unknown key "x\\u000ay\\u001b[31m"; remove it',
  },
  {
    title: "a password in an address",
    yaml: "models:\n  - {name: a, api: openai-chat, model: m, base_url: 'https://me:word@x.example', api_key_env: K}\n",
    says: "models[0].base_url: expected an address without user, password, ?, # or spaces; a key belongs in the variable of api_key_env",
  },
  {
    title: "a header that HTTP cannot send",
    yaml: "models:\n  - {name: a, api: openai-chat, model: m, headers: {bad name: x}}\n",
    says: "models[0].headers: expected names and values that HTTP can send, each on one line",
  },
  {
    title: "a header that belongs to the connection",
    yaml: "models:\n  - {name: a, api: openai-chat, model: m, headers: {Host: evil.example}}\n",
    says: "models[0].headers: expected no header of the connection itself, such as host",
  },
  {
    title: "a key instead of a variable name, which is not printed,",
    yaml: "models:\n  - {name: a, api: openai-chat, model: m, api_key_env: sk-12}\n",
    says: "models[0].api_key_env is something else; expected the name",
  },
  { title: "a tab for indentation", yaml: "models:\n\t- name: a\n", says: 'Cannot read "models.yaml" line 2: it is not valid YAML' },
])("$title gets one line with file, line and field", ({ yaml, says }) => {
  const message = messageAbout(yaml);

  expect(message).toContain(says);
  expect(message).not.toContain("\n");
});

const THREE = load(
  "models:\n  - {name: scripted-one, api: scripted, model: oracle}\n  - {name: gpt, api: openai-chat, model: g}\n  - {name: local, api: openai-chat, model: l, base_url: http://localhost:1, api_key_env: null, enabled: false}\n",
);
const names = (choice: ReturnType<typeof chooseModels>): readonly string[] => choice.chosen.map(({ spec }) => spec.name);

test("a model whose key is not set is left out with the reason", () => {
  const choice = chooseModels(THREE, [], () => undefined);

  expect(names(choice)).toEqual(["scripted-one"]);
  expect(choice.leftOut).toEqual([{ name: "gpt", reason: "OPENAI_API_KEY is not set" }]);
});

test("names choose models, disabled ones too, and a star matches anything", () => {
  const keyOf = (name: string): string | undefined => (name === "OPENAI_API_KEY" ? "k" : undefined);

  expect(names(chooseModels(THREE, ["local"], keyOf))).toEqual(["local"]);
  expect(names(chooseModels(THREE, ["*"], keyOf))).toEqual(["scripted-one", "gpt", "local"]);
  expect(names(chooseModels(THREE, [], keyOf))).toEqual(["scripted-one", "gpt"]);
});

test("a name that matches nothing and a named model without a key are refused", () => {
  expect(() => chooseModels(THREE, ["gtp"], () => undefined)).toThrow(
    'Cannot select model "gtp": no model has this name; choose from scripted-one, gpt, local',
  );
  expect(() => chooseModels(THREE, ["gpt"], () => undefined)).toThrow('Cannot run model "gpt": OPENAI_API_KEY is not set');
  expect(() => chooseModels(THREE.slice(1, 2), [], () => undefined)).toThrow("OPENAI_API_KEY is not set");
});

const AGENT = "models:\n  - name: m\n    api: openai-chat\n    model: g\n    agent:";

test("an entry names another agent by its command; its name is that of its program unless it has one", () => {
  const agent = (yaml: string) => load(`${AGENT}${yaml}\n`)[0]?.agent;

  expect(agent(" loop")).toBeNull();
  expect(agent(" {command: [/opt/bin/other, run]}")).toEqual({
    kind: "cli",
    name: "other",
    version: "",
    command: ["/opt/bin/other", "run"],
    env: {},
  });
  expect(agent(' {command: [x], name: nice, version: "1.2", env: {A: "{model}"}}')).toMatchObject({
    name: "nice",
    version: "1.2",
    env: { A: "{model}" },
  });
});

test("an agent that is known by name is run as it was tried, with the arguments and variables of the entry after them", () => {
  const agent = (yaml: string) => load(`${AGENT}${yaml}\n`)[0]?.agent;
  const plain = agent(" qwen-code@0.15.10");
  const more = agent(" {name: qwen-code, version: 0.15.10, args: [--debug], env: {OPENAI_MODEL: other}}");

  expect(plain).toMatchObject({
    name: "qwen-code",
    version: "0.15.10",
    command: expect.arrayContaining(["qwen", "--yolo", "--auth-type", "openai", "--output-format", "stream-json"]),
  });
  expect(more).toMatchObject({ command: [...(plain?.command ?? []), "--debug"], env: { ...plain?.env, OPENAI_MODEL: "other" } });
});

test.for([
  { yaml: " [x]", message: /line 5: models\[0\]\.agent is \["x"\]; expected "loop", an agent with its version such as/ },
  { yaml: " codx@1", message: /line 5: models\[0\]\.agent: "codx" is not an agent that is known by name \(did you mean "codex"\?\)/ },
  { yaml: " qwen-code", message: /models\[0\]\.agent: qwen-code has no version; write it, such as/ },
  { yaml: " codex@0.171.0", message: /models\[0\]\.agent: codex speaks openai-responses, and the entry has api: openai-chat/ },
  { yaml: " gemini-cli@0.61.0", message: /models\[0\]\.agent: gemini-cli speaks gemini, and the entry has api: openai-chat/ },
  { yaml: " {command: []}", message: /line 5: models\[0\]\.agent\.command is \[\]; expected at least 1/ },
  { yaml: " {command: x}", message: /line 5: models\[0\]\.agent\.command is "x"; expected a list/ },
  { yaml: " {comand: [x]}", message: /models\[0\]\.agent has an unknown key "comand"/ },
  { yaml: " {command: [x], env: {A-B: c}}", message: /models\[0\]\.agent\.env has the key "A-B"; expected names of environment variables/ },
  { yaml: " {command: [x], version: 1.2}", message: /models\[0\]\.agent\.version is 1\.2; expected a string; put it in quotes: "1\.2"/ },
])("an agent that is $yaml is refused with the field", ({ yaml, message }) => {
  expect(() => load(`${AGENT}${yaml}\n`)).toThrow(message);
});

test("an entry lays the files of a folder beside models.yaml into its agent's home folder, and what they hold is part of what the agent is", async () => {
  using folder = new TempFolder();
  const read = (config: string) => {
    folder.write({ "models.yaml": `${AGENT} {name: qwen-code, version: 1.2.3, config: ${config}}\n` });
    return loadModels(folder.at("models.yaml"))[0]?.agent?.config;
  };
  folder.write({ "home/.qwen/settings.json": "{}", "other/x": "", "outside.txt": "x" });
  const config = read("./home/");

  expect(config).toMatchObject({ name: "home", digest: expect.stringMatching(/^[0-9a-f]{64}$/) });
  expect((await config?.read?.())?.map(({ path }) => path)).toEqual([".qwen/settings.json"]);
  expect(read("other")?.digest).not.toBe(config?.digest);
  folder.write({ "home/.qwen/settings.json": "{ }" });
  await expect(config?.read?.()).rejects.toThrow(/it has changed since the run began/);
  expect(() => read("none")).toThrow(
    /Cannot use config ".*none": there is no such folder; name one whose files are laid into the agent's home folder/,
  );
  expect(() => read("..")).toThrow(/it is not a path inside the folder/);
  expect(() => read("home/../../x")).toThrow(/it is not a path inside the folder/);
  expect(() => read("/root/.ssh")).toThrow(/it is not a path inside the folder/);
  symlinkSync(folder.at("outside.txt"), folder.at("home/link"));
  expect(() => read("home")).toThrow(/link/);
  symlinkSync(folder.at("other"), folder.at("linked"));
  expect(() => read("linked")).toThrow(/link/);
});

test("a scripted model has no other agent", () => {
  expect(() => load("models:\n  - {name: m, api: scripted, model: oracle, agent: {command: [x]}}\n")).toThrow(
    /models\[0\]\.agent: a scripted model works with the loop alone/,
  );
});

test("an entry says after how many responses its model summarizes its work, which is nothing without it", () => {
  const entry = "models:\n  - {name: m, api: openai-chat, model: x, api_key_env: A_KEY";
  const [one] = load(`${entry}, context: {summarize_after: 10}}\n`);

  expect(one?.spec.summarizeAfter).toBe(10);
  expect(load(`${entry}}\n`)[0]?.spec).not.toHaveProperty("summarizeAfter");
  expect(() => load(`${entry}, context: {summarize_after: 1}}\n`)).toThrow(
    /line \d+: models\[0\]\.context\.summarize_after is 1; expected at least 2/,
  );
  expect(() => load(`${entry}, context: {summarize: 10}}\n`)).toThrow(/models\[0\]\.context\.summarize_after is missing/);
  expect(() => load(`${entry}, context: {summarize_after: 10}, agent: {command: [x]}}\n`)).toThrow(
    /models\[0\]\.context: model "m" has another agent, which keeps its own conversation; remove the context, or the agent/,
  );
});
