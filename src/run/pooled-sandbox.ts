import type {
  CommandRequest,
  CommandResult,
  DirectoryListing,
  Export,
  FileRead,
  FileWritten,
  PathQuery,
  Sandbox,
} from "../core/sandbox.ts";
import type { SourceFile } from "../core/task.ts";

type ListOptions = Parameters<Sandbox["list"]>[1];
type Content = Parameters<Sandbox["writeFile"]>[1];

/** A box that belongs to somebody else: all goes through to it but closing, which gives it back, once. */
export class LentBox implements Sandbox {
  readonly #box: Sandbox;
  readonly #giveBack: () => Promise<void>;
  #closing: Promise<void> | null = null;

  constructor(box: Sandbox, giveBack: () => Promise<void>) {
    this.#box = box;
    this.#giveBack = giveBack;
  }

  get id(): string {
    return this.#box.id;
  }

  run(request: CommandRequest, signal?: AbortSignal): Promise<CommandResult> {
    return this.#box.run(request, signal);
  }

  readFile(query: PathQuery, maxBytes: number): Promise<FileRead> {
    return this.#box.readFile(query, maxBytes);
  }

  writeFile(query: PathQuery, content: Content): Promise<FileWritten> {
    return this.#box.writeFile(query, content);
  }

  list(query: PathQuery, options: ListOptions): Promise<DirectoryListing> {
    return this.#box.list(query, options);
  }

  putFiles(root: string, files: readonly SourceFile[]): Promise<void> {
    return this.#box.putFiles(root, files);
  }

  exportFiles(request: Parameters<Sandbox["exportFiles"]>[0]): Promise<Export> {
    return this.#box.exportFiles(request);
  }

  fingerprint(root: string): Promise<string> {
    return this.#box.fingerprint(root);
  }

  close(): Promise<void> {
    this.#closing ??= this.#giveBack();
    return this.#closing;
  }
}
