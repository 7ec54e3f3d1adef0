import type { ServerResponse } from "node:http";
import { say } from "./reply.ts";
import type { ProgramApi } from "./route.ts";

/** Google's words for a status. */
const GOOGLE_STATUS: Readonly<Record<number, string>> = {
  400: "INVALID_ARGUMENT",
  404: "NOT_FOUND",
  413: "INVALID_ARGUMENT",
  429: "RESOURCE_EXHAUSTED",
};

/** Writes an error as an API does, so that the official clients show its message. */
export function errorBody(api: ProgramApi | null, status: number, message: string): string {
  if (api === "gemini") return JSON.stringify({ error: { code: status, message, status: GOOGLE_STATUS[status] ?? "UNAVAILABLE" } });
  const type = status === 404 ? "not_found_error" : status === 400 || status === 413 ? "invalid_request_error" : "api_error";
  return JSON.stringify(api === "anthropic" ? { type: "error", error: { type, message } } : { error: { message, type, code: type } });
}

/** Answers with an error; where a stream has begun, with what the official clients take for one in it. Google's looks for an error in a piece by itself, and for events in all others. */
export function sayError(
  response: ServerResponse,
  api: ProgramApi | null,
  error: { readonly status: number; readonly body: string },
): void {
  if (!response.headersSent) say(response, error.status, error.body);
  else if (!response.destroyed && !response.writableEnded)
    response.end(api === "gemini" ? error.body : `event: error\ndata: ${error.body}\n\n`);
}
