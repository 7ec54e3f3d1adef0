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

/** A sandbox that belongs to somebody else: all goes through to it but closing, which gives it back, once. */
export class PooledSandbox implements Sandbox {
  readonly #sandbox: Sandbox;
  readonly #giveBack: () => Promise<void>;
  #closing: Promise<void> | null = null;

  constructor(sandbox: Sandbox, giveBack: () => Promise<void>) {
    this.#sandbox = sandbox;
    this.#giveBack = giveBack;
  }

  get id(): string {
    return this.#sandbox.id;
  }

  run(request: CommandRequest, signal?: AbortSignal): Promise<CommandResult> {
    return this.#sandbox.run(request, signal);
  }

  readFile(query: PathQuery, maxBytes: number): Promise<FileRead> {
    return this.#sandbox.readFile(query, maxBytes);
  }

  writeFile(query: PathQuery, content: Content): Promise<FileWritten> {
    return this.#sandbox.writeFile(query, content);
  }

  list(query: PathQuery, options: ListOptions): Promise<DirectoryListing> {
    return this.#sandbox.list(query, options);
  }

  putFiles(root: string, files: readonly SourceFile[]): Promise<void> {
    return this.#sandbox.putFiles(root, files);
  }

  exportFiles(request: Parameters<Sandbox["exportFiles"]>[0]): Promise<Export> {
    return this.#sandbox.exportFiles(request);
  }

  fingerprint(root: string): Promise<string> {
    return this.#sandbox.fingerprint(root);
  }

  close(): Promise<void> {
    this.#closing ??= this.#giveBack();
    return this.#closing;
  }
}
