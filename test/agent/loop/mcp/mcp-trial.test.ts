import { expect, test } from "vitest";
import { MCP_SERVER } from "../../../fixtures/mcp-server.ts";
import { pastOf } from "../../../fixtures/memory-journal.ts";
import { call, calls, says } from "../../../fixtures/turn-model.ts";
import { resultTexts, runTrial } from "../../trial.ts";

const SERVERS = [{ name: "small", command: ["node", "small.mjs"], env: {} }];
const FILES = { "small.mjs": MCP_SERVER };
const replies = [
  calls([call("small__count", {})]),
  calls([call("small__add", { a: 1, b: 2 }), call("small__count", {})]),
  calls([call("small__none", {})]),
  says("Done."),
];

test("a model is shown the tools of the task's servers and calls them like others", async () => {
  const { steps, journal, stop, model } = await runTrial(replies, { files: FILES, mcpServers: SERVERS });

  expect(stop.kind).toBe("completed");
  expect(resultTexts({ steps }).slice(0, 3)).toEqual(["1", "3", "2"]);
  expect(resultTexts({ steps })[3]).toContain("Error: unknown_tool: 'small__none'.");
  expect(model.requests[0]?.system).toContain("- small__add: Does add.");
  const opened = journal.entries.find((entry) => entry.kind === "opened");
  expect(JSON.stringify(opened)).toContain("small__look");
});

test.for([
  ["no-exec", false],
  ["read-only", false],
  ["full", true],
  ["apply-patch", true],
] as const)("with the profile %s, tools that may change something are offered: %s", async ([profile, areOffered]) => {
  const { steps } = await runTrial([calls([call("small__count", {}), call("small__look", {})]), says("Done.")], {
    files: FILES,
    mcpServers: SERVERS,
    profile,
  });

  expect(steps[0]?.actions.map(({ decision, tier }) => [decision, tier])).toEqual([
    [areOffered ? "allowed" : "denied", "execute"],
    ["allowed", "read"],
  ]);
});

test("a bare shell stays bare", async () => {
  const { steps } = await runTrial([calls([call("small__look", {})]), says("Done.")], {
    files: FILES,
    mcpServers: SERVERS,
    profile: "bash-only",
  });

  expect(steps[0]?.actions[0]?.decision).toBe("denied");
});

test("a trial that is resumed brings its servers to where they were", async () => {
  const whole = await runTrial(replies, { files: FILES, mcpServers: SERVERS });
  await whole.sandbox.close();
  const resumed = await runTrial(replies.slice(1), { files: FILES, mcpServers: SERVERS, past: pastOf(whole.journal, 1) });

  expect(resultTexts(resumed)).toEqual(resultTexts(whole));
});
