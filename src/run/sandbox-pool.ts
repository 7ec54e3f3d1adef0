import { messageOf } from "../core/errors.ts";
import { type OpenSandbox, type Sandbox, type SandboxSpec, WORKSPACE } from "../core/sandbox.ts";
import { PooledSandbox } from "./pooled-sandbox.ts";

/** What a pool is made of. `signal` ends it: sandboxes that nobody asked for yet are opened under it. */
export type SandboxPoolOptions = {
  readonly open: OpenSandbox;
  readonly signal: AbortSignal;
  /** How many sandboxes of one kind stand ready at most. */
  readonly spares: number;
  /** Told of what cannot be removed. */
  readonly notify: (text: string) => void;
};

/** How many sandboxes may be leaving at once before whoever gives one back has to wait. */
const MAX_LEAVING = 16;
const KINDS_KEPT_READY = 2;

type Kind = { readonly spec: SandboxSpec; readonly ready: Sandbox[]; expected: number };

/**
 * The sandboxes of one run: opened while nobody waits for them, as long as more of their kind are expected, and removed when nobody waits any more.
 *
 * `open` is an OpenSandbox as any other, except that closing what it gives returns before the sandbox has gone; `drain` waits for all of them.
 * No sandbox is given out twice.
 */
export class SandboxPool {
  readonly #parts: SandboxPoolOptions;
  /** By their specs; the one that was asked for last comes last. */
  readonly #kinds = new Map<string, Kind>();
  readonly #leaving = new Set<Promise<void>>();
  #waiting = 0;
  #filling: Promise<void> | null = null;
  #isDrained = false;

  constructor(parts: SandboxPoolOptions) {
    this.#parts = parts;
  }

  /** Says that one more sandbox of this kind will be asked for. */
  expect(spec: SandboxSpec): void {
    this.#kind(spec).expected += 1;
  }

  /** Gives a sandbox that stands ready, or opens one; throws what opening it throws. */
  readonly open: OpenSandbox = async (spec, signal) => {
    signal.throwIfAborted();
    const kind = this.#kind(spec);
    kind.expected = Math.max(0, kind.expected - 1);
    this.#kinds.delete(keyOf(spec));
    this.#kinds.set(keyOf(spec), kind);
    const sandbox = (await this.#takeReady(kind)) ?? (await this.#openNow(spec, signal));
    this.#fill();
    return new PooledSandbox(sandbox, () => this.#giveBack(sandbox));
  };

  /** Removes what stands ready and waits until every sandbox has gone. Nothing is opened ahead after it. */
  async drain(): Promise<void> {
    this.#isDrained = true;
    await this.#filling;
    for (const { ready } of this.#kinds.values()) for (const sandbox of ready.splice(0)) this.#remove(sandbox);
    while (this.#leaving.size > 0) await Promise.all(this.#leaving);
  }

  #kind(spec: SandboxSpec): Kind {
    const key = keyOf(spec);
    const kind = this.#kinds.get(key) ?? { spec, ready: [], expected: 0 };
    this.#kinds.set(key, kind);
    return kind;
  }

  // A sandbox may have died while it stood ready, with its engine for instance; that must not cost a trial anything.
  async #takeReady({ ready }: Kind): Promise<Sandbox | null> {
    for (let sandbox = ready.shift(); sandbox !== undefined; sandbox = ready.shift()) {
      if (await answers(sandbox)) return sandbox;
      this.#remove(sandbox);
    }
    return null;
  }

  async #openNow(spec: SandboxSpec, signal: AbortSignal): Promise<Sandbox> {
    this.#waiting += 1;
    try {
      return await this.#parts.open(spec, signal);
    } finally {
      this.#waiting -= 1;
    }
  }

  #fill(): void {
    this.#filling ??= this.#fillUp().finally(() => {
      this.#filling = null;
    });
  }

  // One at a time, and only while nobody waits: what stands ready must not keep anybody from what he waits for.
  async #fillUp(): Promise<void> {
    for (let kind = this.#lacking(); kind !== null; kind = this.#lacking()) {
      try {
        kind.ready.push(await this.#parts.open(kind.spec, this.#parts.signal));
      } catch {
        // Whoever asks for such a sandbox is told what is wrong.
        return;
      }
    }
  }

  #lacking(): Kind | null {
    if (this.#waiting > 0 || this.#isDrained || this.#parts.signal.aborted) return null;
    const latest = [...this.#kinds.values()].slice(-KINDS_KEPT_READY);
    return latest.findLast(({ ready, expected }) => ready.length < Math.min(this.#parts.spares, expected)) ?? null;
  }

  async #giveBack(sandbox: Sandbox): Promise<void> {
    this.#remove(sandbox);
    while (this.#leaving.size > MAX_LEAVING) await Promise.race(this.#leaving);
  }

  #remove(sandbox: Sandbox): void {
    const removal = sandbox
      .close()
      .catch((error: unknown) => this.#parts.notify(`A sandbox is left behind until the next start: ${messageOf(error)}`))
      .finally(() => this.#leaving.delete(removal));
    this.#leaving.add(removal);
  }
}

function keyOf({ image, runtime, limits, labels, hasPriority }: SandboxSpec): string {
  return JSON.stringify([image, runtime, limits, labels, hasPriority]);
}

async function answers(sandbox: Sandbox): Promise<boolean> {
  try {
    await sandbox.list({ path: ".", root: WORKSPACE }, { depth: 1, maxEntries: 1, skipInside: [] });
    return true;
  } catch {
    return false;
  }
}
