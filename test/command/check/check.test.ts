import { expect, test } from "vitest";
import { runCli } from "../../fixtures/cli.ts";
import { TempFolder, tinySuite } from "../../fixtures/temp-folder.ts";

type Row = { readonly taskId: string; readonly tests: number; readonly problem: string | null };

async function check(changes: Readonly<Record<string, string>>): Promise<{ readonly code: number | null; readonly row: Row | undefined }> {
  using folder = new TempFolder();
  folder.write({ ...tinySuite("add"), ...changes });
  const end = await runCli(["check", folder.path, "--repeats", "2", "--json"]);
  return { code: end.code, row: (JSON.parse(end.stdout) as Row[])[0] };
}

test("a sound task is found sound", async () => {
  expect(await check({})).toMatchObject({ code: 0, row: { taskId: "add", tests: 2, problem: null } });
});

test.for([
  {
    title: "a reference that its tests reject",
    changes: { "add/solution/add.py": "def add(a, b):\n    return a - b\n" },
    says: "its tests do not pass on its reference solution",
  },
  {
    title: "a workspace that passes untouched",
    changes: { "add/workspace/add.py": "def add(a, b):\n    return a + b\n" },
    says: 'the tests accept "untouched workspace", which must fail',
  },
  {
    title: "a wrong solution that passes",
    changes: { "add/wrong/text/add.py": "def add(a, b):\n    return b + a\n" },
    says: 'the tests accept "text", which must fail',
  },
  {
    title: "tests that sometimes fail",
    changes: {
      "add/solution/add.py": "import os\n\n\ndef add(a, b):\n    return a + b if os.urandom(8) > bytes([127] * 8) else b + a\n",
      "add/tests/test_add.py":
        "import random\nfrom add import add\n\n\ndef test_sum():\n    assert add(1, 2) == 3\n    assert random.SystemRandom().random() < 1e-9\n",
    },
    says: "its tests do not pass on its reference solution",
  },
])("$title is found with exit code 1", async ({ changes, says }) => {
  const { code, row } = await check(changes);

  expect(row?.problem).toContain(says);
  expect(code).toBe(1);
});
