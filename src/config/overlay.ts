import { basename, resolve } from "node:path";
import type { Overlay } from "../core/agent.ts";
import { unchanging } from "../core/digest.ts";
import { UserError } from "../core/errors.ts";
import { isFolder, readTree } from "../files/folder.ts";
import { type Place, placeNamed, shown } from "../files/place.ts";
import { cleanName } from "./prompt.ts";

/** Stands for the workspaces as they are, beside folders that are laid over them. */
const NO_OVERLAY = "none";

/** The overlays of a run, each content once, null for none; and a notice for each folder with the same content as another. */
export type OverlayChoice = { readonly overlays: readonly (Overlay | null)[]; readonly notices: readonly string[] };

/** Reads the folders that are laid over workspaces. Without any, there is one choice: none. Throws UserError for one that is missing, empty or cannot be read. */
export function loadOverlays(paths: readonly string[]): OverlayChoice {
  const kept: { path: string; overlay: Overlay | null }[] = [];
  const notices: string[] = [];
  for (const path of paths.length === 0 ? [NO_OVERLAY] : paths) {
    const overlay = path === NO_OVERLAY ? null : loadOverlay(path);
    const same = kept.find((one) => one.overlay?.digest === overlay?.digest);
    if (same) notices.push(`${path} has the same files as ${same.path}: it is run only once`);
    else kept.push({ path, overlay });
  }
  return { overlays: withDistinctNames(kept.map(({ overlay }) => overlay)), notices };
}

function loadOverlay(path: string): Overlay {
  return laidFiles(placeNamed(path), {
    noun: "overlay",
    wanted: `name one whose files are laid over the workspace, or "${NO_OVERLAY}"`,
    example: "AGENTS.md",
  });
}

/** What messages call a folder, which one to name, and a file that it may hold. */
type LaidWords = { readonly noun: string; readonly wanted: string; readonly example: string };

/** Reads a folder whose files are laid into sandboxes. Throws UserError for one that is missing, empty or cannot be read. */
export function laidFiles(folder: Place, { noun, wanted, example }: LaidWords): Overlay {
  const name = `${noun} "${shown(folder.path)}"`;
  if (!isFolder(folder)) throw new UserError(`Cannot use ${name}: there is no such folder; ${wanted}`);
  let files = 0;
  const { digest, read } = unchanging(shown(folder.path), function* () {
    for (const file of readTree(folder, { emptyFolders: false })) {
      files += 1;
      yield file;
    }
  });
  if (files === 0) throw new UserError(`Cannot use ${name}: it holds no file; put the files in it, such as ${example}`);
  return { name: cleanName(basename(resolve(folder.path))), digest, read };
}

function withDistinctNames(overlays: readonly (Overlay | null)[]): readonly (Overlay | null)[] {
  const times = (name: string): number => overlays.filter((overlay) => overlay?.name === name).length;
  return overlays.map((overlay) =>
    overlay !== null && times(overlay.name) > 1 ? { ...overlay, name: `${overlay.name}-${overlay.digest.slice(0, 6)}` } : overlay,
  );
}
