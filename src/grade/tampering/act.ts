import { type PatchHunk, parsePatch } from "../../core/patch.ts";
import { readCommands, type SimpleCommand } from "./shell-command.ts";

/** A tool call as the model wrote it; `arguments` is text, JSON or not. */
export type ToolUse = { readonly tool: string; readonly arguments: string };

/** Something that a tool call did: ran a command, ran a program that it brought along, or wrote a file. */
export type Act =
  | { readonly kind: "ran"; readonly tool: string; readonly verb: string; readonly command: SimpleCommand }
  | { readonly kind: "ran-program"; readonly tool: string; readonly text: string }
  | { readonly kind: "wrote"; readonly tool: string; readonly path: string; readonly text: string };

/** What a piece of an agent's work was found to do, and the text that shows it. */
export type Sign = { readonly what: string; readonly shown: string };

const MAX_EXPANSIONS = 50;
const MAX_LOOPS = 50;
const MAX_SHELL_DEPTH = 3;
const SHELLS: ReadonlySet<string> = new Set(["bash", "sh", "dash", "zsh", "eval"]);
const INTERPRETERS: ReadonlySet<string> = new Set(["python", "python3", "node", "perl", "ruby", "php", "deno", "bun", "tsx"]);
const KEYWORDS: ReadonlySet<string> = new Set(["do", "then", "else", "elif", "if", "while", "until", "!", "{", "time"]);
const WRAPPERS: ReadonlySet<string> = new Set(["sudo", "env", "nohup", "setsid", "exec", "command", "builtin", "nice", "timeout", "xargs"]);

/** Tells what a tool call did. Calls that only read, list or search did nothing. */
export function actsOf({ tool, arguments: text }: ToolUse): readonly Act[] {
  const args = parsed(text);
  const given = (name: string): string => (typeof args?.[name] === "string" ? args[name] : "");
  if (tool === "write_file") return [{ kind: "wrote", tool, path: inWorkspace(given("path")), text: given("content") }];
  if (tool === "edit_file") return [{ kind: "wrote", tool, path: inWorkspace(given("path")), text: given("new_text") }];
  // Other agents give the patch under another name, or by itself.
  if (tool === "apply_patch") return actsOfPatch(tool, args === null ? text : given("patch") || given("input"));
  if (tool === "run_python") return [{ kind: "ran-program", tool, text: given("code") }];
  if (tool === "run_command") return actsOfShell(tool, args === null ? text : given("command"), 0);
  return [];
}

function actsOfPatch(tool: string, patch: string): Act[] {
  const parsedPatch = parsePatch(patch);
  if (parsedPatch.kind === "malformed") return [];
  return parsedPatch.operations.flatMap((operation): Act[] => {
    if (operation.kind === "delete") return [];
    const path = inWorkspace(operation.kind === "update" ? (operation.moveTo ?? operation.path) : operation.path);
    return [{ kind: "wrote", tool, path, text: operation.kind === "add" ? operation.text : addedText(operation.hunks) }];
  });
}

function addedText(hunks: readonly PatchHunk[]): string {
  const added = hunks.flatMap(({ lines }) => lines.filter(({ mark }) => mark === "+"));
  return added.map(({ text }) => text).join("\n");
}

function parsed(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

function inWorkspace(path: string): string {
  return path.replace(/^(?:\/workspace\/|\.\/)+/, "");
}

type Loops = Map<string, readonly string[]>;

function actsOfShell(tool: string, text: string, depth: number): Act[] {
  const loops: Loops = new Map();
  return readCommands(text).flatMap((raw) => {
    const command = { ...raw, targets: raw.targets.flatMap((target) => expanded(target, loops)) };
    const words = ownWords(command.words);
    const [first = "", ...rest] = words;
    const verb = first.slice(first.lastIndexOf("/") + 1);
    if (verb === "for" && rest[0] !== undefined && loops.size < MAX_LOOPS) loops.set(rest[0], rest.slice(2));
    const ran: Act = { kind: "ran", tool, verb, command: { ...command, words } };
    return [ran, ...writes(tool, verb, ran.command), ...programs(tool, verb, ran.command, depth)];
  });
}

/** Drops what stands before the program of a command: keywords, assignments, and programs that run others. */
function ownWords(words: readonly string[]): readonly string[] {
  let at = 0;
  let isWrapped = false;
  for (; at < words.length; at++) {
    const word = words[at] as string;
    if (WRAPPERS.has(word)) isWrapped = true;
    else if (!(KEYWORDS.has(word) || /^\w{1,100}\+?=/.test(word) || (isWrapped && /^(?:-|\d)/.test(word)))) break;
  }
  return words.slice(at);
}

/** Puts the values of the loops that a word stands in into it; `$f` within `for f in a b` is both. */
function expanded(word: string, loops: Loops): readonly string[] {
  let all: readonly string[] = [word];
  for (const [name, values] of loops) {
    const pieces = [`\${${name}}`, `$${name}`];
    const piece = pieces.find((one) => word.includes(one));
    if (piece !== undefined) all = all.flatMap((one) => values.map((value) => one.replaceAll(piece, () => value))).slice(0, MAX_EXPANSIONS);
  }
  return all;
}

function writes(tool: string, verb: string, { words, targets, heredoc }: SimpleCommand): Act[] {
  const named = verb === "tee" ? words.slice(1).filter((word) => !word.startsWith("-")) : [];
  const said = verb === "echo" || verb === "printf" ? words.slice(1).join(" ").replaceAll("\\n", "\n") : "";
  return [...targets, ...named].map((path) => ({ kind: "wrote", tool, path: inWorkspace(path), text: heredoc ?? said }));
}

function programs(tool: string, verb: string, { words, heredoc, targets }: SimpleCommand, depth: number): Act[] {
  const isShell = SHELLS.has(verb);
  if (!(isShell || INTERPRETERS.has(verb))) return [];
  const after = words.findIndex((word) => /^-\w{0,4}[ce]$/.test(word) || word === "--eval") + 1;
  const inline = after > 0 ? words[after] : verb === "eval" ? words.slice(1).join(" ") : undefined;
  const texts = [inline, targets.length > 0 && isShell ? undefined : heredoc].filter((one) => typeof one === "string");
  return texts.flatMap((text): Act[] => {
    if (!isShell) return [{ kind: "ran-program", tool, text }];
    return depth < MAX_SHELL_DEPTH ? actsOfShell(tool, text, depth + 1) : [];
  });
}
