import { loadModels } from "../../config/models.ts";
import { UserError } from "../../core/errors.ts";
import { layerKey } from "../../core/layer.ts";
import type { Finding } from "../../report/terminal/table/check-tables.ts";
import { setupCommandFor } from "../sandbox/agent-layers.ts";
import { type AgentState, agentStates } from "../sandbox/missing-agents.ts";
import type { SandboxKind } from "../sandbox/sandbox-flag.ts";

/** Looks whether the agents of models.yaml are installed. What is wrong with the file is told elsewhere. */
export async function agentFindings({
  models,
  sandbox,
}: {
  readonly models: string;
  readonly sandbox: SandboxKind;
}): Promise<readonly Finding[]> {
  const arms = entriesOf(models).flatMap(({ agent, enabled }) => (agent === null || !enabled ? [] : [{ agent }]));
  return (await agentStates(arms)).map((state) => findingOf(state, sandbox));
}

function entriesOf(models: string): ReturnType<typeof loadModels> {
  try {
    return loadModels(models);
  } catch (error) {
    if (error instanceof UserError) return [];
    throw error;
  }
}

function findingOf({ agent, inDocker, inBubblewrap }: AgentState, sandbox: SandboxKind): Finding {
  const key = layerKey(agent);
  const what = `agent ${key}`;
  const places = [...(inDocker === true ? ["Docker"] : []), ...(inBubblewrap ? ["bubblewrap"] : [])];
  const isThere = sandbox === "bubblewrap" ? inBubblewrap : inDocker === true;
  if (isThere) return { what, state: "good", detail: `installed for ${places.join(" and ")}` };
  const only = places.length === 0 ? "not installed" : `installed for ${places.join()} alone`;
  return { what, state: "fair", detail: `${only}; unless the images of the tasks have it, run: ${setupCommandFor([key], sandbox)}` };
}
