import type { AgentContext, AgentLimits } from "../core/agent.ts";
import type { SourceFile, Task } from "../core/task.ts";
import type { PlannedTrial } from "./planned-trial.ts";

/** What an agent is given of a trial, the same in every execution and in a replay. */
export function agentInputs(
  { task, arm, key }: PlannedTrial,
  workspace: readonly SourceFile[],
): Pick<AgentContext, "task" | "settings" | "cacheKey"> {
  const contextFiles = arm.settings.contextFiles ? task.contextFiles : [];
  return {
    task: { prompt: task.prompt, contextFiles, workspace: workspace.filter(({ path }) => contextFiles.includes(path)) },
    settings: { ...arm.settings, limits: limitsOf(arm.settings.limits, task) },
    cacheKey: `${key.runId}/${key.taskId}/${key.armId.slice(0, 12)}/${key.attempt}`,
  };
}

function limitsOf(limits: AgentLimits, { agentSeconds }: Task): AgentLimits {
  return agentSeconds === undefined ? limits : { ...limits, maxWallSeconds: Math.min(limits.maxWallSeconds, agentSeconds) };
}
