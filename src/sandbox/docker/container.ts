import type Docker from "dockerode";
import { type InstalledLayer, LAYER_FOLDER } from "../../core/layer.ts";
import { type SandboxRequest, WORKSPACE } from "../../core/sandbox.ts";
import type { Machine, SandboxLimits } from "../../core/task.ts";
import { GUEST_ENVIRONMENT } from "../guest-program.ts";
import type { Localhost } from "./localhost.ts";

/** What the container of a sandbox is made from. */
export type ContainerSpec = {
  readonly image: string;
  /** The digest of the image where it is known, so that a name which is given to another image in the meantime changes nothing. */
  readonly imageId: string;
  readonly limits: SandboxLimits;
  /** OCI runtime, `runsc` for gVisor; null is the engine's own. */
  readonly runtime: string | null;
  /** The run that the sandbox belongs to. */
  readonly runId: string;
  /** A sandbox for grading has two users, and gets processors before others when they are scarce. */
  readonly purpose: SandboxRequest["purpose"];
  readonly localhost: Localhost;
  /** A machine of the task's own in place of a workspace. */
  readonly machine?: Machine | undefined;
  /** Absolute paths that stay closed to writing where the image has the files of the workspace, which then lies on the engine's disk. */
  readonly closed?: readonly string[] | undefined;
  /** The volume with the programs of an agent, which is mounted read-only; never for a grading. */
  readonly layer?: InstalledLayer | undefined;
};

/** The label that every sandbox has. */
export const SANDBOX_LABEL = "bench";
/** The label that names the process which opened a sandbox. */
export const OWNER_LABEL = "bench.owner";
/** The label that names the run a sandbox is part of. */
export const RUN_LABEL = "bench.run";

/** The label of machines, and of the images that they are frozen to. */
export const STATE_LABEL = "bench.state";

/** Who the guest of a sandbox is at its start. For grading it takes the rights of the solution's user at once, and starts our supervisor alone as root. */
const USERS = { agent: "1000:1000", grading: "0:0" };
/** What that root may do: become one of the two users, and end their processes. It may not read their files. */
const GRADING_CAPABILITIES = ["SETUID", "SETGID", "KILL"];
/**
 * What root may do in a machine of a task's own: change owners and rights of files, read and write those of others, become another user, end processes, use ports below 1024. Not
 * among them is what reaches beyond it: mounts, devices, raw packets, the clock, other processes' memory.
 */
const MACHINE_CAPABILITIES = ["CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "NET_BIND_SERVICE", "SETGID", "SETUID", "SYS_CHROOT"];
/** Weights by which containers share processor time when it is scarce. */
const SHARES = { usual: 1024, priority: 8192 };
const MEGABYTE = 1024 * 1024;
const HOSTNAME = "sandbox";
const MAX_INODES = 200_000;
/** What engines close to writing by themselves, unless they are told what to close. */
const KERNEL_PATHS = ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"];
/** Settings of the container's own network, which has nothing but its loopback device. */
const IPV6_SETTINGS = { "net.ipv6.conf.all.disable_ipv6": "0" };
/** What a runtime with a kernel of its own, such as gVisor, needs for that kernel; the engine limits kernel and programs together. */
const OWN_KERNEL = { memoryMb: 128, pids: 256 };

/**
 * Describes the container of a sandbox to the engine.
 *
 * With a workspace in memory it has no network, no mounts but the volume with an agent's programs, no capabilities but those by which a grading keeps two users apart, and nothing to write to but two bounded folders in memory. Their pages count towards the memory
 * limit, so a task that fills them has less memory to run in. Neither its name nor its labels are visible inside.
 * With one that its image has, that folder can be written as well, and it is on the engine's disk.
 * A machine of a task's own has no network and no mounts either, its whole file system can be written, and it runs as its image's user.
 */
export function containerOptions(spec: ContainerSpec, program: readonly string[], owner: string): Docker.ContainerCreateOptions {
  return {
    Image: spec.imageId,
    Entrypoint: [...program],
    Cmd: [],
    ...userOf(spec),
    Env: environmentOf(spec),
    Hostname: HOSTNAME,
    Labels: labelsOf(spec, owner),
    // With this the engine sets up no network at all, and leaves the file of hosts empty.
    NetworkDisabled: spec.localhost === "image",
    Tty: false,
    OpenStdin: true,
    // When the harness dies, its end of standard input closes and the guest ends: nothing is left running.
    StdinOnce: true,
    AttachStdin: true,
    AttachStdout: true,
    AttachStderr: true,
    // The guest ignores SIGTERM: an engine that stops would wait ten seconds for it.
    StopSignal: "SIGKILL",
    Healthcheck: { Test: ["NONE"] },
    HostConfig: hostOptions(spec),
  };
}

// What a frozen machine is made into has the labels of its container.
function labelsOf({ runId, machine }: ContainerSpec, owner: string): Record<string, string> {
  return { [RUN_LABEL]: runId, [SANDBOX_LABEL]: "1", [OWNER_LABEL]: owner, ...(machine === undefined ? {} : { [STATE_LABEL]: "1" }) };
}

function userOf(spec: ContainerSpec): Pick<Docker.ContainerCreateOptions, "User" | "WorkingDir"> {
  // Without these, they are the image's.
  if (spec.machine !== undefined) {
    const { user, workdir } = spec.machine;
    return { ...(user === null ? {} : { User: user }), ...(workdir === null ? {} : { WorkingDir: workdir }) };
  }
  // Root without rights on the files of others could not enter the workspace of a grading.
  return { User: USERS[spec.purpose], WorkingDir: isGrading(spec) ? "/" : WORKSPACE };
}

// Where an image says what its PATH is, or has other variables, the engine adds them. In a machine, the home folder is its user's.
function environmentOf({ machine }: ContainerSpec): string[] {
  const own = GUEST_ENVIRONMENT.filter((variable) => !variable.startsWith("PATH="));
  if (machine === undefined) return own;
  const of = Object.entries(machine.env).map(([name, value]) => `${name}=${value}`);
  return [...own.filter((variable) => !variable.startsWith("HOME=")), ...of];
}

function hostOptions(spec: ContainerSpec): Docker.HostConfig {
  const { cpus, workspaceMb, tmpMb } = spec.limits;
  const extra = spec.runtime === null ? { memoryMb: 0, pids: 0 } : OWN_KERNEL;
  const memoryMb = spec.limits.memoryMb + extra.memoryMb;
  const pids = spec.limits.pids + extra.pids;
  return {
    NetworkMode: "none",
    ...(spec.localhost === "image" ? {} : hostsOf(spec.localhost)),
    CapDrop: ["ALL"],
    ...rootOf(spec, { workspaceMb, tmpMb }),
    ...(spec.layer === undefined || isGrading(spec) ? {} : { Mounts: [layerMount(spec.layer.source, { isReadOnly: true })] }),
    SecurityOpt: ["no-new-privileges"],
    Memory: memoryMb * MEGABYTE,
    MemorySwap: memoryMb * MEGABYTE,
    // A quota, where `NanoCpus` would be refused on a machine with fewer processors than the task asks for.
    CpuPeriod: 100_000,
    CpuQuota: Math.round(cpus * 100_000),
    CpuShares: isGrading(spec) ? SHARES.priority : SHARES.usual,
    PidsLimit: pids,
    LogConfig: { Type: "none", Config: {} },
    IpcMode: "private",
    RestartPolicy: { Name: "no" },
    ...(spec.runtime === null ? {} : { Runtime: spec.runtime }),
  };
}

/** Mounts the volume of a layer, with nothing of what the image has at that place. */
export function layerMount(volume: string, { isReadOnly }: { readonly isReadOnly: boolean }): Docker.MountSettings {
  const options = { NoCopy: true, Labels: {}, DriverConfig: { Name: "", Options: {} } };
  return { Type: "volume", Source: volume, Target: LAYER_FOLDER, ReadOnly: isReadOnly, VolumeOptions: options };
}

// No file of a machine may be larger than all that it may write; what they take together is watched.
function rootOf(spec: ContainerSpec, sizes: Pick<SandboxLimits, "workspaceMb" | "tmpMb">): Docker.HostConfig {
  if (spec.machine !== undefined) {
    const bytes = spec.machine.storageMb * MEGABYTE;
    return { CapAdd: MACHINE_CAPABILITIES, Ulimits: [{ Name: "fsize", Soft: bytes, Hard: bytes }] };
  }
  const capabilities = isGrading(spec) ? { CapAdd: GRADING_CAPABILITIES } : {};
  const folders = foldersOf(spec, sizes);
  if (spec.closed === undefined) return { ReadonlyRootfs: true, ...capabilities, Tmpfs: folders };
  const { [WORKSPACE]: _, ...others } = folders;
  const bytes = sizes.workspaceMb * MEGABYTE;
  return {
    ...capabilities,
    ReadonlyPaths: [...KERNEL_PATHS, ...spec.closed],
    Ulimits: [{ Name: "fsize", Soft: bytes, Hard: bytes }],
    Tmpfs: others,
  };
}

// Whatever the image, the engine writes the file of hosts.
function hostsOf(localhost: Localhost): Docker.HostConfig {
  return {
    // With a network, even an empty one, the engine takes the address ::1 away, which programs find when they look up `localhost`; the runtime gives it back.
    ...(localhost === "engine" ? { Sysctls: IPV6_SETTINGS } : {}),
    // Else it would hand on the host's own name servers and domains, which nothing inside can reach.
    Dns: ["127.0.0.1"],
    DnsSearch: ["."],
    ExtraHosts: [`${HOSTNAME}:127.0.0.1`],
  };
}

function isGrading({ purpose }: ContainerSpec): boolean {
  return purpose === "grading";
}

// In a grading the temporary folder is for all users, as on any machine; the grading program closes the workspace to all but the solution.
function foldersOf(
  spec: ContainerSpec,
  { workspaceMb, tmpMb }: Pick<SandboxLimits, "workspaceMb" | "tmpMb">,
): Readonly<Record<string, string>> {
  const own = "uid=1000,gid=1000";
  return {
    [WORKSPACE]: tmpfsOptions(workspaceMb, `${own},mode=0755`),
    "/tmp": tmpfsOptions(tmpMb, isGrading(spec) ? "uid=0,gid=0,mode=1777" : `${own},mode=0755`),
  };
}

function tmpfsOptions(sizeMb: number, owner: string): string {
  return `rw,exec,nosuid,nodev,size=${sizeMb}m,nr_inodes=${MAX_INODES},${owner}`;
}
