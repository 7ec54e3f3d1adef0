import { execFile, execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { openTrust, type TrustOptions, type TrustRequest } from "../../../src/command/trust/trust.ts";
import { addGranted, readGranted, trustPath } from "../../../src/command/trust/trust-folder.ts";
import { environmentFor } from "../../../src/config/environment.ts";
import { NOTHING_GRANTED } from "../../../src/config/trust-file.ts";
import { UserError } from "../../../src/core/errors.ts";
import { printable } from "../../../src/core/printable.ts";
import { runCli } from "../../fixtures/cli.ts";
import { programWords } from "../../fixtures/program.ts";
import { TempFolder } from "../../fixtures/temp-folder.ts";

const KEY: TrustRequest = { kind: "key", variable: "OPENAI_API_KEY", host: "api.example.com" };
const BUILD: TrustRequest = { kind: "build", image: "bench-task:0123", folder: "tasks/a/docker", network: false };
const DATABASE: TrustRequest = { kind: "database", id: "d1", path: "other.db" };
const HOST: TrustRequest = { kind: "private-host", host: "localhost", suite: "docs" };
const ALL = [KEY, BUILD, DATABASE];

type Asked = { readonly trust: ReturnType<typeof openTrust>; readonly questions: string[]; readonly notices: string[] };

// Answers questions in turn; none is left when `answers` is empty.
function opened(folder: TempFolder, answers: readonly string[] | null, options: TrustOptions = {}): Asked {
  const questions: string[] = [];
  const notices: string[] = [];
  const left = [...(answers ?? [])];
  const ask = async (question: string): Promise<string> => {
    questions.push(question);
    return left.shift() ?? "";
  };
  const all = { path: folder.at("bench/trust.yaml"), ask: answers === null ? null : ask, ...options };
  return { trust: openTrust(all, { notify: (text) => notices.push(text) }), questions, notices };
}

async function refusal(act: Promise<unknown>): Promise<string> {
  const error = await act.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(UserError);
  return (error as UserError).message;
}

test("what is answered with yes is asked once, remembered, and allowed without a terminal from then on", async () => {
  using folder = new TempFolder();
  const first = opened(folder, ["y", "yes", " Y "]);

  await first.trust.confirm([...ALL, KEY]);
  const second = opened(folder, []);
  await second.trust.confirm(ALL);
  await opened(folder, null).trust.confirm(ALL);

  expect(first.questions).toEqual([
    'Send OPENAI_API_KEY to "api.example.com"? The models file asks for it. [y/N] ',
    'Build an image from "tasks/a/docker"? Its Dockerfile runs on your Docker engine, without network. [y/N] ',
    'Write to "other.db"? It was not made here, or by a version before databases had an id. [y/N] ',
  ]);
  expect(second.questions).toEqual([]);
  expect(statSync(folder.at("bench")).mode & 0o777).toBe(0o700);
  expect(statSync(folder.at("bench/trust.yaml")).mode & 0o777).toBe(0o600);
  expect(readdirSync(folder.at("bench"))).toEqual(["trust.yaml"]);
  expect(readFileSync(folder.at("bench/trust.yaml"), "utf8")).toContain(
    "keys:\n  - { variable: OPENAI_API_KEY, host: api.example.com }\nbuilds:\n  - { image: bench-task:0123, network: false }\ndatabases:\n  - d1\n",
  );
});

test("a host of the own network is asked about by its name, and remembered for every suite", async () => {
  using folder = new TempFolder();
  const asked = opened(folder, ["y"]);

  await asked.trust.confirm([HOST, HOST]);
  await opened(folder, null).trust.confirm([HOST, { ...HOST, suite: "other" }]);

  expect(asked.questions).toEqual(['Let agents read pages of "localhost" in your own network? The suite "docs" asks for it. [y/N] ']);
  expect(readFileSync(folder.at("bench/trust.yaml"), "utf8")).toContain("hosts:\n  - localhost\n");
  expect(await refusal(opened(folder, null).trust.confirm([{ ...HOST, host: "10.0.0.5" }]))).toBe(
    'Cannot let agents read pages of "10.0.0.5" in your own network: this is not allowed yet; answer once on a terminal, or use --trust',
  );
});

test("the first no ends the questions; what was allowed before it stays allowed", async () => {
  using folder = new TempFolder();
  const asked = opened(folder, ["y", "n", "y"]);

  expect(await refusal(asked.trust.confirm(ALL))).toBe(
    'Cannot build an image from "tasks/a/docker": you did not allow it; leave out what asks for it',
  );
  expect(asked.questions).toHaveLength(2);
  expect(opened(folder, null).trust.missing(ALL)).toEqual([BUILD, DATABASE]);
});

test("without a terminal one line names everything that is not allowed, and nothing is written", async () => {
  using folder = new TempFolder();

  expect(await refusal(opened(folder, null).trust.confirm(ALL))).toBe(
    `Cannot send OPENAI_API_KEY to "api.example.com", build an image from "tasks/a/docker" and write to "other.db", which was not made here: this is not allowed yet; answer once on a terminal, or use --trust`,
  );
  expect(await refusal(opened(folder, null).trust.confirm([KEY]))).toBe(
    `Cannot send OPENAI_API_KEY to "api.example.com": this is not allowed yet; answer once on a terminal, add it to "${folder.at("bench/trust.yaml")}", or use --trust`,
  );
  expect(existsSync(folder.at("bench"))).toBe(false);
});

test("--trust allows everything without asking and remembers nothing", async () => {
  using folder = new TempFolder();
  const asked = opened(folder, [], { trust: true });

  await asked.trust.confirm(ALL);

  expect(asked.questions).toEqual([]);
  expect(opened(folder, null).trust.missing(ALL)).toEqual(ALL);
});

test("--trust-database allows writing to a database and nothing else", async () => {
  using folder = new TempFolder();
  const { trust } = opened(folder, null, { trustDatabase: true });

  await trust.confirm([DATABASE]);

  for (const request of [KEY, BUILD])
    expect(await refusal(trust.confirm([request, DATABASE]))).toMatch(/^Cannot [^\n]* this is not allowed yet/);
  expect(await refusal(trust.confirm(ALL))).not.toContain("other.db");
  expect(trust.missing(ALL)).toEqual(ALL);
});

test("names from others are shown in one line without control characters", async () => {
  using folder = new TempFolder();
  const hostile: TrustRequest = { kind: "build", image: "i", folder: "a\n\u001b]52;c;x\u0007\u202eb", network: true };
  const asked = opened(folder, ["n"]);

  const message = await refusal(asked.trust.confirm([hostile]));

  for (const text of [message, ...asked.questions]) expect(text).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  expect(message).toContain("with the network");
});

test.for([
  { title: "another host", request: { ...KEY, host: "api.example.org" } },
  { title: "another port", request: { ...KEY, host: "api.example.com:8443" } },
  { title: "another variable", request: { ...KEY, variable: "ANTHROPIC_API_KEY" } },
  { title: "another folder's image", request: { ...BUILD, image: "bench-task:4567" } },
  { title: "the network for an image that was allowed without it", request: { ...BUILD, network: true } },
  { title: "another database", request: { ...DATABASE, id: "d2" } },
] as const)("$title is asked for again", async ({ request }) => {
  using folder = new TempFolder();
  await opened(folder, []).trust.remember(ALL);

  expect(opened(folder, null).trust.missing([...ALL, request])).toEqual([request]);
});

test("an image that may be built with the network may be built without it", async () => {
  using folder = new TempFolder();
  await opened(folder, []).trust.remember([{ ...BUILD, network: true }]);

  expect(opened(folder, null).trust.missing([BUILD])).toEqual([]);
});

test("a file that a person wrote is read, and its comments stay when something is added", async () => {
  using folder = new TempFolder();
  folder.write({
    "bench/trust.yaml": "# mine\nkeys:\n  # the gateway\n  - variable: OPENAI_API_KEY\n    host: api.example.com\nbuilds:\n",
  });

  await opened(folder, null).trust.confirm([KEY]);
  await opened(folder, []).trust.remember([BUILD]);

  const text = readFileSync(folder.at("bench/trust.yaml"), "utf8");
  expect(text).toContain("# mine");
  expect(text).toContain("# the gateway");
  expect(opened(folder, null).trust.missing(ALL)).toEqual([DATABASE]);
});

test.for([
  { title: "broken YAML", text: "keys: [", message: /^Cannot read ".*trust\.yaml" line 1: it is not valid YAML/ },
  { title: "an unknown field", text: "databases: []\nkey: 1\n", message: /line 2: the file has an unknown key "key"/ },
  { title: "an address for a host", text: "keys:\n  - {variable: A, host: 'https://a.b'}\n", message: /line 2: keys\[0\]\.host/ },
  { title: "a host in capitals", text: "keys:\n  - {variable: A, host: A.example}\n", message: /line 2: keys\[0\]\.host/ },
])("$title in trust.yaml is one line that names it, and the file stays as it is", async ({ text, message }) => {
  using folder = new TempFolder();
  folder.write({ "bench/trust.yaml": text });
  const asked = opened(folder, ["y"]);

  const said = await refusal(asked.trust.confirm([KEY]));
  await asked.trust.remember([KEY]);

  expect(said).toMatch(message);
  expect(said).not.toContain("\n");
  expect(asked.questions).toEqual([]);
  expect(asked.notices).toEqual([expect.stringMatching(/^Cannot remember this in ".*": Cannot read /)]);
  expect(readFileSync(folder.at("bench/trust.yaml"), "utf8")).toBe(text);
});

test("an answer that cannot be remembered still counts for this command", async () => {
  using folder = new TempFolder();
  // A folder in its place cannot be replaced by a file, not even by root.
  mkdirSync(folder.at("bench/trust.yaml"), { recursive: true });
  const asked = opened(folder, ["y"]);

  await asked.trust.confirm([KEY]);

  expect(asked.notices).toEqual([expect.stringMatching(/^Cannot remember this in /)]);
});

test("a link at the place of the file is followed to its owner's file, and stays a link", async () => {
  using folder = new TempFolder();
  folder.write({ "dotfiles/trust.yaml": "databases: [d1]\n" });
  mkdirSync(folder.at("bench"));
  symlinkSync(folder.at("dotfiles/trust.yaml"), folder.at("bench/trust.yaml"));

  await opened(folder, []).trust.remember([KEY]);

  expect(readFileSync(folder.at("dotfiles/trust.yaml"), "utf8")).toContain("api.example.com");
  expect(opened(folder, null).trust.missing(ALL)).toEqual([BUILD]);
});

// Starts processes that add ids to one file at the same time.
async function addInProcesses(path: string, ...mode: readonly string[]): Promise<void> {
  const [node, writer] = programWords("test/fixtures/trust-writer.ts");
  const write = (name: string): Promise<unknown> => promisify(execFile)(node, [writer, path, name, "8", "3", ...mode]);
  await Promise.all(["a", "b", "c"].map(write));
}

test("processes that add at the same time lose nothing and leave no lock; without the lock they would lose some", {
  timeout: 600_000,
}, async () => {
  using folder = new TempFolder();
  const path = folder.at("bench/trust.yaml");
  folder.write({ "unlocked/trust.yaml": "" });

  await addInProcesses(path);
  await addInProcesses(folder.at("unlocked/trust.yaml"), "unlocked");

  expect(readGranted(path).databases).toHaveLength(24);
  expect(readdirSync(dirname(path))).toEqual(["trust.yaml"]);
  expect(readGranted(folder.at("unlocked/trust.yaml")).databases.length).toBeLessThan(24);
});

test("a lock whose process is gone is broken, one without a readable owner is not", { timeout: 60_000 }, async () => {
  using folder = new TempFolder();
  const path = folder.at("bench/trust.yaml");
  const gone = { machine: "", boot: "another boot", namespace: "", pid: 1, started: null };
  const { currentOwner, ownerToText } = await import("../../../src/sandbox/owner.ts");
  folder.write({ "bench/trust.yaml.lock": ownerToText({ ...gone, machine: currentOwner().machine }) });

  await addGranted(path, { ...NOTHING_GRANTED, databases: ["d1"] });
  folder.write({ "bench/trust.yaml.lock": "what" });

  expect(readGranted(path).databases).toEqual(["d1"]);
  expect(await refusal(addGranted(path, { ...NOTHING_GRANTED, databases: ["d2"] }))).toMatch(
    /^Cannot lock ".*": another process holds it; /,
  );
});

test("only the newest thousand databases are kept", async () => {
  using folder = new TempFolder();
  const path = folder.at("bench/trust.yaml");
  await addGranted(path, { ...NOTHING_GRANTED, databases: Array.from({ length: 1000 }, (_, index) => `d${index}`) });

  await addGranted(path, { ...NOTHING_GRANTED, databases: ["new"] });

  const { databases } = readGranted(path);
  expect([databases.length, databases[0], databases.at(-1)]).toEqual([1000, "d1", "new"]);
});

test("the tests have a configuration folder of their own", () => {
  expect(trustPath().startsWith(`${tmpdir()}/bench-test-config-`)).toBe(true);
});

test("a name cannot end the question that it stands in", async () => {
  using folder = new TempFolder();
  const name = 'docker" without network? Answer y to refuse it. [y/N] "';
  const { trust, questions } = opened(folder, ["n"]);

  await refusal(trust.confirm([{ kind: "build", image: "bench-task:0123", folder: name, network: true }]));

  // As it is, the name would be a question of its own, with an answer that means the opposite.
  expect(`Build an image from ${name}`).toContain('" without network? Answer y');
  expect(questions).toEqual([
    String.raw`Build an image from "docker\" without network? Answer y to refuse it. [y/N] \""? Its Dockerfile runs on your Docker engine, with the network of this machine. [y/N] `,
  ]);
});

test("the end of a long host, which says whose it is, is shown", async () => {
  using folder = new TempFolder();
  const host = `api.openai.com.${"a".repeat(60)}.${"b".repeat(60)}.${"c".repeat(60)}.${"d".repeat(40)}.evil.example`;
  const { trust, questions } = opened(folder, ["n"]);

  const message = await refusal(trust.confirm([{ kind: "key", variable: "OPENAI_API_KEY", host }]));

  expect(printable(host, 200)).not.toContain("evil.example");
  expect(questions[0]).toContain(host);
  expect(message).toContain(host);
});

test.for(["", ".", "home"])("a stranger's answers in the current folder are not the user's where HOME is %o", async (home) => {
  using folder = new TempFolder();
  const stranger = "keys:\n  - {variable: OPENAI_API_KEY, host: evil.example}\n";
  folder.write({
    ".config/bench/trust.yaml": stranger,
    "home/.config/bench/trust.yaml": stranger,
    ".cache/bench/rootfs/bin/sh": "",
    "models.yaml": "models:\n  - {name: m, api: openai-chat, model: m, base_url: 'https://evil.example/v1', api_key_env: OPENAI_API_KEY}\n",
  });
  const nodeSays = execFileSync(process.execPath, ["-p", "os.homedir()"], { env: { HOME: home }, encoding: "utf8" }).trim();

  const { stdout } = await runCli(["doctor"], {
    cwd: folder.path,
    env: { HOME: home, XDG_CONFIG_HOME: ".config", XDG_CACHE_HOME: ".cache", OPENAI_API_KEY: "sk-0123456789" },
  });

  // Without a rule of its own, bench would read what lies there.
  expect(existsSync(join(folder.path, nodeSays, ".config/bench/trust.yaml"))).toBe(true);
  expect(stdout).toContain("OPENAI_API_KEY -> evil.example, not allowed yet");
});

test("a program that is started gets no HOME that is a folder of any checkout", () => {
  const own = process.env["HOME"];
  try {
    process.env["HOME"] = ".";
    expect(environmentFor(() => true)).not.toHaveProperty("HOME");
    process.env["HOME"] = "/home/own";
    expect(environmentFor(() => true)).toMatchObject({ HOME: "/home/own" });
  } finally {
    process.env["HOME"] = own;
  }
});

test("a relative XDG_CONFIG_HOME, which would be a folder of any checkout, is ignored", () => {
  const own = process.env["XDG_CONFIG_HOME"];
  try {
    process.env["XDG_CONFIG_HOME"] = ".";
    expect(trustPath().startsWith("/")).toBe(true);
  } finally {
    process.env["XDG_CONFIG_HOME"] = own;
  }
});
