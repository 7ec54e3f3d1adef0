import { failed, succeeded } from "../outcome.ts";
import { defineTool } from "../tool.ts";
import { definitionTest } from "./definition.ts";
import { showFoundLines } from "./found-lines.ts";
import { type FoundLine, searchWithRipgrep } from "./ripgrep.ts";

/** Finds an identifier as a whole word; lines that define it come first. */
export const findReferences = defineTool({
  name: "find_references",
  tier: "read",
  description: "Find where an identifier is defined and used (whole-word search; definitions are listed first).",
  fields: {
    symbol: { type: "string", description: "Identifier, for example 'parse_config'.", required: true },
    path: { type: "string", description: "Directory to search. Default '.'.", required: false },
  },
  run: async ({ symbol, path = "." }, context) => {
    if (!/^[A-Za-z_$][\w$]*$/.test(symbol)) {
      return failed(
        "invalid_arguments",
        `symbol must be one identifier, got ${JSON.stringify(symbol.slice(0, 60))}.`,
        "Use search_files for other text.",
      );
    }
    const result = await searchWithRipgrep({ flags: ["--word-regexp", "--fixed-strings"], pattern: symbol, path }, context);
    if (result.kind === "failed") return result.outcome;
    if (result.kind === "none") return succeeded("No matches.");
    const isDefinition = definitionTest(symbol);
    const defines = (line: FoundLine): boolean => line.kind === "match" && isDefinition(line.path, line.text);
    const sections = [
      { heading: "Definitions:", lines: result.lines.filter(defines) },
      { heading: "References:", lines: result.lines.filter((line) => !defines(line)) },
    ].filter(({ lines }) => lines.length > 0);
    return showFoundLines(sections, result, context.limits.maxResultBytes);
  },
});
