import { cpSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { loadModels } from "../../src/config/models.ts";
import { loadPrompts } from "../../src/config/prompt.ts";
import { loadSuite } from "../../src/config/suite.ts";
import { UserError } from "../../src/core/errors.ts";
import { loadExercism } from "../../src/import/exercism/exercism.ts";
import { loadHumanEval } from "../../src/import/python/human-eval.ts";
import { loadMbpp } from "../../src/import/python/mbpp.ts";
import { HOSTILE_DEVICE, HOSTILE_FILES, isLeak, plant } from "../fixtures/hostile-file.ts";
import { TempFolder, tinySuite } from "../fixtures/temp-folder.ts";

const EXERCISE = fileURLToPath(new URL("../fixtures/exercism/python/exercises/practice/tide-table", import.meta.url));
const MODELS = "models:\n  - {name: oracle, api: scripted, model: oracle}\n";
const HUMAN_EVAL = JSON.stringify({ task_id: "a/1", prompt: "def f():\n", entry_point: "f", canonical_solution: "    pass\n", test: "" });
const MBPP = JSON.stringify({ task_id: 1, text: "t", code: "def f():\n  pass", test_list: ["assert f() is None"] });

/** A file that is read, what lies around it, and how it comes to be read; the result is what a run would have of it. */
type ReadFile = {
  readonly path: string;
  readonly start: (folder: TempFolder) => void;
  readonly read: (folder: TempFolder) => Promise<unknown>;
};

function suiteFile(path: string): ReadFile {
  return {
    path,
    start: (folder) => {
      const image = { "suite.yaml": "name: tiny\ndefaults: {image: ./env}\n", "env/Dockerfile": "FROM x\n", "env/pip.conf": "\n" };
      folder.write({ ...tinySuite("add"), ...image });
    },
    read: async (folder) => {
      const [task] = loadSuite(folder.path).tasks;
      return [task, await task?.files.workspace(), await task?.files.tests(), await task?.files.reference(), await task?.files.wrong()];
    },
  };
}

function exerciseFile(path: string): ReadFile {
  return {
    path,
    start: (folder) => cpSync(EXERCISE, folder.path, { recursive: true }),
    read: async (folder) => {
      const [task] = loadExercism(folder.path).tasks;
      return [task, await task?.files.workspace(), await task?.files.tests(), await task?.files.reference()];
    },
  };
}

const READ_FILES: readonly ReadFile[] = [
  { path: "agent.md", start: (f) => f.write({ "agent.md": "Work.\n" }), read: async (f) => loadPrompts([f.at("agent.md")]) },
  { path: "models.yaml", start: (f) => f.write({ "models.yaml": MODELS }), read: async (f) => loadModels(f.at("models.yaml")) },
  ...["suite.yaml", "env/Dockerfile", "env/pip.conf"].map(suiteFile),
  ...["task.yaml", "prompt.md", "workspace/add.py", "tests/test_add.py", "solution/add.py", "wrong/text/add.py"].map((path) =>
    suiteFile(`add/${path}`),
  ),
  ...[".meta/config.json", ".meta/example.py", ".docs/instructions.md", ".docs/introduction.md", "tide_table_test.py"].map(exerciseFile),
  {
    path: "human-eval.jsonl",
    start: (f) => f.write({ "human-eval.jsonl": HUMAN_EVAL }),
    read: async (f) => loadHumanEval(f.at("human-eval.jsonl")),
  },
  { path: "mbpp.jsonl", start: (f) => f.write({ "mbpp.jsonl": MBPP }), read: async (f) => loadMbpp(f.at("mbpp.jsonl")) },
];

async function refusalOf({ read }: ReadFile, folder: TempFolder): Promise<string> {
  try {
    return `read: ${JSON.stringify(await read(folder))}`;
  } catch (error) {
    expect(error).toBeInstanceOf(UserError);
    return (error as Error).message;
  }
}

for (const file of READ_FILES) {
  test(`${file.path} is read while it is a plain file`, async () => {
    using folder = new TempFolder();
    file.start(folder);

    await expect(file.read(folder)).resolves.toBeDefined();
  });

  const hostile = process.getuid?.() === 0 ? [...HOSTILE_FILES, HOSTILE_DEVICE] : HOSTILE_FILES;
  test.for(hostile)(`${file.path} is refused in one line when it is $title, which does harm when it is just read`, async (planted) => {
    using folder = new TempFolder();
    file.start(folder);
    plant(planted, folder.at(file.path));
    expect(planted.harms(folder.at(file.path))).toBe(true);

    const refusal = await refusalOf(file, folder);

    const ofFile = `[^"\\n]*${file.path}": (?:it ${planted.says}|it is a link, a special file)`;
    // A large file of a workspace is read piece by piece, and has no room in the sandbox.
    const ofWorkspace = `[^"\\n]*add/workspace": its files need \\d+ MB`;
    expect(refusal).toMatch(new RegExp(`^Cannot (?:read|load) "(?:${ofFile}|${ofWorkspace})[^\\n]*; [^\\n]+$`));
    expect(isLeak(refusal)).toBe(false);
  });
}
