import type { DirectoryEntry } from "../../../../core/sandbox.ts";
import { succeeded, type ToolOutcome } from "../outcome.ts";
import { refusalOutcome, refusePath } from "../path.ts";
import { defineTool } from "../tool.ts";
import { byteLength, grouped } from "../truncate.ts";

/** Folders that are searched only when a path points into them: they are large and not part of the task's own text. */
export const SKIPPED_FOLDERS: readonly string[] = [".git", "node_modules", "__pycache__", ".venv"];

const MAX_ENTRIES = 300;
const NOTICE_BYTES = 60;

/** Lists a directory, a few levels deep. */
export const listDirectory = defineTool({
  name: "list_directory",
  tier: "read",
  description: "List a directory, sorted by name; directories end with '/'.",
  fields: {
    path: { type: "string", description: "Directory relative to the workspace root. Default '.'.", required: false },
    depth: { type: "integer", description: "Levels to descend, 1 to 4. Default 1.", required: false, min: 1, max: 4 },
  },
  run: async ({ path = ".", depth = 1 }, { sandbox, limits }) => {
    const refused = refusePath(path);
    if (refused !== null) return refused;
    const listing = await sandbox.list({ path, root: sandbox.workspace }, { depth, maxEntries: MAX_ENTRIES, skipInside: SKIPPED_FOLDERS });
    if (listing.kind !== "listed") return refusalOutcome(path, listing, sandbox.workspace);
    return showEntries(listing.entries, listing.omitted, limits.maxResultBytes);
  },
});

function showEntries(entries: readonly DirectoryEntry[], omitted: number, maxBytes: number): ToolOutcome {
  if (entries.length === 0) return succeeded("(empty directory)");
  const names = entries.map(({ path, kind }) => (kind === "directory" ? `${path}/` : path));
  const shown: string[] = [];
  let room = maxBytes - NOTICE_BYTES;
  for (const name of names) {
    room -= byteLength(name) + 1;
    if (room < 0) break;
    shown.push(name);
  }
  const hidden = omitted + names.length - shown.length;
  if (hidden === 0) return succeeded(shown.join("\n"));
  const full = shown.length < names.length ? new TextEncoder().encode(names.join("\n")) : null;
  return succeeded([...shown, `[${grouped(hidden)} more entries not shown]`].join("\n"), full);
}
