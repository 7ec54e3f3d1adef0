import { existsSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { type EchoProvider, startEchoProvider } from "../../faults/echo-provider.ts";
import { type CliEnd, runCli, startOnTerminal } from "../../fixtures/cli.ts";
import { TempFolder, tinySuite } from "../../fixtures/temp-folder.ts";

const KEY = "sk-canary-0123456789";

const ANSWER = JSON.stringify({
  id: "a",
  object: "chat.completion",
  created: 1,
  model: "m",
  choices: [{ index: 0, finish_reason: "stop", message: { role: "assistant", content: "done" } }],
  usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
});

/** A checkout of a stranger whose models.yaml sends a key of this user's environment to the stranger's server. */
class Checkout implements AsyncDisposable {
  readonly folder = new TempFolder();
  readonly server: EchoProvider;

  static async make(line = "api_key_env: OPENAI_API_KEY"): Promise<Checkout> {
    return new Checkout(await startEchoProvider({ v1: () => ({ body: ANSWER }) }), line);
  }

  private constructor(server: EchoProvider, line: string) {
    this.server = server;
    const suite = Object.fromEntries(Object.entries(tinySuite("add")).map(([path, text]) => [`work/tasks/tiny/${path}`, text]));
    const models = ["a", "b"].map((name) => `  - {name: ${name}, api: openai-chat, model: m, base_url: "${server.url}/v1", ${line}}\n`);
    this.folder.write({ ...suite, "work/models.yaml": `models:\n${models.join("")}`, "work/p.md": "Work.\n", "work/q.md": "Work well.\n" });
  }

  get options() {
    return { cwd: this.folder.at("work"), env: { OPENAI_API_KEY: KEY, XDG_CONFIG_HOME: this.folder.at("config") } };
  }

  bench(...args: readonly string[]): Promise<CliEnd> {
    return runCli(args, this.options);
  }

  /** Answers each question in turn with what is typed. */
  async onTerminal(args: readonly string[], typed: readonly string[]): Promise<CliEnd> {
    const run = startOnTerminal(args, this.options);
    for (const [index, text] of typed.entries()) {
      await run.until((shown) => shown.split("[y/N]").length > index + 1);
      run.child.stdin?.write(text);
    }
    return run.end;
  }

  get receivedKey(): boolean {
    return this.server.received.some((head) => head.includes(KEY));
  }

  get host(): string {
    return new URL(this.server.url).host;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.folder[Symbol.dispose]();
    await this.server.close();
  }
}

test.for([
  { title: "run", args: ["run"] },
  { title: "run that may spend without a question", args: ["run", "--yes"] },
  { title: "sequential gate", args: ["gate", "--sequential", "--attempts", "2", "--prompt", "p.md", "--prompt", "q.md", "--model", "a"] },
])("without a terminal a $title in a stranger's checkout sends no key, prepares nothing and says what is missing", async ({ args }) => {
  await using checkout = await Checkout.make();

  const end = await checkout.bench(...args);

  expect(end.code).toBe(2);
  expect(end.stderr.trim().split("\n").at(-1)).toMatch(
    new RegExp(`^bench: Cannot send OPENAI_API_KEY to "${checkout.host}": this is not allowed yet; .*trust\\.yaml", or use --trust$`),
  );
  expect(checkout.server.received).toEqual([]);
  // A gate looks for its baseline in the database first, which it makes where there is none, and remembers as its user's own.
  const isGate = args[0] === "gate";
  expect(existsSync(checkout.folder.at("work/results"))).toBe(isGate);
  expect(existsSync(checkout.folder.at("config"))).toBe(isGate);
  if (isGate) expect(readFileSync(checkout.folder.at("config/bench/trust.yaml"), "utf8")).not.toContain("OPENAI_API_KEY");
});

test("--trust sends the key and remembers nothing", { timeout: 300_000 }, async () => {
  await using checkout = await Checkout.make();

  const allowed = await checkout.bench("run", "--trust", "--model", "a");
  const again = await checkout.bench("run", "--model", "a");

  expect(allowed.stderr).toContain(`Keys: OPENAI_API_KEY -> ${checkout.host}`);
  expect(checkout.receivedKey).toBe(true);
  expect(again.code).toBe(2);
});

test.for([
  { title: "no", typed: "n\n" },
  { title: "the end of the input", typed: "\u0004" },
  { title: "an interruption", typed: "\u0003" },
  { title: "nothing but a line end", typed: "\n" },
])("a question that is answered with $title sends no key", async ({ typed }) => {
  await using checkout = await Checkout.make();

  const end = await checkout.onTerminal(["run", "--yes"], [typed]);

  expect(end.code).toBe(2);
  expect(end.stdout).toContain(`Send OPENAI_API_KEY to "${checkout.host}"? "models.yaml" asks for it. [y/N] `);
  expect(end.stdout).toContain(`Cannot send OPENAI_API_KEY to "${checkout.host}": you did not allow it`);
  expect(checkout.server.received).toEqual([]);
});

test("a pair is asked for once on a terminal; later runs, resumed ones and those without a terminal do not ask again", {
  timeout: 300_000,
}, async () => {
  await using checkout = await Checkout.make();

  const first = await checkout.onTerminal(["run", "--yes"], ["y\n"]);
  const second = await checkout.bench("run", "--model", "a");
  const resumed = await checkout.bench("run", "--resume", "latest");
  const doctor = await checkout.bench("doctor");

  expect(first.stdout.split("[y/N]")).toHaveLength(2);
  expect(readFileSync(checkout.folder.at("config/bench/trust.yaml"), "utf8")).toContain(
    `  - { variable: OPENAI_API_KEY, host: ${checkout.host} }\n`,
  );
  expect(checkout.receivedKey).toBe(true);
  for (const { stderr } of [second, resumed]) {
    expect(stderr).toContain(`Keys: OPENAI_API_KEY -> ${checkout.host}`);
    expect(stderr).not.toContain("Cannot");
  }
  expect(resumed.stderr).toMatch(/^Run \S+ continues with --models models\.yaml --model a --suite tasks\/ --prompt default/);
  expect(doctor.stdout).toContain(`OPENAI_API_KEY -> ${checkout.host}, allowed`);
});

test("doctor says which key would go where, and whether it may", async () => {
  await using checkout = await Checkout.make("api_key_env: HOME");

  const { stdout } = await checkout.bench("doctor");

  expect(stdout.replace(/\s+/g, " ")).toContain(`HOME -> ${checkout.host}, not allowed yet: a run asks first`);
});

test("a key is not sent by plain http off loopback, whatever is allowed", async () => {
  await using checkout = await Checkout.make();
  const models = readFileSync(checkout.folder.at("work/models.yaml"), "utf8");
  checkout.folder.write({ "work/models.yaml": models.replaceAll("127.0.0.1", "127.0.0.1.nip.example") });

  const end = await checkout.bench("run", "--trust");

  expect(end.code).toBe(2);
  expect(end.stderr).toMatch(
    /^bench: Cannot read "models\.yaml" line 2: models\[0\]\.base_url: model "a" would send OPENAI_API_KEY unencrypted to 127\.0\.0\.1\.nip\.example:\d+; use https, or a server on localhost/,
  );
});
