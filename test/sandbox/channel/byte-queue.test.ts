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
