import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";

/** What goes back for one request. */
export type Echo = { readonly status?: number; readonly headers?: Readonly<Record<string, string>>; readonly body: string };

/** Decides what goes back; `turn` counts the requests with the same first part of the path, from 0. */
export type Echoes = Readonly<Record<string, (turn: number, request: IncomingMessage) => Echo>>;

/** A provider on the loopback interface that plays a part for each first part of the path. */
export type EchoProvider = { readonly url: string; readonly received: readonly string[]; close(): Promise<void> };

/** Starts a provider; everything that it is sent, heads and bodies, is kept as text. */
export async function startEchoProvider(echoes: Echoes): Promise<EchoProvider> {
  const turns = new Map<string, number>();
  const received: string[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    received.push(`${request.url} ${JSON.stringify(request.headers)} ${Buffer.concat(chunks).toString()}`);
    const part = request.url?.split("/")[1] ?? "";
    const turn = turns.get(part) ?? 0;
    turns.set(part, turn + 1);
    const { status = 200, headers = {}, body } = echoes[part]?.(turn, request) ?? { status: 404, body: "no such part" };
    response.writeHead(status, { "content-type": "application/json", ...headers });
    response.end(body);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
