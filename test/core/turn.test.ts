import { expect, test } from "vitest";
import { inTurns } from "../../src/core/turn.ts";

function workFor(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

test("a long loop visits every item in its order, and a timer has its turn meanwhile; in a plain loop it has none", async () => {
  const items = Array.from({ length: 40 }, (_, index) => index);
  const during = async (loop: () => unknown): Promise<boolean> => {
    let hasEnded = false;
    let isHeard = false;
    setTimeout(() => {
      isHeard = !hasEnded;
    }, 1);
    await loop();
    hasEnded = true;
    await new Promise((resolve) => setTimeout(resolve, 10));
    return isHeard;
  };
  const visited: number[] = [];

  const plainly = (): void => {
    for (const _ of items) workFor(2);
  };
  expect(await during(plainly)).toBe(false);
  expect(
    await during(() =>
      inTurns(items, (item) => {
        visited.push(item);
        workFor(2);
      }),
    ),
  ).toBe(true);
  expect(visited).toEqual(items);
});
