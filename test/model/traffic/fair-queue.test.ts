import { describe, expect, test } from "vitest";
import { FairQueue } from "../../../src/model/traffic/fair-queue.ts";

describe("a waiting line", () => {
  test("serves those who had a turn first, then those who came first", () => {
    const line = new FairQueue<string>();
    const leave = new Map(["new 1", "again 1", "new 2", "again 2"].map((name) => [name, line.join(name, name.startsWith("again"))]));
    const served: string[] = [];
    for (let first = line.first(); first !== undefined; first = line.first()) {
      served.push(first);
      leave.get(first)?.();
    }

    expect(served).toEqual(["again 1", "again 2", "new 1", "new 2"]);
  });

  test("forgets who leaves it in the middle", () => {
    const line = new FairQueue<string>();
    line.join("first", false);
    const leave = line.join("second", false);
    line.join("third", false);
    leave();

    expect(line.all()).toEqual(["first", "third"]);
  });

  test("chooses from those who have not had a turn, and takes the first of them when none is preferred", () => {
    const line = new FairQueue<string>();
    expect(line.choose(() => true)).toBeUndefined();

    line.join("again", true);
    expect(line.choose((name) => name === "none")).toBe("again");

    line.join("new", false);
    expect(line.choose((name) => name === "none")).toBe("new");
    expect(line.choose((name) => name === "again")).toBe("again");
  });

  test("is as quick for very many as for a few", () => {
    const line = new FairQueue<number>();
    const began = performance.now();
    const leave = Array.from({ length: 50_000 }, (_, number) => line.join(number, false));
    for (let first = line.first(); first !== undefined; first = line.first()) leave[first]?.();

    expect(performance.now() - began).toBeLessThan(2000);
  });
});
