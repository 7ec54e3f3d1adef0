import { expect, test } from "vitest";
import { type RunTexts, refuseKeysInTexts } from "../../../src/command/trust/keys-in-texts.ts";
import type { Task } from "../../../src/core/task.ts";
import { spellingsOf } from "../../faults/secret.ts";
import { anArm, aSpec, aTask, someSettings } from "../../fixtures/record.ts";

const KEY = 'sk-canary"ed/key+01<23>&4567=';
const OTHER = "sk-of-another-provider-0123";
const keyOf = (variable: string): string | undefined => ({ MY_KEY: KEY, OPENAI_API_KEY: OTHER, SHORT: "changeme" })[variable];

const MODEL = aSpec({ name: "m", api: "openai-chat", apiKeyEnv: "MY_KEY", baseUrl: "https://a.example/v1" });

function withPrompt(text: string): RunTexts["arms"] {
  return [{ ...anArm(), model: MODEL, settings: someSettings({ prompt: { name: "mine", text, digest: "d" } }) }];
}

function texts(changes: Partial<RunTexts> = {}): RunTexts {
  return {
    arms: withPrompt("Work."),
    suite: { tasks: [aTask()] },
    promptFiles: new Map([["d", "prompts/mine.md"]]),
    typed: {},
    ...changes,
  };
}

function withFile(path: string, bytes: Uint8Array): RunTexts["suite"] {
  const task: Task = aTask("add");
  return { tasks: [{ ...task, files: { ...task.files, workspace: async () => [{ path, bytes, executable: false }] } }] };
}

async function refusal(run: RunTexts): Promise<string> {
  const error = await refuseKeysInTexts(run, keyOf).then(
    () => null,
    (thrown: unknown) => thrown,
  );
  return error === null ? "accepted" : `${(error as Error).name}: ${(error as Error).message}`;
}

test("a run whose texts hold no key is accepted", async () => {
  expect(await refusal(texts({ typed: { "--tag": ["changeme", "MY_KEY"] } }))).toBe("accepted");
});

// What is cut off at either end of base64 does not come back as the whole key.
test.for(spellingsOf(KEY).map(({ how, text }) => ({ how, text })))(
  "a key in a system prompt, written as $how, is refused",
  async ({ text }) => {
    const said = await refusal(texts({ arms: withPrompt(`Use ${text} for it.`) }));

    expect(said).toMatch(/^UserError: Cannot use prompt "prompts\/mine\.md": it contains the value of MY_KEY, /);
    expect(said).not.toContain("canary");
  },
);

test.for([
  {
    where: "the key of a provider that is not used",
    changes: { arms: withPrompt(OTHER) },
    says: 'prompt "prompts/mine.md": it contains the value of OPENAI_API_KEY',
  },
  { where: "a task's prompt", changes: { suite: { tasks: [aTask("add", { prompt: `x ${KEY}` })] } }, says: 'the prompt of task "add"' },
  { where: "a task's title", changes: { suite: { tasks: [aTask("add", { title: KEY })] } }, says: 'the settings of task "add"' },
  {
    where: "a context file",
    changes: { suite: withFile("AGENTS.md", Buffer.from(`a\n${KEY}\n`)) },
    says: 'file "AGENTS.md" in the workspace of task "add"',
  },
  { where: "a binary file", changes: { suite: withFile("a.bin", Buffer.from(`\u0000\u00ff${KEY}`, "latin1")) }, says: 'file "a.bin"' },
  {
    where: "the name of a file",
    changes: { suite: withFile(`a-${OTHER}.txt`, Buffer.from("")) },
    says: "the name of a file in the workspace",
  },
  { where: "a tag", changes: { typed: { "--tag": ["nightly", KEY] } }, says: "--tag: it contains" },
  { where: "the path of a suite", changes: { typed: { "--suite": [`/x/${OTHER}`] } }, says: "--suite: it contains" },
  {
    where: "an address",
    changes: { arms: [{ ...anArm(), model: { ...MODEL, baseUrl: `https://a.example/${OTHER}/v1` } }] },
    says: 'model "m": it contains',
  },
  {
    where: "a field of the request",
    changes: { arms: [{ ...anArm(), model: { ...MODEL, extraBody: { user: KEY } } }] },
    says: 'model "m": it contains',
  },
] as const)("a key in $where is refused before anything starts", async ({ changes, says }) => {
  const said = await refusal(texts(changes));

  expect(said).toContain(says);
  expect(said).not.toContain(OTHER);
  expect(said).not.toContain("canary");
});

test("a placeholder for a local server may be a word of a task", async () => {
  const arms = [{ ...anArm(), model: { ...MODEL, apiKeyEnv: "SHORT" } }];

  expect(await refusal(texts({ arms, suite: { tasks: [aTask("add", { prompt: "Replace changeme." })] } }))).toBe("accepted");
});
