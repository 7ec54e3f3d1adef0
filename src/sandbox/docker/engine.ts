import Docker from "dockerode";
import { InfraError, messageOf } from "../../core/errors.ts";
import { oneLine } from "../../core/printable.ts";
import { codeOf, engineFault, statusOf, transientCause } from "./engine-fault.ts";

/** A connection to a Docker engine; `connectEngine` makes one. */
export type Engine = Docker;

/** Facts about an engine, as `bench doctor` shows them. */
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

/** Connects to the engine that DOCKER_HOST names, or else to the machine's own; no request is sent yet. */
export function connectEngine(): Engine {
  return new Docker();
}

/** Describes an engine; throws InfraError with scope `run` when none answers. */
export async function describeEngine(engine: Engine): Promise<EngineDescription> {
  const [version, info] = await askEngine("ask Docker for its version", () => Promise.all([engine.version(), engine.info()]));
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

// A name becomes part of an address of the engine's interface, where another text would ask for something else.
const IMAGE_NAME = /^(?!.*\.\.)[A-Za-z0-9][A-Za-z0-9_./:@-]*$/;

/** Returns the content digest of an image, or null when the engine does not have it. */
export async function imageId(engine: Engine, name: string): Promise<string | null> {
  if (!IMAGE_NAME.test(name)) return null;
  const look = async () => {
    try {
      return (await engine.getImage(name).inspect()).Id;
    } catch (error) {
      if (statusOf(error) === 404) return null;
      throw error;
    }
  };
  return askEngine(`inspect image "${name}"`, look);
}

/** Sends a request to the engine, with a timeout, and turns failures into InfraError (source `sandbox`). */
export async function askEngine<T>(action: string, ask: () => Promise<T>, timeoutMs: number = ANSWER_MS): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(timeoutError(action, timeoutMs)), timeoutMs);
  });
  try {
    return await Promise.race([ask(), timeout]);
  } catch (error) {
    throw asInfraError(action, error);
  } finally {
    clearTimeout(timer);
  }
}

function timeoutError(action: string, timeoutMs: number): InfraError {
  const state = `the engine did not answer within ${timeoutMs / 1000} s`;
  return new InfraError("sandbox", `Cannot ${action}: ${state}; check its load and its log`, {
    cause: transientCause("ETIMEDOUT", state),
  });
}

function asInfraError(action: string, error: unknown): Error {
  if (error instanceof InfraError) return error;
  const fault = engineFault(error);
  if (fault === "unreachable" || codeOf(error) === "EACCES") return unreachableError(error);
  if (fault === "full") return fullError(action, error);
  return new InfraError("sandbox", `Cannot ${action}: ${oneLine(messageOf(error))}`, { cause: error });
}

function unreachableError(cause: unknown): InfraError {
  const advice =
    codeOf(cause) === "EACCES"
      ? "permission was denied; run as a user of the group docker"
      : `${oneLine(messageOf(cause))}; start Docker, or run "bench setup" to install and start it`;
  return new InfraError("sandbox", `Cannot reach Docker: ${advice}`, { scope: "run", cause });
}

function fullError(action: string, cause: unknown): InfraError {
  const message = `Cannot ${action}: the engine's disk is full (${oneLine(messageOf(cause))}); make room on it ("docker system df" shows what takes it), then try again`;
  return new InfraError("sandbox", message, { scope: "run", cause });
}
