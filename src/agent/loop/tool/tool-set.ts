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
import type { Tool } from "./tool.ts";
import { webFetchTool } from "./web-fetch.ts";

/** The tools of a trial: `offered` are shown to the model, in a fixed order; `denied` exist but are not allowed. */
export type ToolSet = { readonly offered: readonly Tool[]; readonly denied: readonly Tool[] };

const TIERS: Readonly<Record<Exclude<ToolProfile, "apply-patch">, readonly Tier[]>> = {
  full: ["read", "write", "execute"],
  "no-exec": ["read", "write"],
  "read-only": ["read"],
  "bash-only": ["execute"],
};

/**
 * Selects the tools of a profile; with `web`, those of a task that allows something of it. Every sandbox has Python 3, because its guest program is written in it.
 */
export function toolSet(profile: ToolProfile, commandTimeoutSeconds: number, web?: Web): ToolSet {
  const runCommand = runCommandTool(commandTimeoutSeconds);
  const runPython = runPythonTool(commandTimeoutSeconds);
  const others = [listDirectory, searchFiles, findReferences, runCommand, runPython, ...(web === undefined ? [] : [webFetchTool(web)])];
  if (profile === "apply-patch") return { offered: [readFile, applyPatch, ...others], denied: [writeFile, editFile] };
  const all = [readFile, writeFile, editFile, ...others];
  const isOffered = (tool: Tool): boolean => (profile === "bash-only" ? tool === runCommand : TIERS[profile].includes(tool.tier));
  return { offered: all.filter(isOffered), denied: all.filter((tool) => !isOffered(tool)) };
}
