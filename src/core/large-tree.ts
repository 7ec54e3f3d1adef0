/**
 * What a workspace holds at a path: a file, whose bytes are read whenever they are asked for and are not kept, or an empty folder. The digest is the SHA-256 of a file's
 * bytes; a folder has none and no size.
 */
export type TreeEntry = {
  readonly path: string;
  readonly kind?: "folder";
  readonly executable: boolean;
  readonly bytes: Uint8Array;
  readonly sizeBytes: number;
  readonly sha256: string;
};

/**
 * A workspace that is too large to be held in memory, or to be sent for every trial.
 *
 * Contract: `pieces` yields the bytes of a file as they were when it was digested, and throws UserError when they have changed since.
 */
export type LargeTree = {
  /** The folder that it was read from, as an absolute path. */
  readonly place: string;
  /** SHA-256 over all entries. */
  readonly digest: string;
  /** Sorted by path, the empty folders last. They are the files that the task gives as its workspace. */
  readonly entries: readonly TreeEntry[];
  readonly megabytes: number;
  readonly pieces: (entry: TreeEntry) => Iterable<Uint8Array>;
};
