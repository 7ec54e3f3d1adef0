import { expect, test } from "vitest";
import { Store } from "../../../src/store/store.ts";
import { anArm, aRun, aTask } from "../../fixtures/record.ts";

const NOW = (): Date => new Date("2026-01-02T03:04:05.000Z");

function storeWith(...runs: readonly Parameters<typeof aRun>[0][]): Store {
  const store = new Store(":memory:", NOW);
  for (const run of runs) store.saveRun({ run: aRun(run), arms: [anArm()], tasks: [aTask()] });
  return store;
}

const day = (date: number): string => `2026-01-0${date}T00:00:00.000Z`;

test("each tag is stored once, and the newest run of a tag is found", () => {
  const store = storeWith({ id: "a", createdAt: day(1), tags: ["x", "nightly", "x"] }, { id: "b", createdAt: day(2), tags: ["nightly"] });

  expect([...store.findRun("a").tags].sort()).toEqual(["nightly", "x"]);
  expect(store.runs.list(2).map(({ tags }) => tags.length)).toEqual([1, 2]);
  expect(store.runs.newestTagged("nightly")?.id).toBe("b");
  expect(store.runs.newestTagged("x")?.id).toBe("a");
  expect(store.runs.newestTagged("night")).toBeNull();
});

test("the newest run on a branch is the newest complete one", () => {
  const on = (branch: string | null): { readonly settings: Readonly<Record<string, unknown>> } => ({ settings: { git: { branch } } });
  const store = storeWith(
    { id: "a", createdAt: day(1), ...on("main") },
    { id: "b", createdAt: day(2), ...on("main") },
    { id: "c", createdAt: day(3), ...on("main") },
    { id: "d", createdAt: day(4), ...on(null) },
    { id: "e", createdAt: day(5), settings: { git: null } },
  );
  for (const id of ["a", "b", "d", "e"]) store.endRun(id, "complete");
  store.endRun("c", "interrupted");

  expect(store.runs.newestOnBranch("main")).toMatchObject({ id: "b", end: "complete" });
  expect(store.runs.newestOnBranch("feature")).toBeNull();
});

test("a baseline is found by its name, moves when it is saved again, and can be removed", () => {
  const store = storeWith({ id: "a" }, { id: "b" });
  store.saveBaseline("main", { runId: "a", armId: null });
  store.saveBaseline("best", { runId: "a", armId: "arm-oracle" });
  store.saveBaseline("main", { runId: "b", armId: null });

  expect(store.runs.baselines()).toEqual([
    { name: "best", runId: "a", armId: "arm-oracle", savedAt: NOW().toISOString() },
    { name: "main", runId: "b", armId: null, savedAt: NOW().toISOString() },
  ]);
  expect(store.removeBaseline("main")).toBe(true);
  expect(store.removeBaseline("main")).toBe(false);
  expect(store.runs.baseline("main")).toBeNull();
});

test("a baseline of an unknown run is refused", () => {
  expect(() => storeWith().saveBaseline("main", { runId: "none", armId: null })).toThrow(/FOREIGN KEY/);
});

test("an arm has the name that its run gave it, even when another run gave the same arm another name", () => {
  const store = new Store(":memory:", NOW);
  const arm = anArm("oracle+old");
  store.saveRun({ run: aRun({ id: "a" }), arms: [arm], tasks: [aTask()] });
  const renamed = { ...arm, name: "oracle+new", settings: { ...arm.settings, prompt: { ...arm.settings.prompt, name: "new" } } };
  store.saveRun({ run: aRun({ id: "b" }), arms: [renamed], tasks: [aTask()] });

  expect(store.runs.arms("a")).toMatchObject([{ armId: arm.id, name: "oracle+old", promptName: "default" }]);
  expect(store.runs.arms("b")).toMatchObject([{ armId: arm.id, name: "oracle+new", promptName: "new" }]);
});
