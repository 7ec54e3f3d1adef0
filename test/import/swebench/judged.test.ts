import Docker from "dockerode";
import { afterAll, beforeAll, expect, test } from "vitest";
import { UserError } from "../../../src/core/errors.ts";
import type { SandboxProvider } from "../../../src/core/sandbox.ts";
import type { SourceFile, Task } from "../../../src/core/task.ts";
import { gradeWithDetails } from "../../../src/grade/grade.ts";
import { patchesIn } from "../../../src/run/apply-patches.ts";
import { agentSandbox } from "../../../src/run/machine.ts";
import { inMachine, noSignal } from "../../fixtures/machine-task.ts";
import { builtImages, ShopInstance, SOLVED, sandboxesOf } from "../../fixtures/swebench-instance.ts";

const shop = new ShopInstance();
let task: Task;
let sandboxes: SandboxProvider;

beforeAll(async () => {
  const [first] = (await shop.load()).tasks;
  if (first === undefined) throw new Error("no task");
  task = first;
  sandboxes = await sandboxesOf(task);
}, 120_000);

afterAll(async () => {
  shop[Symbol.dispose]();
  for (const image of builtImages)
    await new Docker()
      .getImage(image)
      .remove({ force: true })
      .catch(() => {});
});

function file(path: string, text: string): SourceFile {
  return { path, bytes: Buffer.from(text), executable: false };
}

async function graded(submitted: readonly SourceFile[], of = task, provider = sandboxes) {
  const expected = { required: of.tests.required ?? [], shapes: null };
  const { verdict } = await gradeWithDetails({ task: of, submitted, expected, sandboxes: provider, signal: noSignal });
  const bad = verdict.tests.filter(({ status }) => status !== "passed" && status !== "extra").map(({ name }) => name);
  return { ...verdict, bad };
}

test("the reference is what the patch changes, and the hidden tests what the test patch makes", async () => {
  expect((await task.files.reference())?.map(({ path, bytes }) => [path, Buffer.from(bytes).toString()])).toEqual([
    ["shop/cart.py", SOLVED],
  ]);
  expect((await task.files.tests()).map(({ path }) => path)).toEqual(["tests/data/rates.txt", "tests/test_cart.py"]);
});

test("the reference passes and nothing does not, with the names of FAIL_TO_PASS", async () => {
  const reference = (await task.files.reference()) ?? [];

  expect(await graded(reference)).toMatchObject({ passed: true, testsPassed: 4, testsTotal: 4, bad: [] });
  expect(await graded([])).toMatchObject({
    passed: false,
    testsPassed: 2,
    bad: ["tests/test_cart.py::test_tax[0.5]", "tests/test_cart.py::test_tax[1.0]"],
  });
});

test("a change that fixes what failed and breaks one of PASS_TO_PASS fails and names it", async () => {
  const broken = SOLVED.replace("name.title()", "name.upper().lower()");

  expect(await graded([file("shop/cart.py", broken)])).toMatchObject({ passed: false, bad: ["tests/test_cart.py::TestLabel::test_title"] });
});

const PASS_ALL = `import pytest

@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    outcome = yield
    outcome.get_result().outcome = "passed"
`;
const EASY = "def test_sum(): pass\ndef test_tax(): pass\n";
const FORGED = `import sys
cases = ""
for name in ("test_sum", "test_tax[0.5]", "test_tax[1.0]"):
    cases += '<testcase classname="tests.test_cart" name="%s"/>' % name
cases += '<testcase classname="tests.test_cart.TestLabel" name="test_title"/>'
for each in sys.argv:
    if each.startswith("--junitxml="):
        open(each.split("=", 1)[1], "w").write("<testsuite>%s</testsuite>" % cases)
sys.exit(0)
`;
const CHEATS: Readonly<Record<string, readonly SourceFile[]>> = {
  "plants a conftest.py at the top": [file("conftest.py", PASS_ALL)],
  "plants a conftest.py beside the tests": [file("tests/conftest.py", PASS_ALL)],
  "rewrites the tests": [file("tests/test_cart.py", EASY)],
  "plants a program called pytest": [file("pytest.py", FORGED)],
  "plants a plugin by the project's settings": [file("setup.cfg", "[tool:pytest]\naddopts = -p cheat\n"), file("cheat.py", PASS_ALL)],
};

// The twin: in a copy of the very same workspace, by pytest alone, whose exit status is believed.
test.each(Object.entries(CHEATS))("a solution that %s passes by pytest alone, and fails here", async (_, files) => {
  const sandbox = await sandboxes.open(agentSandbox(task), noSignal);
  try {
    await sandbox.putFiles("/workspace", [...(await task.files.tests()), ...files]);
    const alone = await inMachine(sandbox, "python3 -m pytest -q tests/test_cart.py");
    expect(alone.exit).toEqual({ kind: "exited", code: 0 });
  } finally {
    await sandbox.close();
  }

  expect(await graded(files)).toMatchObject({ passed: false, testsPassed: 2 });
});

test("a solution that removes or rewrites the tests, and is right, passes", async () => {
  const gone = { ...file("tests/test_cart.py", ""), kind: "absent" as const };

  expect(await graded([gone])).toMatchObject({ passed: false, testsPassed: 2 });
  expect(await graded([gone, file("shop/cart.py", SOLVED)])).toMatchObject({ passed: true });
  expect(await graded([file("tests/test_cart.py", EASY), file("shop/cart.py", SOLVED)])).toMatchObject({ passed: true });
});

test("an agent gets the repository at its commit, and nothing of the hidden tests or of later commits", async () => {
  const sandbox = await sandboxes.open(agentSandbox(task), noSignal);
  try {
    const said = async (command: string) => new TextDecoder().decode((await inMachine(sandbox, command)).head).trim();
    expect(await said("git status --short; git log --format=%s --all")).toBe("The repository as it is");
    expect(await said("git cat-file --batch-all-objects --batch-check | grep -c commit")).toBe("1");
    expect(await said("cat /testbed/shop/cart.py")).not.toContain("tax");
    const later = "grep -rIl -e 'of a later day' -e 'test_tax' / --exclude-dir=proc --exclude-dir=sys 2>/dev/null";
    expect(await said(later)).toBe("");
    expect(await said("git cat-file --batch-all-objects --batch | grep -ac -e 'of a later day' -e 'test_tax'")).toBe("0");
    expect(await said("find / -name '*.bundle' -not -path '/proc/*' 2>/dev/null")).toBe("");
  } finally {
    await sandbox.close();
  }
});

test("an image that keeps the later history elsewhere is not built, and the message says where it lies", async () => {
  shop.addImage("images/shop__shop-2", "");
  shop.writeInstances([shop.row({ instance_id: "shop__shop-2" })]);
  const [kept] = (await shop.load()).tasks;

  await expect(sandboxesOf(kept as Task)).rejects.toThrow(/git objects lie in \/tmp\/history\.bundle/);
});

test("a published image runs the tests by its own Python, with the same verdicts", async () => {
  const environment = "mkdir -p /opt/miniconda3/envs/testbed/bin && ln -s /usr/bin/python3 /opt/miniconda3/envs/testbed/bin/python";
  // As a package is installed in place.
  const installed = "echo /testbed > /usr/lib/python3/dist-packages/shop.pth";
  shop.addImage("images/shop__shop-3", `RUN rm /tmp/history.bundle && ${environment} && ${installed}`);
  shop.writeInstances([shop.row({ instance_id: "shop__shop-3" })]);
  const [published] = (await shop.load()).tasks;
  if (published === undefined) throw new Error("no task");
  const its = await sandboxesOf(published);
  const reference = (await published.files.reference()) ?? [];

  expect(published.tests.runner).toBe("command");
  expect(await graded(reference, published, its)).toMatchObject({ passed: true, testsPassed: 4 });
  const bad = ["tests.test_cart > test_tax[0.5]", "tests.test_cart > test_tax[1.0]"];
  expect(await graded([file("conftest.py", PASS_ALL)], published, its)).toMatchObject({ passed: false, bad });
  const forged = [file("pytest.py", FORGED)];
  expect(await graded(forged, published, its)).toMatchObject({ passed: false, bad });
  // The twin: started as a module, the program of the workspace writes the report.
  const asModule = (published.tests.command ?? []).flatMap((word) =>
    word === "-c" ? ["-m"] : word.startsWith("import sys") ? ["pytest"] : [word],
  );
  const undefended = { ...published, tests: { ...published.tests, command: asModule } };
  expect(await graded(forged, undefended, its)).toMatchObject({ passed: true });
});

test("patches that do not fit to the image are the user's mistake, in one line", async () => {
  const [base = "", fix = ""] = shop.history.hashes;
  shop.writeInstances([shop.row({ test_patch: shop.history.git("diff", fix, base, "--", "tests") })]);
  const [wrong] = (await shop.load()).tasks;
  wrong?.files.provide?.(patchesIn(sandboxes));

  const failure = await wrong?.files.tests().catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(UserError);
  expect((failure as Error).message).toMatch(
    /^Cannot use test_patch of task "shop__shop-1": it does not fit to the repository .*tests\/.*$/,
  );
});
