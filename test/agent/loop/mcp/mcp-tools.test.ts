import { afterEach, expect, test } from "vitest";
import { type McpTools, startMcpTools } from "../../../../src/agent/loop/mcp/mcp-tools.ts";
import type { McpServer } from "../../../../src/core/mcp.ts";
import type { Sandbox } from "../../../../src/core/sandbox.ts";
import { LIMITS } from "../../../fixtures/agent-settings.ts";
import { openFolderSandbox } from "../../../fixtures/folder-sandbox.ts";
import { MCP_SERVER } from "../../../fixtures/mcp-server.ts";

const small: McpServer = { name: "small", command: ["node", "small.mjs"], env: {} };
const signal = new AbortController().signal;
const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function open(servers: readonly McpServer[] = [small], startMs = 20_000): Promise<McpTools & { readonly sandbox: Sandbox }> {
  const sandbox = await openFolderSandbox({ "small.mjs": MCP_SERVER });
  closing.push(() => sandbox.close());
  const mcp = await startMcpTools(servers, { sandbox, signal, startMs });
  closing.push(mcp.close);
  return { ...mcp, sandbox };
}

type Given = { readonly args?: Readonly<Record<string, unknown>>; readonly seconds?: number };

async function use({ tools, sandbox }: McpTools & { readonly sandbox: Sandbox }, name: string, { args = {}, seconds = 20 }: Given = {}) {
  const limits = { ...LIMITS, commandTimeoutSeconds: seconds };
  const tool = tools.find((one) => one.name === name);
  return tool?.run(args, { sandbox, limits, signal, remainingMs: () => 60_000 });
}

test("tools of all pages are there under the server's name, with its words and schemas", async () => {
  const { tools } = await open();

  expect(tools.map(({ name }) => name)).toEqual(
    ["add", "count", "fail", "refuse", "say", "structured", "env", "cwd", "hang", "die", "flood", "look"].map((name) => `small__${name}`),
  );
  expect(tools[0]).toMatchObject({ kind: "remote", tier: "execute", description: "Does add." });
  expect(tools[0]?.parameters).toEqual({
    type: "object",
    properties: { a: { type: "number" }, b: { type: "number" } },
    required: ["a", "b"],
  });
  expect(tools.at(-1)).toMatchObject({ name: "small__look", tier: "read" });
});

test("calls reach one process, which keeps its state, and runs in the workspace with its variables", async () => {
  const mcp = await open([{ ...small, env: { NOTE: "here" } }]);

  expect(await use(mcp, "small__add", { args: { a: 1, b: 2 } })).toMatchObject({ text: "3", errorKind: null });
  expect(await use(mcp, "small__count")).toMatchObject({ text: "1" });
  expect(await use(mcp, "small__count")).toMatchObject({ text: "2" });
  expect(await use(mcp, "small__env")).toMatchObject({ text: "here" });
  expect((await use(mcp, "small__cwd"))?.text).toMatch(/workspace$/);
});

test("two servers with the same tools are two", async () => {
  const mcp = await open([small, { ...small, name: "other" }]);

  await use(mcp, "small__count");
  expect(await use(mcp, "small__count")).toMatchObject({ text: "2" });
  expect(await use(mcp, "other__count")).toMatchObject({ text: "1" });
});

test("what is no text is named, and what a server calls an error says whose it is", async () => {
  const mcp = await open();

  expect(await use(mcp, "small__say")).toMatchObject({ text: "a\n[image, image/png: not shown]\nb\n[note:2]" });
  expect(await use(mcp, "small__structured")).toMatchObject({ text: '{"a":1}' });
  expect(await use(mcp, "small__fail")).toMatchObject({ text: "Error of small: there is no such thing", errorKind: null });
  expect((await use(mcp, "small__refuse"))?.text).toMatch(/^Error of small: .*a is required/);
});

test("a call that is not answered times out, and the server can be called again", async () => {
  const mcp = await open();

  expect(await use(mcp, "small__hang", { seconds: 1 })).toMatchObject({
    text: "Error: timeout: small did not answer within 1 s.",
    timedOut: true,
  });
  expect(await use(mcp, "small__count")).toMatchObject({ text: "1" });
});

test("a server that ends fails its calls from then on, and says what it said", async () => {
  const mcp = await open();
  const gone = "Error: environment: the server small is gone: it ended with exit code 3: a line of its log.";

  expect(await use(mcp, "small__die")).toMatchObject({ text: gone });
  expect(await use(mcp, "small__count")).toMatchObject({ text: gone });
});

test("a message without end is cut off", async () => {
  const mcp = await open();

  expect((await use(mcp, "small__flood"))?.text).toMatch(/^Error: environment: the server small is gone/);
});

test("servers end with the trial", async () => {
  const mcp = await open();
  expect(await use(mcp, "small__count")).toMatchObject({ text: "1" });
  await mcp.close();

  const running = await mcp.sandbox.run({
    command: "pgrep -f '[n]ode small.mjs' -c -P $PPID || true",
    cwd: mcp.sandbox.workspace,
    env: {},
    timeoutMs: 10_000,
    maxOutputBytes: 1000,
  });
  expect(Buffer.from(running.head).toString().trim()).toBe("0");
  expect((await use(mcp, "small__count"))?.errorKind).toBe("environment");
});

test.for([
  {
    title: "is not there",
    command: ["no-such-program"],
    says: /^Cannot start the MCP server "odd" of the task: it ended with exit code 127: .*no-such-program/s,
  },
  {
    title: "ends at once",
    command: ["node", "-e", "console.error('no database'); process.exit(4)"],
    says: /it ended with exit code 4: no database; check its command/,
  },
  {
    title: "says nothing",
    command: ["sleep", "60"],
    says: /"odd" of the task: (?:it did not start within 2 s|it no longer answers|.*timed out)/i,
  },
  { title: "speaks something else", command: ["yes", '{"jsonrpc":"2.0","id":0,"result":{}}'], says: /Cannot start the MCP server "odd"/ },
])("a server that $title is the fault of the task", async ({ command, says }) => {
  const failure = await open([{ name: "odd", command, env: {} }], 2000).catch((error: unknown) => error);

  expect(failure).toMatchObject({ name: "InfraError", source: "task", message: expect.stringMatching(says) });
});

test("servers whose tools would have one name are refused", async () => {
  const failure = await open([small, small]).catch((error: unknown) => error);

  expect(failure).toMatchObject({ source: "task", message: expect.stringContaining('two are called "small__add"') });
});
