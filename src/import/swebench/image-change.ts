import { UserError } from "../../core/errors.ts";
import { printable } from "../../core/printable.ts";
import { type Sandbox, type SandboxProvider, WORKSPACE } from "../../core/sandbox.ts";
import type { SandboxLimits, SourceFile } from "../../core/task.ts";
import { MAX_FILE_BYTES, MAX_PART_BYTES } from "../../files/bounds.ts";

/** What an instance changes in the repository of its image. */
export type ChangeInput = {
  readonly id: string;
  readonly image: string;
  readonly limits: SandboxLimits;
  readonly patch: string;
  readonly testPatch: string;
  /** Files with tests that are required; those that the test patch does not bring are the image's. */
  readonly testFiles: readonly string[];
};

/** The files that an instance's patches make: its hidden tests, and what solves it. */
export type ChangedFiles = { readonly tests: readonly SourceFile[]; readonly reference: readonly SourceFile[] };

const APPLY_MS = 60_000;
const MAX_OUTPUT_BYTES = 4_000;
const MAX_FILES = 2_000;
/** How many tasks' files are held although nothing uses them at the moment: one is graded several times in a row, and others meanwhile. */
const MAX_HELD = 32;
const recent: ChangedFiles[] = [];
const EVERYTHING = { include: ["**"], exclude: [".git"] };

/**
 * Applies the patches of an instance with git, in a sandbox of its image, where no agent ever is, and takes out what they change. They are applied when the files are first asked for,
 * and again when nothing holds them any more.
 */
export class ImageChange {
  readonly #input: ChangeInput;
  #sandboxes: SandboxProvider | null = null;
  #last: WeakRef<ChangedFiles> | null = null;
  #pending: Promise<ChangedFiles> | null = null;

  constructor(input: ChangeInput) {
    this.#input = input;
  }

  /** Gives the sandboxes that the patches are applied in. */
  provide(sandboxes: SandboxProvider): void {
    this.#sandboxes = sandboxes;
  }

  /** Returns what the patches make. Throws UserError when they do not fit to the image, or no sandboxes were given, and InfraError when none can be opened. */
  async files(): Promise<ChangedFiles> {
    const held = this.#last?.deref();
    if (held !== undefined) return held;
    this.#pending ??= this.#apply().finally(() => {
      this.#pending = null;
    });
    const made = await this.#pending;
    if (this.#last?.deref() !== made) recent.push(made);
    if (recent.length > MAX_HELD) recent.shift();
    this.#last = new WeakRef(made);
    return made;
  }

  async #apply(): Promise<ChangedFiles> {
    const { id, image, limits, patch, testPatch } = this.#input;
    if (this.#sandboxes === null)
      throw new UserError(`Cannot read the tests of task "${id}": they are changes to files of its image, and this command opens no sandboxes`);
    const sandbox = await this.#sandboxes.open({ image, limits, purpose: "agent" }, new AbortController().signal);
    try {
      const tests = (await this.#changed(sandbox, "test_patch", testPatch)).filter(({ kind }) => kind !== "absent");
      await this.#git(sandbox, "test_patch", { options: ["--reverse"], patch: testPatch });
      const reference = patch.trim() === "" ? [] : await this.#changed(sandbox, "patch", patch);
      return { tests: [...tests, ...(await this.#others(sandbox, tests))], reference };
    } finally {
      await sandbox.close();
    }
  }

  async #changed(sandbox: Sandbox, name: string, patch: string): Promise<readonly SourceFile[]> {
    await this.#git(sandbox, name, { options: [], patch });
    const request = { root: WORKSPACE, rule: EVERYTHING, maxFiles: MAX_FILES, maxBytes: MAX_PART_BYTES };
    const { files, refused } = await sandbox.exportFiles(request);
    const [first] = refused;
    if (first !== undefined) throw this.#fault(name, `${first.path}: ${first.reason}`);
    return files;
  }

  async #git(
    sandbox: Sandbox,
    name: string,
    { options, patch }: { readonly options: readonly string[]; readonly patch: string },
  ): Promise<void> {
    const request = {
      command: ["git", "apply", "--whitespace=nowarn", ...options, "-"],
      cwd: WORKSPACE,
      env: { GIT_CONFIG_NOSYSTEM: "1", GIT_CONFIG_GLOBAL: "/dev/null", LC_ALL: "C" },
      timeoutMs: APPLY_MS,
      maxOutputBytes: MAX_OUTPUT_BYTES,
      stdin: Buffer.from(patch.endsWith("\n") ? patch : `${patch}\n`),
    };
    const { exit, head } = await sandbox.run(request);
    if (exit.kind === "exited" && exit.code === 0) return;
    const said = new TextDecoder().decode(head).trim().split("\n")[0] ?? "";
    throw this.#fault(name, said === "" ? `git ended (${exit.kind})` : said);
  }

  async #others(sandbox: Sandbox, tests: readonly SourceFile[]): Promise<readonly SourceFile[]> {
    const known = new Set(tests.map(({ path }) => path));
    const others: SourceFile[] = [];
    for (const path of this.#input.testFiles.filter((one) => !known.has(one))) {
      const found = await sandbox.readFile({ path, root: WORKSPACE }, MAX_FILE_BYTES);
      if (found.kind !== "read") throw this.#fault("FAIL_TO_PASS or PASS_TO_PASS", `the repository has no file ${path}`);
      others.push({ path, bytes: found.bytes, executable: false });
    }
    return others;
  }

  #fault(name: string, problem: string): UserError {
    const { id, image } = this.#input;
    return new UserError(
      `Cannot use ${name} of task "${id}": it does not fit to the repository in image "${printable(image)}" (${printable(problem, 200)}); check that the image has base_commit and no change of its own`,
    );
  }
}
