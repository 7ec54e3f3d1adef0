import { randomBytes } from "node:crypto";
import type { Duplex } from "node:stream";
import { InfraError } from "../../core/errors.ts";
import { encodeFrame, type Frame, FrameDecoder, KEY_BYTES, Seal } from "./frame.ts";
import { type AcceptWire, Wires } from "./wires.ts";

/** Limits of a request: time until its answer must arrive, and bytes of payload in the reply. */
export type RequestBounds = { readonly timeoutMs: number; readonly maxReplyBytes: number };

/** The guest's answer, and the frames that came before it. */
export type Reply = { readonly answer: Readonly<Record<string, unknown>>; readonly parts: readonly Frame[] };

/**
 * What a channel reports: `ended` when the other side closed the connection, `unresponsive` when an answer is overdue, `malformed` when the data is not a
 * valid answer. Pending requests stay open until `fail` is called.
 */
export type ChannelEvents = { readonly ended: () => void; readonly unresponsive: () => void; readonly malformed: () => void };

/** A piece of what the guest wrote to one of its outputs. */
export type OutputChunk = { readonly stream: "stdout" | "stderr"; readonly bytes: Buffer };

/** Splits what arrives over a connection into the guest's outputs. */
export type OutputDecoder = { readonly push: (chunk: Buffer) => readonly OutputChunk[] };

/** Decodes a connection that carries the guest's standard output and nothing else. */
export const plainOutput: OutputDecoder = { push: (bytes) => [{ stream: "stdout", bytes }] };

type Pending = {
  readonly resolve: (reply: Reply) => void;
  readonly reject: (error: Error) => void;
  readonly parts: Frame[];
  readonly maxReplyBytes: number;
  receivedBytes: number;
  timer: NodeJS.Timeout;
};

const KEPT_ERROR_BYTES = 8192;
/** Frames before the answer in one reply, with or without a payload: an export sends each file of at most 2,000 in pieces of 256 KB, and the paths of 20,000 that are gone. */
const MAX_PARTS = 25_000;
/** Characters of a file's path, as Linux bounds them. */
const MAX_PATH_CHARS = 4_096;
/** Characters of a guest's failure that are shown. */
const MAX_FAILURE_CHARS = 2_000;

/** Sends requests to the guest and receives replies, many in parallel, over one connection. `outputs` decodes what arrives. */
export class Channel {
  readonly ready: Promise<void>;
  readonly #stream: Duplex;
  readonly #events: ChannelEvents;
  readonly #outputs: OutputDecoder;
  readonly #key = randomBytes(KEY_BYTES);
  readonly #sent = new Seal(this.#key, "host");
  readonly #frames = new FrameDecoder(new Seal(this.#key, "guest"));
  readonly #pending = new Map<number, Pending>();
  readonly #wires = new Wires((header, payload) => {
    if (this.#failure === null) this.#send(header, payload);
  });
  #errorOutput = "";
  #nextId = 1;
  #failure: Error | null = null;
  #hasEnded = false;
  #markReady: () => void = () => {};
  #markFailed: (error: Error) => void = () => {};

  constructor(stream: Duplex, events: ChannelEvents, outputs: OutputDecoder) {
    this.#stream = stream;
    this.#outputs = outputs;
    this.#events = events;
    this.ready = new Promise((resolve, reject) => {
      this.#markReady = resolve;
      this.#markFailed = reject;
    });
    this.ready.catch(() => {});
    stream.on("data", (chunk: Buffer) => this.#receive(chunk));
    for (const event of ["error", "end", "close"]) stream.on(event, () => this.#end());
  }

  /** What the guest wrote to standard error; empty unless something is wrong. */
  get errorOutput(): string {
    return this.#errorOutput.trim();
  }

  /** Adds to `errorOutput`, for adapters whose connection does not carry standard error. */
  addErrorOutput(bytes: Buffer): void {
    this.#errorOutput = (this.#errorOutput + bytes.toString("utf8")).slice(-KEPT_ERROR_BYTES);
  }

  /** Sends the guest its own program and the key of all seals: the guest has the key before anything else runs inside. */
  sendProgram(program: Uint8Array): void {
    this.#stream.write(program);
    this.#stream.write(this.#key);
  }

  /** Sends a request and returns its number, which `kill` takes, and its reply; the reply rejects with the error given to `fail`. */
  request(
    header: Readonly<Record<string, unknown>>,
    bounds: RequestBounds,
    payload?: Uint8Array,
  ): { readonly id: number; readonly reply: Promise<Reply> } {
    const id = this.#nextId++;
    const reply = new Promise<Reply>((resolve, reject) => {
      if (this.#failure !== null) return reject(this.#failure);
      const timer = setTimeout(() => this.#events.unresponsive(), bounds.timeoutMs);
      this.#pending.set(id, {
        resolve,
        reject,
        parts: [],
        maxReplyBytes: bounds.maxReplyBytes,
        receivedBytes: 0,
        timer,
      });
      this.#send({ ...header, id }, payload);
    });
    return { id, reply };
  }

  /** Passes each connection that a program inside opens to the port that is served from now on to `accept`. */
  serve(accept: AcceptWire): void {
    this.#wires.serve(accept);
  }

  /** Asks the guest to end a running command, which must then answer within the given time. */
  kill(id: number, graceMs: number): void {
    const pending = this.#pending.get(id);
    if (pending === undefined) return;
    clearTimeout(pending.timer);
    pending.timer = setTimeout(() => this.#events.unresponsive(), graceMs);
    this.#send({ op: "kill", target: id });
  }

  /** Closes the channel; pending and later requests reject with the error. Only the first call counts. */
  fail(error: Error): void {
    if (this.#failure !== null) return;
    this.#reject(error);
    this.#stream.destroy();
  }

  /** Closes the channel as `fail` does, but lets the guest end by itself: resolves when it has closed the connection, or after the given time. */
  async closeGracefully(error: Error, graceMs: number): Promise<void> {
    if (this.#failure !== null) return;
    this.#reject(error);
    if (!this.#hasEnded) {
      this.#stream.end();
      await this.#untilClosed(graceMs);
    }
    this.#stream.destroy();
  }

  #untilClosed(maxMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, maxMs);
      for (const event of ["end", "close"]) {
        this.#stream.once(event, () => {
          clearTimeout(timer);
          resolve();
        });
      }
    });
  }

  #reject(error: Error): void {
    this.#failure = error;
    this.#markFailed(error);
    for (const pending of this.#pending.values()) {
      clearTimeout(pending.timer);
      pending.reject(error);
    }
    this.#pending.clear();
    this.#wires.fail(error);
  }

  #end(): void {
    if (this.#hasEnded || this.#failure !== null) return;
    this.#hasEnded = true;
    this.#events.ended();
  }

  #send(header: Readonly<Record<string, unknown>>, payload?: Uint8Array): void {
    this.#stream.cork();
    for (const piece of encodeFrame(this.#sent, header, payload)) this.#stream.write(piece);
    this.#stream.uncork();
  }

  #receive(chunk: Buffer): void {
    if (this.#failure !== null) return;
    try {
      for (const { stream, bytes } of this.#outputs.push(chunk)) {
        if (stream === "stderr") this.addErrorOutput(bytes);
        else for (const frame of this.#frames.push(bytes)) this.#accept(frame);
      }
    } catch {
      this.#events.malformed();
    }
  }

  #accept(frame: Frame): void {
    if (frame.header["ready"] === true) this.#markReady();
    if (frame.header["wire"] !== undefined) {
      this.#wires.take(frame);
      return;
    }
    const id = Number(frame.header["id"]);
    const pending = this.#pending.get(id);
    if (pending === undefined) return;
    pending.receivedBytes += frame.payload.length;
    if (pending.receivedBytes > pending.maxReplyBytes || pending.parts.length >= MAX_PARTS)
      throw new Error("a reply is longer than its limit");
    if (frame.payload.length > 0 || frame.header["more"] === true) pending.parts.push(partOf(frame));
    if (frame.header["more"] === true) return;
    clearTimeout(pending.timer);
    this.#pending.delete(id);
    const { error, answer } = frame.header;
    if (error !== undefined)
      pending.reject(
        new InfraError("sandbox", `Cannot use the sandbox: its guest failed: ${JSON.stringify(error).slice(0, MAX_FAILURE_CHARS)}`),
      );
    else pending.resolve({ answer: answer as Record<string, unknown>, parts: pending.parts });
  }
}

/** What is kept of a frame before the answer: the file that it begins with its mode and kind, and its payload. A header may be as large as a frame allows. */
function partOf({ header, payload }: Frame): Frame {
  const { file, executable, kind } = header;
  if (typeof file !== "string") return { header: {}, payload };
  if (file.length > MAX_PATH_CHARS) throw new Error("a path is longer than any that Linux takes");
  return { header: { file, executable, kind }, payload };
}

/** Concatenates the payloads of a reply. */
export function payloadOf(reply: Reply): Buffer {
  const first = reply.parts[0];
  return reply.parts.length === 1 && first !== undefined ? first.payload : Buffer.concat(reply.parts.map((part) => part.payload));
}
