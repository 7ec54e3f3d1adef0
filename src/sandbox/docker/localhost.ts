import { askEngine } from "./engine.ts";
import type { EngineClient } from "./engine-client.ts";
import { statusOf } from "./engine-fault.ts";

/**
 * Who tells programs in a container the addresses of `localhost` and of the container's own name: the image by a library of its own, or the engine,
 * which writes the file of hosts, with ::1 in it unless the kernel knows no IPv6.
 */
export type Localhost = "image" | "engine" | "engine-ipv4";

/** The label of images that tell them by themselves, the sandbox image and what is made from it; an image that no longer does has another value. */
const LOCALHOST_LABEL = { name: "bench.localhost", value: "told" };

/**
 * Knows who tells the addresses in containers of each image, asked for once for each.
 *
 * The engine can always do it, but sets up a network for that, which makes the start of a container about twice as long.
 */
export class LocalhostOfImages {
  readonly #client: EngineClient;
  readonly #known = new Map<string, Localhost>();
  #engine: Localhost = "engine";

  constructor(client: EngineClient) {
    this.#client = client;
  }

  /** Returns who tells them in containers of an image; throws InfraError (source `sandbox`) when the engine cannot be asked. */
  async of(imageId: string): Promise<Localhost> {
    const known = this.#known.get(imageId) ?? ((await this.#isTold(imageId)) ? "image" : "engine");
    this.#known.set(imageId, known);
    return known === "engine" ? this.#engine : known;
  }

  /** Whether ::1 is asked for in the containers whose hosts the engine writes. */
  get hasIpv6(): boolean {
    return this.#engine === "engine";
  }

  /** Notes that a container could not start because the engine's kernel, or the runtime, knows no IPv6. */
  lackIpv6(): void {
    this.#engine = "engine-ipv4";
  }

  #isTold(imageId: string): Promise<boolean> {
    const look = async () => {
      try {
        const { Config } = await this.#client.engine.getImage(imageId).inspect();
        return Config?.Labels?.[LOCALHOST_LABEL.name] === LOCALHOST_LABEL.value;
      } catch (error) {
        // That the image is missing is said by the attempt to make a container of it.
        if (statusOf(error) === 404) return false;
        throw error;
      }
    };
    return askEngine(`inspect image "${imageId}"`, look, this.#client.timeouts.answerMs);
  }
}
