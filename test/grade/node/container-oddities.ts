import type { Oddity } from "./oddities.ts";

const raw = String.raw;

/** Tests in which hundreds of arrays, objects, maps and sets cross, made on either side and changed on either side: more than both sides remember. */
export const CONTAINER_ODDITIES: readonly Oddity[] = [
  {
    title: "more containers cross than both sides remember",
    solution: {
      "many.mjs": raw`
export const rows = (count) => Array.from({ length: count }, (_, i) => ({ n: i, tags: [i] }));
export const flat = (rows) => rows.flatMap((row) => row.tags);
export const make = (i) => ({ n: i });
export const read = (row) => [row.n, row.other.n, row.other.list[1], ...row.more];
export const grow = (sets) => { for (const each of sets) each.add("x"); };
export const double = (numbers) => { numbers.forEach((each, i) => { numbers[i] = 2 * each; }); };
export const mark = (rows) => { for (const row of rows) { row.seen = true; row.tags.push("m"); } return rows.length; };
export const link = (row, other) => { other.list.push(other.n); row.other = other; };
export const fill = (map, count) => { for (let i = 0; i < count; i++) map.set(i, { n: i }); return map; };
export class Book {
  #kept = [];
  keep(row) { this.#kept.push(row); return row; }
  bump(row) { row.n += 1; return row; }
  count() { return this.#kept.length; }
  all() { return this.#kept; }
}
`,
    },
    tests: {
      "many.test.mjs": raw`
import assert from "node:assert/strict";
import { test } from "node:test";
import * as many from "/workspace/many.mjs";

const upTo = (count) => Array.from({ length: count }, (_, i) => i);

test("one call changes hundreds", () => {
  const rows = upTo(300).map((i) => ({ n: i, tags: [i] }));
  assert.equal(many.mark(rows), 300);
  rows.forEach((row, i) => assert.deepEqual(row, { n: i, tags: [i, "m"], seen: true }));
});
test("hundreds come back", () => {
  const rows = many.rows(300);
  for (const row of rows) row.tags.push("t");
  assert.deepEqual(many.flat(rows), upTo(300).flatMap((i) => [i, "t"]));
});
test("both sides make them in turn", () => {
  for (let i = 0; i < 150; i++) {
    const [theirs, ours] = [many.make(i), { n: i, list: [i] }];
    assert.equal(many.link(theirs, ours), undefined);
    assert.deepEqual(theirs.other, { n: i, list: [i, i] });
    assert.deepEqual(ours.list, [i, i]);
    theirs.more = [ours.n];
    assert.deepEqual(many.read(theirs), [i, i, i, i]);
  }
});
test("some stay in use while others come and go", () => {
  const book = new many.Book();
  const first = { n: 0 };
  for (let i = 0; i < 200; i++) {
    assert.deepEqual(book.keep({ n: i }), { n: i });
    assert.equal(book.bump(first), first);
  }
  assert.deepEqual(first, { n: 200 });
  assert.equal(book.count(), 200);
  assert.deepEqual(book.all().map((each) => each.n), upTo(200));
});
test("a large one and many small ones", () => {
  const numbers = upTo(5000);
  many.double(numbers);
  assert.deepEqual(numbers.slice(0, 3), [0, 2, 4]);
  const sets = upTo(100).map((i) => new Set([i]));
  many.grow(sets);
  assert.deepEqual(sets[99], new Set([99, "x"]));
  many.double(numbers);
  assert.equal(numbers[4999], 4999 * 4);
});
test("a map is filled, and its values are changed here", () => {
  const map = many.fill(new Map(), 200);
  assert.equal(map.size, 200);
  for (const row of map.values()) row.n += 1;
  assert.equal(many.bump === undefined && map.get(199).n, 200);
});
test("fails where the solution is wrong", () => assert.deepEqual(many.flat(many.rows(100)), upTo(99)));
`,
    },
  },
];
