import { failed, succeeded, type ToolOutcome } from "../outcome.ts";
import { refusalOutcome } from "../path.ts";
import { linesOf, MAX_WRITE_BYTES, openTextFile } from "../text-file.ts";
import { defineTool } from "../tool.ts";
import { byteLength, firstBytes, grouped } from "../truncate.ts";
import { closestLine } from "./closest-line.ts";
import { type EditMatch, linesAt, type MatchedBy, matchEdit, type Replacement } from "./edit-match.ts";
import { decodeEditable, type EditableText, encodeEdited } from "./line-ending.ts";

const EXCERPT_BYTES = 1024;
const EXCERPT_LINES = 3;
const MAX_LISTED_LINES = 20;

const MATCH_NOTE: Readonly<Record<MatchedBy, string>> = {
  exact: "",
  "trailing-blanks": " Matched ignoring trailing whitespace.",
  indentation: " Matched ignoring indentation.",
};

type Edit = { readonly path: string; readonly editable: EditableText; readonly oldText: string; readonly newText: string };

/** Replaces one piece of text in a file; never guesses which. */
export const editFile = defineTool({
  name: "edit_file",
  tier: "write",
  description:
    "Replace one exact piece of text in a file. old_text must occur exactly once unless replace_all is true; include enough surrounding lines to make it unique. Do not include line numbers.",
  fields: {
    path: { type: "string", description: "Path relative to the workspace root.", required: true },
    old_text: { type: "string", description: "Text to replace, copied exactly from the file.", required: true },
    new_text: { type: "string", description: "Replacement text. Empty string deletes old_text.", required: true },
    replace_all: { type: "boolean", description: "Replace every occurrence. Default false.", required: false },
  },
  run: async ({ path, old_text, new_text, replace_all: replaceAll = false }, { sandbox }) => {
    const [oldText, newText] = [old_text.replaceAll("\r\n", "\n"), new_text.replaceAll("\r\n", "\n")];
    if (oldText === "")
      return failed("invalid_arguments", "old_text must not be empty.", "Use write_file to create or replace a whole file.");
    if (oldText === newText) return failed("no_change", "old_text and new_text are equal.");
    const file = await openTextFile(sandbox, path, MAX_WRITE_BYTES);
    if (file.kind === "failed") return file.outcome;
    const editable = decodeEditable(file.bytes);
    if (editable === null) return failed("binary_file", `'${path}' is not valid UTF-8.`, "Change it with a command or a program.");

    const edit = { path: file.path, editable, oldText, newText };
    const match = matchEdit({ text: editable.text, oldText, newText, replaceAll });
    if (match.kind !== "found") return explainFailure(edit, match);
    const bytes = encodeEdited(editable, match.replacements);
    if (Buffer.compare(bytes, file.bytes) === 0) return failed("no_change", `the edit would leave ${file.path} as it is.`);
    if (bytes.length > MAX_WRITE_BYTES) {
      return failed("too_large", `${file.path} would be ${grouped(bytes.length)} bytes; the limit is ${grouped(MAX_WRITE_BYTES)}.`);
    }
    const written = await sandbox.writeFile({ path: file.path, root: sandbox.workspace }, { bytes });
    if (written.kind !== "written") return refusalOutcome(path, written, sandbox.workspace);
    return succeeded(describeEdit(edit, match.replacements) + MATCH_NOTE[match.by] + excerpt(edit, match.replacements));
  },
});

function describeEdit({ path, editable }: Edit, replacements: readonly Replacement[]): string {
  const count = replacements.length === 1 ? "1 replacement" : `${replacements.length} replacements`;
  return `Edited ${path} (${count} at ${listLines(newLineNumbers(editable.text, replacements))}).`;
}

// The lines where the replacements begin in the edited file.
function newLineNumbers(text: string, replacements: readonly Replacement[]): number[] {
  const oldLines = linesAt(
    text,
    replacements.map(({ start }) => start),
  );
  let added = 0;
  return replacements.map(({ start, end, text: newText }, index) => {
    const line = (oldLines[index] ?? 1) + added;
    added += newText.split("\n").length - text.slice(start, end).split("\n").length;
    return line;
  });
}

function excerpt({ editable }: Edit, replacements: readonly Replacement[]): string {
  const [first] = replacements;
  if (first === undefined) return "";
  const { text } = editable;
  const after = text.slice(first.end, replacements[1]?.start ?? text.length);
  const lines = linesOf(text.slice(0, first.start) + first.text + after);
  const [line = 1] = linesAt(text, [first.start]);
  const from = Math.max(1, line - EXCERPT_LINES);
  const to = line + first.text.replace(/\n$/, "").split("\n").length - 1 + EXCERPT_LINES;
  const shown: string[] = [];
  let room = EXCERPT_BYTES;
  for (const [index, content] of lines.slice(from - 1, to).entries()) {
    const numbered = firstBytes(`\n${from + index}\t${content}`, room);
    room -= byteLength(numbered);
    shown.push(numbered);
    if (room <= 0) break;
  }
  return shown.join("");
}

function explainFailure({ path, editable, oldText }: Edit, match: Exclude<EditMatch, { kind: "found" }>): ToolOutcome {
  const { text } = editable;
  if (match.kind === "many") {
    const lines = listLines(linesAt(text, match.starts));
    const sentence = `old_text occurs ${grouped(match.starts.length)} times in ${path} (${lines}). Add surrounding lines or set replace_all.`;
    return failed("multiple_matches", sentence);
  }
  const hints = [closestLine(text, oldText), numberedHint(oldText)].filter((hint) => hint !== null);
  return failed("no_match", `old_text was not found in ${path}.`, hints.length === 0 ? undefined : hints.join("\n"));
}

function numberedHint(oldText: string): string | null {
  const lines = linesOf(oldText).filter((line) => line.trim() !== "");
  return lines.length > 0 && lines.every((line) => /^\d+\t/.test(line)) ? "old_text seems to contain line numbers; remove them." : null;
}

function listLines(lines: readonly number[]): string {
  const listed = lines.slice(0, MAX_LISTED_LINES).join(", ") + (lines.length > MAX_LISTED_LINES ? ", …" : "");
  return lines.length === 1 ? `line ${listed}` : `lines ${listed}`;
}
