/**
 * A program of the task's image that gives the agent tools, by the Model Context Protocol (https://modelcontextprotocol.io) over its standard input and output. It is
 * started in the workspace of the agent's sandbox, as the agent's user.
 */
export type McpServer = { readonly name: string; readonly command: readonly string[]; readonly env: Readonly<Record<string, string>> };
