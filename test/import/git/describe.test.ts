import { expect, test } from "vitest";
import { describeQuestion, readDescription } from "../../../src/import/git/describe.ts";

const PATCH =
  "+++ b/shop/cart.py\n+    return round(sum(prices) * (1 + tax), 2)\n+    raise ValueError('a price below zero')\n+    x = 1\n-    return sum(prices)\n";

test("a description that quotes lines of the patch is not used, one that names the interface is", () => {
  const quoting = "Write `return round(sum(prices) * (1 + tax), 2)` and `raise ValueError('a price below zero')`.";

  expect(readDescription(quoting, PATCH)).toEqual({ kind: "unusable", reason: "it quotes 2 lines of the patch" });
  expect(readDescription("# Tax\n\n`total` takes a `tax`; x = 1\n", PATCH)).toEqual({
    kind: "usable",
    text: "# Tax\n\n`total` takes a `tax`; x = 1",
  });
  expect(readDescription(" \n", PATCH)).toEqual({ kind: "unusable", reason: "it is empty" });
  expect(readDescription("a".repeat(6_001), PATCH)).toEqual({ kind: "unusable", reason: "it has more than 6000 characters" });
});

test("a question has the message, the tests and the patch, which is cut where it is long", () => {
  const question = describeQuestion({ message: "Add a tax", patch: "+".repeat(100_000), failing: ["test_tax"] });

  expect(question).toContain("Add a tax\n\nTests that fail before the change:\n\n- test_tax\n\nPatch:\n\n+++");
  expect(question).toContain("[the rest is left out]");
  expect(question.length).toBeLessThan(61_000);
});
