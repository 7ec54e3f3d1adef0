import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import type { Duplex, Readable } from "node:stream";
import { InfraError, messageOf } from "../../core/errors.ts";
import type { Layers } from "../../core/layer.ts";
import { type Sandbox, type SandboxImage, SandboxLost, type SandboxProvider } from "../../core/sandbox.ts";
import type { SandboxLimits } from "../../core/task.ts";
import { Channel, plainOutput } from "../channel/channel.ts";
import { ChannelSandbox, type ChannelSandboxOptions } from "../channel/channel-sandbox.ts";
import { fitLimits, hostSize } from "../fitted-limits.ts";
import { loadGuestProgram } from "../guest-program.ts";
import { type Cgroup, type CgroupHome, findCgroupHome, makeCgroup, memoryKills, removeCgroup } from "./cgroup.ts";
import { type CommandLineOptions, HOST_PATH, sandboxCommandLine } from "./command-line.ts";

/** What all sandboxes of bubblewrap have in common. */
export type BubblewrapOptions = {
  /** The folder that becomes the root file system. */
  readonly rootFolder: string;
  /** Which image that folder was made from. */
  readonly image: SandboxImage;
  /** Folders with large trees, by the digest of the tree. */
  readonly treeFolders?: ReadonlyMap<string, string>;
  /** The folders with the programs of agents that setup installed. */
  readonly layers?: Layers;
  /** Where cgroups are made; null for none, absent to look for it. */
  readonly cgroupHome?: CgroupHome | null;
  /** How long after its timeout a command may take to answer before its sandbox is ended. */
  readonly graceMs?: number;
};

type SandboxProcesses = {
  readonly child: ChildProcess;
  readonly channel: Channel;
  readonly cgroup: Cgroup | null;
  readonly ended: Promise<Ending>;
};

/** How the outermost process ended; `error` when it could not even be started. */
type Ending = { readonly code: number | null; readonly signal: NodeJS.Signals | null; readonly error?: Error };

const READY_MS = 30_000;
const KILLED_STATUS = 137;
const DEFAULT_GRACE_MS = 20_000;

/**
 * Provides sandboxes that are processes in separate namespaces, created by bubblewrap: no engine is needed.
 *
 * A sandbox is a child of this process and ends with it. Its root file system is a folder that it cannot write to; there is that one image and no other. Memory,
 * processors and processes are limited by a cgroup where this process may make one; otherwise by what the kernel limits for each process.
 */
export function bubblewrapSandboxProvider(options: BubblewrapOptions): SandboxProvider {
  const { rootFolder, image, treeFolders, layers, graceMs = DEFAULT_GRACE_MS } = options;
  const home = options.cgroupHome === undefined ? findCgroupHome() : options.cgroupHome;
  const program = loadGuestProgram(["enter"]);
  const asRoot = process.getuid?.() === 0;
  const machine = hostSize();
  return {
    image: () => image,
    open: async ({ limits: asked, tree, purpose, layer: agent }, signal) => {
      signal.throwIfAborted();
      const limits = fitLimits(asked, machine);
      const cgroup = home === null ? null : cgroupFor(home, limits);
      const treeFolder = (tree === undefined ? undefined : treeFolders?.get(tree.digest)) ?? null;
      const layer = agent === undefined || purpose === "grading" ? undefined : layers?.get(agent);
      const layerFolder = layer?.source ?? null;
      const processes = startProcesses({ rootFolder, treeFolder, layerFolder, limits, program, cgroup, asRoot });
      try {
        processes.channel.sendProgram(program.source);
        await within(READY_MS, processes.channel.ready);
        signal.throwIfAborted();
        return sandboxOn(processes, { graceMs, hasTree: treeFolder !== null, layer });
      } catch (error) {
        await endProcesses(processes);
        signal.throwIfAborted();
        throw error;
      }
    },
  };
}

function cgroupFor(home: CgroupHome, limits: SandboxLimits): Cgroup {
  try {
    return makeCgroup(home, limits);
  } catch (cause) {
    throw new InfraError("sandbox", `Cannot limit a sandbox: ${messageOf(cause)}`, { cause });
  }
}

function startProcesses(options: CommandLineOptions): SandboxProcesses {
  const [program = "", ...args] = sandboxCommandLine(options);
  // A separate session, so that Ctrl-C at the terminal reaches only the harness.
  const child = spawn(program, args, { cwd: "/", env: { PATH: HOST_PATH }, detached: true, stdio: ["ignore", "ignore", "pipe", "pipe"] });
  const ended = new Promise<Ending>((resolve) => {
    child.on("error", (error) => resolve({ code: null, signal: null, error }));
    child.on("exit", (code, signal) => resolve({ code, signal }));
  });
  const lose = (finding: string) => () => {
    channel.fail(new SandboxLost("stopped", `the sandbox was ended: ${finding}`));
    child.kill("SIGKILL");
  };
  const channel: Channel = new Channel(
    child.stdio[3] as Duplex,
    {
      ended: () => void ended.then((ending) => channel.fail(explainEnd(processes, ending))),
      unresponsive: lose("it stopped answering"),
      malformed: lose("it sent malformed data over its channel"),
    },
    plainOutput,
  );
  (child.stdio[2] as Readable).on("data", (bytes: Buffer) => channel.addErrorOutput(bytes));
  const processes = { child, channel, cgroup: options.cgroup, ended };
  return processes;
}

function explainEnd({ channel, cgroup }: SandboxProcesses, { code, signal, error }: Ending): Error {
  if (error) {
    const message = `Cannot open a sandbox: ${messageOf(error)}; bubblewrap needs the programs sh, unshare and setpriv`;
    return new InfraError("sandbox", message, { scope: "run", cause: error });
  }
  const wasKilled = signal === "SIGKILL" || code === KILLED_STATUS;
  if (wasKilled && cgroup !== null && memoryKills(cgroup) > 0) {
    return new SandboxLost("out-of-memory", "the sandbox used up all of its memory and was ended");
  }
  const output = channel.errorOutput === "" ? "" : `: ${channel.errorOutput}`;
  return new InfraError("sandbox", `Cannot continue: the sandbox ended with ${signal ?? `status ${code}`}${output}`);
}

function sandboxOn(processes: SandboxProcesses, options: Pick<ChannelSandboxOptions, "graceMs" | "hasTree" | "layer">): Sandbox {
  const id = processes.cgroup?.folders[0]?.split("-").at(-1) ?? randomBytes(4).toString("hex");
  return new ChannelSandbox({ id, channel: processes.channel, remove: () => endProcesses(processes), ...options });
}

async function endProcesses({ child, channel, cgroup, ended }: SandboxProcesses): Promise<void> {
  channel.fail(new InfraError("sandbox", "Cannot use the sandbox: it was closed"));
  child.kill("SIGKILL");
  await ended;
  if (cgroup !== null) await removeCgroup(cgroup);
}

async function within<Result>(milliseconds: number, work: Promise<Result>): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const message = `Cannot open a sandbox: its guest did not answer within ${milliseconds / 1000} s; check the load of this machine`;
    timer = setTimeout(() => reject(new InfraError("sandbox", message)), milliseconds);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
