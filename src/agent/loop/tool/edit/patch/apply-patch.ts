import { type PatchOperation, parsePatch } from "../../../../../core/patch.ts";
import { failed, succeeded, type ToolOutcome } from "../../outcome.ts";
import { refusalOutcome } from "../../path.ts";
import { MAX_WRITE_BYTES } from "../../text-file.ts";
import { defineTool } from "../../tool.ts";
import { byteLength, grouped } from "../../truncate.ts";
import type { FoundBy } from "./line-search.ts";
import { type PatchedFile, planPatch } from "./plan-patch.ts";

const MAX_FILES = 200;
// Each is searched for in its whole file.
const MAX_SEARCHES = 1000;

const FOUND_NOTE: Readonly<Record<FoundBy, string>> = {
  exact: "",
  "trailing-blanks": " (matched ignoring trailing whitespace)",
  indentation: " (matched ignoring indentation)",
  punctuation: " (matched ignoring typographic punctuation)",
};

const DESCRIPTION = `Create, change, move and delete files with one patch, which is applied as a whole or not at all. The patch begins with the line '*** Begin Patch' and ends with the line '*** End Patch'. Between them stands one section for each file:
'*** Add File: <path>' creates or replaces a file; every line of its content follows with '+' before it.
'*** Delete File: <path>' deletes a file; nothing follows.
'*** Update File: <path>' changes a file; '*** Move to: <new path>' may follow at once, and then hunks.
A hunk begins with '@@', or with '@@ ' and a whole line of the file that comes before the change, such as the head of its function. Then come the lines of one place of the file, each with one character before it: ' ' for a line that stays, '-' for a line that is removed, '+' for a line that is added. Give about three lines that stay before and after the change; they must be copied from the file, without line numbers. Hunks of a file are in the order of the file, and the first place that fits is changed. The line '*** End of File' ends a hunk that must be at the end of the file. Example:
*** Begin Patch
*** Update File: src/greet.py
@@ def greet():
-    print("Hi")
+    print("Hello")
     return None
*** Add File: docs/greeting.md
+# Greeting
*** End Patch`;

/** Applies a patch of the V4A format to several files: all hunks are found before anything is written. */
export const applyPatch = defineTool({
  name: "apply_patch",
  tier: "write",
  description: DESCRIPTION,
  fields: { patch: { type: "string", description: "The patch, from '*** Begin Patch' to '*** End Patch'.", required: true } },
  run: async ({ patch }, { sandbox }) => {
    if (byteLength(patch) > MAX_WRITE_BYTES) {
      const sentence = `the patch is ${grouped(byteLength(patch))} bytes; the limit is ${grouped(MAX_WRITE_BYTES)}.`;
      return failed("too_large", sentence, "Send smaller patches.");
    }
    const parsed = parsePatch(patch);
    if (parsed.kind === "malformed")
      return unchanged(failed("invalid_arguments", `patch line ${parsed.line}: ${parsed.problem}.`, parsed.advice));
    const excess = tooMuch(parsed.operations);
    if (excess !== null) return excess;
    const plan = await planPatch(sandbox, parsed.operations);
    if (plan.kind === "failed") return unchanged(plan.outcome);
    const changed = await sandbox.changeFiles(sandbox.workspace, plan.changes);
    if (changed.kind !== "changed") return unchanged(refusalOutcome(changed.path, changed, sandbox.workspace));
    return succeeded(`Success. Updated the following files:\n${plan.files.map(lineOf).join("\n")}`);
  },
});

function tooMuch(operations: readonly PatchOperation[]): ToolOutcome | null {
  if (operations.length > MAX_FILES)
    return failed(
      "too_large",
      `the patch changes ${grouped(operations.length)} files; the limit is ${MAX_FILES}.`,
      "Send smaller patches.",
    );
  const hunks = operations.flatMap((operation) => (operation.kind === "update" ? operation.hunks : []));
  const searches = hunks.reduce((sum, { headers }) => sum + 1 + headers.length, 0);
  if (searches <= MAX_SEARCHES) return null;
  return failed(
    "too_large",
    `the patch has ${grouped(searches)} hunks and headers; the limit is ${grouped(MAX_SEARCHES)}.`,
    "Send smaller patches.",
  );
}

function lineOf({ mark, path, movedTo, by }: PatchedFile): string {
  return `${mark} ${path}${movedTo === null ? "" : ` -> ${movedTo}`}${FOUND_NOTE[by]}`;
}

function unchanged(outcome: ToolOutcome): ToolOutcome {
  return { ...outcome, text: `${outcome.text}\nNothing was changed: correct the patch and send all of it again.` };
}
