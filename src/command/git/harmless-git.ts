import { spawn } from "node:child_process";
import { environmentFor } from "../../config/environment.ts";

// A repository may come from a stranger, and git runs programs that its configuration names. What could be run is switched off here, and only plumbing is used that
// compares neither through filters nor by asking another repository. Command-line settings take precedence over those of the repository.
const HARMLESS = [
  "--no-optional-locks",
  ...["core.fsmonitor=false", "core.hooksPath=/dev/null", "core.sshCommand=false", "safe.bareRepository=explicit"].flatMap((setting) => [
    "-c",
    setting,
  ]),
];

// The index of half a million files.
const MAX_OUTPUT_BYTES = 128 * 1024 * 1024;
const MAX_ERROR_CHARACTERS = 2_000;

/** How git is started: in which folder, on which repository where that is not to be looked for, what it reads, and how much it may take. */
export type GitCall = {
  readonly cwd: string;
  /** The folder of git's own files. Absent: git looks for it from `cwd` on. */
  readonly gitDir?: string;
  readonly stdin?: string;
  readonly timeoutMs: number;
  readonly maxBytes?: number;
  readonly signal?: AbortSignal | undefined;
};

/** Reports that git ended with an error, took too long, or wrote more than it may. `said` is the end of what it wrote as errors; empty where it was not even started. */
export class GitFailed extends Error {
  override readonly name = "GitFailed";
  readonly said: string;

  constructor(message: string, said: string, cause?: unknown) {
    super(message, { cause });
    this.said = said;
  }
}

/**
 * Runs one plumbing command of git, which runs nothing that the repository names and fetches nothing, and returns what it printed.
 *
 * Throws GitFailed when it fails, and the signal's reason when that is aborted.
 */
export function harmlessGit(args: readonly string[], call: GitCall): Promise<Buffer> {
  const { cwd, gitDir, stdin = "", timeoutMs, maxBytes = MAX_OUTPUT_BYTES, signal } = call;
  signal?.throwIfAborted();
  // A history that is read must be the one that its hashes name.
  const place = gitDir === undefined ? [] : ["--no-replace-objects", `--git-dir=${gitDir}`];
  const child = spawn("git", [...HARMLESS, ...place, ...args], { cwd, env: gitEnvironment(), stdio: ["pipe", "pipe", "pipe"] });
  const name = `git ${args[0] ?? ""}`;
  const pieces: Buffer[] = [];
  let bytes = 0;
  let said = "";
  let ended: string | null = null;
  const end = (reason: string): void => {
    ended ??= reason;
    child.kill("SIGKILL");
  };
  const timer = setTimeout(() => end(`took more than ${timeoutMs / 1000} s`), timeoutMs);
  const stop = (): void => end("was stopped");
  signal?.addEventListener("abort", stop);
  child.stdout.on("data", (piece: Buffer) => {
    bytes += piece.length;
    if (bytes > maxBytes) end(`wrote more than ${maxBytes} bytes`);
    else pieces.push(piece);
  });
  child.stderr.on("data", (piece: Buffer) => {
    said = (said + piece.toString()).slice(-MAX_ERROR_CHARACTERS);
  });
  // It may end before it has read everything.
  child.stdin.on("error", () => {});
  child.stdin.end(stdin);
  return new Promise<Buffer>((resolve, reject) => {
    child.on("error", (error) => reject(new GitFailed(`${name} cannot be started: ${error.message}`, "", error)));
    child.on("close", (code) => {
      if (signal?.aborted) reject(signal.reason);
      else if (ended !== null) reject(new GitFailed(`${name} ${ended}`, said));
      else if (code !== 0) reject(new GitFailed(`${name} ended with status ${code}`, said));
      else resolve(Buffer.concat(pieces));
    });
  }).finally(() => {
    clearTimeout(timer);
    signal?.removeEventListener("abort", stop);
  });
}

// The keys of models must not reach another program; git needs the path to itself and the user's own settings.
const NEEDED_BY_GIT = new Set(["PATH", "HOME", "USERPROFILE", "SYSTEMROOT"]);

function gitEnvironment(): Readonly<Record<string, string>> {
  const inherited = environmentFor((name) => NEEDED_BY_GIT.has(name));
  // git before 2.45 knows no GIT_NO_LAZY_FETCH. An empty list of protocols also takes precedence over a protocol.ext.allow of the checkout; protocol.allow=never does not.
  return { ...inherited, GIT_NO_LAZY_FETCH: "1", GIT_ALLOW_PROTOCOL: "", GIT_TERMINAL_PROMPT: "0", LC_ALL: "C" };
}
