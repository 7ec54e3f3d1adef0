import type { Isolation, Task, TestPlan } from "../../src/core/task.ts";
import { smallTask, type Texts } from "./small-task.ts";

/** A task of one runner and isolation, and what is handed in for it: a reference, which passes, and others, which do not. */
export type RunnerCase = { readonly name: string; readonly task: Task; readonly others: Readonly<Record<string, Texts>> };

const REFERENCE = {
  python: "def add(a, b):\n    return a + b\n\ndef names(n):\n    return [{'name': str(i)} for i in range(n)]\n",
  javascript:
    "export const add = (a, b) => a + b;\nexport const names = (n) => Array.from({ length: n }, (_, i) => ({ name: String(i) }));\n",
  shell: "#!/bin/bash\necho $(($1 + $2))\n",
};
// Adds wrongly, and is right about the rest.
const WRONG = {
  python: REFERENCE.python.replace("a + b", "a - b"),
  javascript: REFERENCE.javascript.replace("a + b", "a - b"),
  shell: "#!/bin/bash\necho $(($1 - $2))\n",
};
// Ends its process, as if all were well.
const GONE = {
  python: "import os\n\ndef add(a, b):\n    os._exit(0)\n\ndef names(n):\n    return []\n",
  javascript: "export const add = () => process.exit(0);\nexport const names = () => [];\n",
  shell: "#!/bin/bash\nkill -9 $$\n",
};

const PYTEST = `import asyncio
import pytest
import it

@pytest.mark.parametrize("a, b, sum", [(1, 2, 3), (5, 0, 5)])
def test_add(a, b, sum):
    assert it.add(a, b) == sum

def test_names():
    assert it.names(3) == [{"name": "0"}, {"name": "1"}, {"name": "2"}]

@pytest.mark.skip
def test_skipped():
    assert it.add(1, 1) == 3
`;
const NODE = `import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { add, names } from "/workspace/it.mjs";

describe("add", () => {
  test("sums", async () => assert.equal(await add(1, 2), 3));
  test("zero", () => assert.equal(add(5, 0), 5));
});
test("names", () => assert.deepEqual(names(3), [{ name: "0" }, { name: "1" }, { name: "2" }]));
test("skipped", { skip: true }, () => assert.equal(add(1, 1), 3));
`;
const SUMS = '[ "$($SOLUTION bash add.sh 1 2)" = 3 ]\n';
const KEEPS = 'echo "5 0" > "$SHARED/in"\n[ "$($SOLUTION bash -c \'bash add.sh $(cat "$SHARED/in")\')" = 5 ]\n';
const TAP = `#!/bin/bash
failed=0
say() { if [ "$2" = "$3" ]; then echo "ok $1"; else echo "not ok $1"; failed=1; fi; }
echo TAP version 13
say "1 - sums" "$($SOLUTION bash add.sh 1 2)" 3
say "2 - zero" "$($SOLUTION bash add.sh 5 0)" 5
echo "ok 3 - skipped # SKIP"
echo 1..3
exit $failed
`;

type Kind = {
  readonly runner: TestPlan["runner"];
  readonly language: keyof typeof REFERENCE;
  readonly path: string;
  readonly tests: Texts;
  readonly plan?: Partial<TestPlan>;
};

const KINDS: readonly Kind[] = [
  { runner: "pytest", language: "python", path: "it.py", tests: { "test_it.py": PYTEST } },
  { runner: "node", language: "javascript", path: "it.mjs", tests: { "it.test.mjs": NODE } },
  { runner: "exit-status", language: "shell", path: "add.sh", tests: { "sums.sh": SUMS, "keeps.sh": KEEPS } },
  {
    runner: "command",
    language: "shell",
    path: "add.sh",
    tests: { "run.sh": TAP },
    plan: { command: ["bash", "-c", 'exec "$TESTS/run.sh"'], report: { format: "tap", path: "-" } },
  },
];

/** One task of each runner that the common image holds, in each isolation. */
export const EVERY_RUNNER: readonly RunnerCase[] = (["process", "none"] as const).flatMap((isolation) =>
  KINDS.map((kind) => runnerCase(kind, isolation)),
);

function runnerCase({ runner, language, path, tests, plan }: Kind, isolation: Isolation): RunnerCase {
  const task = smallTask({
    workspace: { "README.md": "Write it.\n" },
    tests,
    reference: { [path]: REFERENCE[language] },
    plan: { runner, files: Object.keys(tests), isolation, timeoutSeconds: 60, ...plan },
  });
  const others = { wrong: { [path]: WRONG[language] }, "ending its process": { [path]: GONE[language] }, "doing nothing": {} };
  return { name: `${runner} with isolation ${isolation}`, task, others };
}
