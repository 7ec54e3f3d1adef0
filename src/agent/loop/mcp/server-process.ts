import { randomInt, randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { InfraError, messageOf } from "../../../core/errors.ts";
import type { McpServer } from "../../../core/mcp.ts";
import { oneLine } from "../../../core/printable.ts";
import { type CommandResult, type Connection, type Sandbox, SandboxLost } from "../../../core/sandbox.ts";
import { howItEnded, LONGEST_MS } from "../../long-command.ts";
import { ConnectionTransport } from "./connection-transport.ts";

/** The ports inside the sandbox of which servers find the harness at one: below those that systems give to whoever asks for any. */
const PORTS = { first: 20_000, end: 30_000 };
const MAX_OUTPUT_BYTES = 16 * 1024;
const MAX_SHOWN_CHARS = 500;
const MAX_TOKEN = 100;
const END_MS = 1000;

/** Connects a program's standard input and output with the harness; what it writes to its standard error is the command's output. */
const START = `exec 3<>"/dev/tcp/127.0.0.1/$1" && shift && printf '%s\\n' "$0" >&3 && exec "$@" <&3 >&3 3>&-`;

/** A server that runs in the sandbox. `ended` resolves with how, or rejects with why the sandbox cannot say. */
export type ServerProcess = {
  readonly server: McpServer;
  readonly transport: ConnectionTransport;
  readonly ended: Promise<CommandResult>;
};

/** Starts the servers of a task in a sandbox and connects each. `signal` ends them. Throws InfraError (source `task`) for one that ends at once or does not start in time. */
export async function startProcesses(
  servers: readonly McpServer[],
  { sandbox, signal, startMs }: { readonly sandbox: Sandbox; readonly signal: AbortSignal; readonly startMs: number },
): Promise<readonly ServerProcess[]> {
  const desk = new Desk();
  const port = randomInt(PORTS.first, PORTS.end);
  await sandbox.serve(port, (connection) => desk.accept(connection));
  try {
    return await Promise.all(servers.map((server) => startProcess(server, { sandbox, signal, startMs, desk, port })));
  } finally {
    // A connection that comes later is the agent's.
    desk.close();
  }
}

type Starting = {
  readonly sandbox: Sandbox;
  readonly signal: AbortSignal;
  readonly startMs: number;
  readonly desk: Desk;
  readonly port: number;
};

async function startProcess(server: McpServer, { sandbox, signal, startMs, desk, port }: Starting): Promise<ServerProcess> {
  const token = randomUUID();
  const connected = desk.await(token);
  const ended = sandbox.run(
    {
      command: ["bash", "-c", START, token, String(port), ...server.command],
      cwd: sandbox.workspace,
      env: server.env,
      timeoutMs: LONGEST_MS,
      maxOutputBytes: MAX_OUTPUT_BYTES,
    },
    signal,
  );
  // Awaited where it matters; here nobody may be waiting when the trial ends.
  ended.catch(() => {});
  const waiting = new AbortController();
  try {
    const transport = await Promise.race([
      connected,
      ended.then((result) => Promise.reject(cannotStart(server, endOf(result)))),
      sleep(startMs, null, { signal: waiting.signal }).then(() =>
        Promise.reject(cannotStart(server, `it did not start within ${startMs / 1000} s`)),
      ),
    ]);
    return { server, transport, ended };
  } finally {
    waiting.abort();
  }
}

/** Makes the error of a server that cannot be used before the agent has done anything: the task's own fault. */
export function cannotStart({ name }: McpServer, why: string): InfraError {
  return new InfraError(
    "task",
    `Cannot start the MCP server "${name}" of the task: ${why}; check its command, and that the task's image has it`,
  );
}

/** Tells why a server can no longer be reached. Throws SandboxLost when the whole sandbox is gone, and the signal's reason. */
export async function whyEnded({ ended }: ServerProcess, signal: AbortSignal): Promise<string> {
  try {
    // One that was cut off, or closed its output, may live on.
    const end = await Promise.race([ended, sleep(END_MS, null, { ref: false })]);
    return end === null ? "it no longer answers" : endOf(end);
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof SandboxLost) throw error;
    return messageOf(error);
  }
}

function endOf(result: CommandResult): string {
  const how = howItEnded(result);
  const said = oneLine(Buffer.concat([result.head, result.tail]).toString("utf8").trim());
  if (said === "") return how;
  return `${how}: ${said.length > MAX_SHOWN_CHARS ? `...${said.slice(-MAX_SHOWN_CHARS)}` : said}`;
}

/** Where programs inside connect to: the first line says which server it is. */
class Desk {
  readonly #awaited = new Map<string, (transport: ConnectionTransport) => void>();

  await(token: string): Promise<ConnectionTransport> {
    return new Promise((resolve) => this.#awaited.set(token, resolve));
  }

  close(): void {
    this.#awaited.clear();
  }

  accept(connection: Connection): void {
    let head = Buffer.alloc(0);
    let transport: ConnectionTransport | null = null;
    connection.on("data", (chunk: Buffer) => {
      if (transport !== null) {
        transport.receive(chunk);
        return;
      }
      head = Buffer.concat([head, chunk]);
      const end = head.indexOf("\n");
      const found = end === -1 ? undefined : this.#awaited.get(head.toString("utf8", 0, end));
      if (found !== undefined) {
        this.#awaited.delete(head.toString("utf8", 0, end));
        transport = new ConnectionTransport(connection);
        if (end + 1 < head.length) transport.receive(head.subarray(end + 1));
        found(transport);
      } else if (end !== -1 || head.length > MAX_TOKEN) connection.destroy();
    });
    for (const event of ["end", "close", "error"]) connection.on(event, () => void transport?.close());
    connection.resume();
  }
}
