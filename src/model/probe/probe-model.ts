import { UserError } from "../../core/errors.ts";
import type { ModelRequest, ModelSpec } from "../../core/model.ts";
import { type ModelDeps, openModels } from "../open-model.ts";
import { openDispatchers } from "../recording-fetch.ts";
import { SecretRedactor } from "../redact.ts";
import { learnSecrets } from "../secrets.ts";
import type { Patience } from "../traffic/next-try.ts";
import { type Catalogue, isListedBelowV1, type OfferedModel, offeredAs, readCatalogue } from "./catalogue.ts";
import { nearestNames } from "./nearest-names.ts";
import { type ServerReader, serverReader } from "./server-reader.ts";
import { listedWindow, readServerWindow, type ServerWindow } from "./server-window.ts";
import { isRejected, type Talk, talk } from "./talk.ts";

/** What a probe found out about a model and its server. */
export type Probe = {
  readonly spec: ModelSpec;
  readonly talk: Talk;
  /** Null where the server was not asked for it. */
  readonly catalogue: Catalogue | null;
  readonly offered: OfferedModel | null;
  /** Names that the server offers and that look like the configured one, where it does not offer that. */
  readonly nearest: readonly string[];
  /** Whether the server answers below `/v1`, which the address lacks. */
  readonly lacksV1: boolean;
  readonly window: ServerWindow | null;
  /** Sum of the answers' costs, in US dollars; null where one is unknown. */
  readonly costUsd: number | null;
};

/** How much a probe asks: `whole` asks a server also what it offers; `short` does so only to explain a failure. */
type ProbeDepth = "whole" | "short";

/** What a probe may do: `signal` stops it, `spendingLimit` is what its requests reserve from. */
type ProbeOptions = Pick<ModelRequest, "signal" | "spendingLimit"> & { readonly depth: ProbeDepth };

/** Probes models, and reads what their servers offer. Both throw UserError when a key is not set, else nothing but the signal's reason. */
export type Prober = {
  readonly probe: (spec: ModelSpec, options: ProbeOptions) => Promise<Probe>;
  readonly offers: (spec: ModelSpec, signal: AbortSignal) => Promise<Catalogue>;
};

/** A probe says what is the matter now; a run has the patience to wait. */
const PATIENCE: Patience = { maxRequests: 2, maxCallMs: 60_000, maxServerWaitMs: 10_000 };
const ANSWER_TIMEOUT_MS = 60_000;

/** Opens a prober: its conversations go through the adapters of a run, and all it reads beside them through the same connections and bounds. */
export function openProber(
  deps: Pick<ModelDeps, "key" | "now" | "notice" | "dispatchers"> & { readonly answerTimeoutMs?: number },
): Prober {
  const dispatchers = deps.dispatchers ?? openDispatchers();
  const open = openModels({ ...deps, dispatchers, patience: PATIENCE });
  const secrets = new SecretRedactor();

  const readerOf = (spec: ModelSpec, signal: AbortSignal): ServerReader => {
    const key = spec.apiKeyEnv === null ? null : deps.key(spec.apiKeyEnv)?.trim() || missing(spec, spec.apiKeyEnv);
    learnSecrets(secrets, spec, key);
    return serverReader(spec, { key, dispatchers, redact: secrets.redact, now: deps.now, signal });
  };

  return {
    offers: (spec, signal) => readCatalogue(spec, readerOf(spec, signal)),
    async probe(spec, { signal, spendingLimit, depth }) {
      const ask = readerOf(spec, signal);
      // An HTTP model needs no task.
      const model = open(spec)({ task: undefined as never, attempt: 1 });
      const options = { signal, answerTimeoutMs: deps.answerTimeoutMs ?? ANSWER_TIMEOUT_MS, ...(spendingLimit && { spendingLimit }) };
      const talked = await talk(model, options);
      const isAsked = depth === "whole" || isAboutName(spec, talked);
      const catalogue = isAsked ? await readCatalogue(spec, ask) : null;
      const offered = catalogue && offeredAs(catalogue, spec.model);
      // Before a run the answer matters only where it can differ from what is configured.
      const isWindowAsked = talked.responses.length > 0 && (depth === "whole" || spec.contextWindow !== null);
      const isMissing = catalogue?.kind === "listed" && offered === null;
      return {
        spec,
        talk: talked,
        catalogue,
        offered,
        nearest: isMissing ? nearestNames(spec.model, idsOf(catalogue)) : [],
        lacksV1: catalogue?.kind === "unlisted" && catalogue.status !== null ? await isListedBelowV1(spec, ask) : false,
        window: isWindowAsked ? await readServerWindow(spec, offered, ask) : listedWindow(offered),
        costUsd: costOf(talked),
      };
    },
  };
}

/** Returns whether a list of models, or another path, may explain a rejection. */
function isAboutName({ model }: ModelSpec, talked: Talk): boolean {
  const status = talked.attempts.at(-1)?.status;
  return isRejected(talked) && (status === 404 || status === 405 || (talked.failure?.message.includes(model) ?? false));
}

function idsOf(catalogue: Catalogue): readonly string[] {
  return catalogue.kind === "listed" ? catalogue.models.map(({ id }) => id) : [];
}

function costOf({ responses }: Talk): number | null {
  return responses.reduce<number | null>((sum, { cost }) => (sum === null || cost.costUsd === null ? null : sum + cost.costUsd), 0);
}

function missing(spec: ModelSpec, variable: string): never {
  throw new UserError(`Cannot use the model "${spec.name}": ${variable} is not set; set it, or choose other models`);
}
