import { UserError } from "../core/errors.ts";
import type { Model, ModelSpec } from "../core/model.ts";
import type { Task } from "../core/task.ts";
import type { Dispatchers } from "./recording-fetch.ts";
import { SecretRedactor } from "./redact.ts";
import { scriptedModel } from "./scripted/scripted-model.ts";
import { type Clock, systemClock } from "./traffic/clock.ts";
import { RateLimiter } from "./traffic/rate-limiter.ts";

/** The trial that a model is opened for; only scripted models look at it. */
type ModelContext = { readonly task: Task; readonly attempt: number };

/** Gives the model of one trial. */
export type OpenModel = (context: ModelContext) => Model;

/** What the adapters need from outside. All but the first two are for tests. */
export type ModelDeps = {
  /** Value of the environment variable that holds a key. */
  readonly key: (envName: string) => string | undefined;
  /** The wall clock. */
  readonly now: () => Date;
  readonly clock?: Clock;
  readonly random?: () => number;
  readonly dispatchers?: Dispatchers;
};

const SECRET_HEADER = /auth|key|token|secret|cookie/i;

/**
 * Makes the opener of a run's models. Models on the same base URL and key share one lane, so call this once for a run.
 * The opener throws UserError for a model whose key is not set.
 */
export function openModels(surroundings: ModelDeps): (spec: ModelSpec) => OpenModel {
  const clock = surroundings.clock ?? systemClock(surroundings.now);
  const random = surroundings.random ?? Math.random;
  // What a provider is reached with takes a tenth of a second to load: it is loaded for the first that needs it.
  let wires: ReturnType<typeof loadWires> | null = null;
  const secrets = new SecretRedactor();
  const limiters = new Map<string, RateLimiter>();

  return (spec) => {
    if (spec.api === "scripted") return ({ task, attempt }) => scriptedModel(spec, { task, attempt, clock });
    const key = spec.apiKeyEnv === null ? null : keyOf(spec, spec.apiKeyEnv, surroundings);
    if (key !== null) secrets.learn(key);
    for (const [name, value] of Object.entries(spec.headers))
      if (SECRET_HEADER.test(name)) for (const word of secretWords(value)) secrets.learn(word);
    for (const secret of secretTexts(spec.extraBody)) secrets.learn(secret);

    const laneName = JSON.stringify([spec.baseUrl, spec.apiKeyEnv]);
    const limiter = limiters.get(laneName) ?? new RateLimiter(spec.limits, clock);
    limiter.tighten(spec.limits);
    limiters.set(laneName, limiter);
    const { api } = spec;
    const load = async (): Promise<Model> => {
      wires ??= loadWires(surroundings.dispatchers);
      const { protocols, httpModel, dispatchers } = await wires;
      return httpModel(spec, { protocol: protocols[api], key, limiter, clock, random, dispatchers, redact: secrets.redact });
    };
    let loaded: Promise<Model> | null = null;
    const opened = (): Promise<Model> => {
      loaded ??= load();
      return loaded;
    };
    const model: Model = { spec, generate: async (request) => (await opened()).generate(request) };
    return () => {
      // Begun now, while the trial's sandbox is opened.
      opened().catch(() => {});
      return model;
    };
  };
}

async function loadWires(given: Dispatchers | undefined) {
  const [{ protocols }, { httpModel }, { openDispatchers }] = await Promise.all([
    import("./protocols.ts"),
    import("./http-model.ts"),
    import("./recording-fetch.ts"),
  ]);
  return { protocols, httpModel, dispatchers: given ?? openDispatchers() };
}

// `Bearer KEY` may come back as KEY alone.
function secretWords(header: string): readonly string[] {
  return [header, ...header.split(" ").slice(1)];
}

/** The texts under a name that tells of a secret. */
function secretTexts(value: unknown, isSecret = false): readonly string[] {
  if (typeof value === "string") return isSecret ? [value] : [];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => secretTexts(inner, isSecret || SECRET_HEADER.test(name)));
}

function keyOf(spec: ModelSpec, envName: string, { key }: ModelDeps): string {
  const value = key(envName)?.trim();
  if (!value)
    throw new UserError(`Cannot use the model "${spec.name}": ${envName} is not set; set it, or choose other models with --model`);
  return value;
}
