import type { IncomingMessage, ServerResponse } from "node:http";
import type { ProgramApi } from "./route.ts";

/** The largest request that is read: the conversations of programs have a tenth of it, and each request under way is in memory. */
const MAX_REQUEST_BYTES = 32 * 1024 * 1024;
/** How long a program hears nothing before it is told that its answer is still to come; impatient clients give up after a minute. */
const QUIET_MS = 20_000;
const EVENT_STREAM = "text/event-stream";

/** Reads the body of a request; null for one that is too large, the rest of which is thrown away. */
export async function bodyOf(request: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_REQUEST_BYTES) chunks.length = 0;
    else chunks.push(chunk);
  }
  return bytes > MAX_REQUEST_BYTES ? null : Buffer.concat(chunks).toString("utf8");
}

/** Answers with JSON. */
export function say(response: ServerResponse, status: number, json: string): void {
  if (response.destroyed || response.writableEnded) return;
  response.writeHead(status, { "content-type": "application/json" });
  response.end(json);
}

/** Tells a program that waits for a stream, in comments, that it is still to come; Google's client knows no comments, and reads over empty lines. Returns how to stop. */
export function comforted(response: ServerResponse, api: ProgramApi): () => void {
  const timer = setInterval(() => {
    if (response.writableEnded || response.destroyed) return;
    if (!response.headersSent) response.writeHead(200, { "content-type": EVENT_STREAM });
    response.write(api === "gemini" ? "\n\n" : ": waiting\n\n");
  }, QUIET_MS);
  return () => clearInterval(timer);
}
