import type { AgentLimits, Tier } from "../../../core/agent.ts";
import type { ToolSchema } from "../../../core/model.ts";
import type { Sandbox } from "../../../core/sandbox.ts";
import type { ToolOutcome } from "./outcome.ts";

/** One argument of a tool. Bounds are told in the description's prose and checked by us: not every provider accepts them in a schema. */
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

/** Arguments that passed a tool's fields, before they are given their types. */
export type CheckedValues = Readonly<Record<string, string | number | boolean | undefined>>;

type ArgumentsOf<F extends Fields> = {
  readonly [K in keyof F]: F[K]["required"] extends true ? ValueOf<F[K]> : ValueOf<F[K]> | undefined;
};

/** What a tool works with. */
export type ToolContext = {
  readonly sandbox: Sandbox;
  readonly limits: AgentLimits;
  readonly signal: AbortSignal;
  /** Working time that the trial has left. */
  readonly remainingMs: () => number;
};

/** A tool as the loop sees it; `run` is given arguments that passed `fields`. */
export type Tool = {
  readonly name: string;
  readonly tier: Tier;
  readonly description: string;
  readonly fields: Fields;
  readonly run: (args: CheckedValues, context: ToolContext) => Promise<ToolOutcome>;
};

/** Ties the type of a tool's arguments to its fields. */
export function defineTool<const F extends Fields>(definition: {
  readonly name: string;
  readonly tier: Tier;
  readonly description: string;
  readonly fields: F;
  readonly run: (args: ArgumentsOf<F>, context: ToolContext) => Promise<ToolOutcome>;
}): Tool {
  const { run, ...rest } = definition;
  return { ...rest, run: (args, context) => run(args as ArgumentsOf<F>, context) };
}

/** Shows a tool to a model, in the plain subset of JSON Schema that every provider accepts. */
export function schemaOf(tool: Tool): ToolSchema {
  const properties = Object.fromEntries(Object.entries(tool.fields).map(([name, { type, description }]) => [name, { type, description }]));
  const required = Object.entries(tool.fields).flatMap(([name, field]) => (field.required ? [name] : []));
  return { name: tool.name, description: tool.description, parameters: { type: "object", properties, required } };
}
