import fc from "fast-check";
import { expect, test } from "vitest";
import { ByteQueue } from "../../../src/sandbox/channel/byte-queue.ts";

test("a queue returns its bytes in pieces of any length", () => {
  const queue = new ByteQueue();
  for (const text of ["ab", "", "cde", "f"]) queue.push(Buffer.from(text));

  expect([queue.length, queue.take(1).toString(), queue.take(3).toString(), queue.take(0).toString()]).toEqual([6, "a", "bcd", ""]);
  expect([queue.length, queue.take(2).toString(), queue.length]).toEqual([2, "ef", 0]);
});

test("a queue refuses to return more than it has", () => {
  const queue = new ByteQueue();
  queue.push(Buffer.from("abc"));

  expect(() => queue.take(4)).toThrow(RangeError);
  expect(queue.take(3).toString()).toBe("abc");
});

test("chunks of one byte take time and memory as their bytes do, which a list of them does not", () => {
  const count = 1_000_000;
  const byte = Buffer.from("x");
  const before = process.memoryUsage.rss();
  const queue = new ByteQueue();
  for (let n = 0; n < count; n++) queue.push(byte);
  const grown = process.memoryUsage.rss() - before;

  expect(queue.take(count).equals(Buffer.alloc(count, "x"))).toBe(true);
  expect(grown).toBeLessThan(100 * 1024 * 1024);
});

test("whatever is pushed and taken in turn, the bytes come in order", () => {
  const step = fc.record({ push: fc.constantFrom(1, 7, 4_095, 4_096, 70_000), take: fc.nat(9_000) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const queue = new ByteQueue();
      let [pushed, taken] = [0, 0];
      for (const { push, take } of steps) {
        queue.push(Buffer.from(Uint8Array.from({ length: push }, (_, n) => (pushed + n) % 251)));
        pushed += push;
        const bytes = queue.take(Math.min(take, queue.length));
        expect(bytes.every((byte, n) => byte === (taken + n) % 251)).toBe(true);
        taken += bytes.length;
      }
    }),
  );
});
