import { type SandboxSpec, WORKSPACE } from "../../core/sandbox.ts";
import { containerOptions } from "../docker/container.ts";
import type { GuestProgram } from "../guest-program.ts";
import { type Cgroup, placesInside } from "./cgroup.ts";

/** What one machine is made of. */
export type MachineOptions = {
  readonly rootFolder: string;
  readonly spec: SandboxSpec;
  readonly program: GuestProgram;
  readonly cgroup: Cgroup | null;
  /** Started by root, a machine takes on another user before anything else, and has its bounds set by the kernel where it can. */
  readonly asRoot: boolean;
};

/** Where the commands of the host are looked for, whatever the user's own path is. */
export const HOST_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

const AGENT_ID = "1000";
const SHARED_MEMORY_MB = 64;
const MAX_INODES = 200_000;
const MEGABYTE = 1024 * 1024;
/** What Node reserves before it has done anything, and does not use. */
const RESERVED_MB = 640;
/** A folder that every system has; what lies on it is hidden from the machine alone. */
const MEETING_POINT = "/mnt";

/**
 * Enters the cgroups, lays the root file system where a user without rights can reach it, and becomes the machine. Its connection
 * comes in as descriptor 3.
 */
const LAUNCHER = `
[ -z "$1" ] || mount --bind "$1" ${MEETING_POINT} || exit 1
shift
while [ "$1" != -- ]; do echo $$ >"$1" || exit 1; shift; done
shift
exec "$@" <&3 >&3 3>&-`;

/** Gives the program and the arguments that become a machine. */
export function machineCommand(parts: MachineOptions): readonly string[] {
  const { rootFolder, cgroup, asRoot } = parts;
  const doors = (cgroup?.folders ?? []).map((folder) => `${folder}/cgroup.procs`);
  const inner = ["bwrap", ...bubblewrapArguments(parts, asRoot ? MEETING_POINT : rootFolder)];
  if (!asRoot) return ["sh", "-c", LAUNCHER, "sh", "", ...doors, "--", ...inner];
  const unprivileged = ["setpriv", "--reuid", AGENT_ID, "--regid", AGENT_ID, "--clear-groups", "--", ...inner];
  return ["unshare", "--mount", "--", "sh", "-c", LAUNCHER, "sh", rootFolder, ...doors, "--", ...unprivileged];
}

function bubblewrapArguments({ spec, program, cgroup }: MachineOptions, root: string): readonly string[] {
  const { Env: environment = [] } = containerOptions(spec, program.command, "");
  const settings = `SANDBOX_SETTINGS=${JSON.stringify(settingsOf(spec, cgroup))}`;
  const variables = [...environment, settings].flatMap((entry) => ["--setenv", ...splitOnce(entry)]);
  const mounts = (cgroup === null ? [] : placesInside(cgroup)).flatMap(([folder, place]) => ["--ro-bind", folder, place]);
  // Each part is a list of its own, so that an option stands beside its values.
  return [
    ["--unshare-user", "--uid", AGENT_ID, "--gid", AGENT_ID, "--disable-userns"],
    ["--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try", "--hostname", "sandbox"],
    ["--ro-bind", root, "/", "--dev", "/dev", "--remount-ro", "/dev", "--proc", "/proc"],
    ["--tmpfs", "/sys", "--dir", "/sys/fs/cgroup"],
    mounts,
    ["--remount-ro", "/sys", "--chdir", "/"],
    // For the first module of the guest alone, which gives them up.
    ["--cap-drop", "ALL", "--cap-add", "CAP_SYS_ADMIN", "--cap-add", "CAP_SETPCAP"],
    ["--as-pid-1", "--die-with-parent", "--new-session", "--clearenv", ...variables, "--", ...program.command],
  ].flat();
}

/** What the guest does to its own machine before it serves. Without a cgroup each process is bounded by itself, and how many there are. */
function settingsOf({ limits }: SandboxSpec, cgroup: Cgroup | null): Readonly<Record<string, unknown>> {
  return {
    folders: [
      [WORKSPACE, limits.workspaceMb],
      ["/tmp", limits.tmpMb],
      ["/dev/shm", SHARED_MEMORY_MB],
    ],
    MAX_INODES,
    limits: cgroup === null ? { RLIMIT_NPROC: limits.pids, RLIMIT_DATA: (limits.memoryMb + RESERVED_MB) * MEGABYTE } : {},
  };
}

function splitOnce(entry: string): readonly [string, string] {
  const at = entry.indexOf("=");
  return [entry.slice(0, at), entry.slice(at + 1)];
}
