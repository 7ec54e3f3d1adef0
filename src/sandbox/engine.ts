import Docker from "dockerode";
import { InfraError, messageOf } from "../core/errors.ts";

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

const answerMs = 30_000;
const unreachableCodes = new Set(["ECONNREFUSED", "ENOENT", "EACCES", "ENOTFOUND", "ECONNRESET", "EHOSTUNREACH", "ETIMEDOUT", "EPIPE"]);

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

/** Gives the HTTP status of an engine's refusal, or null when it did not answer. */
export function statusOf(error: unknown): number | null {
  const status = typeof error === "object" && error !== null && "statusCode" in error ? error.statusCode : null;
  return typeof status === "number" ? status : null;
}

/** Asks the engine something within bounded time and turns its failures into InfraError (source `sandbox`). */
export async function askEngine<T>(action: string, ask: () => Promise<T>, timeoutMs: number = answerMs): Promise<T> {
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
  return new InfraError("sandbox", `Cannot ${action}: the engine has not answered for ${timeoutMs / 1000} s; look at its load and its log`);
}

function asInfraError(action: string, error: unknown): Error {
  if (error instanceof InfraError) return error;
  const code = typeof error === "object" && error !== null && "code" in error ? String(error.code) : "";
  if (statusOf(error) === null && unreachableCodes.has(code)) return unreachableError(code, error);
  return new InfraError("sandbox", `Cannot ${action}: ${oneLine(messageOf(error))}`, { cause: error });
}

function unreachableError(code: string, cause: unknown): InfraError {
  const advice =
    code === "EACCES"
      ? "permission was denied; run as a user of the group docker"
      : `${oneLine(messageOf(cause))}; start Docker, or run "npm run setup" to install and start it`;
  return new InfraError("sandbox", `Cannot reach Docker: ${advice}`, { scope: "run", cause });
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}
