import assert from "node:assert/strict";
import { test } from "node:test";
import { splitBill } from "/workspace/src/split.ts";

const named = (...weights: number[]) => weights.map((weight, index) => ({ name: `p${index}`, weight }));
const cents = (total: number, ...weights: number[]) => splitBill(total, named(...weights)).map((portion) => portion.cents);

test("an even split has nothing left over", () => {
  assert.deepEqual(cents(900, 1, 1, 1), [300, 300, 300]);
});

test("portions keep the names and the order of the shares", () => {
  const shares = [
    { name: "zoe", weight: 1 },
    { name: "adam", weight: 3 },
    { name: "zoe", weight: 1 },
  ];
  assert.deepEqual(splitBill(500, shares), [
    { name: "zoe", cents: 100 },
    { name: "adam", cents: 300 },
    { name: "zoe", cents: 100 },
  ]);
});

test("the missing cent goes to the first share when all lost the same", () => {
  assert.deepEqual(cents(100, 1, 1, 1), [34, 33, 33]);
});

test("two missing cents go to the first two shares when all lost the same", () => {
  assert.deepEqual(cents(200, 1, 1, 1), [67, 67, 66]);
});

test("the missing cent goes to the largest lost fraction, not to the first share", () => {
  // exact: 1.666.., 3.333.., 5
  assert.deepEqual(cents(10, 1, 2, 3), [2, 3, 5]);
  // exact: 14.28.., 28.57.., 57.14..
  const portions = cents(100, 1, 2, 4);
  assert.deepEqual(portions, [14, 29, 57]);
  assert.notDeepEqual(portions, [15, 28, 57]);
});

test("the missing cent may go to a share in the middle", () => {
  // exact: 4.09.., 8.18.., 32.72..
  assert.deepEqual(cents(45, 1, 2, 8), [4, 8, 33]);
  // exact: 3.75, 3.75, 2.5
  assert.deepEqual(cents(10, 3, 3, 2), [4, 4, 2]);
});

test("a share of weight zero gets nothing", () => {
  assert.deepEqual(cents(101, 0, 1, 1, 0), [0, 51, 50, 0]);
});

test("fewer cents than people leaves some with nothing", () => {
  assert.deepEqual(cents(2, 1, 1, 1, 1), [1, 1, 0, 0]);
});

test("a total of zero gives plain zeros", () => {
  for (const value of cents(0, 2, 1)) assert.ok(Object.is(value, 0), "plain zero");
});

test("a refund is the mirror of the payment", () => {
  assert.deepEqual(cents(-100, 1, 2, 4), [-14, -29, -57]);
  assert.deepEqual(cents(-200, 1, 1, 1), [-67, -67, -66]);
});

test("a refund never gives negative zero", () => {
  const values = cents(-1, 0, 5, 5);
  assert.deepEqual(values, [0, -1, 0]);
  for (const value of values) assert.ok(!Object.is(value, -0), "not negative zero");
  assert.ok(Object.is(splitBill(-0, named(1))[0]?.cents, 0), "a total of negative zero too");
});

test("products beyond the safe integers stay exact", () => {
  assert.deepEqual(cents(9_007_199_254_740_991, 1, 1, 1), [3_002_399_751_580_331, 3_002_399_751_580_330, 3_002_399_751_580_330]);
  assert.deepEqual(cents(9_007_199_254_740_991, 3, 5, 7), [1_801_439_850_948_198, 3_002_399_751_580_330, 4_203_359_652_212_463]);
  assert.deepEqual(cents(9_007_199_254_740_991, 9_007_199_254_740_991, 1), [9_007_199_254_740_990, 1]);
  assert.deepEqual(cents(-8_999_999_999_999_999, 11, 13, 10_007), [-9_869_404_844_981, -11_663_842_089_522, -8_978_466_753_065_496]);
});

test("a sum of weights beyond the safe integers stays exact", () => {
  const huge = 9_007_199_254_740_991;
  assert.deepEqual(cents(1_000_003, huge, huge, huge - 1), [333_335, 333_334, 333_334]);
  assert.deepEqual(cents(3, huge - 1, huge, huge - 2), [1, 1, 1]);
  assert.deepEqual(cents(1, huge - 1, huge), [0, 1]);
});

test("portions are numbers and whole", () => {
  for (const value of cents(-12_345, 7, 11, 13)) {
    assert.equal(typeof value, "number");
    assert.ok(Number.isSafeInteger(value));
  }
});

test("portions always add up to the total", () => {
  for (let total = -50; total <= 50; total += 1) {
    for (const weights of [[1, 1, 1], [1, 2, 3, 4], [5, 0, 2], [7], [1, 1_000_000_007]]) {
      const sum = cents(total, ...weights).reduce((a, b) => a + b, 0);
      assert.equal(sum, total);
      assert.notEqual(sum, total + 1);
    }
  }
});

test("a total that is no safe integer is refused", () => {
  for (const total of [1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53]) assert.throws(() => cents(total, 1), RangeError);
});

test("a weight that is no safe integer from zero up is refused", () => {
  for (const weight of [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53]) assert.throws(() => cents(10, 1, weight), RangeError);
});

test("no shares, or only zero weights, are refused", () => {
  assert.throws(() => splitBill(10, []), RangeError);
  assert.throws(() => splitBill(0, []), RangeError);
  assert.throws(() => cents(10, 0, 0), RangeError);
  assert.throws(() => cents(0, 0), RangeError);
});

test("the arguments are left as they were", () => {
  const shares = Object.freeze([Object.freeze({ name: "b", weight: 1 }), Object.freeze({ name: "a", weight: 2 })]);
  splitBill(100, shares);
  assert.deepEqual(shares, [
    { name: "b", weight: 1 },
    { name: "a", weight: 2 },
  ]);
});
