import { randomBytes } from "node:crypto";
import type { Duplex } from "node:stream";
import { InfraError } from "../../core/errors.ts";
import { AttachDecoder, type OutputDecoder } from "../docker/attach-stream.ts";
import { encodeFrame, type Frame, FrameDecoder } from "./frame.ts";
import { KEY_BYTES, Seal } from "./seal.ts";

/** What a request may take: time in milliseconds until an answer must be there, and bytes of payload that come back. */
export type RequestBounds = { readonly timeoutMs: number; readonly maxReplyBytes: number };

/** The guest's answer with the parts that came before it. */
export type Reply = { readonly answer: Readonly<Record<string, unknown>>; readonly parts: readonly Frame[] };

/**
 * What a channel tells of: `ended` that the other side hung up, `silent` that an answer is overdue, `garbled` that what comes is no
 * answer at all. All leave requests open until `fail`.
 */
export type ChannelEvents = { readonly ended: () => void; readonly silent: () => void; readonly garbled: () => void };

type Pending = {
  readonly resolve: (reply: Reply) => void;
  readonly reject: (error: Error) => void;
  readonly parts: Frame[];
  readonly maxReplyBytes: number;
  receivedBytes: number;
  timer: NodeJS.Timeout;
};

const KEPT_ERROR_BYTES = 8192;

/** Carries many requests at once to the guest and back over the one connection to its machine; `outputs` parts what comes over it. */
export class Channel {
  readonly ready: Promise<void>;
  readonly #stream: Duplex;
  readonly #events: ChannelEvents;
  readonly #outputs: OutputDecoder;
  readonly #key = randomBytes(KEY_BYTES);
  readonly #sent = new Seal(this.#key, "host");
  readonly #frames = new FrameDecoder(new Seal(this.#key, "guest"));
  readonly #pending = new Map<number, Pending>();
  #errorOutput = "";
  #nextId = 1;
  #failure: Error | null = null;
  #hasEnded = false;
  #markReady: () => void = () => {};
  #markFailed: (error: Error) => void = () => {};

  constructor(stream: Duplex, events: ChannelEvents, outputs: OutputDecoder = new AttachDecoder()) {
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

  /** What the guest said in distress; empty when all is well. */
  get errorOutput(): string {
    return this.#errorOutput.trim();
  }

  /** Takes down what the guest says in distress where that comes another way than the connection. */
  hearError(bytes: Buffer): void {
    this.#errorOutput = (this.#errorOutput + bytes.toString("utf8")).slice(-KEPT_ERROR_BYTES);
  }

  /** Sends the guest's own program, and the key that seals what is said from then on: the guest has it before anything else runs beside it. */
  begin(program: Uint8Array): void {
    this.#stream.write(program);
    this.#stream.write(this.#key);
  }

  /** Sends a request and gives its number, by which it can be ended early, and its reply; the reply rejects with what `fail` is given. */
  request(
    header: Readonly<Record<string, unknown>>,
    bounds: RequestBounds,
    payload?: Uint8Array,
  ): { readonly id: number; readonly reply: Promise<Reply> } {
    const id = this.#nextId++;
    const reply = new Promise<Reply>((resolve, reject) => {
      if (this.#failure !== null) return reject(this.#failure);
      const timer = setTimeout(() => this.#events.silent(), bounds.timeoutMs);
      this.#pending.set(id, { resolve, reject, parts: [], maxReplyBytes: bounds.maxReplyBytes, receivedBytes: 0, timer });
      this.#send({ ...header, id }, payload);
    });
    return { id, reply };
  }

  /** Asks the guest to end a running command, which must then answer within the given time. */
  kill(id: number, graceMs: number): void {
    const pending = this.#pending.get(id);
    if (pending === undefined) return;
    clearTimeout(pending.timer);
    pending.timer = setTimeout(() => this.#events.silent(), graceMs);
    this.#send({ op: "kill", target: id });
  }

  /** Closes the channel; all that is open and all that comes rejects with the error. The first call counts. */
  fail(error: Error): void {
    if (this.#failure !== null) return;
    this.#refuse(error);
    this.#stream.destroy();
  }

  /** Closes the channel as `fail` does, but lets the guest go by itself: resolves when it has hung up, or after the given time. */
  async hangUp(error: Error, graceMs: number): Promise<void> {
    if (this.#failure !== null) return;
    this.#refuse(error);
    if (!this.#hasEnded) {
      this.#stream.end();
      await this.#untilGone(graceMs);
    }
    this.#stream.destroy();
  }

  #untilGone(longestMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, longestMs);
      for (const event of ["end", "close"]) {
        this.#stream.once(event, () => {
          clearTimeout(timer);
          resolve();
        });
      }
    });
  }

  #refuse(error: Error): void {
    this.#failure = error;
    this.#markFailed(error);
    for (const pending of this.#pending.values()) {
      clearTimeout(pending.timer);
      pending.reject(error);
    }
    this.#pending.clear();
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
        if (stream === "stderr") this.hearError(bytes);
        else for (const frame of this.#frames.push(bytes)) this.#accept(frame);
      }
    } catch {
      this.#events.garbled();
    }
  }

  #accept(frame: Frame): void {
    if (frame.header["ready"] === true) this.#markReady();
    const id = Number(frame.header["id"]);
    const pending = this.#pending.get(id);
    if (pending === undefined) return;
    pending.receivedBytes += frame.payload.length;
    if (pending.receivedBytes > pending.maxReplyBytes) throw new Error("a reply is longer than was asked for");
    if (frame.payload.length > 0 || frame.header["more"] === true) pending.parts.push(frame);
    if (frame.header["more"] === true) return;
    clearTimeout(pending.timer);
    this.#pending.delete(id);
    const { error, answer } = frame.header;
    if (error !== undefined)
      pending.reject(new InfraError("sandbox", `Cannot use the sandbox: its guest failed: ${JSON.stringify(error)}`));
    else pending.resolve({ answer: answer as Record<string, unknown>, parts: pending.parts });
  }
}

/** Joins the payloads of a reply. */
export function payloadOf(reply: Reply): Buffer {
  const first = reply.parts[0];
  return reply.parts.length === 1 && first !== undefined ? first.payload : Buffer.concat(reply.parts.map((part) => part.payload));
}
