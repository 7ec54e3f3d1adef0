import { type JSONRPCMessage, ReadBuffer, serializeMessage, type Transport } from "@modelcontextprotocol/client";
import type { Connection } from "../../../core/sandbox.ts";

/** Far more than a tool should say at once; a server that never ends its line is cut off here. */
const MAX_MESSAGE_BYTES = 4 * 1024 * 1024;
/** What all messages of one trial may add up to: reading them is work for the harness. */
const MAX_TOTAL_BYTES = 256 * 1024 * 1024;

/**
 * Carries the messages of a server in the sandbox over a connection that stands for its standard input and output. What comes over it is a stranger's: lines that are no
 * messages are passed over, as they are by other clients, and a message that is too long ends the connection.
 */
export class ConnectionTransport implements Transport {
  onclose?: (() => void) | undefined;
  onerror?: ((error: Error) => void) | undefined;
  onmessage?: Transport["onmessage"];
  readonly #connection: Connection;
  readonly #received = new ReadBuffer({ maxBufferSize: MAX_MESSAGE_BYTES });
  #total = 0;
  #isStarted = false;
  #isClosed = false;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** Whether the connection has ended, from either side. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Takes what was read from the connection, in order. */
  receive(chunk: Buffer): void {
    this.#total += chunk.length;
    try {
      if (this.#total > MAX_TOTAL_BYTES) throw new Error("the server says too much");
      this.#received.append(chunk);
    } catch (error) {
      this.onerror?.(error as Error);
      void this.close();
    }
    if (this.#isStarted) this.#handOver();
  }

  /** Hands messages over from now on. Called by the protocol's client, once. */
  start(): Promise<void> {
    this.#isStarted = true;
    this.#handOver();
    return Promise.resolve();
  }

  /** Sends a message; one that is sent after the end is lost, as the answer to it is. */
  send(message: JSONRPCMessage): Promise<void> {
    if (!this.#isClosed) this.#connection.write(serializeMessage(message));
    return Promise.resolve();
  }

  /** Ends the connection; the server reads the end of its standard input. */
  close(): Promise<void> {
    if (this.#isClosed) return Promise.resolve();
    this.#isClosed = true;
    this.#connection.destroy();
    this.onclose?.();
    return Promise.resolve();
  }

  #handOver(): void {
    for (;;) {
      if (this.#isClosed) return;
      try {
        const message = this.#received.readMessage();
        if (message === null) return;
        this.onmessage?.(message);
      } catch (error) {
        this.onerror?.(error as Error);
      }
    }
  }
}
