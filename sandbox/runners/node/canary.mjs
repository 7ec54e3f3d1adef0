/** Canaries: tests that must fail. They use what the hidden tests use, so a solution that makes those pass by tampering makes these pass too. */

import { randomInt } from "node:crypto";
import { loose } from "./checked-assert.mjs";

const throwing = () => {
  throw new Error("thrown by a canary");
};

const WITH_ASSERT = [
  (n) => loose.strictEqual(n, n + 1),
  (n) => loose.equal(n, n + 1),
  (n) => loose.ok(n === n + 1),
  (n) => loose.deepStrictEqual({ n }, { n: n + 1 }),
  (n) => loose.deepEqual([n], [n + 1]),
  (n) => loose.throws(() => n),
  (n) => loose.match(String(n), /[a-z]/),
  throwing,
  async () => throwing(),
  (n) => loose.notStrictEqual(n, n),
  (n) => loose.strict.equal(n, n + 1),
  (n) => loose.rejects(Promise.resolve(n)),
];

const WITH_EXPECT = [
  (n) => expect(n).toBe(n + 1),
  (n) => expect({ n }).toEqual({ n: n + 1 }),
  (n) => expect([n]).toStrictEqual([n + 1]),
  (n) => expect(n).not.toBe(n),
  (n) => expect({ n }).not.toEqual({ n }),
  (n) => expect(() => n).toThrow(),
  () => expect(throwing).toThrow("another message"),
  (n) => expect([n]).toContain(n + 1),
  (n) => expect(String(n)).toMatch(/[a-z]/),
  (n) => expect(n).toBeNull(),
  (n) => expect(n).toBeCloseTo(n + 1),
  (n) => expect(n).toBeUndefined(),
  (n) => expect(n).toBeGreaterThan(n + 1),
  (n) => expect([n]).toHaveLength(2),
  (n) => expect(Promise.resolve(n)).resolves.toBe(n + 1),
  (n) => expect(Promise.resolve(n)).rejects.toBe(n),
  throwing,
];

/** Declares a failing test for each name, cycling through all kinds. */
export function declareCanaries(test, names, withExpect) {
  const bodies = withExpect ? [...WITH_EXPECT, ...WITH_ASSERT] : WITH_ASSERT;
  names.forEach((name, index) => {
    const body = bodies[index % bodies.length];
    test(name, () => body(randomInt(1_000, 1_000_000_000)));
  });
}
