import { existsSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { messageOf, UserError } from "../core/errors.ts";
import { currentOwner, hasEnded, ownerFromText, ownerToText } from "../sandbox/owner.ts";
import type { OpenMode } from "../store/database.ts";
import { type RunOwner, Store } from "../store/store.ts";

/** Opens the database of results; when opened for writing, its folder is created. */
export function openStore(path: string, mode: OpenMode): Store {
  if (mode === "read") return new Store(path, () => new Date(), mode);
  try {
    mkdirSync(dirname(path), { recursive: true });
  } catch (error) {
    throw new UserError(`Cannot open database "${path}": ${messageOf(error)}; name another file with --db`);
  }
  return new Store(path, () => new Date());
}

/** Opens a database that must exist; throws UserError when there is none. */
export function openExistingStore(path: string, mode: OpenMode): Store {
  if (!existsSync(path))
    throw new UserError(`Cannot open database "${path}": there is no such file; run "bench run" first or name another with --db`);
  return openStore(path, mode);
}

/** Describes this process as the owner of a run: no other process may write to the run while it is alive. */
export function processOwner(): RunOwner {
  const self = currentOwner();
  return {
    text: ownerToText(self),
    hasEnded: (text) => {
      const owner = ownerFromText(text);
      return owner === null || hasEnded(owner, self);
    },
  };
}
