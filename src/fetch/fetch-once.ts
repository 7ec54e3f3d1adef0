import { lookup as systemLookup } from "node:dns";
import { isIP, type LookupFunction } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { Agent, type Dispatcher, request } from "undici";
import type { FetchOnce, WebAnswer, WebRefusal } from "../core/web.ts";
import { contentTypeOf, isTextType, MAX_PAGE_BYTES, pageText } from "./page-text.ts";
import { isPrivateAddress } from "./private-address.ts";

/** Finds the addresses of a host, as `dns.lookup` does. */
export type Resolve = typeof systemLookup;

/** How long everything may take; tests set less. */
export type FetchTimes = { readonly totalMs: number; readonly betweenTriesMs: number };

const TIMES: FetchTimes = { totalMs: 20_000, betweenTriesMs: 1000 };
const MAX_TRIES = 3;
const MAX_LOCATION = 2000;

class PrivateHost extends Error {
  override readonly name = "PrivateHost";
}

type Exchange = { readonly answer: WebAnswer; readonly isWorthAnotherTry: boolean };

/**
 * Opens the web for tasks: GET requests without cookies or credentials, one at a time for each call, with at most 1 MiB of an answer and 20 seconds for all tries. A host is
 * connected to only at addresses that were checked, in the same step, so that a name that changes its address in between gains nothing.
 */
export function openFetch(resolve: Resolve = systemLookup, times: FetchTimes = TIMES): FetchOnce {
  const open = new Agent(settings(resolve));
  const checked = new Agent(settings(publicOnly(resolve)));
  return async (url, { mayBePrivate, signal: stop }) => {
    const refusal = refuse(url, mayBePrivate);
    if (refusal !== null) return refusal;
    const signal = AbortSignal.timeout(times.totalMs);
    try {
      return await fetchPatiently(url, { dispatcher: mayBePrivate ? open : checked, signal: AbortSignal.any([stop, signal]) }, times);
    } catch (error) {
      stop.throwIfAborted();
      if (hasCause(error, (cause) => cause instanceof PrivateHost)) return privateRefusal(url);
      return {
        kind: "failed",
        reason: signal.aborted ? `${url.host} did not answer in full within ${times.totalMs / 1000} s` : reasonOf(url, error),
      };
    }
  };
}

function settings(lookup: Resolve | LookupFunction): Agent.Options {
  // Connections are not kept: the next request checks its addresses anew.
  return {
    connect: { lookup: lookup as LookupFunction, timeout: 10_000 },
    headersTimeout: 15_000,
    bodyTimeout: 10_000,
    pipelining: 0,
    maxRedirections: 0,
  };
}

function refuse(url: URL, mayBePrivate: boolean): WebRefusal | null {
  if (url.protocol !== "http:" && url.protocol !== "https:")
    return { kind: "refused", reason: `the address begins with ${url.protocol}, not with http: or https:` };
  if (url.username !== "" || url.password !== "") return { kind: "refused", reason: "the address contains a user name or password" };
  const host = url.hostname.replace(/^\[|\]$/g, "");
  return isIP(host) !== 0 && isPrivateAddress(host) && !mayBePrivate ? privateRefusal(url) : null;
}

function privateRefusal({ hostname }: URL): WebRefusal {
  return {
    kind: "refused",
    reason: `${hostname} has an address that is not of the public internet, and the task does not name it as private`,
  };
}

function publicOnly(resolve: Resolve): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname, { ...options, all: true }, (error, addresses) => {
      const [first] = addresses ?? [];
      if (error !== null || first === undefined) return callback(error ?? new Error("no address"), "", 0);
      if (addresses.some(({ address }) => isPrivateAddress(address))) return callback(new PrivateHost(hostname), "", 0);
      if (options.all === true) return callback(null, addresses);
      return callback(null, first.address, first.family);
    });
  };
}

type Connection = { readonly dispatcher: Dispatcher; readonly signal: AbortSignal };

async function fetchPatiently(url: URL, connection: Connection, { betweenTriesMs }: FetchTimes): Promise<WebAnswer> {
  for (let tries = 1; ; tries += 1) {
    const isLast = tries === MAX_TRIES;
    try {
      const { answer, isWorthAnotherTry } = await exchange(url, connection);
      if (isLast || !isWorthAnotherTry) return answer;
    } catch (error) {
      if (isLast || connection.signal.aborted || hasCause(error, (cause) => cause instanceof PrivateHost)) throw error;
    }
    await sleep(betweenTriesMs * tries, undefined, { signal: connection.signal });
  }
}

async function exchange(url: URL, { dispatcher, signal }: Connection): Promise<Exchange> {
  const headers = { "user-agent": "bench", accept: "text/html, text/plain, */*;q=0.5", "accept-encoding": "identity" };
  const { statusCode: status, headers: received, body } = await request(url, { method: "GET", headers, dispatcher, signal });
  // A body that is left alone fails like one that broke off, which nobody listens to.
  body.on("error", () => {});
  const header = (name: string): string => [received[name]].flat().at(-1) ?? "";
  const isWorthAnotherTry = status === 429 || status >= 500;
  const location = header("location");
  if (status >= 300 && status < 400 && status !== 304 && location !== "") {
    body.destroy();
    return { answer: redirect(url, status, location), isWorthAnotherTry: false };
  }
  const contentType = header("content-type");
  const encoding = header("content-encoding");
  const { mediaType } = contentTypeOf(contentType);
  if (!isTextType(mediaType) || (encoding !== "" && encoding !== "identity")) {
    body.destroy();
    const what = isTextType(mediaType) ? `compressed as ${encoding.slice(0, 40)}` : mediaType.slice(0, 80);
    return { answer: { kind: "failed", reason: `the page is not text that can be read: it is ${what}` }, isWorthAnotherTry };
  }
  const { bytes, isCut } = await readBounded(body);
  const page = await pageText(bytes, contentType, url);
  return { answer: { kind: "page", status, contentType: mediaType, text: page.text, isCut: isCut || page.isCut }, isWorthAnotherTry };
}

function redirect(url: URL, status: number, location: string): WebAnswer {
  const to = location.length <= MAX_LOCATION && URL.canParse(location, url.href) ? new URL(location, url.href).href : null;
  return to === null
    ? { kind: "failed", reason: "the server redirects to something that is no address" }
    : { kind: "redirect", status, to };
}

async function readBounded(
  body: AsyncIterable<Buffer> & { destroy(): unknown },
): Promise<{ readonly bytes: Buffer; readonly isCut: boolean }> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of body) {
    chunks.push(chunk);
    length += chunk.length;
    if (length > MAX_PAGE_BYTES) break;
  }
  if (length > MAX_PAGE_BYTES) body.destroy();
  return { bytes: Buffer.concat(chunks).subarray(0, MAX_PAGE_BYTES), isCut: length > MAX_PAGE_BYTES };
}

const REASONS: Readonly<Record<string, string>> = {
  ENOTFOUND: "its name is not known",
  EAI_AGAIN: "its name could not be looked up",
  ECONNREFUSED: "it refused the connection",
  ECONNRESET: "it broke off the connection",
  UND_ERR_SOCKET: "it broke off the connection",
  UND_ERR_CONNECT_TIMEOUT: "it did not accept a connection in time",
  UND_ERR_HEADERS_TIMEOUT: "it did not answer in time",
  UND_ERR_BODY_TIMEOUT: "it stopped in the middle of its answer",
};

function reasonOf({ host }: URL, error: unknown): string {
  const { code = "" } = (error ?? {}) as NodeJS.ErrnoException;
  if (/CERT|SSL|TLS|SIGNED/.test(code)) return `cannot read from ${host}: its certificate is not valid`;
  return `cannot read from ${host}: ${REASONS[code] ?? "the connection failed"}`;
}

function hasCause(error: unknown, test: (cause: unknown) => boolean): boolean {
  for (let cause = error, depth = 0; cause instanceof Error && depth < 5; cause = cause.cause, depth += 1) if (test(cause)) return true;
  return false;
}
