import type { ToolCall, ToolResult, Turn } from "../../core/model.ts";
import { patchFor } from "./patch-text.ts";
import { type Change, textOf } from "./scripted-solution.ts";
import { smallEdit } from "./small-edit.ts";

/** A tool call that a scripted model means to make. */
export type PlannedCall = { readonly name: string; readonly args: Readonly<Record<string, unknown>> };

/** What a scripted model says in one turn; without calls it is done. */
export type Move = { readonly text: string; readonly calls: readonly PlannedCall[] };

/** A tool call that was made, with its result where there is one. */
export type Done = { readonly call: ToolCall; readonly result: ToolResult | null };

const MAX_WRITE_BYTES = 1024 * 1024;
/** Below the kernel's limit for one argument (128 KiB) once it is base64. */
const CHUNK_BYTES = 60_000;

/** Lists the ways to make one change with the offered tools, best first; each is a series of calls that must all succeed. */
export function waysToChange(change: Change, tools: ReadonlySet<string>): readonly (readonly PlannedCall[])[] {
  const { file, before } = change;
  const text = textOf(file);
  const ways: PlannedCall[][] = [];
  const oldText = before === null ? null : textOf(before);
  const edit = text === null || oldText === null ? null : smallEdit(oldText, text);
  if (edit !== null && tools.has("edit_file")) {
    ways.push([{ name: "edit_file", args: { path: file.path, old_text: edit.oldText, new_text: edit.newText } }]);
  }
  if (text !== null && file.bytes.length <= MAX_WRITE_BYTES && tools.has("write_file")) {
    ways.push([{ name: "write_file", args: { path: file.path, content: text } }]);
  }
  const patch = text === null || !tools.has("apply_patch") ? null : patchFor(file.path, oldText, text);
  if (patch !== null && file.bytes.length <= MAX_WRITE_BYTES / 2) ways.push([{ name: "apply_patch", args: { patch } }]);
  if (tools.has("run_command")) ways.push(shellWrites(change));
  return ways;
}

/** Pairs every call of a conversation with its result. */
export function doneSoFar(turns: readonly Turn[]): readonly Done[] {
  return turns.flatMap((turn, index) => {
    if (turn.kind !== "assistant") return [];
    const next = turns[index + 1];
    const results = next?.kind === "tool" ? next.results : [];
    return turn.view.calls.map((call) => ({ call, result: results.find(({ callId }) => callId === call.id) ?? null }));
  });
}

/** How a planned call went the last time it was made: `untried` also when the harness did not get to it. */
export function stateOf(planned: PlannedCall, done: readonly Done[]): "untried" | "succeeded" | "failed" {
  const last = done.findLast(({ call }) => isSameCall(planned, call));
  if (last?.result == null || last.result.text.startsWith("Error: too_many_calls")) return "untried";
  return hasFailed(last.result) ? "failed" : "succeeded";
}

/** Quotes a word for bash. */
export function quoted(word: string): string {
  return /^[\w./-]+$/.test(word) && !word.startsWith("-") ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

function hasFailed(result: ToolResult): boolean {
  return result.isError || /^(Error:|.{0,40}exit code:? [1-9-])/.test(result.text);
}

/** A path is written in one way by one tool, so the path identifies the call; a command and a patch are identified by their text. */
function isSameCall(planned: PlannedCall, call: ToolCall): boolean {
  if (call.name !== planned.name || call.args.kind !== "ok") return false;
  const key = call.name === "run_command" ? "command" : call.name === "apply_patch" ? "patch" : "path";
  return call.args.value[key] === planned.args[key];
}

/** Plans the commands that write a file, in pieces that a command line can hold. */
export function shellWrites({ file }: Change): PlannedCall[] {
  const path = quoted(file.path);
  const folder = file.path.includes("/") ? `mkdir -p ${quoted(file.path.slice(0, file.path.lastIndexOf("/")))} && ` : "";
  const chunks = Math.max(1, Math.ceil(file.bytes.length / CHUNK_BYTES));
  return Array.from({ length: chunks }, (_, index) => {
    const bytes = Buffer.from(file.bytes.subarray(index * CHUNK_BYTES, (index + 1) * CHUNK_BYTES));
    const open = index === 0 ? `${folder}base64 -d > ${path}` : `base64 -d >> ${path}`;
    const body = bytes.toString("base64").replaceAll(/.{76}/g, "$&\n");
    return { name: "run_command", args: { command: `${open} <<'END_OF_FILE'\n${body}\nEND_OF_FILE` } };
  });
}
