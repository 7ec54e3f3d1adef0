import { failed, succeeded } from "../outcome.ts";
import { defineTool } from "../tool.ts";
import { showFoundLines } from "./found-lines.ts";
import { searchWithRipgrep } from "./ripgrep.ts";

/** Searches the text of files. */
export const searchFiles = defineTool({
  name: "search_files",
  tier: "read",
  description: "Search file contents with a regular expression (ripgrep syntax). Returns 'path:line: text'.",
  fields: {
    pattern: { type: "string", description: "Regular expression.", required: true },
    path: { type: "string", description: "File or directory to search. Default '.'.", required: false },
    glob: { type: "string", description: "Only files matching this glob, for example '*.py'.", required: false },
    ignore_case: { type: "boolean", description: "Default false.", required: false },
    literal: { type: "boolean", description: "Treat pattern as plain text. Default false.", required: false },
    context: { type: "integer", description: "Lines of context around each match, 0 to 5. Default 0.", required: false, min: 0, max: 5 },
  },
  run: async (args, context) => {
    if (args.pattern === "") return failed("bad_pattern", "pattern must not be empty.");
    if (args.pattern.includes("\0") || args.glob?.includes("\0")) return failed("bad_pattern", "NUL bytes cannot be searched for.");
    const flags = [
      ...(args.glob === undefined || args.glob === "" ? [] : [`--glob=${args.glob}`]),
      ...(args.ignore_case ? ["--ignore-case"] : []),
      ...(args.literal ? ["--fixed-strings"] : []),
      ...(args.context ? [`--context=${args.context}`] : []),
    ];
    const result = await searchWithRipgrep({ flags, pattern: args.pattern, path: args.path ?? "." }, context);
    if (result.kind === "failed") return result.outcome;
    if (result.kind === "none") return succeeded("No matches.");
    return showFoundLines([{ heading: "", lines: result.lines }], result, context.limits.maxResultBytes);
  },
});
