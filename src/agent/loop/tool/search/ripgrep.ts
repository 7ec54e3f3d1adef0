import { posix } from "node:path";
import type { CommandResult } from "../../../../core/sandbox.ts";
import { failed, type ToolOutcome } from "../outcome.ts";
import { refusalOutcome, refusePath } from "../path.ts";
import type { ToolContext } from "../tool.ts";
import { firstBytes, trimEndOf } from "../truncate.ts";
import { SKIPPED_FOLDERS } from "./list-directory.ts";

/** A search: ripgrep flags in addition to the fixed ones, the pattern and the path. */
export type Search = { readonly flags: readonly string[]; readonly pattern: string; readonly path: string };

/** One line of ripgrep's output; `other` is not a line of a file (a separator, a remark on a binary file). */
export type FoundLine =
  | { readonly kind: "match" | "context"; readonly path: string; readonly line: number; readonly text: string }
  | { readonly kind: "other"; readonly text: string };

/** What a search found; `matches` and `files` count everything, even where `lines` had no room for it. */
export type SearchResult =
  | { readonly kind: "found"; readonly lines: readonly FoundLine[]; readonly matches: number; readonly files: number }
  | { readonly kind: "none" }
  | { readonly kind: "failed"; readonly outcome: ToolOutcome };

const CAPTURE_BYTES = 1024 * 1024;

// Hidden files are searched and ignore files have no effect, so that results do not depend on whether a task's workspace is a
// repository; the folders that list_directory does not descend into are left out unless the path points into them.
const FIXED_FLAGS: readonly string[] = [
  "--no-config",
  "--no-heading",
  "--with-filename",
  "--color=never",
  "--no-messages",
  "--null",
  "--crlf",
  "--sort",
  "path",
  "--hidden",
  "--no-ignore",
];
const LINE_FLAGS = ["-n", "--max-columns", "300", "--max-columns-preview"];

/** Runs ripgrep in the workspace, on a path that the sandbox has confirmed to be inside. */
export async function searchWithRipgrep(search: Search, context: ToolContext): Promise<SearchResult> {
  const refused = refusePath(search.path) ?? (await refuseMissing(search.path, context));
  if (refused !== null) return { kind: "failed", outcome: refused };
  const result = await runRipgrep(LINE_FLAGS, search, context);
  const failure = failureOf(result, context);
  if (failure !== null) return { kind: "failed", outcome: failure };
  const lines = parseLines(textOf(result.head));
  if (lines.length === 0) return { kind: "none" };
  const totals = result.omittedBytes > 0 ? await countAll(search, context) : countLines(lines);
  return { kind: "found", lines, ...totals };
}

async function refuseMissing(path: string, { sandbox }: ToolContext): Promise<ToolOutcome | null> {
  const listing = await sandbox.list({ path, root: sandbox.workspace }, { depth: 1, maxEntries: 1, skipInside: [] });
  return listing.kind === "listed" || listing.kind === "not-a-directory" ? null : refusalOutcome(path, listing, sandbox.workspace);
}

function runRipgrep(
  flags: readonly string[],
  search: Search,
  { sandbox, limits, signal, remainingMs }: ToolContext,
): Promise<CommandResult> {
  const skipped = SKIPPED_FOLDERS.map((folder) => `--glob=!${folder}`);
  const request = {
    command: [
      "rg",
      ...FIXED_FLAGS,
      ...flags,
      ...search.flags,
      ...skipped,
      "--",
      search.pattern,
      relativePath(search.path, sandbox.workspace),
    ],
    cwd: sandbox.workspace,
    env: {},
    timeoutMs: Math.max(1, Math.ceil(Math.min(limits.commandTimeoutSeconds * 1000, remainingMs()))),
    maxOutputBytes: CAPTURE_BYTES,
  };
  return sandbox.run(request, signal);
}

// ripgrep prints paths as they are passed; relative ones are the shortest.
function relativePath(path: string, workspace: string): string {
  return posix.relative(workspace, posix.resolve(workspace, path)) || ".";
}

function failureOf({ exit, head, durationMs }: CommandResult, { limits }: ToolContext): ToolOutcome | null {
  if (exit.kind === "timed-out")
    return failed("timeout", `killed after ${Math.round(durationMs / 1000) || limits.commandTimeoutSeconds} s.`);
  if (exit.kind !== "exited") return failed("environment", "the search was killed.", "Narrow the pattern or the path.");
  if (exit.code === 0 || exit.code === 1) return null;
  if (exit.code === 126 || exit.code === 127) return failed("environment", "ripgrep is not installed in this image.");
  const message = trimEndOf(textOf(head), " \n");
  // Exit 2 with matches means that some file could not be read; the error texts of ripgrep begin like this.
  return /^(rg: |regex |error)/.test(message) ? failed("bad_pattern", firstBytes(message.replace(/^rg: /, ""), 600)) : null;
}

async function countAll(search: Search, context: ToolContext): Promise<{ matches: number; files: number }> {
  const { head } = await runRipgrep(["--count"], search, context);
  const counts = textOf(head)
    .split("\n")
    .map((line) => Number(line.split("\0")[1] ?? 0));
  return { matches: counts.reduce((sum, count) => sum + (count || 0), 0), files: counts.filter((count) => count > 0).length };
}

function countLines(lines: readonly FoundLine[]): { matches: number; files: number } {
  const paths = lines.flatMap((line) => (line.kind === "match" ? [line.path] : []));
  return { matches: paths.length, files: new Set(paths).size };
}

function parseLines(output: string): FoundLine[] {
  return trimEndOf(output, "\n")
    .split("\n")
    .filter((line) => line !== "")
    .map(parseLine);
}

function parseLine(printed: string): FoundLine {
  const [, path, line, mark, text] = /^([^\0]*)\0(\d+)([:-])(.*)$/s.exec(printed) ?? [];
  if (path === undefined || line === undefined || text === undefined) return { kind: "other", text: printed };
  const kind = mark === ":" ? "match" : "context";
  return { kind, path: path.replace(/^\.\//, ""), line: Number(line), text: trimEndOf(text, "\r") };
}

function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
