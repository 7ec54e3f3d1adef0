import { existsSync } from "node:fs";
import { expect, test } from "vitest";
import { runCli } from "../../fixtures/cli.ts";
import { TempFolder, tinySuite } from "../../fixtures/temp-folder.ts";

const MODELS = "models:\n  - {name: oracle, api: scripted, model: oracle}\n";

type Bad = {
  readonly title: string;
  readonly files?: Readonly<Record<string, string>>;
  readonly remove?: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly says: string;
};

const RUN = ["run", "--suite", "tiny"];

const cases: readonly Bad[] = [
  {
    title: "a models file that is not there",
    args: [...RUN, "--models", "nowhere.yaml"],
    says: 'Cannot read "nowhere.yaml": there is no such file; check the path',
  },
  {
    title: "broken YAML",
    files: { "models.yaml": "models: [\n" },
    args: RUN,
    says: 'Cannot read "models.yaml" line 2: it is not valid YAML',
  },
  {
    title: "an unknown provider",
    files: { "models.yaml": "models:\n  - {name: a, api: cohere, model: m}\n" },
    args: RUN,
    says: 'Cannot read "models.yaml" line 2: models[0].api is "cohere"; expected one of',
  },
  {
    title: "an unknown key",
    files: { "models.yaml": "models:\n  - {name: a, api: scripted, model: oracle, colour: red}\n" },
    args: RUN,
    says: 'Cannot read "models.yaml" line 2: models[0] has an unknown key "colour"',
  },
  {
    title: "a name that is used twice",
    files: { "models.yaml": `${MODELS}  - {name: oracle, api: scripted, model: flawed}\n` },
    args: RUN,
    says: 'line 3: models[1].name: "oracle" is used twice',
  },
  {
    title: "a negative price",
    files: { "models.yaml": "models:\n  - {name: a, api: openai-chat, model: m, price: {input: 1, output: -2}}\n" },
    args: RUN,
    says: "line 2: models[0].price.output is -2; expected at least 0",
  },
  {
    title: "a missing prompt",
    remove: "tasks/tiny/add/prompt.md",
    args: RUN,
    says: 'Cannot read "tasks/tiny/add/prompt.md": there is no such file',
  },
  {
    title: "a missing tests folder",
    remove: "tasks/tiny/add/tests/test_add.py",
    args: RUN,
    says: 'Cannot load task "tasks/tiny/add": its folder tests/ is missing',
  },
  { title: "a suite that is not there", args: ["run", "--suite", "huge"], says: 'Cannot load suite "huge": there is no such folder' },
  {
    title: "a task id in two suites",
    files: Object.fromEntries(Object.entries(tinySuite("add")).map(([path, text]) => [`tasks/other/${path}`, text])),
    args: ["run"],
    says: 'Cannot run task "add": suites "tiny" and "tiny" both have a task of this name',
  },
  {
    title: "a model that is not in the file",
    args: [...RUN, "--model", "gpt-9"],
    says: 'Cannot select model "gpt-9": no model has this name; choose from oracle',
  },
  {
    title: "models without any key",
    files: { "models.yaml": "models:\n  - {name: a, api: anthropic, model: m}\n" },
    args: RUN,
    says: "ANTHROPIC_API_KEY is not set",
  },
  { title: "a task pattern that matches nothing", args: [...RUN, "--task", "sub*"], says: 'Cannot select task "sub*"' },
  {
    title: "an empty prompt file",
    files: { "empty.md": "\n" },
    args: [...RUN, "--prompt", "empty.md"],
    says: 'Cannot use prompt "empty.md": it is empty',
  },
  { title: "no engine", args: RUN, env: { DOCKER_HOST: "unix:///nowhere/docker.sock" }, says: "Cannot reach Docker" },
  {
    title: "an image that the engine does not have",
    args: [...RUN, "--image", "no-such-image:1"],
    says: 'Cannot use image "no-such-image:1": the engine does not have it',
  },
  {
    title: "an unknown format of tasks",
    args: ["run", "--suite", "swe:x.json"],
    says: '"swe" is not a known format; expected a suite in tasks/, a folder, exercism:PATH, harbor:PATH, humaneval:FILE, mbpp:FILE, swebench:FILE or terminal-bench:PATH',
  },
  { title: "a flag that is not a number", args: [...RUN, "--attempts", "many"], says: "Expected a whole number of at least 1" },
  {
    title: "a run to resume that is not there",
    args: ["run", "--resume", "x"],
    says: 'Cannot open database "results/bench.db": there is no such file',
  },
];

test.for(cases)("$title gets one clear line, exit code 2, and nothing is written", async ({ files, remove, args, env, says }) => {
  using folder = new TempFolder();
  const suite = Object.fromEntries(Object.entries(tinySuite("add")).map(([path, text]) => [`tasks/tiny/${path}`, text]));
  const all: Record<string, string> = { "models.yaml": MODELS, ...suite, ...files };
  if (remove) delete all[remove];
  folder.write(all);

  const end = await runCli(args, { cwd: folder.path, ...(env ? { env } : {}) });

  expect(end.stderr).toContain(says);
  expect(end.stderr.trim().split("\n")).toHaveLength(1);
  expect(end.stderr).toMatch(/^bench: /);
  expect(end.stdout).toBe("");
  expect(end.code).toBe(2);
  expect(existsSync(folder.at("results"))).toBe(false);
});
