import type { ModelSpec } from "../../core/model.ts";
import { printable } from "../../core/printable.ts";
import { type RunFlags, typedFlags } from "../run/run-settings.ts";
import type { Terminal } from "../terminal.ts";
import { type RunTexts, refuseKeysInTexts } from "./keys-in-texts.ts";
import { isKnownHost } from "./known-hosts.ts";
import type { Trust, TrustRequest } from "./trust.ts";
import { webRequests, webWords } from "./web-hosts.ts";

/** A key that a model needs and the host that it is sent to; `isKnown` where that is the provider's own, reached by https on its usual port. */
export type KeyPair = { readonly variable: string; readonly host: string; readonly isKnown: boolean };

// A run has a few keys; a file with more is not worth reading out.
const MAX_TOLD = 20;

type Endpoint = Pick<ModelSpec, "apiKeyEnv" | "baseUrl">;

/** Lists which key goes where, each pair once; scripted models and those without a key have none. */
export function keyPairs(models: readonly Endpoint[]): readonly KeyPair[] {
  const pairs = models.flatMap(({ apiKeyEnv, baseUrl }) => {
    if (apiKeyEnv === null) return [];
    const { host, protocol } = new URL(baseUrl);
    return [{ variable: apiKeyEnv, host, isKnown: protocol === "https:" && isKnownHost(apiKeyEnv, host) }];
  });
  return [...new Map(pairs.map((pair) => [JSON.stringify(pair), pair])).values()];
}

/** Lists the pairs that need the user's permission; `askedBy` is the file that asks for them. */
export function keyRequests(pairs: readonly KeyPair[], askedBy: string): readonly TrustRequest[] {
  return pairs.flatMap(({ variable, host, isKnown }) => (isKnown ? [] : [{ kind: "key", variable, host, askedBy } as const]));
}

/** Writes a pair for people. */
export function pairWords({ variable, host }: KeyPair): string {
  return `${printable(variable)} -> ${printable(host, 260)}`;
}

/**
 * Makes sure that every key of a run may go where its model is and stands nowhere else, and that agents may read what its tasks list of this machine's own network; says
 * where each key goes, and what may be read. Throws UserError when one of them may not, or when a text of the run contains a key.
 */
export async function confirmKeys(
  { flags, ...run }: Omit<RunTexts, "typed"> & { readonly flags: RunFlags },
  { terminal, trust }: { readonly terminal: Pick<Terminal, "notify">; readonly trust: Trust },
): Promise<void> {
  await refuseKeysInTexts({ ...run, typed: typedFlags(flags) });
  const pairs = keyPairs(run.arms.map(({ model }) => model));
  await trust.confirm([...keyRequests(pairs, flags.models), ...webRequests(run.suite.tasks)]);
  const web = webWords(run.suite.tasks);
  if (web !== null) terminal.notify(web);
  if (pairs.length === 0) return;
  const others = pairs.length > MAX_TOLD ? `, and ${pairs.length - MAX_TOLD} more` : "";
  terminal.notify(`Keys: ${pairs.slice(0, MAX_TOLD).map(pairWords).join(", ")}${others}`);
}
