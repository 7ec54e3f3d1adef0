import { readdirSync, readFileSync } from "node:fs";
import { afterAll, expect, test } from "vitest";
import { QUICK_SANDBOX, runCli } from "../../fixtures/cli.ts";
import { GitHistory } from "../../fixtures/git-history.ts";
import { chatBody } from "../../fixtures/model-body.ts";
import { type Reply, startModelServer } from "../../fixtures/model-server.ts";
import { TempFolder } from "../../fixtures/temp-folder.ts";

const ADDED = ["    result = sum(values) if values else None", "    return None if result is None else float(result)"];
const repository = new GitHistory([
  { message: "Begin", files: { "one.py": "", "two.py": "" } },
  {
    message: "Add one",
    files: {
      "one.py": `def one(values):\n${ADDED.join("\n")}\n`,
      "test_one.py": "from one import one\n\n\ndef test_one():\n    assert one([1]) == 1\n",
    },
  },
  {
    message: "Add two",
    files: { "two.py": "def two():\n    return 2\n", "test_two.py": "from two import two\n\n\ndef test_two():\n    assert two() == 2\n" },
  },
]);
const [, one = "", two = ""] = repository.hashes;

afterAll(() => repository[Symbol.dispose]());

function reply(content: string, tokens = 100): Reply {
  const usage = { prompt_tokens: tokens, completion_tokens: tokens, total_tokens: 2 * tokens };
  return { kind: "json", body: chatBody({ message: { content }, usage }) };
}

async function describe(replies: readonly Reply[], ...args: readonly string[]) {
  using folder = new TempFolder();
  const server = await startModelServer(replies);
  folder.write({
    "models.yaml": `models:\n  - {name: writer, api: openai-chat, model: m, base_url: "${server.url}", api_key_env: null, max_output_tokens: 1000, price: {input: 1, output: 10}}\n  - {name: oracle, api: scripted, model: oracle}\n`,
  });
  const command = [
    "import",
    "git",
    repository.path,
    "--out",
    "mine",
    ...QUICK_SANDBOX,
    "--repeats",
    "2",
    "--grading",
    "1",
    "--trust",
    ...args,
  ];
  const end = await runCli(command, { cwd: folder.path });
  await server.close();
  const prompts = readdirSync(folder.path).includes("mine")
    ? readdirSync(folder.at("mine")).flatMap((name) =>
        name.startsWith("add-") ? [readFileSync(folder.at(`mine/${name}/prompt.md`), "utf8")] : [],
      )
    : [];
  return { ...end, prompts, received: server.received };
}

test("a model writes the prompt from the patch and the tests, which are sent to it, and its cost is shown", async () => {
  const { code, stderr, prompts, received } = await describe(
    [reply("# Two\n\nWrite `two`, which returns 2.")],
    "--describe",
    "writer",
    "--commit",
    two,
  );

  expect(code).toBe(0);
  expect(prompts).toHaveLength(1);
  expect(prompts[0]).toContain("# Two\n\nWrite `two`, which returns 2.\n\nHidden tests");
  expect(stderr).toContain("1 prompt written by writer, for $0.00110.");
  expect(JSON.stringify(received[0]?.body)).toContain("+    return 2");
  expect(JSON.stringify(received[0]?.body)).toContain("- test_two.py::test_two");
});

test("a description that gives the fix away is not used: the prompt stays the draft from the message, and the table says so", async () => {
  const { code, stdout, prompts } = await describe([reply(`# One\n\n${ADDED.join("\n")}`)], "--describe", "writer", "--commit", one);

  expect(code).toBe(0);
  expect(prompts[0]).toContain("# Add one\n");
  expect(prompts[0]).not.toContain("is None");
  expect(stdout).toContain("the model did not describe it: its answer cannot be used: it quotes 2 lines of the patch");
});

test("a request that could exceed --max-cost is not sent", async () => {
  const { code, stdout, received } = await describe([reply("# It", 1_000)], "--describe", "writer", "--max-cost", "0.02");

  expect(received).toHaveLength(1);
  expect(stdout).toContain("the model did not describe it: --max-cost is reached");
  expect(code).toBe(0);
});

test.for([
  [["--describe", "oracle"], 'Cannot describe with "oracle": a scripted model writes no text'],
  [["--describe", "*"], 'Cannot describe with "*": it names 2 models; name one'],
  [["--describe", "absent"], 'Cannot select model "absent"'],
  [["--describe", "writer", "--max-cost", "0.0001"], "Cannot run within --max-cost: it is $0.00010"],
] as const)("%j is one line before anything is sent or written", async ([args, message]) => {
  const { code, stderr, prompts, received } = await describe([reply("# It")], ...args);

  expect(stderr).toContain(message);
  expect([code, received.length, prompts.length]).toEqual([2, 0, 0]);
});
