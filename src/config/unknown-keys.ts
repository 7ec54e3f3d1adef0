import type { z } from "zod";
import type { FieldPath } from "./field-issue.ts";

/** A key that a schema does not know: where it stands, and the keys that are known there. */
export type UnknownKey = { readonly path: FieldPath; readonly known: readonly string[] };

/** Lists the keys of a value that a schema lets pass without knowing them, in its order. Groups whose keys are free, such as variables, have none, and neither have lists. */
export function unknownKeys(schema: z.core.$ZodType, value: unknown): readonly UnknownKey[] {
  return keysIn(schema, value, []);
}

function keysIn(schema: z.core.$ZodType, value: unknown, path: FieldPath): readonly UnknownKey[] {
  const shape = shapeOf(schema);
  if (shape === null || typeof value !== "object" || value === null || Array.isArray(value)) return [];
  const known = Object.keys(shape);
  return Object.entries(value).flatMap(([key, inner]) => {
    const below = [...path, key];
    const own = Object.hasOwn(shape, key) ? shape[key] : undefined;
    return own === undefined ? [{ path: below, known }] : keysIn(own, inner, below);
  });
}

type Shape = Readonly<Record<string, z.core.$ZodType>>;
type Definition = { readonly type: string; readonly innerType?: z.core.$ZodType; readonly shape?: Shape };

// An object, also one that may be missing, null, or has a default.
function shapeOf(schema: z.core.$ZodType): Shape | null {
  const { type, innerType, shape } = schema._zod.def as Definition;
  if (type === "object") return shape ?? null;
  return innerType === undefined ? null : shapeOf(innerType);
}
