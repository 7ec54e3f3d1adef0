import { diffLines } from "diff";
import { oneLine, plainText } from "../../core/printable.ts";
import type { ToolCallRecord } from "../../core/record.ts";
import { fitText } from "../wrap.ts";
import { blockLines, fittedLines, foldedLines, type TrialStyle } from "./folded-text.ts";

/** Writes a tool call with its result: short arguments beside its name, an edit of a file as a diff, other text of several lines as it was written. */
export function callLines(call: ToolCallRecord, style: TrialStyle): readonly string[] {
  const { paint } = style;
  const result = call.result ?? "(the harness stopped during this call)";
  const values = parsedObject(call.arguments);
  if (values === null) return [`${paint.bold(`> ${call.tool}`)} ${call.arguments}`, ...blockLines(result, "  ", style)];
  const { edit, others } = editIn(call.tool, values);
  const isBlock = (value: unknown): value is string => typeof value === "string" && value.includes("\n");
  const entries = Object.entries(others);
  // Their JSON may have held escapes, which reading it has made characters.
  const inline = entries.flatMap(([name, value]) => (isBlock(value) ? [] : [plainText(`${name}=${JSON.stringify(value)}`)])).join(" ");
  const blocks = entries.flatMap(([name, value]) =>
    isBlock(value) ? [paint.dim(`  ${oneLine(name)}:`), ...blockLines(plainText(value), "  | ", style)] : [],
  );
  return [
    fitText(`${paint.bold(`> ${call.tool}`)} ${inline}`, paint.width, "  "),
    ...blocks,
    ...(edit === null ? [] : editLines(edit, style)),
    ...blockLines(result, "  ", style),
  ];
}

type Edit = { readonly before: string; readonly after: string };

// As the tools of the built-in agent and of others call what an edit replaces.
const REPLACEMENTS = [
  ["old_text", "new_text"],
  ["old_string", "new_string"],
  ["old_str", "new_str"],
] as const;

function editIn(
  tool: string,
  values: Readonly<Record<string, unknown>>,
): { readonly edit: Edit | null; readonly others: Readonly<Record<string, unknown>> } {
  for (const [old, replacement] of REPLACEMENTS) {
    const { [old]: before, [replacement]: after, ...others } = values;
    if (typeof before === "string" && typeof after === "string") return { edit: { before, after }, others };
  }
  const { content, ...others } = values;
  if (typeof content === "string" && /write/i.test(tool)) return { edit: { before: "", after: content }, others };
  return { edit: null, others: values };
}

// Beyond so many changes the search for the shortest diff takes too long.
const MAX_CHANGES = 2_000;

function editLines({ before, after }: Edit, style: TrialStyle): readonly string[] {
  const { paint } = style;
  const [old, replacement] = [before, after].map((text) => plainText(text).replace(/\n?$/, text === "" ? "" : "\n"));
  const parts = diffLines(old ?? "", replacement ?? "", { maxEditLength: MAX_CHANGES }) ?? [
    { value: old ?? "", removed: true, added: false },
    { value: replacement ?? "", removed: false, added: true },
  ];
  const lines = parts.flatMap(({ value, added, removed }) => {
    const [sign, show] = added ? (["+", paint.green] as const) : removed ? (["-", paint.red] as const) : ([" ", String] as const);
    return fittedLines(value.replace(/\n$/, "").split("\n"), `  ${sign} `, style).map((line) => show(line));
  });
  return foldedLines(lines, "  ", style);
}

function parsedObject(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}
