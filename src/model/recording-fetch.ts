import { Agent, type Dispatcher, type RequestInit as UndiciRequestInit, fetch as undiciFetch } from "undici";
import { Breather } from "../core/turn.ts";
import { checkBound, MAX_ANSWER_BYTES, MAX_ERROR_BYTES, MAX_STREAM_BYTES, OverBound } from "./answer/bounds.ts";
import { eventsOf } from "./answer/event-stream.ts";
import { withFirstToken } from "./answer/first-token.ts";
import { JsonScan } from "./answer/json-scan.ts";
import { sniffed } from "./answer/sniff.ts";
import { TextGatherer, TextRecorder } from "./answer/text.ts";
import { REQUEST_TIMEOUT_MS } from "./protocol.ts";

/** The result of one HTTP request, as far as it got. `responseBody` is an error's, or a whole answer's; a stream's is only recorded. */
export type Exchange = {
  status: number | null;
  headers: Headers | null;
  /** Whether the body is read as a stream: what the header says, until the beginning of the body says otherwise. */
  isStream: boolean;
  responseBody: string;
};

/** The connections of all models: `whole` for bodies that come at once, `streamed` for those that come in pieces, each of which must bring a line in time. */
export type Dispatchers = { readonly whole: Dispatcher; readonly streamed: Dispatcher; readonly lineTimeoutMs: number };

/** One request of an SDK: the fetch to be given to it, what came of it, and the answer, which the SDK does not read. */
export type Recording = {
  readonly fetch: typeof globalThis.fetch;
  readonly exchange: Exchange;
  /** Reads the beginning of an answer, which says whether it is a stream, whatever was asked for and the header says. */
  readonly isStream: () => Promise<boolean>;
  /** Whether the end mark of a stream came. */
  readonly isDone: () => boolean;
  /** Reads a whole answer into `exchange.responseBody`; throws OverBound for one that is too large to be parsed. */
  readonly readWhole: () => Promise<string>;
  /** Reads a streamed answer, event by event, as `eventsOf` does. */
  readonly readEvents: () => AsyncIterable<unknown>;
  /** Milliseconds from the request to the first event that carried a piece of the answer; null before it, and for an answer that was not read as a stream. */
  readonly firstTokenMs: () => number | null;
  /** Returns the beginning and the end of the body as received, passed through `redact`. */
  readonly recorded: (redact: (text: string) => Promise<string>) => Promise<string>;
};

const CONNECT_TIMEOUT_MS = 30_000;
const CHUNK_TIMEOUT_MS = 120_000;

/** Opens the dispatchers; without them Node would end every request that takes longer than 300 seconds. Tests set `chunkTimeoutMs` lower. */
export function openDispatchers(chunkTimeoutMs = CHUNK_TIMEOUT_MS): Dispatchers {
  const timeouts = { headersTimeout: REQUEST_TIMEOUT_MS, connect: { timeout: CONNECT_TIMEOUT_MS } };
  // The size is that of the body before inflating, which could go on without giving a byte.
  return {
    whole: new Agent({ ...timeouts, bodyTimeout: REQUEST_TIMEOUT_MS, maxResponseSize: MAX_ANSWER_BYTES }),
    streamed: new Agent({ ...timeouts, bodyTimeout: chunkTimeoutMs, maxResponseSize: MAX_STREAM_BYTES }),
    lineTimeoutMs: chunkTimeoutMs,
  };
}

/** How an answer is received: whether it was asked for as a stream, and who is given its bytes as they arrive. */
type Receiving = { readonly isStreamed: boolean; readonly onBytes?: (bytes: Uint8Array) => void };

/**
 * Prepares one request. The SDK gets an answer's status and headers without its body, which is read here: the SDKs hold bodies of any size, several times over, and
 * join the pieces of a stream anew for each that arrives. Errors have their bodies, up to a bound. A body that breaks off is an error of what reads it.
 */
export function recordedRequest(dispatchers: Dispatchers, { isStreamed, onBytes }: Receiving, signal: AbortSignal): Recording {
  const exchange: Exchange = { status: null, headers: null, isStream: false, responseBody: "" };
  const recorder = new TextRecorder();
  let body: AsyncIterable<string> = none();
  let isDone = false;
  let sentMs = performance.now();
  let firstTokenMs: number | null = null;

  const fetch: typeof globalThis.fetch = async (url, init) => {
    sentMs = performance.now();
    const response = await undiciFetch(url instanceof Request ? url.url : url, {
      ...(init as unknown as UndiciRequestInit),
      signal,
      redirect: "manual",
      dispatcher: isStreamed ? dispatchers.streamed : dispatchers.whole,
    });
    const { status } = response;
    const headers = new Headers([...response.headers]);
    exchange.status = status;
    exchange.headers = headers;
    exchange.isStream = response.ok && (headers.get("content-type") ?? "").includes("event-stream");
    // What is packed twice can grow a million times; no server that means well does it.
    if (headers.get("content-encoding")?.includes(",")) {
      await response.body?.cancel();
      throw new OverBound("the answer is compressed more than once");
    }
    if (response.ok) {
      body = recordedPieces(response.body, recorder, onBytes);
      return new Response(null, { status, headers });
    }
    exchange.responseBody = await beginningOf(response.body);
    return new Response(exchange.responseBody || null, { status, headers });
  };

  return {
    fetch,
    exchange,
    async isStream() {
      const { form, pieces } = await sniffed(body);
      body = pieces;
      if (form !== null) exchange.isStream = form === "events";
      return exchange.isStream;
    },
    isDone: () => isDone,
    async readWhole() {
      exchange.responseBody = await wholeText(body);
      return exchange.responseBody;
    },
    readEvents: () =>
      withFirstToken(eventsOf(body, { lineTimeoutMs: dispatchers.lineTimeoutMs, onDone: () => (isDone = true) }), () => {
        firstTokenMs = performance.now() - sentMs;
      }),
    firstTokenMs: () => firstTokenMs,
    recorded: (redact) => recorder.text(redact),
  };
}

/** Reads the first bytes of an error's body and drops the connection when more come: the status says what kind of error it is. */
async function beginningOf(body: AsyncIterable<Uint8Array> | null): Promise<string> {
  const decoder = new TextDecoder();
  const text = new TextGatherer();
  let bytes = 0;
  for await (const chunk of body ?? []) {
    text.add(decoder.decode(chunk.subarray(0, MAX_ERROR_BYTES - bytes), { stream: true }));
    bytes += chunk.length;
    if (bytes >= MAX_ERROR_BYTES) break;
  }
  return text.take() + decoder.decode();
}

async function wholeText(pieces: AsyncIterable<string>): Promise<string> {
  const text = new TextGatherer();
  const scan = new JsonScan();
  const breather = new Breather();
  for await (const piece of pieces) {
    checkBound(text.length + piece.length, MAX_ANSWER_BYTES, "the answer is too long");
    scan.add(piece);
    text.add(piece);
    await breather.due();
  }
  return text.take();
}

async function* none(): AsyncGenerator<string> {}

async function* recordedPieces(
  body: AsyncIterable<Uint8Array> | null,
  recorder: TextRecorder,
  onBytes: Receiving["onBytes"],
): AsyncGenerator<string> {
  for await (const piece of piecesOf(body, onBytes)) {
    recorder.add(piece);
    yield piece;
  }
}

/** Decodes a body piece by piece: decoding 16 MB at once takes more than 100 ms. Leaving off early closes the connection. */
async function* piecesOf(body: AsyncIterable<Uint8Array> | null, onBytes: Receiving["onBytes"]): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let bytes = 0;
  for await (const chunk of body ?? []) {
    bytes += chunk.length;
    checkBound(bytes, MAX_STREAM_BYTES, "the stream is too long");
    onBytes?.(chunk);
    yield decoder.decode(chunk, { stream: true });
  }
  yield decoder.decode();
}
