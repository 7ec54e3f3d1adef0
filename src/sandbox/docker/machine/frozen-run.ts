import { randomUUID } from "node:crypto";
import type { Duplex, Readable } from "node:stream";
import type Docker from "dockerode";
import { InfraError, messageOf } from "../../../core/errors.ts";
import type { FrozenRun, FrozenRunEnd } from "../../../core/sandbox.ts";
import { AttachDecoder } from "../attach-stream.ts";
import { type ContainerSpec, containerOptions } from "../container.ts";
import { askEngine } from "../engine.ts";
import type { EngineClient } from "../engine-client.ts";
import { engineFault, statusOf } from "../engine-fault.ts";
import { removeContainer } from "../remove.ts";
import { packFolders, readPlainFiles } from "./archive.ts";
import type { DiskWatch } from "./disk-watch.ts";

/** What runs of a frozen machine are made with. */
export type FrozenDeps = {
  readonly client: EngineClient;
  readonly watch: DiskWatch;
  readonly spec: ContainerSpec;
  readonly imageId: string;
  readonly owner: string;
};

type Ended = FrozenRunEnd["exit"];

const LAY_MS = 120_000;
const KEPT_BYTES = 32 * 1024;
const DIRECTORY_BIT = 2 ** 31;

/**
 * Runs a program in a new container that is made of a frozen machine. The engine itself lays files in and takes them out while nothing runs there: no program of the machine
 * takes part in it. Throws InfraError when the engine fails, and the signal's reason.
 */
export async function runFrozen(deps: FrozenDeps, request: FrozenRun, signal: AbortSignal): Promise<FrozenRunEnd> {
  const { client } = deps;
  signal.throwIfAborted();
  const container = await createContainer(deps, request);
  try {
    await layFolders(client, container, request);
    signal.throwIfAborted();
    const output = new KeptOutput();
    const exit = await runToEnd(deps, { container, request, output }, signal);
    signal.throwIfAborted();
    const files = exit.kind === "not-started" || exit.kind === "full" ? [] : await takeFiles(container, request.collect);
    return { exit, log: output.text(), files };
  } finally {
    await removeContainer(client, container.id, signal).catch(() => {});
  }
}

async function createContainer({ client, spec, imageId, owner }: FrozenDeps, request: FrozenRun): Promise<Docker.Container> {
  const { machine } = spec;
  if (machine === undefined) throw new InfraError("sandbox", "Cannot grade the state of a sandbox: it is no machine of its own");
  const described = { ...spec, image: imageId, imageId, limits: request.limits, purpose: "grading" as const, layer: undefined };
  const asked = {
    ...described,
    machine: { ...machine, user: request.user, workdir: request.workdir, env: { ...machine.env, ...request.env } },
  };
  const options = {
    ...containerOptions(asked, request.command, owner),
    name: `bench-${randomUUID()}`,
    OpenStdin: false,
    StdinOnce: false,
    AttachStdin: false,
  };
  return askEngine("create a machine for grading", () => client.engine.createContainer(options), client.timeouts.startMs);
}

async function layFolders(client: EngineClient, container: Docker.Container, { lay, collect }: FrozenRun): Promise<void> {
  const folders = [...lay, { folder: collect, files: [] }];
  const parents = [...new Set(folders.flatMap(({ folder }) => parentsOf(folder)))];
  const replaced: string[] = [];
  for (const path of parents) if (!(await isFolder(client, container, path))) replaced.push(path);
  const put = () => container.putArchive(packFolders(folders, { parents: replaced, open: collect }), { path: "/" });
  await askEngine("lay tests into a machine", put, LAY_MS);
}

function parentsOf(folder: string): readonly string[] {
  const parts = folder.split("/").slice(1, -1);
  return parts.map((_, index) => `/${parts.slice(0, index + 1).join("/")}`);
}

// The engine looks at the path itself, not at what a link there leads to.
async function isFolder(client: EngineClient, container: Docker.Container, path: string): Promise<boolean> {
  const look = async () => {
    try {
      const answer = (await container.infoArchive({ path })) as { headers: Record<string, string> };
      const stat = JSON.parse(Buffer.from(answer.headers["x-docker-container-path-stat"] ?? "", "base64").toString()) as { mode: number };
      return stat.mode >= DIRECTORY_BIT;
    } catch (error) {
      if (statusOf(error) === 404) return false;
      throw error;
    }
  };
  return askEngine("look into a machine", look, client.timeouts.answerMs);
}

type Running = { readonly container: Docker.Container; readonly request: FrozenRun; readonly output: KeptOutput };

async function runToEnd({ client, watch, spec }: FrozenDeps, { container, request, output }: Running, signal: AbortSignal): Promise<Ended> {
  const attach = { stream: true, stdout: true, stderr: true, hijack: true };
  const stream = (await askEngine("attach to a machine", () => container.attach(attach), client.timeouts.answerMs)) as unknown as Duplex;
  const decoder = new AttachDecoder();
  stream.on("data", (chunk: Buffer) => {
    for (const { bytes } of decoder.push(chunk)) output.add(bytes);
  });
  stream.on("error", () => {});
  let early: "timed-out" | "full" | null = null;
  const endAs = (why: typeof early) => () => {
    early ??= why;
    container.kill().catch(() => {});
  };
  const ended = container.wait({ condition: "next-exit" }) as Promise<{ readonly StatusCode: number }>;
  ended.catch(() => {});
  try {
    await client.starts(() => askEngine("start a machine for grading", () => container.start(), client.timeouts.startMs));
  } catch (error) {
    stream.destroy();
    return notStarted(error);
  }
  const timer = setTimeout(endAs("timed-out"), request.timeoutMs);
  const unwatch = watch.watch({ container, storageMb: spec.machine?.storageMb ?? Number.POSITIVE_INFINITY, onFull: endAs("full") });
  const stop = endAs(null);
  signal.addEventListener("abort", stop, { once: true });
  try {
    const { StatusCode } = await ended;
    return early === null ? await exitOf(client, container, StatusCode) : { kind: early };
  } catch (error) {
    throw new InfraError("sandbox", `Cannot wait for the tests of a machine: ${messageOf(error)}`, { cause: error });
  } finally {
    clearTimeout(timer);
    unwatch();
    signal.removeEventListener("abort", stop);
    stream.destroy();
  }
}

// Tests start in the untouched image: what keeps them from it here is in the file system.
function notStarted(error: unknown): Ended {
  const text = messageOf(error);
  if (engineFault(error) === "unreachable" || !/exec|no such file|permission denied|not a directory|exec format/i.test(text)) throw error;
  return { kind: "not-started", reason: text.slice(0, 500) };
}

async function exitOf(client: EngineClient, container: Docker.Container, code: number): Promise<Ended> {
  const { State } = await askEngine("inspect a machine", () => container.inspect(), client.timeouts.answerMs);
  return State.OOMKilled && code !== 0 ? { kind: "out-of-memory" } : { kind: "exited", code };
}

async function takeFiles(container: Docker.Container, folder: string): Promise<FrozenRunEnd["files"]> {
  const take = async () => {
    try {
      return await readPlainFiles((await container.getArchive({ path: folder })) as Readable);
    } catch (error) {
      if (statusOf(error) === 404) return [];
      throw error;
    }
  };
  return askEngine("take the results out of a machine", take, LAY_MS);
}

// The beginning and the end of what is printed.
class KeptOutput {
  #head = Buffer.alloc(0);
  #tail = Buffer.alloc(0);
  #omitted = 0;

  add(bytes: Buffer): void {
    const room = KEPT_BYTES - this.#head.length;
    if (room > 0) this.#head = Buffer.concat([this.#head, bytes.subarray(0, room)]);
    const rest = bytes.subarray(Math.max(0, room));
    if (rest.length === 0) return;
    const all = Buffer.concat([this.#tail, rest]);
    this.#tail = all.subarray(Math.max(0, all.length - KEPT_BYTES));
    this.#omitted += all.length - this.#tail.length;
  }

  text(): string {
    const gap = this.#omitted > 0 ? `\n[... ${this.#omitted} bytes left out ...]\n` : "";
    return `${this.#head.toString()}${gap}${this.#tail.toString()}`;
  }
}
