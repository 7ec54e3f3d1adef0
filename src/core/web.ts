/**
 * What a task lets its agents read of the web, which without it is nothing: `allow` are hosts and beginnings of addresses, `private` those of the hosts that may have addresses of this machine or of
 * its own network.
 */
export type WebRule = { readonly allow: readonly string[]; readonly private: readonly string[] };

/** One entry of the list: a host, or what begins with a path. */
export type WebEntry = {
  /** Null for both http and https. */
  readonly protocol: "http:" | "https:" | null;
  /** In the form that addresses have it; with `isWildcard`, what comes after `*.`. */
  readonly host: string;
  readonly isWildcard: boolean;
  /** Empty for the usual port. */
  readonly port: string;
  /** `/` for everything. */
  readonly path: string;
};

/** What one request brought. A redirect is one answer, and the next address another. */
export type WebAnswer =
  | {
      readonly kind: "page";
      readonly status: number;
      readonly contentType: string;
      readonly text: string;
      /** Whether the page was longer than what is kept. */
      readonly isCut: boolean;
    }
  | { readonly kind: "redirect"; readonly status: number; readonly to: string }
  | { readonly kind: "failed"; readonly reason: string };

/** A request that was not made, because of the address or of where its host is, and what to do instead. */
export type WebRefusal = { readonly kind: "refused"; readonly reason: string };

/** What an agent reads at an address after all redirects. */
export type WebRead =
  | (Extract<WebAnswer, { kind: "page" }> & { readonly url: string })
  | Extract<WebAnswer, { kind: "failed" }>
  | WebRefusal;

/**
 * Makes one request without following a redirect.
 *
 * Contract: http and https only; must check every address that the host has, and connect to none but those; must not send cookies, credentials or keys; must bound bytes
 * and time; whatever the server does is a value. Throws nothing but the reason of `signal` when that is aborted.
 */
export type FetchOnce = (
  url: URL,
  options: { readonly mayBePrivate: boolean; readonly signal: AbortSignal },
) => Promise<WebAnswer | WebRefusal>;

/** The web as the agents of one task see it, the same for all trials of a run. Contract: throws the signal's reason when that is aborted, and else nothing. */
export interface Web {
  readonly allow: readonly string[];
  read(address: string, signal: AbortSignal): Promise<WebRead>;
}

/** Parses an entry of the list, such as `docs.python.org`, `*.example.com`, `localhost:8080` or `https://example.com/guide/`; null for what is none. */
export function parseWebEntry(text: string): WebEntry | null {
  const isWildcard = /^(?:https?:\/\/)?\*\./.test(text);
  const plain = isWildcard ? text.replace("*.", "") : text;
  const hasProtocol = /^https?:\/\//.test(plain);
  const address = hasProtocol ? plain : `https://${plain}`;
  if (/[\s?#@\\]/.test(text) || text.includes("*", isWildcard ? text.indexOf("*") + 1 : 0) || !URL.canParse(address)) return null;
  const { protocol, hostname, port, pathname } = new URL(address);
  if (hostname === "" || hostname.startsWith(".") || pathname.startsWith("//") || hasEncodedSlash(pathname)) return null;
  return { protocol: hasProtocol ? (protocol as "http:" | "https:") : null, host: hostname, isWildcard, port, path: pathname };
}

/** Tells whether one of the entries allows an address. */
export function allowsAddress(entries: readonly WebEntry[], url: URL): boolean {
  return entries.some((entry) => allows(entry, url));
}

function allows({ protocol, host, isWildcard, port, path }: WebEntry, url: URL): boolean {
  if (url.protocol !== (protocol ?? url.protocol) || url.port !== port) return false;
  if (isWildcard ? !url.hostname.endsWith(`.${host}`) : url.hostname !== host) return false;
  if (path === "/") return true;
  // A server may take an encoded slash for a slash, and so leave the folder.
  if (hasEncodedSlash(url.pathname)) return false;
  return url.pathname === path || url.pathname.startsWith(path.endsWith("/") ? path : `${path}/`);
}

function hasEncodedSlash(path: string): boolean {
  return /%(?:2f|5c)/i.test(path);
}
