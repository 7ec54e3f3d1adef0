import type { Task } from "./task.ts";

/** A set of tasks, in a fixed order. */
export type Suite = { readonly name: string; readonly tasks: readonly Task[]; readonly digest: string };

/** Tasks of one kind that a source did not load, such as 39 exercises in Go, and the reason; by name where each has its own cause. */
export type LeftOut = { readonly kind: string; readonly count: number; readonly reason: string; readonly names?: readonly string[] };

/** A suite as its source loaded it, with everything that the source left out. */
export type LoadedSuite = Suite & {
  readonly leftOut: readonly LeftOut[];
  /** What else its user should know, a line each; absent where there is nothing. */
  readonly notices?: readonly string[];
  /** Images that others stand in for in some task; absent where a format has none. */
  readonly replaced?: readonly string[];
};

/**
 * Loads tasks of one format in place: nothing is copied or converted on the disk.
 *
 * Contract: every task found at the location is either loaded or counted in `leftOut` with a reason; none is dropped silently. `load`
 * throws UserError, naming the file at fault, when there is no task at the location or one cannot be read. An adapter must not be loaded
 * before `load` is called, since the table of sources is read at every start.
 */
export interface TaskSource {
  /** What `--suite PREFIX:LOCATION` begins with; empty for this program's own format, which is written without a prefix. */
  readonly prefix: string;
  /** How a location is written, for help and error messages, such as `exercism:PATH`. */
  readonly usage: string;
  /** What the format calls its tasks, in the plural. */
  readonly noun: string;
  load(location: string, options?: LoadOptions): Promise<LoadedSuite>;
}

/** What a user may set of tasks in formats that have their own images and rewards. */
export type LoadOptions = {
  /** Images to build on in place of those that Dockerfiles name, by these names. */
  readonly bases: ReadonlyMap<string, string>;
  /** The least reward that passes; 1 unless it is set. */
  readonly passAt: number;
  /** Where the images of instances come from: a folder with Dockerfiles, or what the names of images begin with; null where the user says neither. */
  readonly images: string | null;
  /** Looks whether the engine has an image; absent where no engine is asked. Throws InfraError when the engine fails. */
  readonly hasImage?: (name: string) => Promise<boolean>;
};
