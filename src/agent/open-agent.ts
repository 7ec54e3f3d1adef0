import { type Agent, type AgentSpec, agentName } from "../core/agent.ts";
import { UserError } from "../core/errors.ts";
import { loopAgent } from "./loop/loop-agent.ts";

/** Opens the agent of an arm. Throws UserError for an agent that this version cannot run. */
export function openAgent(agent: AgentSpec): Agent {
  if (agent.kind === "loop") return loopAgent(agent);
  throw new UserError(`Cannot run agent "${agentName(agent)}": this version has no adapter for it; use the agent "loop"`);
}
