import { z } from "zod";
import type { McpServer } from "../core/mcp.ts";

// Far above what any task needs; all of it is read by every command.
const MAX_SERVERS = 20;
const MAX_ARGUMENTS = 100;
const MAX_TEXT = 4000;
const MAX_VARIABLES = 100;

const serverSchema = z.strictObject({
  command: z
    .array(z.string().min(1).max(MAX_TEXT))
    .min(1)
    .max(MAX_ARGUMENTS)
    .describe("the program and its arguments; it is in the task's image or workspace, and speaks over its standard input and output"),
  env: z
    .record(
      z
        .string()
        .max(MAX_TEXT)
        .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, "expected names of environment variables"),
      z.string().max(MAX_TEXT),
    )
    .refine((all) => Object.keys(all).length <= MAX_VARIABLES, `expected at most ${MAX_VARIABLES} variables`)
    .default({})
    .describe("environment variables that it is started with"),
});

/** Schema of the MCP servers of a task, by their names. */
export const mcpServersSchema = z
  .record(
    z
      .string()
      .regex(
        /^[A-Za-z0-9][A-Za-z0-9_-]{0,29}$/,
        "expected names of at most 30 letters, digits, - and _, with which those of their tools begin",
      ),
    serverSchema,
  )
  .refine((all) => Object.keys(all).length <= MAX_SERVERS, `expected at most ${MAX_SERVERS} servers`);

/** Gives the servers of a task, in the order of its file, where it has some. */
export function mcpServersOf(servers: z.output<typeof mcpServersSchema> | undefined): { readonly mcpServers?: readonly McpServer[] } {
  const all = Object.entries(servers ?? {}).map(([name, { command, env }]) => ({ name, command, env }));
  return all.length === 0 ? {} : { mcpServers: all };
}
