import { expect, test } from "vitest";
import { loadInputs } from "../../../src/command/run/run-inputs.ts";
import { runCli } from "../../fixtures/cli.ts";
import { RUN_FLAGS } from "../../fixtures/run-flags.ts";
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

test("tasks that would let agents work longer than the run does are told in one line", async () => {
  using folder = new TempFolder();
  const task = { "instruction.md": "Do it.", "environment/Dockerfile": "FROM scratch\n", "tests/test.sh": "echo\n" };
  for (const [name, seconds] of Object.entries({ short: 60, long: 3600, longer: 5400 }))
    folder.write(
      Object.fromEntries(
        Object.entries({ ...task, "task.toml": `[agent]\ntimeout_sec = ${seconds}\n` }).map(([path, text]) => [
          `set/${name}/${path}`,
          text,
        ]),
      ),
    );
  folder.write({ "models.yaml": "models:\n  - { name: nop, api: scripted, model: nop }\n" });
  const flags = { ...RUN_FLAGS, models: folder.at("models.yaml"), suite: [`harbor:${folder.at("set")}`] };
  const told = async (maxMinutes: number) =>
    (await loadInputs({ ...flags, maxMinutes })).notices.filter((line) => line.includes("--max-minutes"));

  expect(await told(30)).toEqual(["2 of 3 tasks would let agents work for up to 90 minutes; --max-minutes 30 ends them earlier"]);
  expect(await told(90)).toEqual([]);
});
