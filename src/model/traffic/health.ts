import type { Fault } from "./fault.ts";

/**
 * What the end of a request says about the host: it `answered`; it was `limited` by a rate limit; it is `overloaded`; it `rejected` this one
 * request; it is `dead` (no answer, or a server error); `unclear`, such as a body that breaks off or a server that is loading its model; or `unknown`, because the
 * request was not sent or was cancelled by the harness.
 */
export type Health = "answered" | "limited" | "overloaded" | "rejected" | "dead" | "unclear" | "unknown";

/** Derives the health of the host from a fault; `httpStatus` is null when there was no response at all. */
export function healthOf(fault: Fault, httpStatus: number | null): Health {
  // Whoever says what is wrong with a request is alive, whatever the status is: servers answer 500 to what a model wrote, gateways to a spent quota.
  if (fault.kind === "rejected" || fault.kind === "bad-history") return "rejected";
  if (fault.kind === "final" && fault.about !== null) return "rejected";
  if (fault.kind === "transient") {
    if (fault.about === "limited" || fault.about === "daily" || fault.status === 429) return "limited";
    if (fault.about === "loading") return "unclear";
    if (isOverload(fault.status)) return fault.serverWaitMs === null ? "overloaded" : "limited";
  }
  if (httpStatus === null || httpStatus >= 500) return "dead";
  return httpStatus >= 300 ? "rejected" : "unclear";
}

/** Recognizes the statuses of a host that is up and overloaded. */
function isOverload(status: number | null): boolean {
  return status === 498 || status === 503 || status === 529;
}
