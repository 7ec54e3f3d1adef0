import { createHash } from "node:crypto";
import { type SandboxProvider, WORKSPACE } from "../../core/sandbox.ts";
import type { SourceFile, Task } from "../../core/task.ts";
import { inTurns } from "../../core/turn.ts";

/** What a search of histories found: answers that the agent could read, and histories that could not be searched. */
export type FoundAnswers = { readonly problems: readonly string[]; readonly remarks: readonly string[] };

const NOTHING: FoundAnswers = { problems: [], remarks: [] };

/** Where histories are searched. */
export type HistoryDeps = { readonly sandboxes: SandboxProvider; readonly signal: AbortSignal };

// A file without more than this tells nothing: an empty package, a licence line.
const MIN_BYTES = 20;
const SEARCH_SECONDS = 120;
const MAX_OUTPUT_BYTES = 256 * 1024;
const NO_GIT = 3;
const OBJECTS = /^((?:.*\/)?objects)\/(?:[0-9a-f]{2}\/[0-9a-f]{38,62}|pack\/[^/]+\.(?:pack|idx))$/;

/**
 * Finds files of the solution or the hidden tests in the git objects that a task's workspace brings along, reachable or not, loose or packed, whatever their spacing.
 * Gives one line for each repository that holds some.
 *
 * The objects are a stranger's, so git reads them inside a sandbox, with settings of ours and without the repository's own: no hook, filter, remote or other folder is
 * used. Throws what the sandbox throws.
 */
export async function findAnswersInHistory(task: Task, hidden: readonly SourceFile[], deps: HistoryDeps): Promise<FoundAnswers> {
  const workspace = await task.files.workspace();
  const stores = objectStores(workspace);
  if (stores.size === 0) return NOTHING;
  const wanted = wantedFiles(hidden);
  if (wanted.size === 0) return NOTHING;
  const sandbox = await deps.sandboxes.open({ image: task.image, limits: task.sandbox, purpose: "agent" }, deps.signal);
  try {
    const problems: string[] = [];
    const remarks: string[] = [];
    let number = 0;
    for (const [folder, files] of stores) {
      const root = `${WORKSPACE}/${number++}`;
      await sandbox.putFiles(root, [...files, ...bareRepository(files)]);
      const request = {
        command: ["python3", "-I", "-c", SEARCH, root],
        cwd: "/",
        env: {},
        timeoutMs: SEARCH_SECONDS * 1000,
        maxOutputBytes: MAX_OUTPUT_BYTES,
        stdin: Buffer.from([...wanted.keys()].join("\n")),
      };
      const { exit, head } = await sandbox.run(request, deps.signal);
      const found = new Set(new TextDecoder().decode(head).split("\n"));
      const paths = await hiddenPaths(new Map([...wanted].filter(([hash]) => found.has(hash))), workspace);
      const isSearched = exit.kind === "exited" && exit.code === 0;
      if (paths.length > 0) problems.push(lineOf(folder, paths));
      else if (exit.kind === "exited" && exit.code === NO_GIT)
        remarks.push(`the git objects in ${shownFolder(folder)} were not searched for the answer: the task's image has no git`);
      else if (!isSearched)
        problems.push(`the git objects in ${shownFolder(folder)} cannot be searched; remove them from the workspace, or repair them`);
    }
    return { problems, remarks };
  } finally {
    await sandbox.close();
  }
}

function lineOf(folder: string, paths: readonly string[]): string {
  const named = paths.slice(0, 3).map((path) => `"${path}"`);
  const more = paths.length > 3 ? ` and ${paths.length - 3} more` : "";
  return `the git objects in ${shownFolder(folder)} hold the answer (${named.join(", ")}${more}), which the agent can read; give the workspace a history without it`;
}

function shownFolder(folder: string): string {
  return `"workspace/${folder.replace(/\/?objects$/, "") || "objects"}"`;
}

/** The files of each folder of git objects, by the folder; paths begin with `objects/`. */
function objectStores(workspace: readonly SourceFile[]): ReadonlyMap<string, readonly SourceFile[]> {
  const stores = new Map<string, SourceFile[]>();
  for (const file of workspace) {
    const folder = OBJECTS.exec(file.path)?.[1];
    if (folder === undefined) continue;
    const own = {
      path: `objects${file.path.slice(folder.length)}`,
      executable: false,
      get bytes() {
        return file.bytes;
      },
    };
    const store = stores.get(folder);
    if (store === undefined) stores.set(folder, [own]);
    else store.push(own);
  }
  return stores;
}

/** What makes a folder of objects a repository for git: nothing of the original but the kind of its names. */
function bareRepository(files: readonly SourceFile[]): readonly SourceFile[] {
  const isSha256 = files.some(({ path }) => /^objects\/(?:[0-9a-f]{2}\/[0-9a-f]{62}|pack\/pack-[0-9a-f]{64}\.)/.test(path));
  const config = isSha256
    ? "[core]\nrepositoryformatversion = 1\nbare = true\n[extensions]\nobjectformat = sha256\n"
    : "[core]\nrepositoryformatversion = 0\nbare = true\n";
  return [
    { path: "config", bytes: Buffer.from(config), executable: false },
    { path: "HEAD", bytes: Buffer.from("ref: refs/heads/none\n"), executable: false },
    { path: "refs/heads/.keep", bytes: new Uint8Array(), executable: false },
  ];
}

/** Paths of hidden files by the hash of their text without spacing. */
function wantedFiles(hidden: readonly SourceFile[]): ReadonlyMap<string, string> {
  const wanted = new Map<string, string>();
  for (const { path, bytes } of hidden) if (bytes.length > MIN_BYTES) wanted.set(hashOf(bytes), path);
  return wanted;
}

/** Leaves out of files that were found those that the agent gets anyway. Reads the workspace only where something was found: it may be large. */
async function hiddenPaths(found: ReadonlyMap<string, string>, workspace: readonly SourceFile[]): Promise<readonly string[]> {
  const hidden = new Map(found);
  if (hidden.size === 0) return [];
  await inTurns(workspace, (file) => {
    if (!OBJECTS.test(file.path)) hidden.delete(hashOf(file.bytes));
  });
  return [...hidden.values()];
}

function hashOf(bytes: Uint8Array): string {
  const kept = Buffer.from(bytes).filter((byte) => byte !== 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d);
  return createHash("sha256").update(kept).digest("hex");
}

// Reads every blob of the repository once, and prints the hashes that it was given on standard input and found.
const SEARCH = `
import hashlib, os, shutil, subprocess, sys
if shutil.which("git") is None:
    sys.exit(${NO_GIT})
wanted = set(sys.stdin.read().split())
env = {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "GIT_DIR": sys.argv[1], "GIT_CONFIG_NOSYSTEM": "1", "HOME": "/nonexistent", "GIT_NO_LAZY_FETCH": "1"}
git = subprocess.Popen(["git", "cat-file", "--batch-all-objects", "--unordered", "--batch"], stdout=subprocess.PIPE, env=env)
while header := git.stdout.readline():
    left = int(header.split()[2])
    hasher = hashlib.sha256()
    while left > 0:
        part = git.stdout.read(min(left, 1 << 20))
        if not part:
            sys.exit(1)
        left -= len(part)
        hasher.update(part.translate(None, b" \\t\\n\\r"))
    git.stdout.read(1)
    if hasher.hexdigest() in wanted:
        print(hasher.hexdigest(), flush=True)
sys.exit(git.wait())
`;
