import type { Readable } from "node:stream";
import { extract, pack } from "tar-stream";
import { InfraError } from "../../../core/errors.ts";
import { WORKSPACE } from "../../../core/sandbox.ts";
import { askEngine, type Engine, imageId } from "../engine.ts";
import { statusOf } from "../engine-fault.ts";
import { withStillContainer } from "../still-container.ts";
import { readBuildOutput } from "./build-output.ts";

/** What an image has below the workspace: the image that sandboxes are opened from, which has a copy of that at another place, and what the copy takes. */
export type ImageWorkspace = { readonly image: string; readonly megabytes: number; readonly entries: number };

/** Where the copy is; the guest of a sandbox looks for it. */
const COPY = "/opt/bench/workspace";
const LABEL = "bench.workspace-of";
const NAME = "bench-workspace";
const NAME_DIGITS = 32;
const MEGABYTE = 1024 * 1024;
const PAGE_BYTES = 4096;
const MAX_LOOK_MS = 300_000;
const MAX_BUILD_MS = 600_000;
/** Far more than a workspace may hold; what is above it does not fit, however much it is. */
const MAX_BYTES = 64 * 1024 * MEGABYTE;

/**
 * Finds what an image has below the workspace, where the folder in memory of a sandbox would hide it, and makes the image that has a copy of it elsewhere, once for each
 * image. Returns null for an image that has nothing there. Throws InfraError when the engine fails.
 */
export async function prepareImageWorkspace(engine: Engine, id: string): Promise<ImageWorkspace | null> {
  const size = await sizeBelowWorkspace(engine, id);
  if (size.entries === 0) return null;
  const image = `${NAME}:${id.replace(/^sha256:/, "").slice(0, NAME_DIGITS)}`;
  if ((await imageId(engine, image)) === null) {
    await removeUnused(engine);
    await build(engine, { id, image });
  }
  return { image, megabytes: Math.ceil(size.bytes / MEGABYTE), entries: size.entries };
}

type Size = { bytes: number; entries: number };

async function sizeBelowWorkspace(engine: Engine, id: string): Promise<Size> {
  const action = `look into the workspace of image "${id.slice(0, 19)}"`;
  return withStillContainer(engine, { imageId: id, action, labels: { [LABEL]: id } }, async (container) => {
    try {
      return await askEngine(action, async () => sizeOf((await container.getArchive({ path: WORKSPACE })) as Readable), MAX_LOOK_MS);
    } catch (error) {
      if (error instanceof InfraError && statusOf(error.cause) === 404) return { bytes: 0, entries: 0 };
      throw error;
    }
  });
}

function sizeOf(archive: Readable): Promise<Size> {
  const size = { bytes: 0, entries: -1 };
  return new Promise((resolve, reject) => {
    const entries = extract();
    const end = () => {
      archive.destroy();
      resolve({ ...size, entries: Math.max(0, size.entries) });
    };
    entries.on("entry", (header, content, next) => {
      // The first is the folder itself.
      size.entries += 1;
      size.bytes += Math.ceil((header.size ?? 0) / PAGE_BYTES) * PAGE_BYTES;
      if (size.bytes > MAX_BYTES) return end();
      content.on("end", next).resume();
    });
    entries.on("finish", end).on("error", reject);
    archive.on("error", reject).pipe(entries);
  });
}

async function build(engine: Engine, { id, image }: { readonly id: string; readonly image: string }): Promise<void> {
  const action = `copy the workspace of image "${id.slice(0, 19)}"`;
  const context = pack();
  context.entry({ name: "Dockerfile" }, `FROM ${id} AS own\nFROM ${id}\nCOPY --from=own --chown=1000:1000 ${WORKSPACE} ${COPY}\n`);
  context.finalize();
  const options = { t: image, labels: { [LABEL]: id }, rm: true, forcerm: true, version: "1", networkmode: "none" } as const;
  const end = await askEngine(action, async () => readBuildOutput((await engine.buildImage(context, options)) as Readable), MAX_BUILD_MS);
  if (end.problem !== null) throw new InfraError("sandbox", `Cannot ${action}: ${end.problem}`, { scope: "run" });
}

// Copies whose images are gone; one that a container still uses stays.
async function removeUnused(engine: Engine): Promise<void> {
  const copies = await askEngine("list images", () => engine.listImages({ filters: { label: [LABEL] } }));
  for (const { Id, Labels } of copies) {
    const of = Labels?.[LABEL];
    if (of !== undefined && (await imageId(engine, of)) === null)
      await engine
        .getImage(Id)
        .remove()
        .catch(() => {});
  }
}
