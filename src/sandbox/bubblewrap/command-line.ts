import { dirname } from "node:path/posix";
import { LAYER_FOLDER } from "../../core/layer.ts";
import { WORKSPACE } from "../../core/sandbox.ts";
import type { SandboxLimits } from "../../core/task.ts";
import { GUEST_ENVIRONMENT, type GuestProgram } from "../guest-program.ts";
import { type Cgroup, placesInside } from "./cgroup.ts";
import { TREE_FILES } from "./tree-folder.ts";

/** What the command line of one sandbox is made from. */
export type CommandLineOptions = {
  readonly rootFolder: string;
  readonly limits: SandboxLimits;
  readonly program: GuestProgram;
  readonly cgroup: Cgroup | null;
  /** The folder with the tree that the workspace has from the start; null for an empty one. */
  readonly treeFolder?: string | null;
  /** The folder with the programs of an agent; null for none. */
  readonly layerFolder?: string | null;
  /** Whether root starts it: then it switches to a user without privileges before anything else. */
  readonly asRoot: boolean;
};

/** Where programs of the host are looked up, whatever PATH the user has. */
export const HOST_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

const AGENT_ID = "1000";
const SHARED_MEMORY_MB = 64;
const MAX_INODES = 200_000;
const MEGABYTE = 1024 * 1024;
/** Address space that Node reserves at its start without using it. */
const RESERVED_MB = 640;
/** A folder that every system has; what the host has there is hidden inside only. */
const ROOT_MOUNT = "/mnt";
/** Another such folder, for a tree. */
const TREE_MOUNT = "/media";
/** A third, for the programs of an agent. */
const LAYER_MOUNT = "/srv";
/** Where a tree is inside. */
const TREE_INSIDE = "/sys/bench";

/**
 * Enters the cgroups, mounts the root file system where a user without privileges can reach it, and becomes the sandbox. The channel to the harness
 * is descriptor 3.
 */
const LAUNCHER = `
[ -z "$1" ] || mount --bind "$1" ${ROOT_MOUNT} || exit 1
shift
[ -z "$1" ] || mount --bind "$1" ${TREE_MOUNT} || exit 1
shift
[ -z "$1" ] || mount --bind "$1" ${LAYER_MOUNT} || exit 1
shift
while [ "$1" != -- ]; do echo $$ >"$1" || exit 1; shift; done
shift
exec "$@" <&3 >&3 3>&-`;

/** Builds the program and arguments that become a sandbox. */
export function sandboxCommandLine(options: CommandLineOptions): readonly string[] {
  const { rootFolder, treeFolder = null, layerFolder = null, cgroup, asRoot } = options;
  const processLists = (cgroup?.folders ?? []).map((folder) => `${folder}/cgroup.procs`);
  const tree = treeFolder === null ? null : asRoot ? TREE_MOUNT : treeFolder;
  const layer = layerFolder === null ? null : asRoot ? LAYER_MOUNT : layerFolder;
  const inner = ["bwrap", ...bubblewrapArguments(options, { root: asRoot ? ROOT_MOUNT : rootFolder, tree, layer })];
  if (!asRoot) return ["sh", "-c", LAUNCHER, "sh", "", "", "", ...processLists, "--", ...inner];
  const unprivileged = ["setpriv", "--reuid", AGENT_ID, "--regid", AGENT_ID, "--clear-groups", "--", ...inner];
  return [
    "unshare",
    "--mount",
    "--",
    "sh",
    "-c",
    LAUNCHER,
    "sh",
    rootFolder,
    treeFolder ?? "",
    layerFolder ?? "",
    ...processLists,
    "--",
    ...unprivileged,
  ];
}

type Sources = { readonly root: string; readonly tree: string | null; readonly layer: string | null };

function bubblewrapArguments({ limits, program, cgroup }: CommandLineOptions, { root, tree, layer }: Sources): readonly string[] {
  const settings = `SANDBOX_SETTINGS=${JSON.stringify({ ...settingsOf(limits, cgroup), tree: tree === null ? null : `${TREE_INSIDE}/${TREE_FILES}` })}`;
  const variables = [...GUEST_ENVIRONMENT, settings].flatMap((entry) => ["--setenv", ...splitOnce(entry)]);
  const mounts = (cgroup === null ? [] : placesInside(cgroup)).flatMap(([folder, place]) => ["--ro-bind", folder, place]);
  // A list for each part keeps an option beside its values.
  return [
    ["--unshare-user", "--uid", AGENT_ID, "--gid", AGENT_ID, "--disable-userns"],
    ["--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try", "--hostname", "sandbox"],
    ["--ro-bind", root, "/", "--dev", "/dev", "--remount-ro", "/dev", "--proc", "/proc"],
    ["--tmpfs", "/sys", "--dir", "/sys/fs/cgroup"],
    mounts,
    tree === null ? [] : ["--dir", TREE_INSIDE, "--ro-bind", tree, TREE_INSIDE],
    ["--remount-ro", "/sys", "--chdir", "/"],
    // The root cannot be written to, so the folder above the layer is a new one.
    layer === null ? [] : ["--tmpfs", dirname(LAYER_FOLDER), "--ro-bind", layer, LAYER_FOLDER, "--remount-ro", dirname(LAYER_FOLDER)],
    // Only for the first module of the guest, which drops them.
    ["--cap-drop", "ALL", "--cap-add", "CAP_SYS_ADMIN", "--cap-add", "CAP_SETPCAP"],
    // What writes over a tree makes folders that nobody may enter.
    tree === null ? [] : ["--cap-add", "CAP_DAC_OVERRIDE"],
    ["--as-pid-1", "--die-with-parent", "--new-session", "--clearenv", ...variables, "--", ...program.command],
  ].flat();
}

/** What the guest sets up before it serves. Without a cgroup the memory of each process is limited, and the number of processes. */
function settingsOf(limits: SandboxLimits, cgroup: Cgroup | null): Readonly<Record<string, unknown>> {
  return {
    folders: [
      [WORKSPACE, limits.workspaceMb],
      ["/tmp", limits.tmpMb],
      ["/dev/shm", SHARED_MEMORY_MB],
    ],
    maxInodes: MAX_INODES,
    limits: cgroup === null ? { RLIMIT_NPROC: limits.pids, RLIMIT_DATA: (limits.memoryMb + RESERVED_MB) * MEGABYTE } : {},
  };
}

function splitOnce(entry: string): readonly [string, string] {
  const at = entry.indexOf("=");
  return [entry.slice(0, at), entry.slice(at + 1)];
}
