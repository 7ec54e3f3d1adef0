import type { Tier, ToolProfile } from "../../../core/agent.ts";
import type { Web } from "../../../core/web.ts";
import { editFile } from "./edit/edit-file.ts";
import { applyPatch } from "./edit/patch/apply-patch.ts";
import { writeFile } from "./edit/write-file.ts";
import { readFile } from "./read-file.ts";
import { runCommandTool } from "./run-command.ts";
import { runPythonTool } from "./run-python.ts";
import { findReferences } from "./search/find-references.ts";
import { listDirectory } from "./search/list-directory.ts";
import { searchFiles } from "./search/search-files.ts";
import type { RemoteTool, Tool } from "./tool.ts";
import { webFetchTool } from "./web-fetch.ts";

/** The tools of a trial: `offered` are shown to the model, in a fixed order; `denied` exist but are not allowed. */
export type ToolSet = { readonly offered: readonly Tool[]; readonly denied: readonly Tool[] };

const TIERS: Readonly<Record<Exclude<ToolProfile, "apply-patch">, readonly Tier[]>> = {
  full: ["read", "write", "execute"],
  "no-exec": ["read", "write"],
  "read-only": ["read"],
  "bash-only": ["execute"],
};

/** What a task adds to the tools: what it allows of the web, and the tools of its servers. */
export type TaskTools = { readonly web?: Web | undefined; readonly remote?: readonly RemoteTool[] };

/**
 * Selects the tools of a profile, with those that a task adds; a bare shell stays bare. Every sandbox has Python 3, because its guest program is written in it.
 */
export function toolSet(profile: ToolProfile, commandTimeoutSeconds: number, { web, remote = [] }: TaskTools = {}): ToolSet {
  const runCommand = runCommandTool(commandTimeoutSeconds);
  const runPython = runPythonTool(commandTimeoutSeconds);
  const others = [
    listDirectory,
    searchFiles,
    findReferences,
    runCommand,
    runPython,
    ...(web === undefined ? [] : [webFetchTool(web)]),
    ...remote,
  ];
  if (profile === "apply-patch") return { offered: [readFile, applyPatch, ...others], denied: [writeFile, editFile] };
  const all: readonly Tool[] = [readFile, writeFile, editFile, ...others];
  const isOffered = (tool: Tool): boolean => (profile === "bash-only" ? tool === runCommand : TIERS[profile].includes(tool.tier));
  return { offered: all.filter(isOffered), denied: all.filter((tool) => !isOffered(tool)) };
}
