import type { Fault } from "./fault.ts";

/**
 * What the end of a request says about the host: it `answered`; it was `limited` by a limit that the host keeps; it is `overloaded`; it
 * `turned-away` this one request; it is `dead`, without an answer or with a server error; `unclear`, such as a body that breaks off; or
 * `no-news`, because the request was not sent or was cut off by us.
 */
export type Health = "answered" | "limited" | "overloaded" | "turned-away" | "dead" | "unclear" | "no-news";

/** Tells what a fault says about the host; `httpStatus` is null when there was no answer at all. */
export function healthOf(fault: Fault, httpStatus: number | null): Health {
  if (fault.kind === "rejected") return "turned-away";
  if (fault.kind === "passing") {
    if (fault.status === 429) return "limited";
    if (isOverload(fault.status)) return fault.serverWaitMs === null ? "overloaded" : "limited";
  }
  if (httpStatus === null || httpStatus >= 500) return "dead";
  return httpStatus >= 300 ? "turned-away" : "unclear";
}

/** Tells the statuses of a host that is up and has too much to do. */
function isOverload(status: number | null): boolean {
  return status === 503 || status === 529;
}
