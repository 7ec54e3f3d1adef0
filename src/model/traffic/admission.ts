import type { Reservation } from "../../core/model.ts";
import type { Entrant, Lane, Pass, PassEnd } from "./rate-limiter.ts";

/** Leave to send one request: of the lane, and of the purse where there is one. */
export type Admission = { readonly pass: Pass; readonly reservation: Reservation | null };

/** Who wants to send a request, and how to reserve what it may use; null where nothing caps that. */
type Applicant = { readonly lane: Lane; readonly entrant: Entrant; readonly reserve: (() => Promise<Reservation>) | null };

/** The end of a request that tells nothing: it was not sent, or was cut off by us. */
export const NO_NEWS: PassEnd = { health: "no-news", tokens: null, fault: null, pauseMs: 0, quotaWaitMs: null };

/**
 * Waits for the lane and then for the purse, in this order: what is reserved belongs to requests under way, so that it comes back. Whatever
 * fails on the way is thrown as it is, with the place and the reservation given back.
 */
export async function admit({ lane, entrant, reserve }: Applicant): Promise<Admission> {
  const pass = await lane.enter(entrant);
  let reservation: Reservation | null = null;
  try {
    if (reserve !== null) reservation = await reserve();
    entrant.signal.throwIfAborted();
    pass.begin();
    return { pass, reservation };
  } catch (error) {
    pass.leave(NO_NEWS);
    reservation?.settle({ costUsd: 0, tokens: 0 });
    throw error;
  }
}
