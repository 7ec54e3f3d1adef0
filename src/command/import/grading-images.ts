import { InfraError, messageOf, UserError } from "../../core/errors.ts";
import type { LargeTree } from "../../core/large-tree.ts";
import type { SandboxProvider } from "../../core/sandbox.ts";
import type { Task } from "../../core/task.ts";
import { prepareSandboxes, removeLaidTree } from "../sandbox/prepare-sandboxes.ts";
import { imageDepsOf, imagesOf } from "../sandbox/prepared-sandboxes.ts";
import type { SandboxKind } from "../sandbox/sandbox-flag.ts";
import type { Terminal } from "../terminal.ts";
import type { Trust } from "../trust/trust.ts";

/** The flags that choose sandboxes. */
export type SandboxFlags = {
  readonly image: string;
  readonly sandbox?: SandboxKind;
  readonly runtime?: string;
  readonly buildNetwork?: true;
};

/** Sandboxes of an image, or the reason why it cannot be had. */
export type ImageSandboxes =
  | { readonly kind: "ready"; readonly sandboxes: SandboxProvider }
  | { readonly kind: "failed"; readonly reason: string };

/** Prepares the images of tasks when the first task needs one: builds them where they have to be, one at a time, and each once. */
export class GradingImages {
  readonly #flags: SandboxFlags;
  readonly #deps: { readonly terminal: Terminal; readonly trust: Trust; readonly signal: AbortSignal };
  readonly #known = new Map<string, Promise<ImageSandboxes>>();
  #last: Promise<unknown> = Promise.resolve();

  constructor(flags: SandboxFlags, deps: { readonly terminal: Terminal; readonly trust: Trust; readonly signal: AbortSignal }) {
    this.#flags = flags;
    this.#deps = deps;
  }

  /** Returns sandboxes for a task. A build that fails is a reason; what keeps every sandbox from being opened, such as an engine that does not answer, is thrown as a UserError. */
  for(task: Task): Promise<ImageSandboxes> {
    const name = `${task.image ?? this.#flags.image} ${task.files.tree?.().digest ?? ""}`;
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    const made = this.#last.then(() => this.#prepare(task));
    this.#known.set(name, made);
    this.#last = made.catch(() => {});
    return made;
  }

  /** Removes what was laid of a large workspace that no task came of: as much of the disk as it is large. What cannot be removed is told, and is no matter of the task. */
  async forget(tree: LargeTree): Promise<void> {
    for (const name of this.#known.keys()) if (name.endsWith(` ${tree.digest}`)) this.#known.delete(name);
    try {
      await removeLaidTree(this.#flags, tree);
    } catch (error) {
      if (!(error instanceof InfraError)) throw error;
      this.#deps.terminal.notify(`${error.message}. "bench clean" removes it later.`);
    }
  }

  async #prepare(task: Task): Promise<ImageSandboxes> {
    const { terminal } = this.#deps;
    try {
      const prepared = await prepareSandboxes(this.#flags, imagesOf([task], this.#flags.image, imageDepsOf(this.#flags, this.#deps)));
      for (const notice of prepared.notices) terminal.notify(notice);
      return { kind: "ready", sandboxes: prepared.provider("import", (text) => terminal.notify(text)) };
    } catch (error) {
      if (task.imageFolder === undefined || !(error instanceof UserError)) throw error;
      return { kind: "failed", reason: messageOf(error) };
    }
  }
}
