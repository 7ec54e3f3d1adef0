import type Docker from "dockerode";
import { askEngine, type Engine } from "../engine.ts";
import { statusOf } from "../engine-fault.ts";
import { withStillContainer } from "../still-container.ts";

const USUAL_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
const MAX_FOLDERS = 30;

/** Checks whether an image has a python3 in its PATH, which the program inside a machine runs with; nothing of the image is run. Throws InfraError when the engine fails. */
export async function hasPython(engine: Engine, imageId: string): Promise<boolean> {
  const action = `look for python3 in image "${imageId.slice(0, 19)}"`;
  const { Config } = await askEngine(action, () => engine.getImage(imageId).inspect());
  const path = (Config.Env ?? []).find((variable) => variable.startsWith("PATH="))?.slice("PATH=".length) ?? USUAL_PATH;
  return withStillContainer(engine, { imageId, action }, async (container) => {
    for (const folder of path.split(":").slice(0, MAX_FOLDERS)) {
      if (folder.startsWith("/") && (await askEngine(action, () => isThere(container, `${folder}/python3`)))) return true;
    }
    return false;
  });
}

async function isThere(container: Docker.Container, path: string): Promise<boolean> {
  try {
    await container.infoArchive({ path });
    return true;
  } catch (error) {
    if (statusOf(error) === 404) return false;
    throw error;
  }
}
