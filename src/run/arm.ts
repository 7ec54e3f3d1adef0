import { createHash } from "node:crypto";
import type { AgentSettings } from "../core/agent.ts";
import type { ModelSpec } from "../core/model.ts";
import type { Arm } from "../core/trial.ts";

/**
 * Joins a model with agent settings. The id covers all that can change what the agent does; prices, rate limits, key names and the caps of a run are no part of it.
 * Among `severalPrompts` the name tells each of them, the built-in one too.
 */
export function makeArm(
  model: ModelSpec,
  asked: AgentSettings,
  { severalPrompts = false }: { readonly severalPrompts?: boolean } = {},
): Arm {
  const { price: _price, limits: _limits, apiKeyEnv: _key, maxCostUsd: _cap, maxTrialCostUsd, ...behaviour } = model;
  const settings = withTrialCap(asked, maxTrialCostUsd);
  const { prompt, ...rest } = settings;
  const identity = JSON.stringify({ model: behaviour, settings: rest, prompt: prompt.digest });
  return { id: createHash("sha256").update(identity).digest("hex"), name: armName(model, settings, severalPrompts), model, settings };
}

// The stricter of two caps counts.
function withTrialCap(settings: AgentSettings, modelCapUsd: number | null): AgentSettings {
  const flagCapUsd = settings.limits.maxCostUsd;
  if (modelCapUsd === null || (flagCapUsd !== null && flagCapUsd <= modelCapUsd)) return settings;
  return { ...settings, limits: { ...settings.limits, maxCostUsd: modelCapUsd } };
}

// Only what differs from the ordinary is added to the model's name.
function armName(model: ModelSpec, settings: AgentSettings, severalPrompts: boolean): string {
  const parts = [model.name];
  if (severalPrompts || settings.prompt.name !== "default") parts.push(settings.prompt.name);
  if (settings.profile !== "full") parts.push(settings.profile);
  return parts.join("+");
}
