import { createHash } from "node:crypto";
import { posix } from "node:path";
import type { Readable } from "node:stream";
import type Docker from "dockerode";
import { extract } from "tar-stream";
import { askEngine, type Engine } from "../engine.ts";
import { statusOf } from "../engine-fault.ts";
import { withStillContainer } from "../still-container.ts";

/** What tests are usually started with; whoever replaces one of these answers for them. */
const PROGRAMS = [
  "/bin/sh",
  "/bin/bash",
  "/usr/bin/env",
  "/usr/bin/python3",
  "/usr/local/bin/python3",
  "/usr/local/bin/pytest",
  "/usr/bin/pytest",
  "/usr/bin/node",
  "/usr/local/bin/node",
];
/** Names libraries that are loaded into every program. */
const PRELOAD = "/etc/ld.so.preload";
const MAX_LINKS = 8;
const MAX_BYTES = 128 * 1024 * 1024;
const LOOK_MS = 60_000;

/** Digests of programs by path; null where there is none. */
export type ProgramDigests = ReadonlyMap<string, string | null>;

/** Digests the programs of a container that does not run, following links inside it. Throws InfraError when the engine fails. */
export async function programDigests(container: Docker.Container): Promise<ProgramDigests> {
  const found = new Map<string, string | null>();
  for (const path of [...PROGRAMS, PRELOAD]) {
    found.set(path, await askEngine("look at the programs of a machine", () => digestAt(container, path), LOOK_MS));
  }
  return found;
}

/** Digests the programs of an image as nobody has changed them. Throws InfraError when the engine fails. */
export function imageProgramDigests(engine: Engine, imageId: string): Promise<ProgramDigests> {
  return withStillContainer(engine, { imageId, action: "look at the programs of an image" }, programDigests);
}

/** Lists the programs of an image that are different or gone in a machine; one that was installed is none, except a list of libraries for every program. */
export function changedPrograms(before: ProgramDigests, after: ProgramDigests): readonly string[] {
  return [...before].flatMap(([path, digest]) => ((digest !== null || path === PRELOAD) && after.get(path) !== digest ? [path] : []));
}

type Entry = { readonly link: string | null; readonly digest: string | null };

async function digestAt(container: Docker.Container, start: string): Promise<string | null> {
  let path = start;
  for (let links = 0; links < MAX_LINKS; links++) {
    const entry = await entryAt(container, path);
    if (entry === null || entry.link === null) return entry?.digest ?? null;
    path = posix.resolve(posix.dirname(path), entry.link);
  }
  return null;
}

async function entryAt(container: Docker.Container, path: string): Promise<Entry | null> {
  try {
    return await firstEntry((await container.getArchive({ path })) as Readable);
  } catch (error) {
    if (statusOf(error) === 404) return null;
    throw error;
  }
}

function firstEntry(archive: Readable): Promise<Entry> {
  return new Promise((resolve, reject) => {
    const entries = extract();
    const end = (entry: Entry) => {
      archive.destroy();
      resolve(entry);
    };
    entries.on("entry", ({ type, linkname, size = 0 }, content) => {
      if (type === "symlink") return end({ link: linkname ?? "", digest: null });
      if (type !== "file" || size > MAX_BYTES) return end({ link: null, digest: `${type} of ${size} bytes` });
      const hash = createHash("sha256");
      content.on("data", (chunk: Buffer) => hash.update(chunk));
      content.on("end", () => end({ link: null, digest: hash.digest("hex") }));
    });
    entries.on("finish", () => end({ link: null, digest: null })).on("error", reject);
    archive.on("error", reject).pipe(entries);
  });
}
