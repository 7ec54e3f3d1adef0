import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { openAgent } from "../../../src/agent/open-agent.ts";
import { CannotResume, type CliSpec } from "../../../src/core/agent.ts";
import type { ModelSpec } from "../../../src/core/model.ts";
import type { Trajectory } from "../../../src/core/record.ts";
import type { Arm } from "../../../src/core/trial.ts";
import { openModels } from "../../../src/model/open-model.ts";
import { makeArm } from "../../../src/run/arm.ts";
import { agentContext } from "../../fixtures/agent-context.ts";
import { agentSettings, cliSpec } from "../../fixtures/agent-settings.ts";
import { type DockerRun, runOnDocker } from "../../fixtures/docker-run.ts";
import { geminiBody, geminiCall } from "../../fixtures/gemini-body.ts";
import { PLANTED_KEY } from "../../fixtures/model-bench.ts";
import { chatBody, chatCall } from "../../fixtures/model-body.ts";
import { type ModelServer, type Script, startModelServer } from "../../fixtures/model-server.ts";
import { modelSpec } from "../../fixtures/model-spec.ts";
import { aTask } from "../../fixtures/record.ts";
import { turnModel } from "../../fixtures/turn-model.ts";

const SMALL_AGENT = readFileSync(join(import.meta.dirname, "small-agent.py"), "utf8");
const PRICE = { input: 2, output: 10, cacheRead: null, cacheWrite5m: null, cacheWrite1h: null, perRequest: 0 };
/** What the server says that each answer used, and its cost in US dollars. */
const USAGE = { prompt_tokens: 1000, completion_tokens: 100, total_tokens: 1100 };
const ANSWER_USD = (1000 * PRICE.input + 100 * PRICE.output) / 1e6;
const SOLVE = "printf 'def add(a, b):\\n    return a + b\\n' > add.py; echo solved";

/** A model that solves the task with one command, and is done when it is told that it did. */
const solving: Script = ({ body }) => {
  const isDone = JSON.stringify(body["messages"]).includes("solved\\n");
  const message = isDone
    ? { content: "Done." }
    : { content: null, tool_calls: [chatCall("call_1", "shell", JSON.stringify({ command: SOLVE }))] };
  return { kind: "json", body: chatBody({ message, finish: isDone ? "stop" : "tool_calls", usage: USAGE }) };
};

type Options = {
  readonly agent?: Partial<CliSpec>;
  readonly script?: Script;
  readonly limits?: Parameters<typeof agentSettings>[0];
  readonly spec?: Partial<ModelSpec>;
  readonly attempts?: number;
};

type AgentRun = DockerRun & { readonly server: ModelServer; readonly arm: Arm; readonly trajectory: Trajectory };

/** Runs a Python program as the agent of a task, with a model on this machine, through the whole product. */
async function runAgent(
  program: string,
  { script = solving, limits = {}, spec = {}, attempts = 1, agent: more = {} }: Options = {},
): Promise<AgentRun> {
  const server = await startModelServer(script);
  onTestFinished(() => server.close());
  const model = modelSpec({ baseUrl: `${server.url}/v1`, price: PRICE, ...spec });
  const agent = cliSpec({ name: "small", command: ["python3", "-c", `${SMALL_AGENT}\n${program}`], ...more });
  const arm = makeArm({ agent, model, settings: agentSettings(limits) });
  const open = openModels({ key: () => PLANTED_KEY, now: () => new Date() });
  const opened = open(model);
  const run = await runOnDocker({ tasks: [aTask()], arms: [arm], attempts }, ({ task, key }) => opened({ task, attempt: key.attempt }));
  const trial = run.store.runs.trial(1);
  if (trial === null) throw new Error("the trial was not stored");
  return { ...run, server, arm, trajectory: run.store.trajectories.read(trial) };
}

function notesOf({ steps, notes }: Trajectory, kind: string): readonly string[] {
  return [...notes, ...steps.flatMap((step) => step.notes)].flatMap((note) => (note.kind === kind ? [note.text] : []));
}

test("an agent works on a task, and its traffic is the record of the trial", async () => {
  const { trials, server, trajectory, containersLeft } = await runAgent('work("test-model-1")');

  expect(trials[0]?.outcome).toMatchObject({
    kind: "graded",
    stop: { kind: "completed", detail: "it ended with exit code 0" },
    verdict: { passed: true },
  });
  expect(trials[0]?.totals).toMatchObject({ iterations: 2, inputTokens: 2000, outputTokens: 200 });
  expect(trials[0]?.totals.costUsd).toBeCloseTo(server.received.length * ANSWER_USD, 12);
  expect(trajectory).toMatchObject({ system: "You are small.", firstTurns: [expect.stringContaining("add")] });
  expect(trajectory.steps[0]?.toolCalls).toMatchObject([{ tool: "shell", result: "solved\n" }]);
  expect(containersLeft).toBe(0);
});

test("an agent that speaks Gemini's API is metered as one of any other, and its calls find their results without ids", async () => {
  const usage = { promptTokenCount: 1000, candidatesTokenCount: 60, thoughtsTokenCount: 40, totalTokenCount: 1100 };
  const script: Script = ({ body }) => {
    const isDone = JSON.stringify(body["contents"]).includes("functionResponse");
    return { kind: "json", body: geminiBody({ usage, parts: [isDone ? { text: "Done." } : geminiCall("shell", { command: SOLVE })] }) };
  };
  const program = `
import os, urllib.request
url = os.environ["GOOGLE_GEMINI_BASE_URL"] + "/v1beta/models/test-model-1:generateContent"
def ask_gemini(contents):
    body = {"contents": contents, "tools": [{"functionDeclarations": [{"name": "shell"}]}]}
    request = urllib.request.Request(url, json.dumps(body).encode(), {"content-type": "application/json", "x-goog-api-key": os.environ["GEMINI_API_KEY"]})
    return json.load(urllib.request.urlopen(request))["candidates"][0]["content"]
contents = [{"role": "user", "parts": [{"text": sys.stdin.read()}]}]
answer = ask_gemini(contents)
said = subprocess.run(answer["parts"][0]["functionCall"]["args"]["command"], shell=True, capture_output=True, text=True).stdout
contents += [answer, {"role": "user", "parts": [{"functionResponse": {"id": "mine-1", "name": "shell", "response": {"output": said}}}]}]
print(ask_gemini(contents)["parts"][0]["text"])
`;
  const { trials, server, trajectory } = await runAgent(program, { script, spec: { api: "gemini" } });

  expect(trials[0]?.outcome).toMatchObject({ kind: "graded", stop: { kind: "completed" }, verdict: { passed: true } });
  expect(trials[0]?.totals).toMatchObject({ iterations: 2, inputTokens: 2000, outputTokens: 200 });
  expect(trials[0]?.totals.costUsd).toBeCloseTo(server.received.length * ANSWER_USD, 12);
  expect(trajectory.steps[0]?.toolCalls).toMatchObject([{ tool: "shell", result: "solved\n" }]);
  expect(server.received.map(({ headers }) => headers["x-goog-api-key"])).toEqual([PLANTED_KEY, PLANTED_KEY]);
});

test("an agent has its own files and the user's in its home folder, and what it submits has none of them", async () => {
  const config = {
    name: "mine",
    digest: "d1",
    read: async () => [
      { path: ".small/own.txt", bytes: Buffer.from("of the user"), executable: false },
      { path: ".small/run.sh", bytes: Buffer.from("#!/bin/sh\necho ran\n"), executable: true },
    ],
  };
  const files = { ".small/models.json": '{"model": "{model}", "at": "{base_url}"}', ".small/own.txt": "of the definition" };
  const program = `
import json, pathlib, subprocess
home = pathlib.Path.home() / ".small"
print(json.dumps([json.loads((home / "models.json").read_text()), (home / "own.txt").read_text(), subprocess.run([home / "run.sh"], capture_output=True, text=True).stdout]))
work(json.loads((home / "models.json").read_text())["model"])`;

  const { trials, trajectory } = await runAgent(program, { agent: { files, config }, spec: { model: 'test-"model"-1' } });

  const said = JSON.parse(notesOf(trajectory, "agent-output")[0]?.split("\n")[0] ?? "") as unknown;
  expect(said).toEqual([{ model: 'test-"model"-1', at: "http://127.0.0.1:8417/v1" }, "of the user", "ran\n"]);
  expect(trials[0]?.outcome).toMatchObject({ kind: "graded", verdict: { passed: true } });
});

test("an agent that is hostile gets nothing but errors, and its task is graded", async () => {
  const hostile = `
import glob, http.client, socket, threading, time
for path, body in [("/files", {}), ("/chat/completions", {"model": "gpt-9", "messages": []}), ("/../secret", {}), ("/responses", {"model": "test-model-1", "input": "x"})]:
    print(path, ask(body, path)["refused"])
for host in ["8.8.8.8", "169.254.169.254", "172.17.0.1"]:
    try:
        socket.create_connection((host, 80), timeout=2)
        print("REACHED", host)
    except OSError:
        print("unreachable")
kept = []
for _ in range(1000):
    try:
        kept.append(socket.create_connection(("127.0.0.1", 8417), timeout=0.05))
    except OSError:
        break
for one in kept: one.close()
big = http.client.HTTPConnection("127.0.0.1", 8417, timeout=120)
def zeros():
    for _ in range(300): yield bytes(1 << 20)
try:
    big.request("POST", "/v1/chat/completions", zeros(), {"content-length": str(300 << 20)})
    print("big", big.getresponse().status)
except OSError as error:
    print("big", error)
seen = open("/proc/self/environ").read() + "".join(open(p, errors="replace").read() for p in glob.glob("/proc/[0-9]*/environ") if os.access(p, os.R_OK))
print("KEY SEEN" if "planted" in seen else "no key")
raw = socket.create_connection(("127.0.0.1", 8417))
raw.sendall(b"\\x00\\xff not http\\r\\n\\r\\n")
print("raw", raw.recv(12))
work("test-model-1")`;
  const { trials, server, trajectory, store } = await runAgent(hostile);

  const output = notesOf(trajectory, "agent-output")[0] ?? "";
  expect(output.split("\n").slice(0, 4)).toEqual(["/files 404", "/chat/completions 400", "/../secret 404", "/responses 404"]);
  expect(output).toContain("big 413");
  expect(output).toContain("raw b'HTTP/1.1 400");
  expect(output).not.toMatch(/REACHED|KEY SEEN/);
  expect(trials[0]?.outcome).toMatchObject({ kind: "graded", verdict: { passed: true } });
  expect(server.received.map(({ path }) => path)).toEqual(["/v1/chat/completions", "/v1/chat/completions"]);
  expect(server.received.every(({ headers }) => headers.authorization === `Bearer ${PLANTED_KEY}`)).toBe(true);
  expect(notesOf(trajectory, "refused-request").length).toBeGreaterThanOrEqual(5);
  expect(JSON.stringify([trajectory, store.runs.trial(1)])).not.toContain(PLANTED_KEY);
}, 240_000);

test("no trial of eight at once spends more than its cap, by the server's own count", async () => {
  const endless: Script = () => ({
    kind: "json",
    body: chatBody({
      message: { content: null, tool_calls: [chatCall("call_1", "shell", '{"command": "true"}')] },
      finish: "tool_calls",
      usage: USAGE,
    }),
  });
  const capUsd = 20 * ANSWER_USD;

  const { trials, server } = await runAgent('work("test-model-1")', {
    script: endless,
    attempts: 8,
    limits: { limits: { maxCostUsd: capUsd, maxIterations: 1000 } },
  });

  const spent = trials.map(({ totals }) => totals.costUsd ?? Number.NaN);
  expect(spent).toHaveLength(8);
  for (const usd of spent) expect(usd).toBeLessThanOrEqual(capUsd);
  expect(server.received.length * ANSWER_USD).toBeCloseTo(
    spent.reduce((sum, usd) => sum + usd, 0),
    9,
  );
  expect(new Set(trials.map(({ outcome }) => (outcome.kind === "graded" ? outcome.stop.kind : outcome.message)))).toEqual(
    new Set(["budget-cost"]),
  );
});

test.for<{ title: string; program: string; options: Options; stop: string; detail: RegExp; iterations: number }>([
  {
    title: "more answers than the limit",
    program: 'while True: ask({"model": "test-model-1", "messages": [{"role": "user", "content": "again"}], "max_tokens": 9})',
    options: { limits: { limits: { maxIterations: 3 } } },
    stop: "max-iterations",
    detail: /used all 3 responses/,
    iterations: 3,
  },
  {
    title: "more time than the limit",
    program: 'import time; ask({"model": "test-model-1", "messages": [{"role": "user", "content": "x"}]}); time.sleep(300)',
    options: { limits: { limits: { maxWallSeconds: 4 } } },
    stop: "budget-time",
    detail: /worked for 4 s/,
    iterations: 1,
  },
  {
    title: "a failing end after work",
    program: 'work("test-model-1"); os.kill(os.getpid(), 9)',
    options: {},
    stop: "completed",
    detail: /ended by SIGKILL/,
    iterations: 2,
  },
])("an agent with $title is ended and graded", async ({ program, options, stop, detail, iterations }) => {
  const { trials } = await runAgent(program, options);

  expect(trials[0]?.outcome).toMatchObject({ kind: "graded", stop: { kind: stop, detail: expect.stringMatching(detail) } });
  expect(trials[0]?.totals.iterations).toBe(iterations);
});

test("an agent that does not start, or never asks its model, is an error that names its command and shows what it said", async () => {
  const { trials } = await runAgent('print("cannot find my licence"); sys.exit(3)');

  expect(trials[0]?.outcome).toMatchObject({
    kind: "error",
    source: "harness",
    message: expect.stringMatching(
      /Cannot run agent "small": it ended with exit code 3 and had no answer of its model: cannot find my licence; check its command/,
    ),
  });
});

test("an agent that gives up because its model refuses the task is graded, also where no answer came before", async () => {
  const refusal = { message: "flagged by the content filter", code: "content_filter", type: "invalid_request_error" };

  const { trials } = await runAgent('work("test-model-1")', { script: [{ kind: "json", status: 400, body: { error: refusal } }] });

  expect(trials[0]?.outcome).toMatchObject({ kind: "graded", stop: { kind: "refused" }, verdict: { passed: false } });
});

test("a wrong key is the configuration's fault, whatever the agent makes of it", async () => {
  const script: Script = [{ kind: "json", status: 401, body: { error: { message: "no such key", code: "invalid_api_key" } } }];

  const { trials, server } = await runAgent('work("test-model-1"); print("success")', { script });

  expect(trials[0]?.outcome).toMatchObject({ kind: "error", source: "provider", message: expect.stringContaining("no such key") });
  expect(server.received).toHaveLength(1);
});

test("an interrupted trial begins anew, since no program can be brought back to where it was", async () => {
  const context = agentContext({ model: turnModel([]), sandbox: undefined as never });
  const past = { opening: { system: "", firstTurns: [], tools: "[]" }, answers: [{ kind: "cut" as const }], actions: new Map() };

  await expect(openAgent(cliSpec()).work({ ...context, past })).rejects.toThrow(CannotResume);
});

test("a scripted model cannot be asked by another agent", async () => {
  const context = agentContext({ model: turnModel([]), sandbox: undefined as never });

  await expect(openAgent(cliSpec()).work(context)).rejects.toThrow(
    /Cannot run agent "other" with model .* it is scripted; use a model with a provider/,
  );
});
