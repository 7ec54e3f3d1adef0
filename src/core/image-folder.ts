import type { SourceFile } from "./task.ts";

/**
 * A folder with a Dockerfile, whose digest is in the name of its image.
 *
 * Contract: `read` returns exactly the files that were digested, and throws UserError when they have changed since; nothing else of the folder
 * may reach the engine.
 */
export type ImageFolder = {
  readonly path: string;
  readonly read: () => Promise<readonly SourceFile[]>;
  /** How long its build may take; absent for the usual time. */
  readonly buildSeconds?: number;
};
