import { UserError } from "../core/errors.ts";
import { printable } from "../core/printable.ts";
import { type Sandbox, type SandboxProvider, WORKSPACE } from "../core/sandbox.ts";
import type { ApplyPatches, ImagePatches, SourceFile } from "../core/task.ts";

const APPLY_MS = 60_000;
const MAX_OUTPUT_BYTES = 4_000;
const MAX_FILES = 2_000;
const MAX_BYTES = 64 * 1024 * 1024;
const MAX_FILE_BYTES = 32 * 1024 * 1024;
const MAX_PROBLEM = 200;
const EVERYTHING = { include: ["**"], exclude: [".git"] };
// Settings of the image must not change what a patch makes.
const ENV = { GIT_CONFIG_NOSYSTEM: "1", GIT_CONFIG_GLOBAL: "/dev/null", LC_ALL: "C" };

/** Applies patches with git in sandboxes of their images, where no agent ever is, and takes out what they change. Throws what opening a sandbox throws. */
export function patchesIn(sandboxes: SandboxProvider): ApplyPatches {
  return async (wanted) => {
    const request = { image: wanted.image, limits: wanted.limits, purpose: "agent" } as const;
    const sandbox = await sandboxes.open(request, new AbortController().signal);
    try {
      const files = await wantedFiles(sandbox, wanted);
      const changed: (readonly SourceFile[])[] = [];
      for (const patch of wanted.patches) changed.push(await changedBy(sandbox, wanted, patch));
      return { changed, files };
    } finally {
      await sandbox.close();
    }
  };
}

type Patch = ImagePatches["patches"][number];

async function changedBy(sandbox: Sandbox, wanted: ImagePatches, patch: Patch): Promise<readonly SourceFile[]> {
  if (patch.text.trim() === "") return [];
  await runGit(sandbox, wanted, { patch, options: [] });
  const { files, refused } = await sandbox.exportFiles({ root: WORKSPACE, rule: EVERYTHING, maxFiles: MAX_FILES, maxBytes: MAX_BYTES });
  const [first] = refused;
  if (first !== undefined) throw faultOf(wanted, patch.name, `${first.path}: ${first.reason}`);
  await runGit(sandbox, wanted, { patch, options: ["--reverse"] });
  return files;
}

type Application = { readonly patch: Patch; readonly options: readonly string[] };

async function runGit(sandbox: Sandbox, wanted: ImagePatches, { patch: { name, text }, options }: Application): Promise<void> {
  const { exit, head } = await sandbox.run({
    command: ["git", "apply", "--whitespace=nowarn", ...options, "-"],
    cwd: WORKSPACE,
    env: ENV,
    timeoutMs: APPLY_MS,
    maxOutputBytes: MAX_OUTPUT_BYTES,
    stdin: Buffer.from(text.endsWith("\n") ? text : `${text}\n`),
  });
  if (exit.kind === "exited" && exit.code === 0) return;
  const said = new TextDecoder().decode(head).trim().split("\n")[0] ?? "";
  throw faultOf(wanted, name, said === "" ? `git ended (${exit.kind})` : said);
}

async function wantedFiles(sandbox: Sandbox, wanted: ImagePatches): Promise<readonly SourceFile[]> {
  const files: SourceFile[] = [];
  for (const path of wanted.files) {
    const found = await sandbox.readFile({ path, root: WORKSPACE }, MAX_FILE_BYTES);
    if (found.kind === "read") files.push({ path, bytes: found.bytes, executable: false });
  }
  return files;
}

function faultOf({ task, image }: ImagePatches, name: string, problem: string): UserError {
  return new UserError(
    `Cannot use ${name} of task "${task}": it does not fit to the repository in image "${printable(image)}" (${printable(problem, MAX_PROBLEM)}); check that the image has base_commit and no change of its own`,
  );
}
