import { InfraError, UserError } from "../../core/errors.ts";
import { LAYER_FOLDER, layerKey } from "../../core/layer.ts";
import { oneLine, printable } from "../../core/printable.ts";
import { type CommandResult, type Sandbox, SandboxLost, type SandboxProvider, type SandboxRequest } from "../../core/sandbox.ts";
import { type NeededAgent, setupCommandFor } from "./agent-layers.ts";
import type { TaskImages } from "./prepared-sandboxes.ts";
import type { SandboxKind } from "./sandbox-flag.ts";

type Trying = { readonly agents: readonly NeededAgent[]; readonly sandbox: SandboxKind; readonly signal?: AbortSignal | undefined };

/** How many images of a run each agent is tried in; in the others, a trial would show it. */
const MAX_TRIED = 8;

/**
 * Makes sure, before anything is paid for, that agents have their programs in the sandboxes of tasks, installed or in the image, in the version that is named. Throws UserError
 * with what to do.
 */
export async function requireAgents(
  sandboxes: SandboxProvider,
  { tasks = [], defaultImage }: Pick<TaskImages, "tasks" | "defaultImage">,
  { agents, sandbox, signal }: Trying,
): Promise<void> {
  const requests = new Map<string, SandboxRequest>();
  for (const { image = null, machine } of tasks)
    requests.set(`${image ?? defaultImage} ${machine === undefined}`, {
      image,
      limits: LIMITS,
      purpose: "agent",
      ...(machine === undefined ? {} : { machine }),
    });
  const missing = new Map<string, string>();
  for (const request of [...requests.values()].slice(0, MAX_TRIED))
    await Promise.all(
      agents.map(async (agent) => {
        if ((await tryAgent(sandboxes, { agent, request, sandbox, signal })) === "missing")
          missing.set(layerKey(agent), sandboxes.image(request.image).name);
      }),
    );
  if (missing.size === 0) return;
  const keys = [...missing.keys()].toSorted();
  throw new UserError(
    `Cannot run agent ${keys.map((key) => `"${key}"`).join(", ")}: not installed, and not in image "${printable([...missing.values()][0] ?? "")}"; run: ${setupCommandFor(keys, sandbox)}`,
  );
}

const LIMITS = { memoryMb: 1024, cpus: 1, pids: 256, workspaceMb: 64, tmpMb: 256 };
const MAX_ANSWER_MS = 120_000;
const MAX_SAID = 300;
const MISSING_STATUS = 127;

type Tried = {
  readonly agent: NeededAgent;
  readonly request: SandboxRequest;
  readonly sandbox: SandboxKind;
  readonly signal?: AbortSignal | undefined;
};

/** Asks an agent's program for its version in a sandbox. Throws UserError when it answers another one, or not. */
export async function tryAgent(sandboxes: SandboxProvider, tried: Tried): Promise<"found" | "missing"> {
  const { agent, request, signal = new AbortController().signal } = tried;
  const opened = await openFor(sandboxes, { ...request, layer: layerKey(agent) }, signal);
  // An image that could not be built is told of otherwise.
  if (opened === null) return "found";
  try {
    const isInstalled = opened.layer?.program === agent.program;
    const program = isInstalled ? `${LAYER_FOLDER}/bin/${agent.program}` : agent.program;
    const asked = { command: [program, "--version"], cwd: opened.workspace, env: {}, timeoutMs: MAX_ANSWER_MS, maxOutputBytes: 10_000 };
    const result = await opened.run(asked, signal);
    if (!isInstalled && result.exit.kind === "exited" && result.exit.code === MISSING_STATUS) return "missing";
    refuseOther(result, tried, { isInstalled, image: sandboxes.image(request.image).name });
    return "found";
  } catch (error) {
    if (!(error instanceof SandboxLost)) throw error;
    throw new UserError(`Cannot run agent "${layerKey(agent)}": ${error.message} when its program was asked for its version`);
  } finally {
    await opened.close();
  }
}

async function openFor(sandboxes: SandboxProvider, request: SandboxRequest, signal: AbortSignal): Promise<Sandbox | null> {
  try {
    return await sandboxes.open(request, signal);
  } catch (error) {
    if (!(error instanceof InfraError)) throw error;
    if (error.source === "task") return null;
    throw new UserError(error.message);
  }
}

type Where = { readonly isInstalled: boolean; readonly image: string };

function refuseOther({ exit, head, tail }: CommandResult, { agent, sandbox }: Tried, { isInstalled, image }: Where): void {
  const said = Buffer.concat([head, tail]).toString("utf8");
  if (exit.kind === "exited" && exit.code === 0 && versionsIn(said).includes(agent.version)) return;
  const shown = printable(oneLine(said), MAX_SAID);
  const key = layerKey(agent);
  if (exit.kind !== "exited" || exit.code !== 0)
    throw new UserError(
      `Cannot run agent "${key}" in image "${printable(image)}": its program cannot be started there (${shown || exit.kind})${isInstalled ? "; installed agents need an image with glibc 2.28 or later and libstdc++" : ""}`,
    );
  const advice = isInstalled ? "remove it with: bench clean --agents" : `name that version, or run: ${setupCommandFor([key], sandbox)}`;
  throw new UserError(
    `Cannot run agent "${key}": ${isInstalled ? "what is installed" : `image "${printable(image)}"`} has "${shown}"; ${advice}`,
  );
}

// Such as in "2.1.197 (Claude Code)" and "codex-cli 0.171.0".
function versionsIn(said: string): readonly string[] {
  return said.split(/[\s(),;"']+/).flatMap((word) => [word, word.replace(/^v/, "")]);
}
