import { writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { afterAll, describe, expect, test } from "vitest";
import { UserError } from "../../../src/core/errors.ts";
import { compileRule, isAllowed } from "../../../src/core/glob.ts";
import type { LoadedSuite, LoadOptions } from "../../../src/core/suite.ts";
import type { Task } from "../../../src/core/task.ts";
import { loadSwebench } from "../../../src/import/swebench/swebench.ts";
import { TempFolder } from "../../fixtures/temp-folder.ts";

const folder = new TempFolder();
afterAll(() => folder[Symbol.dispose]());

const BASE = "0123456789abcdef0123456789abcdef01234567";
const ROW = {
  repo: "shop/shop",
  instance_id: "shop__shop-1",
  base_commit: BASE,
  patch: "diff --git a/shop/cart.py b/shop/cart.py\n--- a/shop/cart.py\n+++ b/shop/cart.py\n@@ -1 +1 @@\n-a\n+b\n",
  test_patch:
    "diff --git a/tests/test_cart.py b/tests/test_cart.py\n--- a/tests/test_cart.py\n+++ b/tests/test_cart.py\n@@ -1 +1 @@\n-a\n+b\n",
  problem_statement: "Totals should have a tax.",
  version: "1.0",
  FAIL_TO_PASS: '["tests/test_cart.py::test_tax[a b]"]',
  PASS_TO_PASS: ["tests/test_cart.py::TestSum::test_sum", "tests/unit/test_more.py::test_more"],
};
folder.write({ "images/shop__shop-1/Dockerfile": "FROM bench-sandbox:latest\nRUN git init /testbed\n" });

const OPTIONS: LoadOptions = { bases: new Map(), passAt: 1, images: folder.at("images") };

function load(rows: readonly unknown[], options: Partial<LoadOptions> = {}): Promise<LoadedSuite> {
  folder.write({ "set.jsonl": rows.map((row) => JSON.stringify(row)).join("\n") });
  return loadSwebench(folder.at("set.jsonl"), { ...OPTIONS, ...options });
}

async function one(row: Readonly<Record<string, unknown>> = {}, options: Partial<LoadOptions> = {}): Promise<Task> {
  const [task] = (await load([{ ...ROW, ...row }], options)).tasks;
  if (task === undefined) throw new Error("no task");
  return task;
}

async function dockerfileOf(task: Task): Promise<string> {
  const files = (await task.imageFolder?.read()) ?? [];
  return Buffer.from(files.find(({ path }) => path === "Dockerfile")?.bytes ?? []).toString();
}

async function refused(rows: readonly unknown[], options: Partial<LoadOptions> = {}): Promise<string> {
  const error = await load(rows, options).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(UserError);
  return (error as Error).message.replaceAll(folder.path, "");
}

test("the tests of both lists are required and no others, and those that the test patch does not bring are run as well", async () => {
  expect(await one()).toMatchObject({
    id: "shop__shop-1",
    suite: "swebench-set",
    failing: ["tests/test_cart.py::test_tax[a b]"],
    tests: {
      runner: "pytest",
      isolation: "none",
      placement: "workspace",
      files: ["tests/test_cart.py", "tests/unit/test_more.py"],
      required: ["tests/test_cart.py::test_tax[a b]", "tests/test_cart.py::TestSum::test_sum", "tests/unit/test_more.py::test_more"],
    },
  });
});

test("a list, gzip and JSON Lines are the same instances", async () => {
  folder.write({ "list.json": JSON.stringify([ROW], null, 1) });
  writeFileSync(folder.at("packed.jsonl.gz"), gzipSync(JSON.stringify(ROW)));
  const digests = await Promise.all(
    ["list.json", "packed.jsonl.gz"].map(async (name) => (await loadSwebench(folder.at(name), OPTIONS)).tasks[0]?.digest),
  );

  expect(digests).toEqual([(await one()).digest, (await one()).digest]);
});

test("the prompt is the issue, and neither hints nor a patch is in it", async () => {
  const { prompt } = await one({ hints_text: "Look into cart.py." });

  expect(prompt).toMatch(/^Totals should have a tax\.\n/);
  expect(prompt).not.toContain("cart");
});

test("tests and what lies in their folders are not submitted, except in a folder of that name with code of the project", async () => {
  const isSubmitted = async (path: string, patch = ROW.patch) => isAllowed(compileRule((await one({ patch })).deliver), path);

  expect(await isSubmitted("shop/cart.py")).toBe(true);
  for (const path of ["tests/test_cart.py", "tests/helper.py", "conftest.py", "shop/test_x.py"])
    expect(await isSubmitted(path)).toBe(false);
  const inTest = ROW.patch.replaceAll("shop/cart.py", "shop/test/client.py");
  expect(await isSubmitted("shop/test/client.py", inTest)).toBe(true);
  expect(await isSubmitted("tests/helper.py", inTest)).toBe(false);
  const [elsewhere] = (
    await load([{ ...ROW, test_patch: ROW.test_patch.replaceAll("tests/test_cart.py", "testing/python/integration.py") }])
  ).tasks;
  expect(isAllowed(compileRule(elsewhere?.deliver ?? { include: [], exclude: [] }), "testing/python/integration.py")).toBe(false);
});

test("another patch for the tests, another commit or another Dockerfile is another task; another solution is not", async () => {
  const { digest } = await one();
  expect((await one({ patch: ROW.patch.replace("+b", "+c") })).digest).toBe(digest);
  expect((await one({ test_patch: ROW.test_patch.replace("+b", "+c") })).digest).not.toBe(digest);
  expect((await one({ base_commit: BASE.replace("0", "1") })).digest).not.toBe(digest);
});

describe("where images come from", () => {
  test("a Dockerfile of the instance, else of the repository's version, else of the repository", async () => {
    folder.write({ "shared/shop__shop/2.0/Dockerfile": "FROM two\n", "shared/shop__shop/Dockerfile": "FROM any\n" });
    const images = folder.at("shared");

    expect(await dockerfileOf(await one({ version: "2.0" }, { images }))).toMatch(/^FROM two\n/);
    expect(await dockerfileOf(await one({ version: "3.0" }, { images }))).toMatch(/^FROM any\n/);
    expect(await dockerfileOf(await one({ version: "../shop__shop/2.0" }, { images }))).toMatch(/^FROM any\n/);
  });

  test("the history is cut in what is added to the Dockerfile, and --base stands in for its base", async () => {
    folder.write({ "public/shop__shop-1/Dockerfile": "FROM python:3.12\n" });
    const options = { images: folder.at("public"), bases: new Map([["python:3.12", "own:1"]]) };
    const suite = await load([ROW], options);

    const text = await dockerfileOf(suite.tasks[0] as Task);
    expect(text).toMatch(/^FROM own:1\nUSER root\n/);
    expect(text).toContain(BASE);
    expect(suite.replaced).toEqual(["python:3.12"]);
  });

  test("without a folder the name of a published image, by the prefix or as the instance gives it", async () => {
    expect(await dockerfileOf(await one({}, { images: "registry.example/team" }))).toMatch(
      /^FROM registry\.example\/team\/sweb\.eval\.x86_64\.shop_1776_shop-1:latest\n/,
    );
    expect(await dockerfileOf(await one({}, { images: null }))).toMatch(/^FROM swebench\/sweb\.eval\.x86_64\.shop_1776_shop-1:latest\n/);
    expect(await dockerfileOf(await one({ docker_image: "other/shop:2" }, { images: null }))).toMatch(/^FROM other\/shop:2\n/);
  });

  test("a published image runs tests by its own environment of Python, and names them as its report does", async () => {
    const { tests } = await one({}, { images: null });

    expect(tests).toMatchObject({ runner: "command", report: { format: "junit" } });
    expect(tests.command?.[0]).toBe("/opt/miniconda3/envs/testbed/bin/python");
    expect(tests.required).toEqual([
      "tests.test_cart > test_tax[a b]",
      "tests.test_cart.TestSum > test_sum",
      "tests.unit.test_more > test_more",
    ]);
  });
});

describe("what cannot run is left out by name with its reason", () => {
  test.each([
    [{ FAIL_TO_PASS: "[]" }, "FAIL_TO_PASS is empty"],
    [{ FAIL_TO_PASS: '["test_a (app.tests.Case)"]' }, "do not have names of pytest"],
    [{ PASS_TO_PASS: ["/etc/x.py::test_a"] }, "do not have names of pytest"],
    [{ log_parser: "parse_log_django" }, 'read by "parse_log_django"'],
    [{ test_patch: "" }, "test_patch is empty"],
    [{ repo: "far/away" }, "has no shop__shop-2/Dockerfile, nor one for its repository (far__away)"],
  ])("%j", async (fields, reason) => {
    const suite = await load([ROW, { ...ROW, instance_id: "shop__shop-2", ...fields }]);

    expect(suite.tasks.map(({ id }) => id)).toEqual(["shop__shop-1"]);
    expect(suite.leftOut).toEqual([
      { kind: expect.any(String), count: 1, names: ["shop__shop-2"], reason: expect.stringContaining(reason) },
    ]);
  });

  test("an image that the engine does not have", async () => {
    const options = { images: "docker.io/swebench", hasImage: async (name: string) => name.includes("shop-1") };
    const suite = await load([ROW, { ...ROW, instance_id: "shop__shop-2" }], options);

    expect(suite.tasks.map(({ id }) => id)).toEqual(["shop__shop-1"]);
    expect(suite.leftOut[0]).toMatchObject({
      names: ["shop__shop-2"],
      reason: expect.stringContaining("does not have the image docker.io/swebench/sweb.eval.x86_64.NAME:latest"),
    });
  });
});

describe("mistakes are one line with the file, where, the field and what to do", () => {
  test.each([
    [{ base_commit: "main" }, 'Cannot import "/set.jsonl": line 1 has base_commit "main"; expected the 40 digits of a commit'],
    [{ instance_id: "../x" }, 'Cannot import "/set.jsonl": line 1 has instance_id "../x"; expected a name, such as owner__repository-123'],
    [
      { FAIL_TO_PASS: "[1" },
      'Cannot import "/set.jsonl": line 1 has "FAIL_TO_PASS" that is no list; expected a list of tests, or a text with one as JSON',
    ],
    [{ patch: undefined }, 'Cannot import "/set.jsonl": line 1 has no text "patch"; expected a string'],
    [{ problem_statement: " " }, 'Cannot import "/set.jsonl": line 1 has an empty "problem_statement"; expected the issue'],
  ])("%j", async (fields, message) => {
    expect(await refused([{ ...ROW, ...fields }])).toBe(message);
  });

  test("an instance that is there twice, and a folder of images that is not there", async () => {
    expect(await refused([ROW, ROW])).toBe('Cannot import "/set.jsonl": it has "shop__shop-1" twice; remove one');
    expect(await refused([ROW], { images: folder.at("none") })).toBe(
      'Cannot use --images "/none": there is no such folder; check the path',
    );
  });
});

describe("a repository of tasks, as SWE-bench keeps them since version 5", () => {
  const TASK = {
    "task.yaml": `instance_id: shop__shop-7\nrepo: shop/shop\nversion: '1.0'\nbase_commit: ${BASE}\nsplit: test\nlog_parser: parse_log_pytest_v2\ndatasets: [x]\n`,
    "tests.json": JSON.stringify({ FAIL_TO_PASS: ["tests/test_cart.py::test_tax"], PASS_TO_PASS: [] }),
    "problem_statement.md": "Totals should have a tax.\n",
    "gold.patch": ROW.patch,
    "test.patch": ROW.test_patch,
    "eval.sh": "pytest\n",
    Dockerfile: "FROM bench-sandbox:latest\nCOPY . /context\n",
  };
  const write = (files: Readonly<Record<string, string>>) =>
    folder.write(Object.fromEntries(Object.entries(files).map(([path, text]) => [`repo/tasks/shop__shop-7/${path}`, text])));

  test("is loaded, and its image gets neither patch", async () => {
    write(TASK);
    folder.write({ "repo/sweb.yaml": "datasets: [x]\n" });
    const suite = await loadSwebench(folder.at("repo"), { ...OPTIONS, images: null });

    expect(suite.tasks).toMatchObject([{ id: "shop__shop-7", tests: { required: ["tests/test_cart.py::test_tax"] } }]);
    expect((await suite.tasks[0]?.imageFolder?.read())?.map(({ path }) => path)).toEqual(["Dockerfile"]);
  });

  test("tests.json that is no JSON is one line", async () => {
    write({ ...TASK, "tests.json": "{" });
    await expect(loadSwebench(folder.at("repo"), { ...OPTIONS, images: null })).rejects.toThrow(
      /tests\.json": it is not JSON \(.*\); correct it$/,
    );
  });
});
