import { expect, test } from "vitest";
import { InfraError } from "../../src/core/errors.ts";
import type { Expected } from "../../src/core/verdict.ts";
import { expectedOf } from "../../src/run/grading.ts";
import { Store } from "../../src/store/store.ts";
import { aTask } from "../fixtures/record.ts";

const TEST_SUM: Expected = { required: ["test_sum"], shapes: { "sum.add()": "data" } };
const NOW = (): Date => new Date(0);
const live = new AbortController().signal;

test("required tests are learned once, however many trials ask, and kept for the next run", async () => {
  const store = new Store(":memory:", NOW);
  let learned = 0;
  const learn = async (): Promise<Expected> => {
    learned += 1;
    return TEST_SUM;
  };
  const ask = expectedOf({ store, imageIdOf: () => "sha-1", learn });

  expect(await Promise.all([ask(aTask(), live), ask(aTask(), live)])).toEqual([TEST_SUM, TEST_SUM]);
  expect(await expectedOf({ store, imageIdOf: () => "sha-1", learn })(aTask(), live)).toEqual(TEST_SUM);
  expect(learned).toBe(1);
});

test("required tests are learned for each image and task", async () => {
  const store = new Store(":memory:", NOW);
  let learned = 0;
  const learn = async (): Promise<Expected> => ({ required: [`name-${++learned}`], shapes: null });

  await expectedOf({ store, imageIdOf: () => "sha-1", learn })(aTask(), live);
  await expectedOf({ store, imageIdOf: () => "sha-2", learn })(aTask(), live);
  await expectedOf({ store, imageIdOf: () => "sha-1", learn })(aTask("sub"), live);

  expect(learned).toBe(3);
});

test("required tests written in the task win without any learning", async () => {
  const task = aTask("add", { tests: { ...aTask().tests, required: ["written"] } });
  const learn = async (): Promise<Expected> => {
    throw new Error("nothing is to be learned");
  };

  expect(await expectedOf({ store: new Store(":memory:", NOW), imageIdOf: () => "i", learn })(task, live)).toEqual({
    required: ["written"],
    shapes: null,
  });
});

test("a passing failure of the engine does not spoil the task for later trials", async () => {
  let asked = 0;
  const learn = async (): Promise<Expected> => {
    asked += 1;
    if (asked === 1) throw new InfraError("sandbox", "busy");
    return TEST_SUM;
  };
  const ask = expectedOf({ store: new Store(":memory:", NOW), imageIdOf: () => "i", learn });

  await expect(ask(aTask(), live)).rejects.toThrow("busy");
  expect(await ask(aTask(), live)).toEqual(TEST_SUM);
});
