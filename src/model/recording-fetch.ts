import { Agent, type Dispatcher, type RequestInit as UndiciRequestInit, fetch as undiciFetch } from "undici";
import { REQUEST_TIMEOUT_MS } from "./protocol.ts";

/** The result of one HTTP request, as far as it got. */
export type Exchange = { status: number | null; headers: Headers | null; isStream: boolean; responseBody: string };

/** The connections of all models: `whole` for bodies that come at once, `streamed` for those that come in pieces. */
export type Dispatchers = { readonly whole: Dispatcher; readonly streamed: Dispatcher };

const CONNECT_TIMEOUT_MS = 30_000;
const CHUNK_TIMEOUT_MS = 120_000;

/** Opens the dispatchers; without them Node would end every request that takes longer than 300 seconds. Tests set `chunkTimeoutMs` lower. */
export function openDispatchers(chunkTimeoutMs = CHUNK_TIMEOUT_MS): Dispatchers {
  const timeouts = { headersTimeout: REQUEST_TIMEOUT_MS, connect: { timeout: CONNECT_TIMEOUT_MS } };
  return {
    whole: new Agent({ ...timeouts, bodyTimeout: REQUEST_TIMEOUT_MS }),
    streamed: new Agent({ ...timeouts, bodyTimeout: chunkTimeoutMs }),
  };
}

/** Gives a fetch for one request of an SDK, and the exchange that it fills in. A body that breaks off is an error of the fetch or of its stream. */
export function recordingFetch(dispatcher: Dispatcher): { readonly fetch: typeof globalThis.fetch; readonly exchange: Exchange } {
  const exchange: Exchange = { status: null, headers: null, isStream: false, responseBody: "" };
  const fetch: typeof globalThis.fetch = async (url, init) => {
    const response = await undiciFetch(url instanceof Request ? url.url : url, {
      ...(init as unknown as UndiciRequestInit),
      redirect: "manual",
      dispatcher,
    });
    const { status } = response;
    const headers = new Headers([...response.headers]);
    exchange.status = status;
    exchange.headers = headers;
    exchange.isStream = response.ok && (headers.get("content-type") ?? "").includes("event-stream");

    if (exchange.isStream && response.body !== null) {
      return new Response(recorded(response.body as ReadableStream<Uint8Array>, exchange), { status, headers });
    }
    exchange.responseBody = await response.text();
    return new Response(exchange.responseBody || null, { status, headers });
  };
  return { fetch, exchange };
}

function recorded(body: ReadableStream<Uint8Array>, exchange: Exchange): ReadableStream<Uint8Array> {
  const decoder = new TextDecoder();
  const recorder = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      exchange.responseBody += decoder.decode(chunk, { stream: true });
      controller.enqueue(chunk);
    },
  });
  return body.pipeThrough(recorder);
}
