import { BadAnswer } from "../../../../src/model/protocol.ts";
import type { Exchange } from "../../../../src/model/recording-fetch.ts";
import type { WireExample } from "../../../../src/model/traffic/dialect/entry.ts";
import { classify, type Fault } from "../../../../src/model/traffic/fault.ts";

/** The moment at which examples are classified. */
export const NOW = new Date("2026-01-01T00:00:00Z");

/** Classifies an error as it comes over the wire, as an HTTP response or inside an answer. */
export function classified([status, body, headers = {}]: WireExample): Fault {
  const exchange: Exchange = {
    status: status ?? 200,
    headers: new Headers(headers),
    isStream: false,
    responseBody: status === null ? "" : typeof body === "string" ? body : JSON.stringify(body),
  };
  const error = status === null ? new BadAnswer("error-event", "an error in the stream", body) : new Error("whatever the SDK throws");
  const fault = classify(error, exchange, NOW);
  if (fault === null) throw new Error("the error is not classified");
  return fault;
}
