import type Docker from "dockerode";
import { type SandboxSpec, WORKSPACE } from "../../core/sandbox.ts";

/** The label that every sandbox bears. */
export const SANDBOX_LABEL = "bench";
/** The label that names the process which opened a sandbox. */
export const OWNER_LABEL = "bench.owner";
/** The label that names the run a sandbox is part of. */
export const RUN_LABEL = "bench.run";

const AGENT_USER = "1000:1000";
/** Of the processors' time, where it is short, against each other. */
const SHARES = { usual: 1024, priority: 8192 };
const MEGABYTE = 1024 * 1024;
const MAX_INODES = 200_000;
/** What a kernel of the sandbox's own, such as gVisor's, needs beside what runs on it; the engine bounds both as one. */
const OWN_KERNEL = { memoryMb: 128, pids: 256 };

/** The whole environment inside: nothing of the host's crosses. All after the language keeps programs from paging and from drawing progress. */
const ENVIRONMENT = [
  "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
  "HOME=/tmp",
  "LANG=C.UTF-8",
  "PAGER=cat",
  "MANPAGER=cat",
  "LESS=-R",
  "PIP_PROGRESS_BAR=off",
  "TQDM_DISABLE=1",
  "CI=1",
  "TERM=dumb",
];

/**
 * Describes the container of a sandbox to the engine.
 *
 * No network, no rights, no mounts, nothing to write but two bounded folders in memory; their pages count towards the memory
 * limit, so a task that fills them has that much less to run in. Neither name nor labels are seen inside.
 */
export function containerOptions(spec: SandboxSpec, program: readonly string[], owner: string): Docker.ContainerCreateOptions {
  return {
    Image: spec.image,
    Entrypoint: [...program],
    Cmd: [],
    User: AGENT_USER,
    WorkingDir: WORKSPACE,
    Env: ENVIRONMENT,
    Hostname: "sandbox",
    Labels: { ...spec.labels, [SANDBOX_LABEL]: "1", [OWNER_LABEL]: owner },
    NetworkDisabled: true,
    Tty: false,
    OpenStdin: true,
    // When the harness dies its end of standard input closes, and with it the guest goes: nothing is left running.
    StdinOnce: true,
    AttachStdin: true,
    AttachStdout: true,
    AttachStderr: true,
    // The guest heeds no polite signal: an engine that stops would wait ten seconds for it.
    StopSignal: "SIGKILL",
    Healthcheck: { Test: ["NONE"] },
    HostConfig: hostOptions(spec),
  };
}

function hostOptions(spec: SandboxSpec): Docker.HostConfig {
  const { cpus, workspaceMb, tmpMb } = spec.limits;
  const extra = spec.runtime === null ? { memoryMb: 0, pids: 0 } : OWN_KERNEL;
  const memoryMb = spec.limits.memoryMb + extra.memoryMb;
  const pids = spec.limits.pids + extra.pids;
  return {
    NetworkMode: "none",
    ReadonlyRootfs: true,
    CapDrop: ["ALL"],
    SecurityOpt: ["no-new-privileges"],
    Memory: memoryMb * MEGABYTE,
    MemorySwap: memoryMb * MEGABYTE,
    // A quota, where `NanoCpus` would be refused on a machine with fewer processors than the task asks for.
    CpuPeriod: 100_000,
    CpuQuota: Math.round(cpus * 100_000),
    CpuShares: spec.hasPriority ? SHARES.priority : SHARES.usual,
    PidsLimit: pids,
    Tmpfs: { [WORKSPACE]: tmpfsOptions(workspaceMb), "/tmp": tmpfsOptions(tmpMb) },
    LogConfig: { Type: "none", Config: {} },
    IpcMode: "private",
    RestartPolicy: { Name: "no" },
    ...(spec.runtime === null ? {} : { Runtime: spec.runtime }),
  };
}

function tmpfsOptions(sizeMb: number): string {
  return `rw,exec,nosuid,nodev,size=${sizeMb}m,nr_inodes=${MAX_INODES},uid=1000,gid=1000,mode=0755`;
}
