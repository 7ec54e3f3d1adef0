import { createHash } from "node:crypto";
import type { AgentSettings, AgentSpec, CliSpec, LoopSpec } from "../core/agent.ts";
import type { Arm } from "../core/trial.ts";

/**
 * Makes an arm of an agent, a model and settings. The id covers everything that can change what the agent does; prices, rate limits, key names and the spending limits of
 * a run are no part of it. With `severalPrompts` the arm's name always names its prompt, the built-in one too.
 */
export function makeArm(
  { agent, model, settings: asked }: Omit<Arm, "id" | "name">,
  { severalPrompts = false }: { readonly severalPrompts?: boolean } = {},
): Arm {
  const settings = withTrialCap(asked, model.maxTrialCostUsd);
  const arm = { agent, model, settings };
  return { id: armId(arm), name: armName(arm, severalPrompts), ...arm };
}

// Stored results are found by this id, so an arm of the loop keeps the JSON that it had when the loop was the only agent.
function armId({ agent, model, settings }: Omit<Arm, "id" | "name">): string {
  const { price: _price, costFrom: _costFrom, limits: _limits, apiKeyEnv: _key, ...rest } = model;
  const { maxCostUsd: _cap, maxTrialCostUsd: _trialCap, summarizeAfter: _summarizeAfter, ...behaviour } = rest;
  const { prompt, limits, contextFiles } = settings;
  const overlay = settings.overlay === undefined ? {} : { overlay: settings.overlay.digest };
  const identity =
    agent.kind === "loop"
      ? {
          model: behaviour,
          settings: { profile: agent.profile, limits, maskAtShare: agent.maskAtShare, contextFiles, ...summariesOf(agent), ...overlay },
          prompt: prompt.digest,
        }
      : { agent: identityOf(agent), model: behaviour, settings: { limits, contextFiles, ...overlay }, prompt: prompt.digest };
  return createHash("sha256").update(JSON.stringify(identity)).digest("hex");
}

// Of the files that are laid into its home folder, what they hold.
function identityOf({ config, ...agent }: CliSpec): Readonly<Record<string, unknown>> {
  return config === undefined ? agent : { ...agent, config: config.digest };
}

function summariesOf({ summarizeAfter }: LoopSpec): Pick<LoopSpec, "summarizeAfter"> {
  return summarizeAfter === undefined ? {} : { summarizeAfter };
}

// The lower of two limits counts.
function withTrialCap(settings: AgentSettings, modelCapUsd: number | null): AgentSettings {
  const flagCapUsd = settings.limits.maxCostUsd;
  if (modelCapUsd === null || (flagCapUsd !== null && flagCapUsd <= modelCapUsd)) return settings;
  return { ...settings, limits: { ...settings.limits, maxCostUsd: modelCapUsd } };
}

// Only what differs from the default is added to the model's name.
function armName({ agent, model, settings }: Omit<Arm, "id" | "name">, severalPrompts: boolean): string {
  const parts = [model.name];
  if (severalPrompts || settings.prompt.name !== "default") parts.push(settings.prompt.name);
  if (settings.overlay !== undefined) parts.push(settings.overlay.name);
  const difference = differenceFromDefault(agent);
  if (difference !== null) parts.push(difference);
  return parts.join("+");
}

function differenceFromDefault(agent: AgentSpec): string | null {
  if (agent.kind === "cli") return agent.name;
  return agent.profile === "full" ? null : agent.profile;
}
