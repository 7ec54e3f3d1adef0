import type Docker from "dockerode";
import { type SandboxRequest, WORKSPACE } from "../../core/sandbox.ts";
import type { SandboxLimits } from "../../core/task.ts";
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
};

/** The label that every sandbox has. */
export const SANDBOX_LABEL = "bench";
/** The label that names the process which opened a sandbox. */
export const OWNER_LABEL = "bench.owner";
/** The label that names the run a sandbox is part of. */
export const RUN_LABEL = "bench.run";

/** Who the guest of a sandbox is at its start. For grading it takes the rights of the solution's user at once, and starts our supervisor alone as root. */
const USERS = { agent: "1000:1000", grading: "0:0" };
/** What that root may do: become one of the two users, and end their processes. It may not read their files. */
const GRADING_CAPABILITIES = ["SETUID", "SETGID", "KILL"];
/** Weights by which containers share processor time when it is scarce. */
const SHARES = { usual: 1024, priority: 8192 };
const MEGABYTE = 1024 * 1024;
const HOSTNAME = "sandbox";
const MAX_INODES = 200_000;
/** Settings of the container's own network, which has nothing but its loopback device. */
const IPV6_SETTINGS = { "net.ipv6.conf.all.disable_ipv6": "0" };
/** What a runtime with a kernel of its own, such as gVisor, needs for that kernel; the engine limits kernel and programs together. */
const OWN_KERNEL = { memoryMb: 128, pids: 256 };

/**
 * Describes the container of a sandbox to the engine.
 *
 * It has no network, no mounts, no capabilities but those by which a grading keeps two users apart, and nothing to write to but two bounded folders in memory. Their pages count towards the memory
 * limit, so a task that fills them has less memory to run in. Neither its name nor its labels are visible inside.
 */
export function containerOptions(spec: ContainerSpec, program: readonly string[], owner: string): Docker.ContainerCreateOptions {
  return {
    Image: spec.imageId,
    Entrypoint: [...program],
    Cmd: [],
    User: USERS[spec.purpose],
    // Root without rights on the files of others could not enter the workspace of a grading.
    WorkingDir: isGrading(spec) ? "/" : WORKSPACE,
    // Where an image says what its PATH is, or has other variables, the engine adds them.
    Env: GUEST_ENVIRONMENT.filter((variable) => !variable.startsWith("PATH=")),
    Hostname: HOSTNAME,
    Labels: { [RUN_LABEL]: spec.runId, [SANDBOX_LABEL]: "1", [OWNER_LABEL]: owner },
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

function hostOptions(spec: ContainerSpec): Docker.HostConfig {
  const { cpus, workspaceMb, tmpMb } = spec.limits;
  const extra = spec.runtime === null ? { memoryMb: 0, pids: 0 } : OWN_KERNEL;
  const memoryMb = spec.limits.memoryMb + extra.memoryMb;
  const pids = spec.limits.pids + extra.pids;
  return {
    NetworkMode: "none",
    ...(spec.localhost === "image" ? {} : hostsOf(spec.localhost)),
    ReadonlyRootfs: true,
    CapDrop: ["ALL"],
    ...(isGrading(spec) ? { CapAdd: GRADING_CAPABILITIES } : {}),
    SecurityOpt: ["no-new-privileges"],
    Memory: memoryMb * MEGABYTE,
    MemorySwap: memoryMb * MEGABYTE,
    // A quota, where `NanoCpus` would be refused on a machine with fewer processors than the task asks for.
    CpuPeriod: 100_000,
    CpuQuota: Math.round(cpus * 100_000),
    CpuShares: isGrading(spec) ? SHARES.priority : SHARES.usual,
    PidsLimit: pids,
    Tmpfs: foldersOf(spec, { workspaceMb, tmpMb }),
    LogConfig: { Type: "none", Config: {} },
    IpcMode: "private",
    RestartPolicy: { Name: "no" },
    ...(spec.runtime === null ? {} : { Runtime: spec.runtime }),
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
