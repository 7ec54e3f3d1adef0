import { UserError } from "../../core/errors.ts";
import type { ApplyPatches, SandboxLimits, SourceFile } from "../../core/task.ts";

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

/** How many tasks' files are held although nothing uses them at the moment: one is graded several times in a row, and others meanwhile. */
const MAX_HELD = 32;
const recent: ChangedFiles[] = [];

/** The files that an instance's patches make. They are applied when the files are first asked for, and again when nothing holds them any more. */
export class ImageChange {
  readonly #input: ChangeInput;
  #applyPatches: ApplyPatches | null = null;
  #last: WeakRef<ChangedFiles> | null = null;
  #pending: Promise<ChangedFiles> | null = null;

  constructor(input: ChangeInput) {
    this.#input = input;
  }

  /** Gives what applies the patches. */
  provide(apply: ApplyPatches): void {
    this.#applyPatches = apply;
  }

  /** Returns what the patches make. Throws UserError when they do not fit to the image, a file with required tests is missing, or nothing was given that applies them. */
  async files(): Promise<ChangedFiles> {
    const held = this.#last?.deref();
    if (held !== undefined) return held;
    this.#pending ??= this.#made().finally(() => {
      this.#pending = null;
    });
    return this.#pending;
  }

  async #made(): Promise<ChangedFiles> {
    const { id, image, limits, patch, testPatch, testFiles } = this.#input;
    if (this.#applyPatches === null)
      throw new UserError(
        `Cannot read the tests of task "${id}": they are changes to files of its image, and this command opens no sandboxes`,
      );
    const patches = [
      { name: "test_patch", text: testPatch },
      { name: "patch", text: patch },
    ];
    const { changed, files } = await this.#applyPatches({ task: id, image, limits, patches, files: testFiles });
    const [byTests = [], reference = []] = changed;
    const tests = byTests.filter(({ kind }) => kind !== "absent");
    const known = new Set(tests.map(({ path }) => path));
    const made = { tests: [...tests, ...files.filter(({ path }) => !known.has(path))], reference };
    const present = new Set(made.tests.map(({ path }) => path));
    const absent = testFiles.find((path) => !present.has(path));
    if (absent !== undefined)
      throw new UserError(
        `Cannot use task "${id}": FAIL_TO_PASS or PASS_TO_PASS names tests in ${absent}, which neither test_patch nor image "${image}" has; correct one of them`,
      );
    recent.push(made);
    if (recent.length > MAX_HELD) recent.shift();
    this.#last = new WeakRef(made);
    return made;
  }
}
