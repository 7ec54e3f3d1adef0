import type { Tier } from "../../core/agent.ts";
import { type Sandbox, WORKSPACE } from "../../core/sandbox.ts";

/** Remembers what the workspace was before the first call that could change it, so that it is hashed only when it must be. */
export class ChangeWatch {
  readonly #sandbox: Sandbox;
  #before: string | null = null;

  constructor(sandbox: Sandbox) {
    this.#sandbox = sandbox;
  }

  /** Must be told of every tool before it runs. */
  async beforeTool(tier: Tier): Promise<void> {
    if (tier !== "read") this.#before ??= await this.#sandbox.fingerprint(WORKSPACE);
  }

  /** Tells whether the workspace differs from what it was at first. */
  async hasChanged(): Promise<boolean> {
    return this.#before !== null && this.#before !== (await this.#sandbox.fingerprint(WORKSPACE));
  }
}
