import type { Shape } from "./shape.ts";

/** A column of a query: the SQL that selects it within bounds, and how its value is checked. A value that is not `expected` becomes `INVALID`. */
export type Column<Value> = {
  readonly sql: string;
  readonly expected: string;
  readonly read: (value: unknown) => Value | typeof INVALID;
};

/** Stands for a value that a column must not have. */
export const INVALID: unique symbol = Symbol("invalid");

/** Names, ids and digests: ten times the longest path of a file, so that every honest one fits. */
export const MAX_NAME_BYTES = 64 * 1024;

/** Messages, notes and JSON: the longest honest ones hold a few hundred KB. */
export const MAX_TEXT_BYTES = 4 * 1024 * 1024;

// Whole dollars or milliseconds above this are no results: a billion dollars, thirty thousand years.
const MAX_AMOUNT = 1e15;

/** Lengths and types are asked of SQLite before it takes a value, so that one of hundreds of MB is never loaded; a blob is what no column accepts. */
const REFUSED = "x''";

const matching = <Value>(sql: string, expected: string, isValid: (value: unknown) => value is Value): Column<Value> => ({
  sql,
  expected,
  read: (value) => (isValid(value) ? value : INVALID),
});

const isText = (value: unknown): value is string => typeof value === "string";

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

const isAmount = (value: unknown): value is number => typeof value === "number" && value >= 0 && value <= MAX_AMOUNT;

const numeric = (sql: string): string => `iif(typeof(${sql}) in ('text', 'blob'), ${REFUSED}, ${sql})`;

/** Selects SQL only where it is text of at most `maxBytes`; used in conditions and orders, too. */
export function within(sql: string, maxBytes: number, value = sql): string {
  return `iif(octet_length(${sql}) > ${maxBytes}, ${REFUSED}, ${value})`;
}

/** A name, an id or a digest. */
export const name = (sql: string): Column<string> =>
  matching(within(sql, MAX_NAME_BYTES), `text of at most ${MAX_NAME_BYTES} bytes`, isText);

/** A message or another text that people read. */
export const text = (sql: string): Column<string> =>
  matching(within(sql, MAX_TEXT_BYTES), `text of at most ${MAX_TEXT_BYTES} bytes`, isText);

/** One of a few words. */
export const word = <Word extends string>(sql: string, words: readonly Word[]): Column<Word> =>
  matching(within(sql, MAX_NAME_BYTES), `one of ${words.join(", ")}`, (value): value is Word => words.includes(value as Word));

/** A whole number from 0, of at most `max`. */
export const count = (sql: string, max = Number.MAX_SAFE_INTEGER): Column<number> =>
  matching(
    numeric(sql),
    max === Number.MAX_SAFE_INTEGER ? "a whole number from 0" : `a whole number from 0 to ${max}`,
    (value): value is number => isCount(value) && value <= max,
  );

/** The four disjoint counts of tokens of a trial or a step; `table` is its alias with a dot where a query has several. */
export const tokenCounts = (table = "") => ({
  inputTokens: count(`${table}input_tokens`),
  cacheReadTokens: count(`${table}cache_read_tokens`),
  cacheWriteTokens: count(`${table}cache_write_tokens`),
  outputTokens: count(`${table}output_tokens`),
});

/**
 * Holds for a trial `t` whose tokens are unknown, since the provider gave no count for one of its steps. Trials of versions before the eighth do not count such steps; no
 * honest trial has steps and no token at all.
 */
export const UNKNOWN_USAGE =
  "(t.unknown_usage_steps > 0 or (t.iterations > 0 and t.input_tokens + t.cache_read_tokens + t.cache_write_tokens + t.output_tokens = 0))";

/** The same counts, null where the condition `isUnknown` holds. */
export const knownTokenCounts = (isUnknown: string, table = "") => {
  const known = (column: string): Column<number | null> => optional(count(`iif(${isUnknown}, null, ${table}${column})`));
  return {
    inputTokens: known("input_tokens"),
    cacheReadTokens: known("cache_read_tokens"),
    cacheWriteTokens: known("cache_write_tokens"),
    outputTokens: known("output_tokens"),
  };
};

/** A whole number from 0 that SQLite itself counted or added up, so that its type is known. */
export const total = (sql: string): Column<number> => matching(sql, "a whole number from 0", isCount);

/** Dollars or milliseconds. */
export const amount = (sql: string): Column<number> => matching(numeric(sql), "a number from 0", isAmount);

/** Dollars or milliseconds that SQLite itself added up. */
export const sum = (sql: string): Column<number> => matching(sql, "a number from 0", isAmount);

/** A number of any sign. */
export const number = (sql: string): Column<number> =>
  matching(numeric(sql), "a number", (value): value is number => Number.isFinite(value));

/** A truth value, stored as 1 or 0. */
export const flag = (sql: string): Column<boolean> => ({
  sql: numeric(sql),
  expected: "1 or 0",
  read: (value) => (value === 1 ? true : value === 0 ? false : INVALID),
});

/** JSON text of a shape. */
export const json = <Value>(sql: string, shape: Shape<Value>): Column<Value> => ({
  sql: within(sql, MAX_TEXT_BYTES),
  expected: `JSON of at most ${MAX_TEXT_BYTES} bytes that holds ${shape.expected}`,
  read: (value) => (isText(value) ? (shape.parse(value) ?? INVALID) : INVALID),
});

/** A column that may be null. */
export const optional = <Value>(column: Column<Value>): Column<Value | null> => ({
  ...column,
  expected: `${column.expected}, or null`,
  read: (value) => (value === null ? null : column.read(value)),
});
