import type { AgentLimits, Tier } from "../../../core/agent.ts";
import type { ToolSchema } from "../../../core/model.ts";
import type { Sandbox } from "../../../core/sandbox.ts";
import type { ToolOutcome } from "./outcome.ts";

/** One argument of a tool. Its description states the bounds, and the harness checks them: not every provider accepts bounds in a schema. */
export type Field = {
  readonly type: "string" | "integer" | "boolean";
  readonly description: string;
  readonly required: boolean;
  readonly min?: number;
  readonly max?: number;
};

/** The arguments of a tool by name, in the order in which the model sees them. */
export type Fields = Readonly<Record<string, Field>>;

type ValueOf<F extends Field> = F["type"] extends "string" ? string : F["type"] extends "integer" ? number : boolean;

/** Arguments that were checked against a tool's fields, before they get their types. */
export type CheckedValues = Readonly<Record<string, string | number | boolean | undefined>>;

type ArgumentsOf<F extends Fields> = {
  readonly [K in keyof F]: F[K]["required"] extends true ? ValueOf<F[K]> : ValueOf<F[K]> | undefined;
};

/** What a tool works with. */
export type ToolContext = {
  readonly sandbox: Sandbox;
  readonly limits: AgentLimits;
  readonly signal: AbortSignal;
  /** Returns the working time that the trial has left, in milliseconds. */
  readonly remainingMs: () => number;
};

/** One of the loop's own tools; `run` gets arguments that were checked against `fields`. */
export type OwnTool = {
  readonly kind: "own";
  readonly name: string;
  readonly tier: Tier;
  readonly description: string;
  readonly fields: Fields;
  readonly run: (args: CheckedValues, context: ToolContext) => Promise<ToolOutcome>;
};

/** A tool of a server that the task brings; `run` gets the arguments as the model sent them, for the server to check against the schema `parameters`. */
export type RemoteTool = {
  readonly kind: "remote";
  readonly name: string;
  readonly tier: Tier;
  readonly description: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly run: (args: Readonly<Record<string, unknown>>, context: ToolContext) => Promise<ToolOutcome>;
};

/** A tool as the loop sees it. */
export type Tool = OwnTool | RemoteTool;

/** Makes a tool whose arguments have the types that its fields say. */
export function defineTool<const F extends Fields>(definition: {
  readonly name: string;
  readonly tier: Tier;
  readonly description: string;
  readonly fields: F;
  readonly run: (args: ArgumentsOf<F>, context: ToolContext) => Promise<ToolOutcome>;
}): OwnTool {
  const { run, ...rest } = definition;
  return { kind: "own", ...rest, run: (args, context) => run(args as ArgumentsOf<F>, context) };
}

/** Describes a tool for a model: one of the loop's own in the plain subset of JSON Schema that every provider accepts, another as its server does. */
export function schemaOf(tool: Tool): ToolSchema {
  if (tool.kind === "remote") return { name: tool.name, description: tool.description, parameters: tool.parameters };
  const properties = Object.fromEntries(Object.entries(tool.fields).map(([name, { type, description }]) => [name, { type, description }]));
  const required = Object.entries(tool.fields).flatMap(([name, field]) => (field.required ? [name] : []));
  return { name: tool.name, description: tool.description, parameters: { type: "object", properties, required } };
}
