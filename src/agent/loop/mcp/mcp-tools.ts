import { Client, type JsonSchemaValidator, type jsonSchemaValidator, type Tool as ServerTool } from "@modelcontextprotocol/client";
import { InfraError, messageOf } from "../../../core/errors.ts";
import type { McpServer } from "../../../core/mcp.ts";
import type { Sandbox } from "../../../core/sandbox.ts";
import { SandboxLost } from "../../../core/sandbox.ts";
import type { RemoteTool } from "../tool/tool.ts";
import { remoteTool } from "./remote-tool.ts";
import { cannotStart, type ServerProcess, startProcesses, whyEnded } from "./server-process.ts";

const START_MS = 120_000;
/** Far more tools than a model can tell apart; some providers refuse more. */
const MAX_TOOLS = 100;
const MAX_PAGES = 50;

// What a tool returns comes from the sandbox: no schema of it is compiled here.
const ANY_RESULT: jsonSchemaValidator = {
  getValidator<T>(): JsonSchemaValidator<T> {
    return (input) => ({ valid: true, data: input as T, errorMessage: undefined });
  },
};

/** The tools of a task's servers, which run until `close`. */
export type McpTools = { readonly tools: readonly RemoteTool[]; readonly close: () => Promise<void> };

/**
 * Starts the servers of a task in the agent's sandbox, before the agent has done anything, and lists their tools. A server is asked for nothing but tools, and offered
 * nothing. Throws InfraError (source `task`) for a server that does not start, speaks no such protocol, or whose tools cannot be offered.
 */
export async function startMcpTools(
  servers: readonly McpServer[],
  { sandbox, signal, startMs = START_MS }: { readonly sandbox: Sandbox; readonly signal: AbortSignal; readonly startMs?: number },
): Promise<McpTools> {
  const over = new AbortController();
  let processes: readonly ServerProcess[] = [];
  const close = async (): Promise<void> => {
    over.abort(new Error("the agent's work is over"));
    await Promise.allSettled(processes.map(({ ended }) => ended));
  };
  try {
    processes = await startProcesses(servers, { sandbox, signal: AbortSignal.any([signal, over.signal]), startMs });
    const tools = (await Promise.all(processes.map((process) => toolsOf(process, { signal, startMs })))).flat();
    refuseTwins(tools, servers);
    return { tools, close };
  } catch (error) {
    await close();
    signal.throwIfAborted();
    if (error instanceof SandboxLost)
      throw new InfraError("task", `Cannot start the MCP servers of the task: ${error.message}; give the task more room`, { cause: error });
    throw error;
  }
}

async function toolsOf(
  process: ServerProcess,
  { signal, startMs }: { readonly signal: AbortSignal; readonly startMs: number },
): Promise<readonly RemoteTool[]> {
  const client = new Client({ name: "bench", version: "1" }, { capabilities: {}, jsonSchemaValidator: ANY_RESULT });
  try {
    await client.connect(process.transport, { timeout: startMs });
    const tools: ServerTool[] = [];
    let cursor: string | undefined;
    for (let page = 0; page < MAX_PAGES; page += 1) {
      const listed = await client.listTools(cursor === undefined ? {} : { cursor }, { timeout: startMs });
      tools.push(...listed.tools);
      cursor = listed.nextCursor;
      if (cursor === undefined || tools.length > MAX_TOOLS) break;
    }
    return tools.map((tool) => remoteTool(client, process, tool));
  } catch (error) {
    throw cannotStart(process.server, process.transport.isClosed ? await whyEnded(process, signal) : messageOf(error));
  }
}

function refuseTwins(tools: readonly RemoteTool[], servers: readonly McpServer[]): void {
  const names = new Set<string>();
  const all = servers.map(({ name }) => `"${name}"`).join(", ");
  if (tools.length > MAX_TOOLS)
    throw new InfraError("task", `Cannot offer the tools of ${all}: there are more than ${MAX_TOOLS}; use servers with fewer`);
  for (const { name } of tools) {
    if (names.has(name)) throw new InfraError("task", `Cannot offer the tools of ${all}: two are called "${name}"; rename a server`);
    names.add(name);
  }
}
