import { unreachable } from "../../../core/errors.ts";
import type { PathRefusal } from "../../../core/sandbox.ts";
import { failed, type ToolOutcome } from "./outcome.ts";
import { grouped } from "./truncate.ts";

/** Refuses paths that no tool accepts, before they reach the sandbox; null for a path that the sandbox may be asked about. */
export function refusePath(path: string): ToolOutcome | null {
  if (path === "") return failed("invalid_arguments", "path must not be empty.", "Use '.' for the workspace root.");
  if (path.includes("\0")) return failed("invalid_arguments", "path must not contain NUL bytes.");
  if (path === "~" || path.startsWith("~/")) {
    return failed("invalid_arguments", `'${path}' starts with '~', which is not expanded.`, "Use a path relative to the workspace root.");
  }
  return null;
}

/** Makes the tool result that says why the sandbox refused a path below `workspace`. */
export function refusalOutcome(path: string, refusal: PathRefusal, workspace: string): ToolOutcome {
  switch (refusal.kind) {
    case "outside":
      return failed("path_outside_workspace", `'${path}' resolves outside ${workspace}.`);
    case "not-found":
      return failed("not_found", `'${path}' does not exist.`, suggestion(refusal.suggestions));
    case "is-directory":
      return failed("is_directory", `'${path}' is a directory, not a file.`);
    case "not-a-directory":
      return failed("not_a_directory", `'${path}' is not a directory.`);
    case "special-file":
      return failed("binary_file", `'${path}' is a pipe, socket or device, not a regular file.`);
    case "too-large":
      return failed("too_large", `'${path}' is ${grouped(refusal.sizeBytes)} bytes, too large for this tool.`);
    case "denied":
      return failed("policy_denied", `'${path}' cannot be used: ${refusal.message}.`);
    default:
      return unreachable(refusal);
  }
}

function suggestion(names: readonly string[]): string | undefined {
  return names.length === 0 ? undefined : `Did you mean: ${names.slice(0, 3).join(", ")}`;
}
