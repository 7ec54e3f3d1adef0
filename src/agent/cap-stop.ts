import type { Stop } from "../core/agent.ts";
import { ASSUMED_CAP_ERROR } from "../core/cap.ts";
import { type CapReached, InfraError } from "../core/errors.ts";

/**
 * Ends a trial that has reached its own limit. A model is not graded for what its provider may have charged without an answer: where only such requests are in the way,
 * throws InfraError (source `provider`).
 */
export function stopAtCap(reached: CapReached): Stop {
  const { message, reason } = reached;
  if (reason === "spent") return { kind: "budget-cost", detail: message };
  throw new InfraError("provider", `${ASSUMED_CAP_ERROR}${message}`, { cause: reached });
}
