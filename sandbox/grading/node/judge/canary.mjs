/** Canaries: tests that must fail. A solution in the same process that makes failing tests pass by tampering makes these pass too. */

import assert from "node:assert";
import { randomInt } from "node:crypto";
import { test } from "node:test";

const throwing = () => {
  throw new Error("thrown by a canary");
};

const BODIES = [
  (n) => assert.strictEqual(n, n + 1),
  (n) => assert.equal(n, n + 1),
  (n) => assert.ok(n === n + 1),
  (n) => assert.deepStrictEqual({ n }, { n: n + 1 }),
  (n) => assert.deepEqual([n], [n + 1]),
  (n) => assert.throws(() => n),
  (n) => assert.match(String(n), /[a-z]/),
  throwing,
  async () => throwing(),
  (n) => assert.notStrictEqual(n, n),
  (n) => assert.strict.equal(n, n + 1),
  (n) => assert.rejects(Promise.resolve(n)),
];
const WITH_EXPECT = [
  (n) => expect(n).toBe(n + 1),
  (n) => expect({ n }).toEqual({ n: n + 1 }),
  (n) => expect([n]).toStrictEqual([n + 1]),
  (n) => expect(n).not.toBe(n),
  (n) => expect(() => n).toThrow(),
  (n) => expect([n]).toContain(n + 1),
  (n) => expect(n).toBeCloseTo(n + 1),
  (n) => expect(Promise.resolve(n)).resolves.toBe(n + 1),
];

/** Declares a failing test for each name, cycling through all kinds; returns a promise for the end of each. */
export function declareCanaries(names) {
  const bodies = "expect" in globalThis ? [...WITH_EXPECT, ...BODIES] : BODIES;
  return names.map((name, index) => test(name, () => bodies[index % bodies.length](randomInt(1_000, 1_000_000_000))));
}
