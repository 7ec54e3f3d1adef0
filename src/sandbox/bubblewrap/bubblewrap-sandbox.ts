import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import type { Duplex, Readable } from "node:stream";
import { InfraError, messageOf } from "../../core/errors.ts";
import { type OpenSandbox, type Sandbox, SandboxLost, type SandboxSpec } from "../../core/sandbox.ts";
import { Channel } from "../channel/channel.ts";
import { ChannelSandbox } from "../channel/channel-sandbox.ts";
import { plainOutput } from "../docker/attach-stream.ts";
import { loadGuestProgram } from "../guest-program.ts";
import { type Cgroup, type CgroupHome, findCgroupHome, makeCgroup, memoryKills, removeCgroup } from "./cgroup.ts";
import { HOST_PATH, type MachineOptions, machineCommand } from "./command-line.ts";

/** What can be set of the adapter: the folder that becomes the root, where cgroups are made (null for none), and how long after its time-out a command may take to answer. */
export type BubblewrapOptions = { readonly rootFolder: string; readonly cgroupHome?: CgroupHome | null; readonly graceMs?: number };

type Machine = { readonly child: ChildProcess; readonly channel: Channel; readonly cgroup: Cgroup | null; readonly ended: Promise<Ending> };

/** How the machine's outermost process ended; `error` when it could not even be started. */
type Ending = { readonly code: number | null; readonly signal: NodeJS.Signals | null; readonly error?: Error };

const READY_MS = 30_000;
const KILLED_STATUS = 137;
const DEFAULT_GRACE_MS = 20_000;

/**
 * Opens sandboxes as processes in namespaces of their own, by bubblewrap: no engine is needed.
 *
 * A machine is a child of this process and ends with it. The root file system is a folder that nobody inside may write to. Memory,
 * processors and processes are bounded by a cgroup where this process may make one; else by what the kernel bounds for each process.
 */
export function openBubblewrapSandbox(options: BubblewrapOptions): OpenSandbox {
  const { rootFolder, graceMs = DEFAULT_GRACE_MS } = options;
  const home = options.cgroupHome === undefined ? findCgroupHome() : options.cgroupHome;
  const program = loadGuestProgram(["enter"]);
  const asRoot = process.getuid?.() === 0;
  return async (spec, signal) => {
    signal.throwIfAborted();
    refuseRuntime(spec);
    const cgroup = home === null ? null : boundsFor(home, spec);
    const machine = startMachine({ rootFolder, spec, program, cgroup, asRoot });
    try {
      machine.channel.begin(program.source);
      await within(READY_MS, machine.channel.ready);
      signal.throwIfAborted();
      return sandboxOn(machine, graceMs);
    } catch (error) {
      await removeMachine(machine);
      signal.throwIfAborted();
      throw error;
    }
  };
}

function refuseRuntime({ runtime }: SandboxSpec): void {
  if (runtime === null) return;
  throw new InfraError("sandbox", `Cannot use runtime "${runtime}": bubblewrap has none; use the Docker sandbox`, { scope: "run" });
}

function boundsFor(home: CgroupHome, { limits }: SandboxSpec): Cgroup {
  try {
    return makeCgroup(home, limits);
  } catch (cause) {
    throw new InfraError("sandbox", `Cannot bound a sandbox: ${messageOf(cause)}`, { cause });
  }
}

function startMachine(parts: MachineOptions): Machine {
  const [program = "", ...args] = machineCommand(parts);
  // A session of its own, so that an interrupt at the terminal reaches the harness alone.
  const child = spawn(program, args, { cwd: "/", env: { PATH: HOST_PATH }, detached: true, stdio: ["ignore", "ignore", "pipe", "pipe"] });
  const ended = new Promise<Ending>((resolve) => {
    child.on("error", (error) => resolve({ code: null, signal: null, error }));
    child.on("exit", (code, signal) => resolve({ code, signal }));
  });
  const lose = (finding: string) => () => {
    channel.fail(new SandboxLost("stopped", `the machine was ended: ${finding}`));
    child.kill("SIGKILL");
  };
  const channel: Channel = new Channel(
    child.stdio[3] as Duplex,
    {
      ended: () => void ended.then((ending) => channel.fail(explainEnd(machine, ending))),
      silent: lose("it did not answer any more"),
      garbled: lose("its channel was disturbed"),
    },
    plainOutput,
  );
  (child.stdio[2] as Readable).on("data", (bytes: Buffer) => channel.hearError(bytes));
  const machine = { child, channel, cgroup: parts.cgroup, ended };
  return machine;
}

function explainEnd({ channel, cgroup }: Machine, { code, signal, error }: Ending): Error {
  if (error) {
    const message = `Cannot open a sandbox: ${messageOf(error)}; bubblewrap needs the programs sh, unshare and setpriv`;
    return new InfraError("sandbox", message, { scope: "run", cause: error });
  }
  const wasKilled = signal === "SIGKILL" || code === KILLED_STATUS;
  if (wasKilled && cgroup !== null && memoryKills(cgroup) > 0) {
    return new SandboxLost("out-of-memory", "the machine used up its memory, all of it, and was ended");
  }
  const said = channel.errorOutput === "" ? "" : `: ${channel.errorOutput}`;
  return new InfraError("sandbox", `Cannot go on: the sandbox ended with ${signal ?? `status ${code}`}${said}`);
}

function sandboxOn(machine: Machine, graceMs: number): Sandbox {
  const id = machine.cgroup?.folders[0]?.split("-").at(-1) ?? randomBytes(4).toString("hex");
  return new ChannelSandbox({ id, channel: machine.channel, remove: () => removeMachine(machine), graceMs });
}

async function removeMachine({ child, channel, cgroup, ended }: Machine): Promise<void> {
  channel.fail(new InfraError("sandbox", "Cannot use the sandbox: it was closed"));
  child.kill("SIGKILL");
  await ended;
  if (cgroup !== null) await removeCgroup(cgroup);
}

async function within<Result>(milliseconds: number, work: Promise<Result>): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const message = `Cannot open a sandbox: its guest has not answered for ${milliseconds / 1000} s; look at the load of this machine`;
    timer = setTimeout(() => reject(new InfraError("sandbox", message)), milliseconds);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
