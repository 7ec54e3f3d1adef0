/** A provider in a separate process: serves the mixed workload over Chat Completions, each response after its set time. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { chatBody, chatCall } from "../test/fixtures/model-body.ts";
import { workOfModel } from "./workload.ts";

type Body = { readonly model: string; readonly messages: readonly { readonly role: string }[] };

const USES: readonly ((step: number) => readonly [tool: string, args: Readonly<Record<string, unknown>>])[] = [
  () => ["write_file", { path: "answer.txt", content: "yes\n" }],
  (step) => ["run_command", { command: `echo step ${step}` }],
  (step) => ["search_files", { pattern: `line ${step}` }],
  (step) => ["read_file", { path: "notes.txt", start_line: step + 1 }],
];

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const { model, messages } = JSON.parse(Buffer.concat(chunks).toString()) as Body;
  const { latenciesMs } = workOfModel(model);
  const step = messages.filter(({ role }) => role === "assistant").length;
  await sleep(latenciesMs[step] ?? 0);
  const [tool, args] = (USES[Math.min(step, 1 + (step % (USES.length - 1)))] ?? USES[0])?.(step) ?? ["", {}];
  const isLast = step >= latenciesMs.length - 1;
  const body = isLast
    ? chatBody({ message: { content: "Done." } })
    : chatBody({ message: { content: null, tool_calls: [chatCall(`call-${step}`, tool, JSON.stringify(args))] }, finish: "tool_calls" });
  response.setHeader("content-type", "application/json");
  response.end(JSON.stringify(body));
}

const server = createServer((request, response) => void answer(request, response));
server.listen(0, "127.0.0.1", () => process.send?.(`http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`));
process.on("disconnect", () => process.exit(0));
