import { z } from "zod";
import { UserError } from "../core/errors.ts";
import { jsonText } from "../core/printable.ts";
import { readText } from "../files/file.ts";
import { isFile } from "../files/folder.ts";
import { type Place, shown } from "../files/place.ts";
import { replaceFile } from "../files/write.ts";

const entrySchema = z.strictObject({
  commit: z.string().regex(/^[0-9a-f]{40,64}$/),
  path: z.string(),
  kept: z
    .strictObject({ task: z.string(), tests: z.int(), failing: z.int(), isolation: z.enum(["process", "none"]), note: z.string() })
    .optional(),
  dropped: z.string().optional(),
});

const recordSchema = z.strictObject({ commits: z.array(entrySchema) });

/** What became of a commit: the task that was made of it, with its tests and those of them that fail before it, or why none was. `path` is the folder of the repository that was imported; empty for all of it. */
export type ImportEntry = z.output<typeof entrySchema>;

/** Reads what earlier imports into a folder did; nothing where there was none. Throws UserError when the file was changed by hand into something else. */
export function readImportRecord(place: Place): readonly ImportEntry[] {
  if (!isFile(place)) return [];
  const found = recordSchema.safeParse(jsonOf(readText(place)));
  if (found.success) return found.data.commits;
  throw new UserError(
    `Cannot read "${shown(place.path)}": it is not what an import writes; remove it, and every commit without a task is tried again`,
  );
}

/** Adds what became of a commit to the file; an earlier entry of the same commit is replaced. The file is written whole or not at all. */
export function addToImportRecord(place: Place, entry: ImportEntry): void {
  const others = readImportRecord(place).filter(({ commit, path }) => commit !== entry.commit || path !== entry.path);
  replaceFile(place, [`${jsonText({ commits: [...others, entry] })}\n`]);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
