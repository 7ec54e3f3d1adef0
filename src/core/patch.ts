/** One line of a hunk: kept (` `), removed (`-`) or added (`+`). */
export type HunkLine = { readonly mark: " " | "-" | "+"; readonly text: string };

/** A change to one place of a file. `headers` are lines of the file that come before the place, in their order; `line` is where the hunk is in the patch, from 1. */
export type PatchHunk = {
  readonly headers: readonly string[];
  readonly lines: readonly HunkLine[];
  /** Whether the place must be at the end of the file. */
  readonly isAtEnd: boolean;
  readonly line: number;
};

/** What a patch does to one file; `moveTo` is null for a file that keeps its path. */
export type PatchOperation =
  | { readonly kind: "add"; readonly path: string; readonly text: string }
  | { readonly kind: "delete"; readonly path: string }
  | { readonly kind: "update"; readonly path: string; readonly moveTo: string | null; readonly hunks: readonly PatchHunk[] };

/** Why a text is not a patch, and the number of the line at fault, from 1. */
type MalformedPatch = { readonly kind: "malformed"; readonly line: number; readonly problem: string; readonly advice: string };

/** A patch that was read, or why it cannot be. */
export type ParsedPatch = { readonly kind: "parsed"; readonly operations: readonly PatchOperation[] } | MalformedPatch;

const BEGIN = "*** Begin Patch";
const END = "*** End Patch";
const ADD = "*** Add File:";
const DELETE = "*** Delete File:";
const UPDATE = "*** Update File:";
const MOVE = "*** Move to:";
const END_OF_FILE = "*** End of File";

/**
 * Parses a patch of the V4A format. Lenient where nothing has to be guessed: blanks around markers, a here-document around the patch, blank lines between operations and
 * CRLF are accepted, an empty line of a hunk is an empty line of the file, and several `@@` lines may follow each other.
 */
export function parsePatch(text: string): ParsedPatch {
  const body = bodyOf(text.replaceAll("\r\n", "\n").split("\n"));
  if (body.kind === "malformed") return body;
  const reader = new LineReader(body.lines, body.firstLine);
  const operations: PatchOperation[] = [];
  for (reader.skipBlank(); !reader.isAtEnd; reader.skipBlank()) {
    const operation = readOperation(reader);
    if (operation.kind === "malformed") return operation;
    operations.push(operation);
  }
  if (operations.length === 0) return malformed(body.firstLine, "the patch changes no file", WANTED_OPERATION);
  return { kind: "parsed", operations };
}

const WANTED_OPERATION = `Begin each file with '${ADD} <path>', '${UPDATE} <path>' or '${DELETE} <path>'.`;
const WANTED_LINES = "Begin each line of a hunk with ' ' (kept), '-' (removed) or '+' (added), and each further hunk with '@@'.";

class LineReader {
  readonly #lines: readonly string[];
  readonly #firstLine: number;
  #at = 0;

  constructor(lines: readonly string[], firstLine: number) {
    this.#lines = lines;
    this.#firstLine = firstLine;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#lines.length;
  }

  /** The line that is next; empty at the end. */
  get next(): string {
    return this.#lines[this.#at] ?? "";
  }

  get line(): number {
    return this.#firstLine + this.#at;
  }

  take(): string {
    const line = this.next;
    this.#at += 1;
    return line;
  }

  skipBlank(): void {
    while (!this.isAtEnd && this.next.trim() === "") this.#at += 1;
  }
}

type Body = { readonly kind: "body"; readonly lines: readonly string[]; readonly firstLine: number };

function bodyOf(lines: readonly string[]): Body | MalformedPatch {
  let [first, last] = [0, lines.length - 1];
  const trimmed = (index: number): string => (lines[index] ?? "").trim();
  const skipBlank = (): void => {
    while (first < last && trimmed(first) === "") first += 1;
    while (last > first && trimmed(last) === "") last -= 1;
  };
  skipBlank();
  if (/^<<-?(["']?)EOF\1$/.test(trimmed(first)) && trimmed(last) === "EOF") {
    [first, last] = [first + 1, last - 1];
    skipBlank();
  }
  if (trimmed(first) !== BEGIN) return malformed(first + 1, `the first line must be '${BEGIN}'`, "Send the whole patch again.");
  if (trimmed(last) !== END) return malformed(last + 1, `the last line must be '${END}'`, "Send the whole patch again.");
  return { kind: "body", lines: lines.slice(first + 1, last), firstLine: first + 2 };
}

function readOperation(reader: LineReader): PatchOperation | MalformedPatch {
  const { line } = reader;
  const header = reader.take().trim();
  const marker = [ADD, DELETE, UPDATE].find((candidate) => header.startsWith(candidate));
  if (marker === undefined) return malformed(line, `'${header.slice(0, 100)}' is not a file operation`, WANTED_OPERATION);
  const path = header.slice(marker.length).trim();
  if (path === "") return malformed(line, "the path is missing", WANTED_OPERATION);
  if (marker === DELETE) return { kind: "delete", path };
  return marker === ADD ? { kind: "add", path, text: addedText(reader) } : readUpdate(reader, path, line);
}

function addedText(reader: LineReader): string {
  const lines: string[] = [];
  while (reader.next.startsWith("+")) lines.push(`${reader.take().slice(1)}\n`);
  return lines.join("");
}

function readUpdate(reader: LineReader, path: string, line: number): PatchOperation | MalformedPatch {
  const moveTo = reader.next.trim().startsWith(MOVE) ? reader.take().trim().slice(MOVE.length).trim() : null;
  if (moveTo === "") return malformed(line + 1, "the new path is missing", `Write '${MOVE} <new path>'.`);
  const hunks: PatchHunk[] = [];
  for (reader.skipBlank(); !reader.isAtEnd && !reader.next.startsWith("*"); reader.skipBlank()) {
    const hunk = readHunk(reader);
    if ("kind" in hunk) return hunk;
    hunks.push(hunk);
  }
  if (hunks.length === 0 && moveTo === null) return malformed(line, `the update of '${path}' changes nothing`, WANTED_LINES);
  return { kind: "update", path, moveTo, hunks };
}

function readHunk(reader: LineReader): PatchHunk | MalformedPatch {
  const { line } = reader;
  const headers: string[] = [];
  for (; isHunkHeader(reader.next); reader.take()) if (reader.next.trim() !== "@@") headers.push(reader.next.slice(3));
  const lines: HunkLine[] = [];
  // Empty lines at the end separate the hunk from what follows; only those between other lines are lines of the file.
  let emptyLines = 0;
  for (; !reader.isAtEnd; reader.take()) {
    const mark = reader.next.charAt(0);
    if (mark === "") emptyLines += 1;
    if (mark === "") continue;
    if (mark !== " " && mark !== "-" && mark !== "+") break;
    for (; emptyLines > 0; emptyLines -= 1) lines.push({ mark: " ", text: "" });
    lines.push({ mark, text: reader.next.slice(1) });
  }
  const isAtEnd = reader.next.trim() === END_OF_FILE;
  if (isAtEnd) reader.take();
  if (lines.length > 0) return { headers, lines, isAtEnd, line };
  if (reader.isAtEnd) return malformed(line, "the hunk has no lines", WANTED_LINES);
  return malformed(reader.line, `'${reader.next.slice(0, 100)}' is not a line of a hunk`, WANTED_LINES);
}

function isHunkHeader(line: string): boolean {
  return line.startsWith("@@ ") || line.trim() === "@@";
}

function malformed(line: number, problem: string, advice: string): MalformedPatch {
  return { kind: "malformed", line, problem, advice };
}
