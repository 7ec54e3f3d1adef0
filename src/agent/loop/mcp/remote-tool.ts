import { type CallToolResult, type Client, SdkError, SdkErrorCode, type Tool as ServerTool } from "@modelcontextprotocol/client";
import { messageOf } from "../../../core/errors.ts";
import { failed, succeeded, type ToolOutcome } from "../tool/outcome.ts";
import type { RemoteTool, ToolContext } from "../tool/tool.ts";
import { byteLength } from "../tool/truncate.ts";
import { type ServerProcess, whyEnded } from "./server-process.ts";

/** How long a name may be with every provider. */
const MAX_NAME = 64;
const MAX_DESCRIPTION = 4_000;
const MAX_SCHEMA_BYTES = 64 * 1024;

// The letters and the length that every provider takes.
function remoteName(server: string, tool: string): string {
  return `${server}__${tool}`.replace(/[^A-Za-z0-9_-]/g, "_").slice(0, MAX_NAME);
}

/**
 * Makes a tool of one that a server offers. A tool that says that it only reads is one that reads; any other counts as one that executes. Its arguments are the server's to check.
 * Throws Error for one whose schema is too long.
 */
export function remoteTool(
  client: Client,
  process: ServerProcess,
  { name, description, inputSchema, annotations }: ServerTool,
): RemoteTool {
  const size = byteLength(JSON.stringify(inputSchema));
  if (size > MAX_SCHEMA_BYTES)
    throw new Error(`the schema of its tool "${name}" has ${size} bytes; at most ${MAX_SCHEMA_BYTES} are shown to a model`);
  return {
    kind: "remote",
    name: remoteName(process.server.name, name),
    tier: annotations?.readOnlyHint === true ? "read" : "execute",
    description: (description ?? `The tool ${name} of ${process.server.name}.`).slice(0, MAX_DESCRIPTION),
    parameters: inputSchema,
    run: (args, context) => call(client, process, { name, args, context }),
  };
}

type Call = { readonly name: string; readonly args: Readonly<Record<string, unknown>>; readonly context: ToolContext };

async function call(client: Client, process: ServerProcess, { name, args, context }: Call): Promise<ToolOutcome> {
  const { limits, signal, remainingMs } = context;
  const seconds = Math.min(limits.commandTimeoutSeconds, remainingMs() / 1000);
  try {
    const result = await client.callTool({ name, arguments: args }, { signal, timeout: Math.max(1, Math.ceil(seconds * 1000)) });
    return outcomeOf(process.server.name, result);
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof SdkError && error.code === SdkErrorCode.RequestTimeout)
      return failed("timeout", `${process.server.name} did not answer within ${Math.ceil(seconds)} s.`);
    if (process.transport.isClosed)
      return failed("environment", `the server ${process.server.name} is gone: ${await whyEnded(process, signal)}.`);
    return succeeded(`Error of ${process.server.name}: ${messageOf(error)}`);
  }
}

// As with the exit code of a command, whether it went well stands in the text: not every provider has a flag for it.
function outcomeOf(server: string, { content, structuredContent, isError }: CallToolResult): ToolOutcome {
  const texts = content.map(textOf);
  if (content.length === 0 && structuredContent !== undefined) texts.push(JSON.stringify(structuredContent));
  const text = texts.join("\n") || "(no output)";
  return succeeded(isError === true ? `Error of ${server}: ${text}` : text);
}

function textOf(block: CallToolResult["content"][number]): string {
  switch (block.type) {
    case "text":
      return block.text;
    case "image":
    case "audio":
      return `[${block.type}, ${block.mimeType}: not shown]`;
    case "resource_link":
      return `[${block.uri}]`;
    case "resource":
      return "text" in block.resource ? block.resource.text : `[${block.resource.uri}: not shown]`;
    default:
      return "[not shown]";
  }
}
