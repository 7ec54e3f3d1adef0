import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { prepareCall, runCall } from "../../../../src/agent/loop/call.ts";
import type { ToolOutcome } from "../../../../src/agent/loop/tool/outcome.ts";
import type { ToolContext } from "../../../../src/agent/loop/tool/tool.ts";
import { toolSet } from "../../../../src/agent/loop/tool/tool-set.ts";
import type { Action, AgentLimits, ToolProfile } from "../../../../src/core/agent.ts";
import { type Sandbox, WORKSPACE } from "../../../../src/core/sandbox.ts";
import { dockerSandboxProvider } from "../../../../src/sandbox/docker/docker-provider.ts";
import { connectEngine } from "../../../../src/sandbox/docker/engine.ts";
import { LIMITS } from "../../../fixtures/agent-settings.ts";
import { type FolderSandbox, openFolderSandbox } from "../../../fixtures/folder-sandbox.ts";
import { call } from "../../../fixtures/turn-model.ts";

/** A workspace with every tool, called as the loop calls them. */
export type Workshop = {
  readonly sandbox: FolderSandbox;
  readonly use: (name: string, args: Readonly<Record<string, unknown>>) => Promise<Action>;
  readonly textOf: (name: string, args: Readonly<Record<string, unknown>>) => Promise<string>;
  readonly bytes: (path: string) => Promise<Buffer>;
  readonly text: (path: string) => Promise<string>;
  readonly put: (path: string, content: string | Uint8Array) => Promise<void>;
};

/** Opens a workspace with these files; it is removed when the test is over. */
export async function openWorkshop(
  files: Readonly<Record<string, string | Uint8Array>> = {},
  limits: Partial<AgentLimits> = {},
  profile: ToolProfile = "full",
): Promise<Workshop> {
  const sandbox = await openFolderSandbox(files);
  onTestFinished(() => sandbox.close());
  const use = toolUser(sandbox, limits, profile);
  const host = (path: string): string => join(sandbox.disk, "workspace", path);
  return {
    sandbox,
    use,
    textOf: async (name, args) => (await use(name, args)).result.text,
    bytes: (path) => readFile(host(path)),
    text: (path) => readFile(host(path), "utf8"),
    put: (path, content) => writeFile(host(path), content),
  };
}

/** A workspace in a container, for tools that run programs of the image; every tool is called as the loop calls it. */
export type ContainerWorkshop = Pick<Workshop, "use" | "textOf"> & { readonly sandbox: Sandbox };

const BOX = { memoryMb: 256, cpus: 2, pids: 128, workspaceMb: 64, tmpMb: 32 };

/** Opens a container with these files; it is removed when the test is over. */
export async function openContainerWorkshop(
  files: Readonly<Record<string, string>>,
  limits: Partial<AgentLimits> = {},
): Promise<ContainerWorkshop> {
  const sandboxes = dockerSandboxProvider(connectEngine(), { image: "bench-sandbox:latest", runId: "test-tools" });
  const sandbox = await sandboxes.open({ image: null, limits: BOX, purpose: "agent" }, new AbortController().signal);
  onTestFinished(() => sandbox.close());
  const put = Object.entries(files).map(([path, text]) => ({ path, bytes: Buffer.from(text), executable: false }));
  await sandbox.putFiles(WORKSPACE, put);
  const use = toolUser(sandbox, limits);
  return { sandbox, use, textOf: async (name, args) => (await use(name, args)).result.text };
}

/** Calls tools in a sandbox as the loop does: arguments are checked, results cut to size. */
export function toolUser(sandbox: Sandbox, limits: Partial<AgentLimits> = {}, profile: ToolProfile = "full"): Workshop["use"] {
  const all = { ...LIMITS, ...limits };
  const tools = toolSet(profile, all.commandTimeoutSeconds);
  const context: ToolContext = { sandbox, limits: all, signal: new AbortController().signal, remainingMs: () => 600_000 };
  return async (name, args) => {
    const made = call(name, args);
    const prepared = prepareCall(made, tools);
    if (prepared.kind === "settled") return settled(made, prepared.outcome);
    return (await runCall(made, prepared, context)).action;
  };
}

function settled(made: Action["call"], outcome: ToolOutcome): Action {
  const result = { callId: made.id, name: made.name, text: outcome.text, isError: true };
  return { call: made, result, tier: null, decision: "not-run", durationMs: 0, ...outcome };
}
