import { MAX_JSON_LEVELS } from "./answer/bounds.ts";

/** A JSON object whose fields have not been checked yet. */
export type JsonRecord = Readonly<Record<string, unknown>>;

/** Checks whether a value is a JSON object. */
export function isRecord(value: unknown): value is JsonRecord {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The object in a field; an empty one when there is none, so that look-ups can be chained. */
export function recordIn(record: JsonRecord, field: string): JsonRecord {
  const value = record[field];
  return isRecord(value) ? value : {};
}

/** The objects of an array in a field; empty when there is no array. */
export function recordsIn(record: JsonRecord, field: string): readonly JsonRecord[] {
  const value = record[field];
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

/** The finite, non-negative number in a field, or null. */
export function numberIn(record: JsonRecord, field: string): number | null {
  const value = record[field];
  return typeof value === "number" && Number.isFinite(value) && value >= 0 ? value : null;
}

/** The count in a field: a whole number that can be added to and stored exactly, or null. */
export function countIn(record: JsonRecord, field: string): number | null {
  const value = numberIn(record, field);
  return Number.isSafeInteger(value) ? value : null;
}

/** The text in a field, or null. */
export function stringIn(record: JsonRecord, field: string): string | null {
  const value = record[field];
  return typeof value === "string" ? value : null;
}

/** Parses a text as JSON; gives `otherwise` for one that is not JSON. */
export function parsedOr(text: string, otherwise: unknown): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return otherwise;
  }
}

/** Checks whether a value has more levels than can safely be written as JSON again. */
export function isTooDeep(value: unknown, levels = MAX_JSON_LEVELS): boolean {
  if (typeof value !== "object" || value === null) return false;
  return levels === 0 || Object.values(value).some((inner) => isTooDeep(inner, levels - 1));
}
