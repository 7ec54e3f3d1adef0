import type { Readable } from "node:stream";
import type Docker from "dockerode";
import { filesDigest } from "../../../core/digest.ts";
import { InfraError, messageOf, UserError } from "../../../core/errors.ts";
import { oneLine, printable } from "../../../core/printable.ts";
import type { SourceFile } from "../../../core/task.ts";
import { askEngine, describeEngine, type Engine, imageId } from "../engine.ts";
import { statusOf } from "../engine-fault.ts";
import { DOCKERFILE, packContext } from "./build-context.ts";
import { readBuildOutput } from "./build-output.ts";
import { problemOfBuild } from "./build-problem.ts";
import type { BaseImage } from "./offline-dockerfile.ts";

/** An image built from a folder with a Dockerfile; its name contains the digest of the files that `read` returns, the only ones to send to the engine. */
export type TaskImage = {
  readonly image: string;
  readonly folder: string;
  readonly read: () => Promise<readonly SourceFile[]>;
  /** How long its build may take; absent for the usual time. */
  readonly buildSeconds?: number | undefined;
};

/** A build that is due: the digest of all its files, the Dockerfile to build by where it is not the folder's own, and whether it may use the network. */
export type DueBuild = TaskImage & {
  readonly digest: string;
  readonly base: string;
  readonly dockerfile: string | null;
  readonly network: boolean;
};

/** What ends a build early, where its start is reported, and what keeps all that a build printed that failed, and returns where, or null. */
export type BuildOptions = {
  readonly notify: (text: string) => void;
  readonly signal?: AbortSignal | undefined;
  readonly maxMs?: number;
  readonly keepLog?: (image: string, text: string) => string | null;
};

/** The image that task images are usually based on: when it is rebuilt, they are out of date. */
const BASE = "bench-sandbox:latest";
const BASE_LABEL = "bench.base";
const FOLDER_LABEL = "bench.folder";
const MAX_PROBLEM_LENGTH = 300;
const MAX_BUILD_MS = 3_600_000;
/** The share of the engine's memory that one build may use. */
const MEMORY_SHARE = 0.5;
const MEGABYTE = 1024 * 1024;
const PERIOD_MICROSECONDS = 100_000;

/** How the network is allowed, for messages. */
const ALLOW_NETWORK = "--build-network";

/**
 * Returns the build of an image, or null when the engine has it from the same folder and the same sandbox image. Starts nothing. Throws UserError when
 * the Dockerfile may use the network and `network` is false, InfraError when the engine fails.
 */
export async function dueBuild(engine: Engine, image: TaskImage, network: boolean): Promise<DueBuild | null> {
  const base = (await imageId(engine, BASE)) ?? "none";
  const labels = await labelsOf(engine, image.image);
  const isBuilt = labels?.[BASE_LABEL] === base;
  // Images of earlier versions have no digest of the folder but that in their name.
  if (isBuilt && labels[FOLDER_LABEL] === undefined) return null;
  const files = await image.read();
  const digest = filesDigest(files);
  if (isBuilt && labels[FOLDER_LABEL] === digest) return null;
  return { ...image, digest, base, network, dockerfile: network ? null : await dockerfileWithoutNetwork(engine, image, files) };
}

async function dockerfileWithoutNetwork(engine: Engine, { folder }: TaskImage, files: readonly SourceFile[]): Promise<string> {
  const text = Buffer.from(files.find(({ path }) => path === DOCKERFILE)?.bytes ?? []).toString();
  // Most runs build nothing, and the reader of Dockerfiles takes long to load.
  const { offlineDockerfile } = await import("./offline-dockerfile.ts");
  const found = await offlineDockerfile(text, (name) => findBase(engine, name));
  if (found.kind === "offline") return found.text;
  throw new UserError(
    `Cannot build the image of "${printable(folder, MAX_PROBLEM_LENGTH)}" without network: line ${found.line} of its Dockerfile: ${printable(found.problem, MAX_PROBLEM_LENGTH)}; change that, or allow the network with ${ALLOW_NETWORK}`,
  );
}

async function findBase(engine: Engine, name: string): Promise<BaseImage | null> {
  const found = await inspect(engine, name);
  if (found === null || !/^(sha256:)?[0-9a-f]{64}$/.test(found.Id)) return null;
  const { OnBuild } = found.Config as { readonly OnBuild?: readonly string[] | null };
  return { id: found.Id, triggers: OnBuild ?? [] };
}

async function labelsOf(engine: Engine, image: string): Promise<Readonly<Record<string, string>> | null> {
  const found = await inspect(engine, image);
  return found === null ? null : (found.Config.Labels ?? {});
}

async function inspect(engine: Engine, image: string): Promise<Docker.ImageInspectInfo | null> {
  try {
    return await engine.getImage(image).inspect();
  } catch (error) {
    if (statusOf(error) === 404) return null;
    throw new InfraError("sandbox", `Cannot inspect image "${printable(image)}": ${oneLine(messageOf(error))}`, { cause: error });
  }
}

/**
 * Builds an image, without network unless the build may use it, with a part of the engine's memory and processors, and for a limited time; stops when the
 * signal aborts. Throws UserError when the Dockerfile is at fault, InfraError when the engine is, and the signal's reason.
 */
export async function buildTaskImage(
  engine: Engine,
  build: DueBuild,
  { notify, signal, maxMs = usualMs(build), keepLog = () => null }: BuildOptions,
): Promise<void> {
  const folder = printable(build.folder, MAX_PROBLEM_LENGTH);
  notify(`Building the image of ${folder} ${build.network ? "with the network" : "without network"}, once for all tasks that name it.`);
  const context = packContext(await build.read(), build.dockerfile);
  const timeout = AbortSignal.timeout(maxMs);
  const ends = signal === undefined ? timeout : AbortSignal.any([signal, timeout]);
  const options = await optionsOf(engine, build);
  const keep = (text: string) => keepLog(build.image, text);
  const problem = await problemOf(engine, { context, options, ends, timeout, folder, maxMs, keep });
  signal?.throwIfAborted();
  if (problem === null) return;
  const advice = build.network ? "fix its Dockerfile" : `fix its Dockerfile, or, if it needs the network, allow that with ${ALLOW_NETWORK}`;
  throw new UserError(`Cannot build the image of "${folder}": ${problem}; ${advice}`);
}

function usualMs({ buildSeconds }: TaskImage): number {
  return buildSeconds === undefined ? MAX_BUILD_MS : buildSeconds * 1000;
}

type Build = {
  readonly context: Readable;
  readonly options: Docker.ImageBuildOptions;
  readonly ends: AbortSignal;
  readonly timeout: AbortSignal;
  readonly folder: string;
  readonly maxMs: number;
  readonly keep: (text: string) => string | null;
};

async function problemOf(engine: Engine, { context, options, ends, timeout, folder, maxMs, keep }: Build): Promise<string | null> {
  try {
    // The engine stops a build whose connection is closed.
    const end = await askEngine(
      `build the image of "${folder}"`,
      async () => {
        const stream = (await engine.buildImage(context, { ...options, abortSignal: ends })) as Readable;
        try {
          return await readBuildOutput(stream);
        } finally {
          stream.destroy();
        }
      },
      maxMs + 1_000,
    );
    if (end.problem === null) return null;
    const log = keep(`${end.printed}\n${end.problem}\n`);
    return `${problemOfBuild(end)}${log === null ? "" : `; all that it printed is in ${printable(log, MAX_PROBLEM_LENGTH)}`}`;
  } catch (error) {
    if (timeout.aborted) return `it took more than ${Math.round(maxMs / 1000)} s`;
    if (ends.aborted) return "it was stopped";
    throw error;
  } finally {
    context.destroy();
  }
}

async function optionsOf(engine: Engine, { image, digest, base, network }: DueBuild): Promise<Docker.ImageBuildOptions> {
  const { cpus, memoryMb } = await describeEngine(engine);
  const memory = Math.floor(memoryMb * MEMORY_SHARE) * MEGABYTE;
  return {
    t: image,
    labels: { [BASE_LABEL]: base, [FOLDER_LABEL]: digest },
    rm: true,
    forcerm: true,
    // The builder without BuildKit: it has no instructions of its own for the network.
    version: "1",
    networkmode: network ? "host" : "none",
    memory,
    memswap: memory,
    cpuperiod: PERIOD_MICROSECONDS,
    cpuquota: Math.max(1, cpus - 1) * PERIOD_MICROSECONDS,
  };
}
