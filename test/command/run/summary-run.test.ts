import { afterAll, expect, test } from "vitest";
import { QUICK_SANDBOX, runCli, startCli } from "../../fixtures/cli.ts";
import { chatBody, chatCall } from "../../fixtures/model-body.ts";
import { type ModelServer, startModelServer } from "../../fixtures/model-server.ts";
import { TempFolder } from "../../fixtures/temp-folder.ts";

const PATCH = "*** Begin Patch\n*** Add File: out.txt\n+yes\n*** Update File: readme.txt\n@@\n-x\n+y\n*** End Patch";

const folder = new TempFolder();
let models: ModelServer | undefined;
afterAll(async () => {
  await models?.close();
  folder[Symbol.dispose]();
});

test("a run with summaries and patches that is killed in between goes on with the same conversation, says what it did, and can be replayed", {
  timeout: 120_000,
}, async () => {
  let isHeld = true;
  const asked: string[] = [];
  models = await startModelServer(({ body }, index) => {
    const messages = body["messages"] as readonly { readonly content: string }[];
    const isSummary = String(messages.at(-1)?.content).includes("reply with the summary alone");
    asked.push(`${messages.length}${isSummary ? "s" : ""}`);
    if (isSummary) return { kind: "json", body: chatBody({ message: { content: "I printed things." }, finish: "stop" }) };
    if (isHeld && index >= 4) return { kind: "stall" };
    const work = chatCall(`c${index}`, "run_command", JSON.stringify({ command: `echo step ${index}` }));
    const call = index < 8 ? work : chatCall(`c${index}`, "apply_patch", JSON.stringify({ patch: PATCH }));
    const isDone = JSON.stringify(messages).includes("Success. Updated");
    const message = isDone ? { content: "Done." } : { content: null, tool_calls: [call] };
    return { kind: "json", body: chatBody({ message, finish: isDone ? "stop" : "tool_calls" }) };
  });
  folder.write({
    "models.yaml": `defaults: { api: openai-chat, api_key_env: null, base_url: "${models.url}/v1", price: { input: 1, output: 1 } }
models: [{ name: a, model: m, context: { summarize_after: 2 } }]\n`,
    "suite/suite.yaml": "name: small\n",
    "suite/add/task.yaml":
      "title: Add\ndeliver: [out.txt, readme.txt]\ntests: { runner: exit-status, files: [check.sh], isolation: none }\n",
    "suite/add/prompt.md": "Do it.\n",
    "suite/add/workspace/readme.txt": "x\n",
    "suite/add/tests/check.sh": "#!/bin/sh\ngrep -q yes out.txt && grep -q y readme.txt\n",
    "suite/add/solution/out.txt": "yes\n",
    "suite/add/solution/readme.txt": "y\n",
  });
  const db = ["--db", folder.at("bench.db")];
  const args = ["--models", folder.at("models.yaml"), "--suite", folder.at("suite"), "--profile", "apply-patch", "--yes", "--no-probe"];

  const first = startCli(["run", ...args, ...db, ...QUICK_SANDBOX]);
  while (models.received.length < 5) await new Promise((resolve) => setTimeout(resolve, 50));
  first.child.kill("SIGKILL");
  await first.end;
  isHeld = false;
  const resumed = await runCli(["run", "--resume", "latest", "--no-probe", "--yes", ...db]);

  expect([resumed.stderr, resumed.code]).toEqual([expect.stringContaining("pass  a+apply-patch  add #1"), 0]);
  // The request that the kill cut is sent again as it was; each summary leaves the system prompt, the task, itself, the last response and its results.
  expect(asked).toEqual(["2", "4", "7s", "5", "7", "7", "10s", "5", "7", "10s", "5"]);
  const report = JSON.parse((await runCli(["report", "latest", "--json", ...db])).stdout);
  expect(report.arms[0].agent).toEqual({ kind: "loop", profile: "apply-patch", maskAtShare: 0.6, summarizeAfter: 2 });
  expect(report.trials).toMatchObject([{ passed: true, iterations: 10, costUsd: expect.closeTo(0.000_17, 6) }]);
  const shown = (await runCli(["show", "1", ...db])).stdout;
  expect(shown.match(/\[harness: summary\] this response is a summary; it replaces \d messages before it/g)).toHaveLength(3);
  expect((await runCli(["replay", "1", ...db])).code).toBe(0);
});
