import { expect, test } from "vitest";
import { runCli } from "../../fixtures/cli.ts";
import { TempFolder, tinySuite } from "../../fixtures/temp-folder.ts";

const MODELS = "models:\n  - {name: oracle, api: scripted, model: oracle}\n";
const drafted = (id: string) => ({ [`${id}/task.yaml`]: 'title: Add\ndraft: true\ndeliver: ["add.py"]\ntests: {runner: pytest}\n' });
const planOf = (folder: TempFolder) => runCli(["plan", "--suite", "tiny"], { cwd: folder.path });

test("prompts that an import wrote are told before a run, in one line, and others are not", async () => {
  using folder = new TempFolder();
  const ids = ["a", "b", "c", "d", "e"];
  const write = (files: Readonly<Record<string, string>>) =>
    folder.write(Object.fromEntries(Object.entries(files).map(([path, text]) => [`tiny/${path}`, text])));
  folder.write({ "models.yaml": MODELS });
  write(tinySuite(...ids));
  expect((await planOf(folder)).stderr).not.toContain("Drafts");

  for (const id of ids.slice(1)) write(drafted(id));

  expect((await planOf(folder)).stderr.split("\n").filter((line) => line.startsWith("Drafts"))).toEqual([
    'Drafts: the prompts of 4 of 5 tasks (b, c, d, ...) were written by an import; they may give the fix away or say too little: rewrite each prompt.md, then remove "draft: true" from its task.yaml',
  ]);
});
