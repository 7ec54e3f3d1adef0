import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { SERVERS } from "./installed-servers.ts";

/** A server that runs as a process of its own on the loopback interface. */
export type ServerProcess = {
  readonly url: string;
  /** Ends it at once, as a crash does. */
  kill(): Promise<void>;
  /** Starts it again on the same port. */
  restart(): Promise<void>;
};

type Program = {
  readonly program: string;
  readonly words: (port: number) => readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly ready: string;
};

// Importing LiteLLM takes ten seconds on an idle machine.
const START_MS = 180_000;

/** Starts LiteLLM's proxy with a configuration file. */
export function startLitellm(config: string): Promise<ServerProcess> {
  return start({
    program: SERVERS.litellm,
    words: (port) => ["--config", config, "--host", "127.0.0.1", "--port", String(port)],
    // Its list of prices and its news would be fetched from the network.
    env: { LITELLM_LOCAL_MODEL_COST_MAP: "True", LITELLM_TELEMETRY: "False" },
    ready: "/health/liveliness",
  });
}

/** Starts llama.cpp's server of llama-cpp-python with the real model; `contextTokens` is the window that it has. */
export function startLlama(contextTokens: number): Promise<ServerProcess> {
  const boot = join(import.meta.dirname, "llama-server.py");
  const model = ["--model", SERVERS.weights, "--model_alias", "smollm2", "--n_ctx", String(contextTokens), "--n_threads", "1"];
  return start({
    program: SERVERS.llamaPython,
    words: (port) => [boot, SERVERS.llamaLibraries, ...model, "--host", "127.0.0.1", "--port", String(port)],
    env: { LLAMA_CPP_LIB_PATH: SERVERS.llamaLibraries, PYTHONPATH: SERVERS.llamaPackage },
    ready: "/v1/models",
  });
}

// A port that is free now.
async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

async function start(server: Program): Promise<ServerProcess> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  let child = await launch(server, port);
  return {
    url,
    kill: () => end(child),
    async restart() {
      child = await launch(server, port);
    },
  };
}

async function launch({ program, words, env, ready }: Program, port: number): Promise<ChildProcess> {
  const { PATH = "", HOME = "" } = process.env;
  const child = spawn(program, words(port), { env: { PATH, HOME, ...env }, stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", (text: string) => {
      said = (said + text).slice(-4_000);
    });
  }
  const until = Date.now() + START_MS;
  while (Date.now() < until && child.exitCode === null) {
    const answer = await fetch(`http://127.0.0.1:${port}${ready}`).catch(() => null);
    if (answer?.ok) return child;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  await end(child);
  throw new Error(`Cannot start "${program}": it did not answer at port ${port}; it said: ${said}`);
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill("SIGKILL");
  await once(child, "exit");
}
