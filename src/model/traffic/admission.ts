import type { Reservation } from "../../core/model.ts";
import type { Permit, PermitEnd, PermitRequest, RateLimiter } from "./rate-limiter.ts";

/** Leave to send one request: of the lane, and of the spending limit where there is one. */
export type Admission = { readonly permit: Permit; readonly reservation: Reservation | null };

/** Who wants to send a request, and how to reserve what it may use; null where nothing caps that. */
type AdmissionRequest = {
  readonly limiter: RateLimiter;
  readonly request: PermitRequest;
  readonly reserve: (() => Promise<Reservation>) | null;
};

/** The end of a request that tells nothing: it was not sent, or was cut off by us. */
export const UNKNOWN_END: PermitEnd = { health: "no-news", tokens: null, fault: null, pauseMs: 0, quotaWaitMs: null };

/**
 * Waits for the lane and then for the spending limit, in this order: what is reserved belongs to requests under way, so that it comes back. Whatever
 * fails on the way is thrown as it is, with the place and the reservation given back.
 */
export async function admit({ limiter, request, reserve }: AdmissionRequest): Promise<Admission> {
  const permit = await limiter.acquire(request);
  let reservation: Reservation | null = null;
  try {
    if (reserve !== null) reservation = await reserve();
    request.signal.throwIfAborted();
    permit.begin();
    return { permit, reservation };
  } catch (error) {
    permit.release(UNKNOWN_END);
    reservation?.settle({ costUsd: 0, tokens: 0 });
    throw error;
  }
}
