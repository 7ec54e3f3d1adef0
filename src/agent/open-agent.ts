import type { Agent, AgentSpec } from "../core/agent.ts";
import { cliAgent } from "./cli/cli-agent.ts";
import { loopAgent } from "./loop/loop-agent.ts";

/** Opens the agent of an arm. */
export function openAgent(agent: AgentSpec): Agent {
  return agent.kind === "loop" ? loopAgent(agent) : cliAgent(agent);
}
