import { expect, test } from "vitest";
import { InfraError } from "../../src/core/errors.ts";
import { requiredTests } from "../../src/run/grading.ts";
import { Store } from "../../src/store/store.ts";
import { aTask } from "../fixtures/record.ts";

const NOW = (): Date => new Date(0);
const live = new AbortController().signal;

test("required tests are learned once, however many trials ask, and kept for the next run", async () => {
  const store = new Store(":memory:", NOW);
  let learned = 0;
  const learn = async (): Promise<readonly string[]> => {
    learned += 1;
    return ["test_sum"];
  };
  const ask = requiredTests({ store, imageIdOf: () => "sha-1", learn });

  expect(await Promise.all([ask(aTask(), live), ask(aTask(), live)])).toEqual([["test_sum"], ["test_sum"]]);
  expect(await requiredTests({ store, imageIdOf: () => "sha-1", learn })(aTask(), live)).toEqual(["test_sum"]);
  expect(learned).toBe(1);
});

test("required tests are learned for each image and task", async () => {
  const store = new Store(":memory:", NOW);
  let learned = 0;
  const learn = async (): Promise<readonly string[]> => [`name-${++learned}`];

  await requiredTests({ store, imageIdOf: () => "sha-1", learn })(aTask(), live);
  await requiredTests({ store, imageIdOf: () => "sha-2", learn })(aTask(), live);
  await requiredTests({ store, imageIdOf: () => "sha-1", learn })(aTask("sub"), live);

  expect(learned).toBe(3);
});

test("required tests written in the task win without any learning", async () => {
  const task = aTask("add", { tests: { ...aTask().tests, required: ["written"] } });
  const learn = async (): Promise<readonly string[]> => {
    throw new Error("nothing is to be learned");
  };

  expect(await requiredTests({ store: new Store(":memory:", NOW), imageIdOf: () => "i", learn })(task, live)).toEqual(["written"]);
});

test("a passing failure of the engine does not spoil the task for later trials", async () => {
  let asked = 0;
  const learn = async (): Promise<readonly string[]> => {
    asked += 1;
    if (asked === 1) throw new InfraError("sandbox", "busy");
    return ["test_sum"];
  };
  const ask = requiredTests({ store: new Store(":memory:", NOW), imageIdOf: () => "i", learn });

  await expect(ask(aTask(), live)).rejects.toThrow("busy");
  expect(await ask(aTask(), live)).toEqual(["test_sum"]);
});
