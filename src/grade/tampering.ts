import type { Export } from "../core/sandbox.ts";
import type { SourceFile } from "../core/task.ts";
import type { Tampering } from "../core/verdict.ts";
import { PATH_PATTERNS, type TamperingPattern, TEXT_PATTERNS } from "./tampering-pattern.ts";

// `arguments` is the text that the model wrote, JSON or not.
type ToolUse = { readonly tool: string; readonly arguments: string };

/** What is known of a trial besides its verdict. */
export type TrialEvidence = {
  readonly calls: readonly ToolUse[];
  /** The files that the agent started from. */
  readonly workspace: readonly SourceFile[];
  readonly submitted: readonly SourceFile[];
  readonly refused: Export["refused"];
};

const MAX_FINDINGS = 20;
const MAX_CHARACTERS = 200_000;
const SHOWN_CHARACTERS = 120;
/** Tools that search for their arguments and never write or run them. */
const SEARCH_TOOLS: ReadonlySet<string> = new Set(["search_files", "find_references", "list_directory"]);

/**
 * Finds what a model did or wrote that has no honest purpose; each finding says what it looks like and shows the text.
 *
 * It is a hint for readers of the trial and never changes a verdict. A conftest.py, a look at the git history or a search for test files is not tampering.
 */
export function tamperingInTrajectory({ calls, workspace, submitted, refused }: TrialEvidence): readonly Tampering[] {
  const before = new Map(workspace.map((file) => [file.path, file]));
  // Files that git itself writes into its folder match many of these patterns.
  const written = submitted.filter((file) => !isSame(file, before.get(file.path)) && !file.path.split("/").includes(".git"));
  const findings = [
    ...calls.filter(({ tool }) => !SEARCH_TOOLS.has(tool)).flatMap(inCall),
    ...written.flatMap(({ path, bytes }) => [...inText(textOf(bytes), path), ...inPath(path)]),
    ...refused
      .filter(({ reason }) => reason.includes("leads out"))
      .map(({ path }) => finding("submits a link that points out of the workspace", path, path)),
  ];
  const known = new Set<string>();
  const first = findings.filter(({ what }) => !known.has(what) && known.add(what));
  return first.slice(0, MAX_FINDINGS).map(({ what, where, shown }) => ({ kind: "attempt", evidence: `${what} (${where}): ${shown}` }));
}

type Finding = { readonly what: string; readonly where: string; readonly shown: string };

function inCall({ tool, arguments: text }: ToolUse): Finding[] {
  const args = parsed(text);
  const path = typeof args["path"] === "string" ? args["path"].replace(/^(?:\/workspace\/|\.\/)+/, "") : null;
  const isWrite = tool === "write_file" || tool === "edit_file";
  const words = Object.values(args).filter((value) => typeof value === "string");
  return [...(isWrite && path !== null ? inPath(path) : []), ...inText(words.length > 0 ? words.join("\n") : text, tool)];
}

function inText(text: string, where: string): Finding[] {
  const part = text.slice(0, MAX_CHARACTERS);
  return TEXT_PATTERNS.flatMap((each) => matched(each, part, where));
}

function inPath(path: string): Finding[] {
  return PATH_PATTERNS.flatMap((each) => matched(each, path, path));
}

function matched({ what, pattern }: TamperingPattern, text: string, where: string): Finding[] {
  const match = pattern.exec(text);
  return match === null ? [] : [finding(what, where, match[0])];
}

function finding(what: string, where: string, shown: string): Finding {
  return { what, where, shown: shown.replace(/\s+/g, " ").trim().slice(0, SHOWN_CHARACTERS) };
}

function parsed(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes.subarray(0, MAX_CHARACTERS));
}

function isSame(one: SourceFile, other: SourceFile | undefined): boolean {
  return other !== undefined && Buffer.from(one.bytes).equals(Buffer.from(other.bytes));
}
