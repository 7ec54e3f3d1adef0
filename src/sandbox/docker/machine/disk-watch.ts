import type Docker from "dockerode";
import { freeMb } from "../disk-space.ts";
import type { EngineClient } from "../engine-client.ts";

/** A container whose file system may not grow beyond `storageMb`, and what happens when it does. */
export type Watched = { readonly container: Docker.Container; readonly storageMb: number; readonly onFull: () => void };

// How fast a disk can be filled decides how often it is looked at; to ask for free space takes microseconds, for the size of a container up to seconds.
const TICK_MS = 500;
const LOST_MB = 200;
const MAX_TICKS = 30;
const MEGABYTE = 1024 * 1024;

/**
 * Watches how much containers write to their file systems, which engines without quotas do not bound: when the engine's disk has lost space, and at times without that, each is
 * asked for its size.
 */
export class DiskWatch {
  readonly #client: EngineClient;
  readonly #watched = new Set<Watched>();
  #timer: NodeJS.Timeout | null = null;
  #root: string | null = null;
  #freeMb: number | null = null;
  #ticks = 0;
  #isLooking = false;

  constructor(client: EngineClient) {
    this.#client = client;
  }

  /** Begins to watch a container; returns what ends it. */
  watch(watched: Watched): () => void {
    this.#watched.add(watched);
    this.#timer ??= setInterval(() => void this.#tick(), TICK_MS);
    this.#timer.unref();
    return () => this.#forget(watched);
  }

  #forget(watched: Watched): void {
    this.#watched.delete(watched);
    if (this.#watched.size > 0 || this.#timer === null) return;
    clearInterval(this.#timer);
    this.#timer = null;
  }

  async #tick(): Promise<void> {
    if (this.#isLooking) return;
    this.#isLooking = true;
    try {
      this.#root ??= ((await this.#client.engine.info()) as { DockerRootDir?: string }).DockerRootDir ?? "";
      const free = freeMb(this.#root);
      this.#ticks += 1;
      const isDue = this.#ticks >= MAX_TICKS || (free !== null && free < (this.#freeMb ?? free) - LOST_MB);
      if (this.#freeMb === null || isDue) this.#freeMb = free;
      if (!isDue) return;
      this.#ticks = 0;
      await Promise.all([...this.#watched].map((watched) => this.#look(watched)));
    } catch {
      // An engine that does not answer is noticed by those who wait for it.
    } finally {
      this.#isLooking = false;
    }
  }

  async #look(watched: Watched): Promise<void> {
    const { SizeRw } = (await watched.container.inspect({ size: true } as object)) as { SizeRw?: number };
    if ((SizeRw ?? 0) <= watched.storageMb * MEGABYTE || !this.#watched.has(watched)) return;
    this.#forget(watched);
    watched.onFull();
  }
}
