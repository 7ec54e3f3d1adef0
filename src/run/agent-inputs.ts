import pLimit from "p-limit";
import type { AgentContext, AgentLimits, AgentSettings } from "../core/agent.ts";
import { InfraError } from "../core/errors.ts";
import { type Sandbox, SandboxLost } from "../core/sandbox.ts";
import type { SourceFile, Task } from "../core/task.ts";
import { inputsDigest } from "./grading.ts";
import { layWorkspace } from "./machine.ts";
import type { PlannedTrial } from "./planned-trial.ts";

// While a workspace is put into a sandbox, all of it is in memory; many agents start at once.
const UPLOADS = pLimit(4);

/** Files that agents read by themselves wherever they are; a folder that is laid over workspaces has them for that. */
const PROJECT_FILES: readonly string[] = ["AGENTS.md", "CLAUDE.md"];

/** What an agent was given: its part of the context, and the digest of what the task gave. */
export type Given = { readonly ofAgent: Pick<AgentContext, "task" | "settings" | "cacheKey">; readonly digest: string };

/**
 * Lays the workspace of a task into its sandbox, and over it the files of the arm's overlay. Throws InfraError (source `sandbox`) when there is no room, and UserError where
 * files have changed since the run began.
 */
export async function giveInputs(sandbox: Sandbox, planned: PlannedTrial): Promise<Given> {
  return UPLOADS(async () => {
    const workspace = await planned.task.files.workspace();
    const overlay = await overlayOf(planned.arm.settings);
    try {
      await layWorkspace(sandbox, workspace);
      if (overlay.length > 0) await sandbox.putFiles(sandbox.workspace, overlay);
    } catch (error) {
      if (!(error instanceof SandboxLost)) throw error;
      // The model has not run anything yet, so the loss cannot be its doing.
      throw new InfraError("sandbox", `Cannot start in the sandbox: ${error.message}; try again`, { cause: error });
    }
    return { ofAgent: agentInputs(planned, workspace, overlay), digest: inputsDigest(planned.task, workspace) };
  });
}

async function overlayOf({ overlay }: AgentSettings): Promise<readonly SourceFile[]> {
  if (overlay === undefined) return [];
  if (overlay.read === undefined) throw new Error("the files of the overlay were not loaded; this is a bug");
  return overlay.read();
}

/**
 * Tells an agent what it is told of a trial, the same in every execution and in a replay.
 *
 * @internal
 */
export function agentInputs(
  { task, arm, key }: PlannedTrial,
  workspace: readonly SourceFile[],
  overlay: readonly SourceFile[] = [],
): Given["ofAgent"] {
  const { contextFiles: areShown, limits } = arm.settings;
  const laid = overlay.map(({ path }) => path);
  const added = PROJECT_FILES.filter((path) => laid.includes(path) && !task.contextFiles.includes(path));
  const contextFiles = areShown ? [...task.contextFiles, ...added] : [];
  const ofTask = workspace.filter(({ path }) => contextFiles.includes(path) && !laid.includes(path));
  const ofOverlay = overlay.filter(({ path }) => contextFiles.includes(path));
  return {
    task: {
      prompt: task.prompt,
      contextFiles,
      workspace: [...ofTask, ...ofOverlay],
      ...(task.mcpServers === undefined ? {} : { mcpServers: task.mcpServers }),
    },
    settings: { ...arm.settings, limits: limitsOf(limits, task) },
    cacheKey: `${key.runId}/${key.taskId}/${key.armId.slice(0, 12)}/${key.attempt}`,
  };
}

function limitsOf(limits: AgentLimits, { agentSeconds }: Task): AgentLimits {
  return agentSeconds === undefined ? limits : { ...limits, maxWallSeconds: Math.min(limits.maxWallSeconds, agentSeconds) };
}
