import Docker from "dockerode";
import { InfraError, messageOf } from "../../core/errors.ts";
import { codeOf, engineFault, passingCause, statusOf } from "./engine-fault.ts";

/** A connection to a Docker engine; `connectEngine` makes one. */
export type Engine = Docker;

/** What is worth knowing of an engine, for `doctor` and for the record of a run. */
export type EngineDescription = {
  readonly version: string;
  readonly apiVersion: string;
  readonly architecture: string;
  readonly cpus: number;
  readonly memoryMb: number;
  readonly runtimes: readonly string[];
  readonly defaultRuntime: string;
  readonly cgroupVersion: string;
};

const ANSWER_MS = 30_000;

/** Connects to the engine that DOCKER_HOST names, or else to the machine's own; nothing is asked of it yet. */
export function connectEngine(): Engine {
  return new Docker();
}

/** Tells what an engine is; throws InfraError with scope `run` when none answers. */
export async function describeEngine(engine: Engine): Promise<EngineDescription> {
  const [version, info] = await askEngine("ask Docker what it is", () => Promise.all([engine.version(), engine.info()]));
  const details = info as { Runtimes?: Record<string, unknown>; DefaultRuntime?: string; CgroupVersion?: string };
  return {
    version: version.Version,
    apiVersion: version.ApiVersion,
    architecture: version.Arch,
    cpus: Number(info.NCPU),
    memoryMb: Math.floor(Number(info.MemTotal) / 1024 / 1024),
    runtimes: Object.keys(details.Runtimes ?? {}).sort(),
    defaultRuntime: details.DefaultRuntime ?? "runc",
    cgroupVersion: details.CgroupVersion ?? "1",
  };
}

/** Gives the content digest of an image, or null when the engine does not have it. */
export async function imageId(engine: Engine, name: string): Promise<string | null> {
  const look = async () => {
    try {
      return (await engine.getImage(name).inspect()).Id;
    } catch (error) {
      if (statusOf(error) === 404) return null;
      throw error;
    }
  };
  return askEngine(`look for image "${name}"`, look);
}

/** Asks the engine something within bounded time and turns its failures into InfraError (source `sandbox`). */
export async function askEngine<T>(action: string, ask: () => Promise<T>, timeoutMs: number = ANSWER_MS): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(silenceError(action, timeoutMs)), timeoutMs);
  });
  try {
    return await Promise.race([ask(), silence]);
  } catch (error) {
    throw asInfraError(action, error);
  } finally {
    clearTimeout(timer);
  }
}

function silenceError(action: string, timeoutMs: number): InfraError {
  const state = `the engine has not answered for ${timeoutMs / 1000} s`;
  return new InfraError("sandbox", `Cannot ${action}: ${state}; look at its load and its log`, {
    cause: passingCause("ETIMEDOUT", state),
  });
}

function asInfraError(action: string, error: unknown): Error {
  if (error instanceof InfraError) return error;
  const fault = engineFault(error);
  if (fault === "away" || codeOf(error) === "EACCES") return unreachableError(error);
  if (fault === "full") return fullError(action, error);
  return new InfraError("sandbox", `Cannot ${action}: ${oneLine(messageOf(error))}`, { cause: error });
}

function unreachableError(cause: unknown): InfraError {
  const advice =
    codeOf(cause) === "EACCES"
      ? "permission was denied; run as a user of the group docker"
      : `${oneLine(messageOf(cause))}; start Docker, or run "npm run setup" to install and start it`;
  return new InfraError("sandbox", `Cannot reach Docker: ${advice}`, { scope: "run", cause });
}

function fullError(action: string, cause: unknown): InfraError {
  const message = `Cannot ${action}: the engine's disk is full (${oneLine(messageOf(cause))}); make room on it ("docker system df" shows what takes it), then go on`;
  return new InfraError("sandbox", message, { scope: "run", cause });
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}
