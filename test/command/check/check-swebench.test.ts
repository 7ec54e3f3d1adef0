import { afterAll, expect, test } from "vitest";
import { runCli } from "../../fixtures/cli.ts";
import { IMAGE } from "../../fixtures/machine-task.ts";
import { ShopInstance } from "../../fixtures/swebench-instance.ts";

const shop = new ShopInstance();
afterAll(() => shop[Symbol.dispose]());

function check(...args: readonly string[]) {
  const flags = ["--base", `python:3.12=${IMAGE}`, "--images", "images", "--repeats", "1", "--trust", ...args];
  return runCli(["check", "swebench:shop.jsonl", ...flags], { cwd: shop.folder.path });
}

test("an instance is sound: its image is built, its patch passes, and without it the tests that it fixes fail", async () => {
  shop.writeInstances([shop.row(), shop.row({ instance_id: "shop__shop-2", FAIL_TO_PASS: ["test_a (app.Case)"] })]);
  const end = await check("--json");

  expect(end.stderr).toContain("1 of 2 instances left out: 1 shop/shop: shop__shop-2 (its tests do not have names of pytest");
  expect(JSON.parse(end.stdout)).toMatchObject([{ taskId: "shop__shop-1", tests: 4, problems: [], remarks: [], untouched: { passed: 0 } }]);
  expect(end.code).toBe(0);
});

test("one whose tests pass before its patch is not sound", async () => {
  shop.writeInstances([shop.row({ FAIL_TO_PASS: ["tests/test_cart.py::test_sum"], PASS_TO_PASS: [] })]);
  const end = await check();

  expect(end.stdout).toMatch(/the tests accept "untouched workspace"/);
  expect(end.code).toBe(1);
});

test("with a patch that does not fit, the check of that instance says so in one line", async () => {
  shop.writeInstances([shop.row({ patch: "diff --git a/none.py b/none.py\n--- a/none.py\n+++ b/none.py\n@@ -1 +1 @@\n-a\n+b\n" })]);
  const end = await check();

  expect(`${end.stdout}${end.stderr}`).toMatch(
    /Cannot use patch of task "shop__shop-1": it does not fit to the repository in image ".*" \(error: none\.py: No such file or directory\)/,
  );
  expect(end.code).not.toBe(0);
});
