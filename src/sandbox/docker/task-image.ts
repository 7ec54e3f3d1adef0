import { readdirSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { InfraError, messageOf, UserError } from "../../core/errors.ts";
import type { SourceFile } from "../../core/task.ts";
import { askEngine, type Engine, imageId } from "./engine.ts";
import { statusOf } from "./engine-fault.ts";

/** An image built from a folder with a Dockerfile; its name contains the digest of the files that `read` returns, the only ones to send to the engine. */
export type TaskImage = { readonly image: string; readonly folder: string; readonly read: () => Promise<readonly SourceFile[]> };

/** The image that task images are usually based on: when it is rebuilt, they are out of date. */
const BASE = "bench-sandbox:latest";
const BASE_LABEL = "bench.base";
const MAX_PROBLEM_LENGTH = 300;

type BuildEvent = { readonly stream?: string; readonly error?: string };

/**
 * Builds an image unless the engine has it from the same folder and the same sandbox image; `notify` gets a line before a build. Throws UserError when the
 * Dockerfile is at fault, InfraError when the engine is.
 */
export async function buildTaskImage(engine: Engine, { image, folder }: TaskImage, notify: (text: string) => void): Promise<void> {
  const base = (await imageId(engine, BASE)) ?? "none";
  if ((await baseOf(engine, image)) === base) return;
  notify(`Building the image of ${folder}, once for all tasks that name it.`);
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const src = files.map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join("/"));
  const options = { t: image, labels: { [BASE_LABEL]: base }, rm: true, forcerm: true, networkmode: "host" };
  const stream = await askEngine(`build the image of "${folder}"`, () => engine.buildImage({ context: folder, src }, options));
  const problem = await problemOf(engine, stream);
  if (problem !== null)
    throw new UserError(`Cannot build the image of "${folder}": ${problem.trim().slice(-MAX_PROBLEM_LENGTH)}; fix its Dockerfile`);
}

async function baseOf(engine: Engine, image: string): Promise<string | null> {
  try {
    const { Config } = await engine.getImage(image).inspect();
    return Config.Labels?.[BASE_LABEL] ?? null;
  } catch (error) {
    if (statusOf(error) === 404) return null;
    throw new InfraError("sandbox", `Cannot inspect image "${image}": ${messageOf(error)}`, { cause: error });
  }
}

// The engine reports a failed build within the stream of its output, with status 200.
function problemOf(engine: Engine, stream: NodeJS.ReadableStream): Promise<string | null> {
  return new Promise((resolve) => {
    let problem: string | null = null;
    engine.modem.followProgress(
      stream,
      (error) => resolve(problem ?? (error ? messageOf(error) : null)),
      (event: BuildEvent) => {
        if (event.error !== undefined) problem = event.error;
      },
    );
  });
}
