import type { ToolCall } from "../../../core/model.ts";
import { type ErrorKind, failed, type ToolOutcome } from "./outcome.ts";
import type { CheckedValues, Field, Fields, Tool, ToolContext } from "./tool.ts";
import { trimEndOf } from "./truncate.ts";

/** Arguments that a tool accepts, or the error that tells the model what to fix. */
type CheckedArguments =
  | { readonly kind: "ok"; readonly args: CheckedValues; readonly unknownKeys: readonly string[] }
  | { readonly kind: "invalid"; readonly outcome: ToolOutcome };

/** A call that is ready to run, or the error that tells the model what to fix. */
export type BoundCall =
  | { readonly kind: "ok"; readonly run: (context: ToolContext) => Promise<ToolOutcome>; readonly unknownKeys: readonly string[] }
  | { readonly kind: "invalid"; readonly outcome: ToolOutcome };

const MAX_MESSAGE = 300;

type Value = string | number | boolean;
type Checked = { readonly kind: "ok"; readonly value: Value | undefined } | { readonly kind: "invalid"; readonly problem: string };

/**
 * Checks what the model sent against a tool's fields. Lenient where nothing has to be guessed: `"5"` is 5, `"true"` is true, null is
 * absent, unknown keys are left out and listed, stray quotes or blanks after a complete object are dropped.
 *
 * @internal
 */
export function checkArguments(call: ToolCall, fields: Fields): CheckedArguments {
  const parsed = objectOf(call);
  if (parsed.kind === "invalid") return parsed;
  const args: Record<string, Value> = {};
  const problems: string[] = [];
  for (const [name, field] of Object.entries(fields)) {
    const checked = checkField(name, field, Object.hasOwn(parsed.value, name) ? parsed.value[name] : undefined);
    if (checked.kind === "invalid") problems.push(checked.problem);
    else if (checked.value !== undefined) args[name] = checked.value;
  }
  if (problems.length > 0) return { kind: "invalid", outcome: failed("invalid_arguments", `${problems.join("; ")}.`) };
  return { kind: "ok", args, unknownKeys: Object.keys(parsed.value).filter((key) => !Object.hasOwn(fields, key)) };
}

/** Binds what the model sent to a tool: checked against the fields of the loop's own, as one object for a server to check otherwise. */
export function bindArguments(call: ToolCall, tool: Tool): BoundCall {
  if (tool.kind === "remote") {
    const parsed = objectOf(call);
    return parsed.kind === "invalid" ? parsed : { kind: "ok", run: (context) => tool.run(parsed.value, context), unknownKeys: [] };
  }
  const checked = checkArguments(call, tool.fields);
  if (checked.kind === "invalid") return checked;
  return { kind: "ok", run: (context) => tool.run(checked.args, context), unknownKeys: checked.unknownKeys };
}

type ObjectOrError =
  | { readonly kind: "ok"; readonly value: Readonly<Record<string, unknown>> }
  | { readonly kind: "invalid"; readonly outcome: ToolOutcome };

function objectOf({ args, rawArguments }: ToolCall): ObjectOrError {
  if (args.kind === "ok") return { kind: "ok", value: args.value };
  // Without raw text the provider sent the arguments as JSON, so they are valid JSON of the wrong kind.
  if (rawArguments === null) return invalid("invalid_arguments", `${shortened(args.error)}. Send the arguments again as one JSON object.`);
  const rescued = parseLeniently(rawArguments);
  if (rescued === undefined) return invalid("invalid_json", `${shortened(args.error)}. Send the arguments again as one JSON object.`);
  if (!isObject(rescued)) return invalid("invalid_arguments", `the arguments must be one JSON object, got ${described(rescued)}.`);
  return { kind: "ok", value: rescued };
}

function invalid(kind: ErrorKind, sentence: string): ObjectOrError {
  return { kind: "invalid", outcome: failed(kind, sentence) };
}

// Some models add the closing quotes of an imagined string after a complete object; some send nothing for "no arguments".
function parseLeniently(raw: string): unknown {
  const trimmed = raw.trim();
  if (trimmed === "") return {};
  const asWritten = parse(trimmed);
  if (asWritten !== undefined || !trimmed.startsWith("{")) return asWritten;
  return parse(trimEndOf(trimmed, "\"'` \t\r\n"));
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function checkField(name: string, field: Field, sent: unknown): Checked {
  const isAbsent = sent === undefined || sent === null;
  if (isAbsent && field.required) return { kind: "invalid", problem: `${name} is required` };
  if (isAbsent) return { kind: "ok", value: undefined };
  const value = coerced(field.type, sent);
  if (value === undefined) {
    return { kind: "invalid", problem: `${name} must be ${article(field.type)} ${field.type}, got ${described(sent)}` };
  }
  if (typeof value !== "number") return { kind: "ok", value };
  return checkBounds(name, field, value);
}

function checkBounds(name: string, { min = Number.MIN_SAFE_INTEGER, max = Number.MAX_SAFE_INTEGER }: Field, value: number): Checked {
  if (value >= min && value <= max) return { kind: "ok", value };
  const bounds = max === Number.MAX_SAFE_INTEGER ? `at least ${min}` : `between ${min} and ${max}`;
  return { kind: "invalid", problem: `${name} must be ${bounds}, got ${value}` };
}

function coerced(type: Field["type"], sent: unknown): Value | undefined {
  switch (type) {
    case "string":
      return typeof sent === "string" ? sent : typeof sent === "number" || typeof sent === "boolean" ? String(sent) : undefined;
    case "integer":
      return integerOf(sent);
    case "boolean":
      return typeof sent === "boolean" ? sent : sent === "true" ? true : sent === "false" ? false : undefined;
  }
}

function integerOf(sent: unknown): number | undefined {
  const number = typeof sent === "string" && /^\s*[+-]?\d+(\.0+)?\s*$/.test(sent) ? Number(sent) : sent;
  return typeof number === "number" && Number.isSafeInteger(number) ? number : undefined;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function described(value: unknown): string {
  if (Array.isArray(value)) return "an array";
  if (isObject(value)) return "an object";
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

function article(type: Field["type"]): string {
  return type === "integer" ? "an" : "a";
}

function shortened(message: string): string {
  return trimEndOf(message.slice(0, MAX_MESSAGE), ". \n");
}
