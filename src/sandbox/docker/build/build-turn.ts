import { createServer, type Server } from "node:net";

const WAIT_MS = 1_000;

/** What waits for its turn: what is called once when another process has it, and what ends the wait. */
export type Waiting = { readonly waiting: () => void; readonly signal?: AbortSignal | undefined };

/**
 * Waits until no other process of this machine builds what has this name; to be closed afterwards. Null on systems other than Linux, where two processes may build the same.
 * Throws the signal's reason when it is aborted.
 */
export async function waitForTurn(name: string, { waiting, signal }: Waiting): Promise<Server | null> {
  if (process.platform !== "linux") return null;
  for (let tries = 0; ; tries++) {
    signal?.throwIfAborted();
    // A name in the kernel's table of sockets is free again when its process ends, however it does.
    const server = await tryListen(`\0bench-build-${name}`);
    if (server !== null) return server;
    if (tries === 0) waiting();
    await new Promise((resolve) => setTimeout(resolve, WAIT_MS));
  }
}

function tryListen(path: string): Promise<Server | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.on("error", () => resolve(null));
    server.listen(path, () => resolve(server));
  });
}
