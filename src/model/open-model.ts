import { UserError } from "../core/errors.ts";
import type { GatewayModel } from "../core/gateway.ts";
import type { Model, ModelSpec } from "../core/model.ts";
import type { Task } from "../core/task.ts";
import type { Dispatchers } from "./recording-fetch.ts";
import { SecretRedactor } from "./redact.ts";
import { scriptedModel } from "./scripted/scripted-model.ts";
import { learnSecrets } from "./secrets.ts";
import { type Clock, systemClock } from "./traffic/clock.ts";
import type { Patience } from "./traffic/next-try.ts";
import { RateLimiter } from "./traffic/rate-limiter.ts";

/** The trial that a model is opened for; only scripted models use it. */
type ModelContext = { readonly task: Task; readonly attempt: number };

/** Returns the model of one trial. */
export type OpenModel = (context: ModelContext) => Model;

/** What the adapters need from outside. `patience` is that of a run unless it is given; all after `notice` are for tests. */
export type ModelDeps = {
  /** Value of the environment variable that holds a key. */
  readonly key: (envName: string) => string | undefined;
  /** The wall clock. */
  readonly now: () => Date;
  readonly patience?: Patience;
  /** Tells the user a line about a host, such as that it is waited for; each line is told once. */
  readonly notice?: (text: string) => void;
  readonly clock?: Clock;
  readonly random?: () => number;
  readonly dispatchers?: Dispatchers;
};

/**
 * Makes the opener of a run's models. Models on the same base URL and key share one rate limiter, so call this once for a run.
 * The opener throws UserError for a model whose key is not set.
 */
export function openModels(deps: ModelDeps): (spec: ModelSpec) => OpenModel {
  const clock = deps.clock ?? systemClock(deps.now);
  const random = deps.random ?? Math.random;
  // Provider clients take a tenth of a second to load, so they are loaded when the first model needs them.
  let transports: ReturnType<typeof loadTransports> | null = null;
  const secrets = new SecretRedactor();
  const limiters = new Map<string, RateLimiter>();
  const notice = once(deps.notice ?? (() => {}));

  return (spec) => {
    if (spec.api === "scripted") return ({ task, attempt }) => scriptedModel(spec, { task, attempt, clock });
    const key = spec.apiKeyEnv === null ? null : keyOf(spec, spec.apiKeyEnv, deps);
    learnSecrets(secrets, spec, key);

    const limiterName = JSON.stringify([spec.baseUrl, spec.apiKeyEnv]);
    const limiter = limiters.get(limiterName) ?? new RateLimiter(spec.limits, clock);
    limiter.tighten(spec.limits);
    limiters.set(limiterName, limiter);
    const { api } = spec;
    const load = async (): Promise<GatewayModel> => {
      transports ??= loadTransports(deps.dispatchers);
      const { protocols, httpModel, dispatchers, RUN_PATIENCE } = await transports;
      const { patience = RUN_PATIENCE } = deps;
      return httpModel(spec, {
        protocol: protocols[api],
        key,
        limiter,
        clock,
        random,
        dispatchers,
        redact: secrets.redact,
        patience,
        notice,
      });
    };
    let loaded: Promise<GatewayModel> | null = null;
    const opened = (): Promise<GatewayModel> => {
      loaded ??= load();
      return loaded;
    };
    const model: GatewayModel = {
      spec,
      generate: async (request) => (await opened()).generate(request),
      openGateway: async (options) => (await opened()).openGateway(options),
    };
    return () => {
      // Begun now, while the trial's sandbox is opened.
      opened().catch(() => {});
      return model;
    };
  };
}

/** Many requests meet the same host. */
function once(notice: (text: string) => void): (text: string) => void {
  const told = new Set<string>();
  return (text) => {
    if (told.has(text)) return;
    told.add(text);
    notice(text);
  };
}

async function loadTransports(dispatchers: Dispatchers | undefined) {
  const [{ protocols, httpModel }, { openDispatchers }, { RUN_PATIENCE }] = await Promise.all([
    import("./http-model.ts"),
    import("./recording-fetch.ts"),
    import("./traffic/next-try.ts"),
  ]);
  return { protocols, httpModel, RUN_PATIENCE, dispatchers: dispatchers ?? openDispatchers() };
}

function keyOf(spec: ModelSpec, envName: string, { key }: ModelDeps): string {
  const value = key(envName)?.trim();
  if (!value)
    throw new UserError(`Cannot use the model "${spec.name}": ${envName} is not set; set it, or choose other models with --model`);
  return value;
}
