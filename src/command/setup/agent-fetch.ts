import { spawn } from "node:child_process";
import type { AgentInstall, KnownAgent } from "../../config/agent/known-agent.ts";
import { environmentFor } from "../../config/environment.ts";
import { UserError } from "../../core/errors.ts";
import { layerKey } from "../../core/layer.ts";
import { placeInside, placeNamed } from "../../files/place.ts";
import { writeNewFile } from "../../files/write.ts";

/** The processors that agents are installed for, as Node names them. */
export type Cpu = "x64" | "arm64";

/** An agent to fetch from where it is published, an empty folder for it, the processor it is for, and what stops it. */
export type AgentFetch<Install extends AgentInstall = AgentInstall> = {
  readonly known: Pick<KnownAgent, "name" | "command">;
  readonly install: Install;
  readonly version: string;
  readonly folder: string;
  readonly cpu: Cpu;
  readonly signal?: AbortSignal | undefined;
};

const MACHINES: Readonly<Record<Cpu, string>> = { x64: "x86_64", arm64: "aarch64" };

/** Names a kind of processor as Linux does. */
export function machineOf(cpu: Cpu): string {
  return MACHINES[cpu];
}

/** Names the program of an agent, as its command starts it. */
export function programName({ command }: Pick<KnownAgent, "command">): string {
  return command[0] ?? "";
}

/** Makes the error that says why an agent cannot be installed. */
export function fetchProblem({ known, version }: Pick<AgentFetch, "known" | "version">, text: string): UserError {
  return new UserError(`Cannot install agent "${layerKey({ name: known.name, version })}": ${text}`);
}

/** Writes the program of an agent, a script that starts what was fetched. */
export function writeProgram({ folder, known }: Pick<AgentFetch, "folder" | "known">, lines: readonly string[]): void {
  const text = ["#!/bin/sh", ...lines, ""].join("\n");
  writeNewFile(placeInside(placeNamed(folder), `bin/${programName(known)}`), Buffer.from(text), { executable: true });
}

const MAX_MS = 1_800_000;
const MAX_SAID = 20_000;

// How npm and pip find themselves, their settings and their registries; keys of models are not among it.
const NEEDED =
  /^(PATH|HOME|USER|TMPDIR|LANG|LC_.*|.*_(proxy|PROXY)|npm_config_.*|NPM_CONFIG_.*|PIP_.*|PYENV_.*|NODE_EXTRA_CA_CERTS|SSL_CERT_(FILE|DIR)|REQUESTS_CA_BUNDLE|SYSTEMROOT)$/;

/** Runs a program that fetches packages, in the folder of the agent, and returns how it ended and the end of what it said. Throws UserError where there is no such program, and the signal's reason. */
export function runFetcher(
  fetch: AgentFetch,
  program: string,
  args: readonly string[],
): Promise<{ readonly code: number | null; readonly said: string }> {
  const { folder, signal } = fetch;
  signal?.throwIfAborted();
  const child = spawn(program, args, {
    cwd: folder,
    env: environmentFor((name) => NEEDED.test(name)),
    stdio: ["ignore", "ignore", "pipe"],
    timeout: MAX_MS,
    ...(signal === undefined ? {} : { signal }),
  });
  let said = "";
  child.stderr.on("data", (chunk: Buffer) => {
    said = (said + chunk.toString()).slice(-MAX_SAID);
  });
  return new Promise((resolve, reject) => {
    child.on("error", (error: NodeJS.ErrnoException) => {
      // A program that was told to end still writes into the folder until it has.
      if (signal?.aborted === true && child.pid !== undefined) return;
      reject(error.code === "ENOENT" ? fetchProblem(fetch, `the program ${program} is missing on this machine; install it`) : error);
    });
    child.on("close", (code) => (signal?.aborted ? reject(signal.reason) : resolve({ code, said })));
  });
}
