import { expect, test } from "vitest";
import { UserError } from "../../src/core/errors.ts";
import type { TaskSource } from "../../src/core/suite.ts";
import type { ApplyPatches } from "../../src/core/task.ts";

/** A source with a location that holds tasks, how many it loads there and leaves out, and a location that holds none. */
export type SourceCase = {
  readonly source: TaskSource;
  readonly location: string;
  readonly loaded: number;
  readonly leftOut: number;
  readonly nowhere: string;
  /** Stands in for what applies patches to images, for a source whose tasks have their files there. */
  readonly apply?: ApplyPatches;
};

/** Holds one adapter of TaskSource to what the port promises. */
export function taskSourceContract({ source, location, loaded, leftOut, nowhere, apply }: SourceCase): void {
  const name = source.prefix || "native";

  test(`${name}: every task is loaded or counted with a reason`, async () => {
    const suite = await source.load(location);

    expect(suite.tasks).toHaveLength(loaded);
    expect(suite.leftOut.reduce((sum, { count }) => sum + count, 0)).toBe(leftOut);
    expect(suite.leftOut.every(({ kind, count, reason }) => kind !== "" && count > 0 && reason !== "")).toBe(true);
  });

  test(`${name}: ids differ, and every task has a prompt and hidden tests that can be read`, async () => {
    const { tasks } = await source.load(location);

    expect(new Set(tasks.map(({ id }) => id)).size).toBe(tasks.length);
    for (const task of tasks) {
      expect(task.prompt).not.toBe("");
      if (apply !== undefined) task.files.provide?.(apply);
      const tests = (await task.files.tests()).map(({ path }) => path);
      expect(task.tests.files.filter((path) => !tests.includes(path))).toEqual([]);
    }
  });

  test(`${name}: the same files have the same digests`, async () => {
    const [first, second] = [await source.load(location), await source.load(location)];

    expect(second.digest).toBe(first.digest);
    expect(second.tasks.map(({ digest }) => digest)).toEqual(first.tasks.map(({ digest }) => digest));
  });

  test(`${name}: a location without tasks is a user's mistake that names it`, async () => {
    const failure = await source.load(nowhere).catch((error: unknown) => error);

    expect(failure).toBeInstanceOf(UserError);
    expect((failure as Error).message).toContain(nowhere);
  });
}
