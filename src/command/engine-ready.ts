import { InfraError, UserError } from "../core/errors.ts";
import { connectEngine, type Engine, imageId } from "../sandbox/engine.ts";
import { sweepSandboxes } from "../sandbox/sweep.ts";

/** An engine that answers, with the digests of the images that will be used. */
export type ReadyEngine = { readonly engine: Engine; readonly imageIds: ReadonlyMap<string, string> };

/**
 * Makes sure, before anything is paid for, that the engine answers and has every image, and removes what a killed run left behind.
 *
 * Throws UserError with what to do when that cannot be.
 */
export async function readyEngine(images: Iterable<string>): Promise<ReadyEngine> {
  const engine = connectEngine();
  const imageIds = new Map<string, string>();
  try {
    for (const image of new Set(images)) {
      const id = await imageId(engine, image);
      if (id === null)
        throw new UserError(
          `Cannot use image "${image}": the engine does not have it; run "npm run setup" to build the sandbox image, or pull it`,
        );
      imageIds.set(image, id);
    }
    await sweepSandboxes(engine, { which: "abandoned" });
  } catch (error) {
    // Before the start it is for the user to mend.
    if (error instanceof InfraError) throw new UserError(error.message);
    throw error;
  }
  return { engine, imageIds };
}
