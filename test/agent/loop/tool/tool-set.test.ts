import { expect, test } from "vitest";
import { schemaOf } from "../../../../src/agent/loop/tool/tool.ts";
import { toolSet } from "../../../../src/agent/loop/tool/tool-set.ts";
import { call, calls, says } from "../../../fixtures/turn-model.ts";
import { resultTexts, runTrial } from "../../trial.ts";

const READ = ["read_file", "list_directory", "search_files", "find_references"];
const SECONDS = 30;
const namesOf = (tools: readonly { readonly name: string }[]) => tools.map(({ name }) => name);

test.for([
  {
    profile: "full",
    offered: ["read_file", "write_file", "edit_file", "list_directory", "search_files", "find_references", "run_command", "run_python"],
  },
  { profile: "no-exec", offered: ["read_file", "write_file", "edit_file", "list_directory", "search_files", "find_references"] },
  { profile: "read-only", offered: READ },
  { profile: "bash-only", offered: ["run_command"] },
  {
    profile: "apply-patch",
    offered: ["read_file", "apply_patch", "list_directory", "search_files", "find_references", "run_command", "run_python"],
  },
] as const)("the profile $profile offers its tools in a fixed order", ({ profile, offered }) => {
  const tools = toolSet(profile, SECONDS);

  expect(namesOf(tools.offered)).toEqual(offered);
  expect(tools.offered.length + tools.denied.length).toBe(profile === "apply-patch" ? 9 : 8);
});

test("schemas use only what every provider accepts", () => {
  const schemas = toolSet("full", SECONDS).offered.map(schemaOf);

  const keys = new Set<string>();
  const collect = (value: unknown, isProperties: boolean): void => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return;
    for (const [key, inner] of Object.entries(value)) {
      if (!isProperties) keys.add(key);
      collect(inner, key === "properties");
    }
  };
  for (const { parameters } of schemas) collect(parameters, false);
  expect([...keys].sort()).toEqual(["description", "properties", "required", "type"]);
  expect(schemas.map(({ parameters }) => parameters["required"])).toEqual([
    ["path"],
    ["path", "content"],
    ["path", "old_text", "new_text"],
    [],
    ["pattern"],
    ["symbol"],
    ["command"],
    ["code"],
  ]);
});

test("schemas state the real time limit", () => {
  const schemas = JSON.stringify(toolSet("full", 45).offered.map(schemaOf));

  expect(schemas).toContain("Commands are killed after 45 seconds.");
  expect(schemas).toContain("1 to 45. Default 45.");
  expect(schemas).not.toContain("30");
});

test.for([
  { profile: "no-exec", name: "run_command", args: { command: "touch x" }, tier: "execute" },
  { profile: "read-only", name: "write_file", args: { path: "x", content: "" }, tier: "write" },
  { profile: "bash-only", name: "read_file", args: { path: "a.txt" }, tier: "read" },
] as const)("a call to $name in the profile $profile is denied and changes nothing", async ({ profile, name, args, tier }) => {
  const trial = await runTrial([calls([call(name, args)]), says("Done."), says("Done.")], { profile });

  expect(resultTexts(trial)[0]).toMatch(new RegExp(`^Error: policy_denied: '${name}' is not allowed in this run\\. Available tools: `));
  expect(trial.steps[0]?.actions[0]).toMatchObject({ decision: "denied", tier, errorKind: "policy_denied" });
  expect(await trial.sandbox.list({ path: ".", root: "/workspace" }, { depth: 1, maxEntries: 9, skipInside: [] })).toMatchObject({
    entries: [{ path: "a.txt" }],
  });
});
