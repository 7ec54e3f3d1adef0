import { messageOf } from "../core/errors.ts";
import type {
  CommandRequest,
  CommandResult,
  DirectoryListing,
  Export,
  FileChange,
  FileRead,
  FilesChanged,
  FileWritten,
  PathQuery,
  Sandbox,
  SandboxImage,
  SandboxProvider,
  SandboxRequest,
} from "../core/sandbox.ts";
import type { SourceFile } from "../core/task.ts";

/** What a pool is made of. Sandboxes are opened ahead until `signal` is aborted. */
export type SandboxPoolOptions = {
  readonly provider: SandboxProvider;
  readonly signal: AbortSignal;
  /** How many sandboxes of one kind are kept ready at most. */
  readonly spares: number;
  /** Gets a line for each sandbox that cannot be removed. */
  readonly notify: (text: string) => void;
};

/** How many removals may be in progress before closing another sandbox waits. */
const MAX_REMOVALS = 16;
const KINDS_KEPT_READY = 2;

type Kind = { readonly request: SandboxRequest; readonly ready: Sandbox[]; expected: number };

/**
 * Provides the sandboxes of one run: opens them ahead while no trial waits for one, as long as more of their kind are expected, and removes them in the background.
 *
 * It is a SandboxProvider like any other, except that closing a sandbox returns before it is gone; `drain` waits for all of them.
 * No sandbox is given out twice.
 */
export class SandboxPool implements SandboxProvider {
  readonly #options: SandboxPoolOptions;
  /** By image, limits and purpose; the kind that was asked for last comes last. */
  readonly #kinds = new Map<string, Kind>();
  readonly #removals = new Set<Promise<void>>();
  #waiting = 0;
  #filling: Promise<void> | null = null;
  #isDrained = false;

  constructor(options: SandboxPoolOptions) {
    this.#options = options;
  }

  image(name: string | null): SandboxImage {
    return this.#options.provider.image(name);
  }

  /** Announces that one more sandbox of this kind will be asked for. */
  expect(request: SandboxRequest): void {
    this.#kind(request).expected += 1;
  }

  /** Takes an announcement back. */
  withdraw(request: SandboxRequest): void {
    const kind = this.#kind(request);
    kind.expected = Math.max(0, kind.expected - 1);
  }

  /** Gives a sandbox that is ready, or opens one; throws what opening it throws. */
  async open(request: SandboxRequest, signal: AbortSignal): Promise<Sandbox> {
    signal.throwIfAborted();
    const kind = this.#kind(request);
    kind.expected = Math.max(0, kind.expected - 1);
    const key = this.#keyOf(request);
    this.#kinds.delete(key);
    this.#kinds.set(key, kind);
    const sandbox = (await this.#takeReady(kind)) ?? (await this.#openNow(request, signal));
    this.#fill();
    return new PooledSandbox(sandbox, () => this.#giveBack(sandbox));
  }

  /** Removes the sandboxes that are ready and waits until every sandbox is gone. Nothing is opened ahead after it. */
  async drain(): Promise<void> {
    this.#isDrained = true;
    await this.#filling;
    for (const { ready } of this.#kinds.values()) for (const sandbox of ready.splice(0)) this.#remove(sandbox);
    while (this.#removals.size > 0) await Promise.all(this.#removals);
  }

  #keyOf({ image, limits, purpose, machine, tree, layer }: SandboxRequest): string {
    return JSON.stringify([this.image(image).name, limits, purpose, machine, tree?.digest, layer]);
  }

  #kind(request: SandboxRequest): Kind {
    const key = this.#keyOf(request);
    const kind = this.#kinds.get(key) ?? { request, ready: [], expected: 0 };
    this.#kinds.set(key, kind);
    return kind;
  }

  // A sandbox may have ended while it was kept ready, with its engine for instance; no trial must suffer from that.
  async #takeReady({ ready }: Kind): Promise<Sandbox | null> {
    for (let sandbox = ready.shift(); sandbox !== undefined; sandbox = ready.shift()) {
      if (await answers(sandbox)) return sandbox;
      this.#remove(sandbox);
    }
    return null;
  }

  async #openNow(request: SandboxRequest, signal: AbortSignal): Promise<Sandbox> {
    this.#waiting += 1;
    try {
      return await this.#options.provider.open(request, signal);
    } finally {
      this.#waiting -= 1;
    }
  }

  #fill(): void {
    this.#filling ??= this.#fillUp().finally(() => {
      this.#filling = null;
    });
  }

  // One at a time, and only while no trial waits: opening ahead must not delay a sandbox that is needed now.
  async #fillUp(): Promise<void> {
    for (let kind = this.#lacking(); kind !== null; kind = this.#lacking()) {
      try {
        kind.ready.push(await this.#options.provider.open(kind.request, this.#options.signal));
      } catch {
        // The trial that asks for such a sandbox gets the error.
        return;
      }
    }
  }

  #lacking(): Kind | null {
    if (this.#waiting > 0 || this.#isDrained || this.#options.signal.aborted) return null;
    const latest = [...this.#kinds.values()].slice(-KINDS_KEPT_READY);
    return latest.findLast(({ ready, expected }) => ready.length < Math.min(this.#options.spares, expected)) ?? null;
  }

  async #giveBack(sandbox: Sandbox): Promise<void> {
    this.#remove(sandbox);
    while (this.#removals.size > MAX_REMOVALS) await Promise.race(this.#removals);
  }

  #remove(sandbox: Sandbox): void {
    const removal = sandbox
      .close()
      .catch((error: unknown) =>
        this.#options.notify(`A sandbox could not be removed and is left for the next run to remove: ${messageOf(error)}`),
      )
      .finally(() => this.#removals.delete(removal));
    this.#removals.add(removal);
  }
}

async function answers(sandbox: Sandbox): Promise<boolean> {
  try {
    await sandbox.list({ path: ".", root: sandbox.workspace }, { depth: 1, maxEntries: 1, skipInside: [] });
    return true;
  } catch {
    return false;
  }
}

type ListOptions = Parameters<Sandbox["list"]>[1];
type Content = Parameters<Sandbox["writeFile"]>[1];

/** Passes every call on to a sandbox of the pool, except closing, which gives it back, once. */
class PooledSandbox implements Sandbox {
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

  get workspace(): string {
    return this.#sandbox.workspace;
  }

  get hasTree(): boolean {
    return this.#sandbox.hasTree === true;
  }

  get layer(): Sandbox["layer"] {
    return this.#sandbox.layer;
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

  changeFiles(root: string, changes: readonly FileChange[]): Promise<FilesChanged> {
    return this.#sandbox.changeFiles(root, changes);
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

  serve(...served: Parameters<Sandbox["serve"]>): Promise<void> {
    return this.#sandbox.serve(...served);
  }

  get freeze(): Sandbox["freeze"] {
    return this.#sandbox.freeze;
  }

  close(): Promise<void> {
    this.#closing ??= this.#giveBack();
    return this.#closing;
  }
}
