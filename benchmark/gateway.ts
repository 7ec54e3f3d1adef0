import { spawn } from "node:child_process";
import { once } from "node:events";
import { hasGateway } from "../src/core/gateway.ts";
import { type Sandbox, WORKSPACE } from "../src/core/sandbox.ts";
import { openModels } from "../src/model/open-model.ts";
import { dockerSandboxProvider } from "../src/sandbox/docker/docker-provider.ts";
import { connectEngine } from "../src/sandbox/docker/engine.ts";
import { modelSpec } from "../test/fixtures/model-spec.ts";
import { median, quantile, type Section, times } from "./section.ts";

const ROUNDS = 5;
const CALLS = 100;
const CLIENTS = 32;
const CALLS_EACH = 20;
const MAX_ADDED_MS = 5;
const LIMITS = { memoryMb: 512, cpus: 2, pids: 256, workspaceMb: 64, tmpMb: 64 };

/** A provider that answers at once, in a process of its own. */
const SERVER = `
const answer = JSON.stringify({ id: "c", object: "chat.completion", created: 1, model: "m", choices: [{ index: 0, finish_reason: "stop",
  message: { role: "assistant", content: "x".repeat(2000) } }], usage: { prompt_tokens: 9000, completion_tokens: 500, total_tokens: 9500 } });
const server = require("node:http").createServer((request, response) => {
  request.resume().on("end", () => response.writeHead(200, { "content-type": "application/json" }).end(answer));
});
server.listen(0, "127.0.0.1", () => console.log(server.address().port));`;

/** A program that asks again and again over one connection, each time with a conversation of 40 kB, and prints how long each answer took in milliseconds. */
const CLIENT = `
import http.client, json, sys, threading, time
port, calls, clients = int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
took = []
def work(number):
    connection = http.client.HTTPConnection("127.0.0.1", port)
    for call in range(calls):
        body = json.dumps({"model": "test-model-1", "max_tokens": 100, "messages": [{"role": "user", "content": "%d %d " % (number, call) + "x" * 40000}]})
        start = time.perf_counter()
        connection.request("POST", "/v1/chat/completions", body, {"content-type": "application/json"})
        answer = connection.getresponse()
        if len(answer.read()) > 2000 and answer.status == 200: took.append((time.perf_counter() - start) * 1000)
threads = [threading.Thread(target=work, args=(number,)) for number in range(clients)]
for thread in threads: thread.start()
for thread in threads: thread.join()
print(json.dumps(took))`;

type Load = { readonly calls: number; readonly clients: number };

async function startServer(): Promise<{ readonly port: number; readonly stop: () => void }> {
  const child = spawn(process.execPath, ["-e", SERVER], { stdio: ["ignore", "pipe", "inherit"] });
  const [line] = (await once(child.stdout, "data")) as [Buffer];
  return { port: Number(line.toString()), stop: () => void child.kill() };
}

async function direct(port: number, { calls, clients }: Load): Promise<readonly number[]> {
  const child = spawn("python3", ["-c", CLIENT, String(port), String(calls), String(clients)], { stdio: ["ignore", "pipe", "inherit"] });
  let text = "";
  child.stdout.on("data", (bytes: Buffer) => (text += bytes.toString()));
  await once(child, "close");
  return JSON.parse(text) as number[];
}

async function inside(sandbox: Sandbox, { calls, clients }: Load): Promise<readonly number[]> {
  const command = ["python3", "-c", CLIENT, "8417", String(calls), String(clients)];
  const { head, tail } = await sandbox.run({ command, cwd: WORKSPACE, env: {}, timeoutMs: 300_000, maxOutputBytes: 1 << 20 });
  return JSON.parse(Buffer.concat([head, tail]).toString()) as number[];
}

/** What it costs that another agent reaches its model through the harness, beside the same requests sent straight to the server. */
export async function measure(): Promise<Section> {
  const server = await startServer();
  const spec = modelSpec({
    baseUrl: `http://127.0.0.1:${server.port}/v1`,
    apiKeyEnv: null,
    limits: { concurrency: CLIENTS, rpm: null, tpm: null },
  });
  const model = openModels({ key: () => undefined, now: () => new Date() })(spec)({ task: undefined as never, attempt: 1 });
  if (!hasGateway(model)) throw new Error("the model has no gateway");
  const ignore = (): void => {};
  const events = { asked: () => null, answered: ignore, rejected: ignore, refused: ignore, failed: ignore, waiting: ignore };
  const { signal } = new AbortController();
  const gateway = await model.openGateway({ signal, events });
  const sandboxes = dockerSandboxProvider(connectEngine(), { image: "bench-sandbox:latest", runId: "benchmark" });
  const sandbox = await sandboxes.open({ image: null, limits: LIMITS, purpose: "agent" }, signal);
  try {
    await sandbox.serve(8417, (connection) => gateway.accept(connection));
    const one: Load = { calls: CALLS, clients: 1 };
    const [straight, through]: [number[], number[]] = [[], []];
    let cpuMs = 0;
    await inside(sandbox, { calls: 20, clients: 1 });
    for (let round = 0; round < ROUNDS; round++) {
      straight.push(...(await direct(server.port, one)));
      const before = process.cpuUsage();
      through.push(...(await inside(sandbox, one)));
      const { user, system } = process.cpuUsage(before);
      cpuMs += (user + system) / 1000;
    }
    const many = await inside(sandbox, { calls: CALLS_EACH, clients: CLIENTS });
    return section({ straight, through, cpuMs: cpuMs / through.length, many: many.length });
  } finally {
    gateway.close();
    await sandbox.close();
    server.stop();
  }
}

type Measured = {
  readonly straight: readonly number[];
  readonly through: readonly number[];
  readonly cpuMs: number;
  readonly many: number;
};

function section({ straight, through, cpuMs, many }: Measured): Section {
  const [alone, added] = [median(straight), median(through) - median(straight)];
  const row = (name: string, values: readonly number[]): readonly string[] => [
    name,
    median(values).toFixed(2),
    quantile(values, 0.95).toFixed(2),
    times(median(values) / alone),
  ];
  return {
    title: "Gateway",
    how: `${ROUNDS} times ${CALLS} requests of 40 kB over one connection, straight to a server of this machine and from a sandbox through the gateway, in turn; the server answers at once.`,
    tables: [[["", "ms, median", "ms, 95 %", "over straight"], row("straight", straight), row("through the gateway", through)]],
    findings: [
      {
        what: "A model call of another agent, added by the harness",
        measured: `${added.toFixed(1)} ms, ${cpuMs.toFixed(1)} ms of its processor time`,
        bound: `at most ${MAX_ADDED_MS} ms`,
        holds: added <= MAX_ADDED_MS,
      },
      {
        what: `${CLIENTS} clients of one sandbox at once`,
        measured: `${many} of ${CLIENTS * CALLS_EACH} requests answered`,
        bound: "all",
        holds: many === CLIENTS * CALLS_EACH,
      },
    ],
  };
}
