import { expect, test } from "vitest";
import { draftPrompt, newTestsFirst, slugOf, taskIdOf, titleOf } from "../../../src/import/git/draft-prompt.ts";

test("a prompt is drafted from the message without who wrote it, and the tests that fail", () => {
  const message = "Fix the total (#12)\n\nIt forgot the tax.\n\nSigned-off-by: A <a@b.c>\nCo-authored-by: B <b@b.c>";

  expect(draftPrompt({ message, failing: ["tests/test_cart.py::test_tax"] })).toMatchInlineSnapshot(`
    "# Fix the total

    It forgot the tax.

    Hidden tests check this; among them these fail at the moment:

    - tests/test_cart.py::test_tax

    Change the code in the workspace so that they pass, and keep all else working. The tests themselves are not there.
    "
  `);
});

test("at most 20 names of tests are listed", () => {
  const failing = Array.from({ length: 344 }, (_, index) => `Test${index}`);

  expect(draftPrompt({ message: "Add a thing", failing })).toContain("- Test19\n- and 324 more\n");
});

test.for([
  ["Fix: the `total` of a cart (#12)", "fix-the-total-of-a-cart-1234567"],
  ["Überprüfe Größe", "u-berpru-fe-gro-e-1234567"],
  ["日本語", "commit-1234567"],
  ["", "a-change-without-a-message-1234567"],
  ["../../etc/passwd", "etc-passwd-1234567"],
] as const)("the subject %j gives the folder %s", ([subject, id]) => {
  expect(taskIdOf(subject, "1234567")).toBe(id);
});

test("names are cut between words, and within a word that is too long itself", () => {
  expect(slugOf("one two three", 9)).toBe("one-two");
  expect(slugOf("a".repeat(20), 9)).toBe("a".repeat(9));
  expect(titleOf("\u202Eevil\n")).not.toContain("\u202E");
});

test("tests that are new come before those that the project had", () => {
  const failing = [
    "TestRouter",
    "TestRouter/a_path",
    "tests/test_a.py::TestB::test_old[1]",
    "TestNew/a_path",
    "a.spec.ts > new title",
    "tests/test_a.py::test_new[x-1]",
  ];

  expect(newTestsFirst(failing, "func TestRouter(t) {} def test_old(): test('old title')")).toEqual([
    "TestNew/a_path",
    "a.spec.ts > new title",
    "tests/test_a.py::test_new[x-1]",
    "TestRouter",
    "TestRouter/a_path",
    "tests/test_a.py::TestB::test_old[1]",
  ]);
});
