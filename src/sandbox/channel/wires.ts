import type { Frame } from "./frame.ts";
import { type SendWireEvent, Wire } from "./wire.ts";

/** How many connections the guest holds open at once; `wire.py` has the same number. */
const MAX_WIRES = 128;

/** Sends a frame to the guest. */
type Send = (header: Readonly<Record<string, unknown>>, payload?: Uint8Array) => void;

/** What is done with each connection. */
export type AcceptWire = (wire: Wire) => void;

/** The connections that programs inside a sandbox have open to the port that is served there. */
export class Wires {
  readonly #send: Send;
  readonly #open = new Map<number, Wire>();
  #accept: AcceptWire | null = null;
  #last = 0;

  constructor(send: Send) {
    this.#send = send;
  }

  /** Chooses what is done with connections from now on. */
  serve(accept: AcceptWire): void {
    this.#accept = accept;
  }

  /** Takes a frame of the guest. Throws Error for one that a guest never sends. */
  take({ header, payload }: Frame): void {
    const number = Number(header["wire"]);
    if (header["event"] === "open") {
      this.#begin(number);
      return;
    }
    // What was on its way when a connection was closed here is nobody's.
    const wire = this.#open.get(number);
    if (wire === undefined) return;
    switch (header["event"]) {
      case "data":
        wire.arrived(payload);
        return;
      case "end":
        wire.ended();
        return;
      case "room":
        wire.hasRoom(Number(header["bytes"]));
        return;
      case "broken":
        wire.broken(new Error("the program inside closed the connection"));
        return;
      default:
        throw new Error("a frame of a connection is of no known kind");
    }
  }

  /** Ends all connections with an error. */
  fail(error: Error): void {
    for (const wire of this.#open.values()) wire.broken(error);
  }

  #begin(number: number): void {
    if (this.#accept === null || number !== this.#last + 1 || this.#open.size >= 2 * MAX_WIRES)
      throw new Error("a connection that was not to be opened");
    this.#last = number;
    const send: SendWireEvent = (event, payload) => this.#send({ op: "wire", wire: number, ...event }, payload);
    const wire = new Wire(send);
    this.#open.set(number, wire);
    wire.once("close", () => this.#open.delete(number));
    // One that breaks off is nobody's fault: what was written to it is lost, as with any connection.
    wire.on("error", () => {});
    this.#accept(wire);
  }
}
