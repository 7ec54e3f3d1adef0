import type { Readable } from "node:stream";
import { type Pack, pack } from "tar-stream";
import { UserError } from "../../../core/errors.ts";
import { compileRule, isAllowed } from "../../../core/glob.ts";
import { printable } from "../../../core/printable.ts";
import type { SourceFile } from "../../../core/task.ts";
import { inTurns, nextTurn } from "../../../core/turn.ts";

/** The file that says how an image is built. */
export const DOCKERFILE = "Dockerfile";

const IGNORE_FILE = ".dockerignore";
// Each line is compared with each file; honest lists have a dozen.
const MAX_IGNORE_LINES = 100;
const MAX_IGNORE_CHARACTERS = 500;
/** What every file of a context is dated, so that equal folders make equal images. */
const DATE = new Date("2000-01-01T00:00:00Z");

/**
 * Packs the files of an image folder for the engine, and nothing else: what .dockerignore leaves out stays out, and `dockerfile`, unless null, takes the
 * place of the Dockerfile. Throws UserError when .dockerignore cannot be understood.
 */
export function packContext(files: readonly SourceFile[], dockerfile: string | null): Readable {
  const isKept = filterOf(files.find(({ path }) => path === IGNORE_FILE));
  const archive = pack();
  fill(archive, files, { isKept, dockerfile }).catch((error: Error) => archive.destroy(error));
  return archive;
}

type Choice = { readonly isKept: (path: string) => boolean; readonly dockerfile: string | null };

async function fill(archive: Pack, files: readonly SourceFile[], { isKept, dockerfile }: Choice): Promise<void> {
  await nextTurn();
  await inTurns(files, ({ path, bytes, executable }) => {
    if (!isKept(path)) return;
    const content = path === DOCKERFILE && dockerfile !== null ? Buffer.from(dockerfile) : Buffer.from(bytes);
    archive.entry({ name: path, mode: executable ? 0o755 : 0o644, mtime: DATE }, content);
  });
  archive.finalize();
}

// The last line that matches decides, and a folder's line holds for what is in it. The engine needs the two files themselves to read them.
function filterOf(file: SourceFile | undefined): (path: string) => boolean {
  if (file === undefined) return () => true;
  const lines = Buffer.from(file.bytes)
    .toString()
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"));
  if (lines.length > MAX_IGNORE_LINES)
    throw new UserError(`Cannot use "${IGNORE_FILE}": it has ${lines.length} lines; write at most ${MAX_IGNORE_LINES}`);
  const rules = lines.map(ruleOf).reverse();
  return (path) => path === DOCKERFILE || path === IGNORE_FILE || (rules.find(({ matches }) => matches(path))?.isKept ?? true);
}

function ruleOf(line: string): { readonly isKept: boolean; readonly matches: (path: string) => boolean } {
  if (line.length > MAX_IGNORE_CHARACTERS)
    throw new UserError(`Cannot use "${IGNORE_FILE}": a line of it has more than ${MAX_IGNORE_CHARACTERS} characters; write shorter ones`);
  if (/[[\]{}\\]/.test(line))
    throw new UserError(`Cannot use "${IGNORE_FILE}": the line "${printable(line)}" has brackets or a backslash; use names, *, ** and ?`);
  const pattern = line.replace(/^!/, "").replace(/^(\.?\/)+|\/+$/g, "");
  const filter = compileRule({ include: [pattern, `${pattern}/**`], exclude: [] });
  return { isKept: line.startsWith("!"), matches: (path) => pattern === "." || isAllowed(filter, path) };
}
