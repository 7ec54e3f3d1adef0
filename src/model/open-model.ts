import { UserError } from "../core/errors.ts";
import type { Api, Model, ModelSpec } from "../core/model.ts";
import type { Task } from "../core/task.ts";
import { anthropic } from "./anthropic.ts";
import { type Clock, systemClock } from "./clock.ts";
import { httpModel } from "./http-model.ts";
import { Lane } from "./lane.ts";
import { openAiChat } from "./openai-chat.ts";
import { openAiResponses } from "./openai-responses.ts";
import type { Protocol } from "./protocol.ts";
import { type Dispatchers, openDispatchers } from "./recording-fetch.ts";
import { SecretBook } from "./redact.ts";
import { scriptedModel } from "./scripted.ts";

/** The trial that a model is opened for; only scripted models look at it. */
type ModelContext = { readonly task: Task; readonly attempt: number };

/** Gives the model of one trial. */
export type OpenModel = (context: ModelContext) => Model;

/** What the adapters need from outside. All but the first two are for tests. */
export type ModelSurroundings = {
  /** Value of the environment variable that holds a key. */
  readonly key: (envName: string) => string | undefined;
  /** The wall clock. */
  readonly now: () => Date;
  readonly clock?: Clock;
  readonly random?: () => number;
  readonly dispatchers?: Dispatchers;
};

const PROTOCOLS: Readonly<Record<Exclude<Api, "scripted">, Protocol>> = {
  "openai-chat": openAiChat,
  "openai-responses": openAiResponses,
  anthropic,
};
const SECRET_HEADER = /auth|key|token|secret|cookie/i;

/**
 * Makes the opener of a run's models. Models on the same base URL and key share one lane, so call this once for a run.
 * The opener throws UserError for a model whose key is not set.
 */
export function openModels(surroundings: ModelSurroundings): (spec: ModelSpec) => OpenModel {
  const clock = surroundings.clock ?? systemClock(surroundings.now);
  const random = surroundings.random ?? Math.random;
  const dispatchers = surroundings.dispatchers ?? openDispatchers();
  const secrets = new SecretBook();
  const lanes = new Map<string, Lane>();

  return (spec) => {
    if (spec.api === "scripted") return ({ task, attempt }) => scriptedModel(spec, { task, attempt, clock });
    const key = spec.apiKeyEnv === null ? null : keyOf(spec, spec.apiKeyEnv, surroundings);
    if (key !== null) secrets.learn(key);
    for (const [name, value] of Object.entries(spec.headers))
      if (SECRET_HEADER.test(name)) for (const word of secretWords(value)) secrets.learn(word);
    for (const secret of secretTexts(spec.extraBody)) secrets.learn(secret);

    const laneName = JSON.stringify([spec.baseUrl, spec.apiKeyEnv]);
    const lane = lanes.get(laneName) ?? new Lane(spec.limits, clock);
    lane.tighten(spec.limits);
    lanes.set(laneName, lane);
    const model = httpModel(spec, { protocol: PROTOCOLS[spec.api], key, lane, clock, random, dispatchers, redact: secrets.redact });
    return () => model;
  };
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

function keyOf(spec: ModelSpec, envName: string, { key }: ModelSurroundings): string {
  const value = key(envName)?.trim();
  if (!value)
    throw new UserError(`Cannot use the model "${spec.name}": ${envName} is not set; set it, or choose other models with --model`);
  return value;
}
