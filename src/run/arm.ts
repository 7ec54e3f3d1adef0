import { createHash } from "node:crypto";
import type { AgentSettings } from "../core/agent.ts";
import type { ModelSpec } from "../core/model.ts";
import type { Arm } from "../core/trial.ts";

/**
 * Joins a model with agent settings. The id covers all that can change what the agent does; prices, rate limits and key names are no part of it.
 * Among `severalPrompts` the name tells each of them, the built-in one too.
 */
export function makeArm(
  model: ModelSpec,
  settings: AgentSettings,
  { severalPrompts = false }: { readonly severalPrompts?: boolean } = {},
): Arm {
  const { price: _price, limits: _limits, apiKeyEnv: _key, ...behaviour } = model;
  const { prompt, ...rest } = settings;
  const identity = JSON.stringify({ model: behaviour, settings: rest, prompt: prompt.digest });
  return { id: createHash("sha256").update(identity).digest("hex"), name: armName(model, settings, severalPrompts), model, settings };
}

// Only what differs from the ordinary is added to the model's name.
function armName(model: ModelSpec, settings: AgentSettings, severalPrompts: boolean): string {
  const parts = [model.name];
  if (severalPrompts || settings.prompt.name !== "default") parts.push(settings.prompt.name);
  if (settings.profile !== "full") parts.push(settings.profile);
  return parts.join("+");
}
