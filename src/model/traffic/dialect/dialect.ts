import { BAD_KEYS, DAILY_LIMITS, FORBIDDEN, QUOTAS } from "./account-entries.ts";
import { BAD_HISTORY, MALFORMED_CALLS, REFUSALS } from "./conversation-entries.ts";
import { type DialectEntry, type DialectKind, isAbout } from "./entry.ts";
import { GENERAL } from "./general-entries.ts";
import { LIMITS, LOADING, PASSING } from "./passing-entries.ts";
import type { ErrorReport } from "./report.ts";
import { NO_TOOL_PARSERS, NO_TOOLS, WRONG_ADDRESSES, WRONG_MODELS, WRONG_PARAMETERS } from "./setup-entries.ts";
import { NO_ROOM, OUTPUT_LIMITS, OVER_TIER, OVERFLOWS } from "./size-entries.ts";

/**
 * An entry of the table with the kind of error that it is about.
 *
 * @internal
 */
export type KindedEntry = DialectEntry & { readonly kind: DialectKind };

function ofKind(kind: DialectKind, entries: readonly DialectEntry[]): readonly KindedEntry[] {
  return entries.map((entry) => ({ ...entry, kind }));
}

/**
 * What providers, gateways and local servers say when they do not answer. The first entry that applies counts: what quotes the model's own words comes first, limits of
 * tokens come before windows of tokens, and the words that any host could use come last.
 *
 * @internal
 */
export const DIALECT: readonly KindedEntry[] = [
  ...ofKind("malformed-call", MALFORMED_CALLS),
  ...ofKind("quota", QUOTAS),
  ...ofKind("refusal", REFUSALS),
  ...ofKind("forbidden", FORBIDDEN),
  ...ofKind("over-tier", OVER_TIER),
  ...ofKind("daily", DAILY_LIMITS),
  ...ofKind("bad-key", BAD_KEYS),
  ...ofKind("no-room", NO_ROOM),
  ...ofKind("output-limit", OUTPUT_LIMITS),
  ...ofKind("limited", LIMITS),
  ...ofKind("overflow", OVERFLOWS),
  ...ofKind("no-tool-parser", NO_TOOL_PARSERS),
  ...ofKind("no-tools", NO_TOOLS),
  ...ofKind("bad-history", BAD_HISTORY),
  ...ofKind("wrong-parameter", WRONG_PARAMETERS),
  ...ofKind("wrong-model", WRONG_MODELS),
  ...ofKind("wrong-address", WRONG_ADDRESSES),
  ...ofKind("loading", LOADING),
  ...GENERAL,
  ...ofKind("passing", PASSING),
];

/** What a status alone means, where no words say more. */
const OF_STATUS: ReadonlyMap<number, DialectKind> = new Map([
  [401, "bad-key"],
  [402, "quota"],
  [403, "forbidden"],
  [404, "wrong-model"],
  [405, "wrong-address"],
  [413, "overflow"],
  [429, "limited"],
  ...[408, 409, 425, 498, 499].map((status): [number, DialectKind] => [status, "passing"]),
]);

/** Kinds that a limit (429) is never about, whatever its words are: many limits count tokens. */
const NOT_A_LIMIT: ReadonlySet<DialectKind> = new Set(["overflow", "no-room", "output-limit", "bad-history", "wrong-parameter"]);

/** Classifies a reported error. There is a kind for every report: where no entry applies, the status decides. */
export function kindOf(report: ErrorReport): DialectKind {
  const entry = DIALECT.find((one) => !(report.status === 429 && NOT_A_LIMIT.has(one.kind)) && isAbout(one, report));
  return entry?.kind ?? kindOfStatus(report.status);
}

function kindOfStatus(status: number | null): DialectKind {
  if (status === null) return "passing";
  const known = OF_STATUS.get(status);
  if (known !== undefined) return known;
  if (status >= 500) return "passing";
  return status >= 300 && status < 400 ? "wrong-address" : "rejected";
}
