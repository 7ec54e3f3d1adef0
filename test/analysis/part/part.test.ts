import { expect, test } from "vitest";
import { partResults, partsOf } from "../../../src/analysis/part/part.ts";
import { passRate } from "../../../src/stats/pass-rate.ts";
import { aTaskResult } from "../../fixtures/record.ts";

test("parts are the tags and groups of at least two tasks but not of all, the largest first, tags before groups", () => {
  const tasks = [
    aTaskResult("a", 1, 1, { tags: ["python", "web", "web"], group: "django" }),
    aTaskResult("b", 1, 1, { tags: ["python", "io"], group: "django" }),
    aTaskResult("c", 0, 1, { tags: ["python", "web"], group: "flask" }),
    aTaskResult("d", 0, 1, { tags: ["python", "web", "rare"], group: null }),
  ];

  expect(partsOf(tasks, (task) => task).map(({ kind, name, tasks: own }) => [kind, name, own.map(({ taskId }) => taskId)])).toEqual([
    ["tag", "web", ["a", "c", "d"]],
    ["group", "django", ["a", "b"]],
  ]);
});

test("a suite without tags and groups has no parts", () => {
  expect(partResults([aTaskResult("a", 1, 1), aTaskResult("b", 0, 1)])).toEqual([]);
});

test("a part has the pass rate of its own tasks, by the same method as the whole", () => {
  const tasks = Array.from({ length: 10 }, (_, index) =>
    aTaskResult(`t${index}`, index % 3, 2, { tags: [index < 6 ? "easy" : "hard"], errors: index === 0 ? 1 : 0 }),
  );

  expect(partResults(tasks)).toEqual([
    { kind: "tag", name: "easy", passRate: passRate(tasks.slice(0, 6)), passed: 6, graded: 12, errors: 1 },
    { kind: "tag", name: "hard", passRate: passRate(tasks.slice(6)), passed: 3, graded: 8, errors: 0 },
  ]);
});

test("tasks of one group stay one unit within a tag, and are units where the group is the part", () => {
  const tasks = Array.from({ length: 12 }, (_, index) =>
    aTaskResult(`t${index}`, index % 2, 1, { tags: index < 8 ? ["web"] : [], group: `repo-${index % 2}` }),
  );
  const [web, ...groups] = partResults(tasks);

  // Two groups are too few for an interval over groups.
  expect(web?.passRate).toMatchObject({ low: null, high: null, tasks: 8 });
  expect(groups).toHaveLength(2);
  for (const { passRate: own } of groups) expect(own.low).not.toBeNull();
});

test("of very many parts the largest are kept", () => {
  const tasks = Array.from({ length: 500 }, (_, index) =>
    aTaskResult(`t${index}`, 1, 1, { tags: [`pair-${index >> 1}`, `ten-${index % 50}`] }),
  );
  const parts = partResults(tasks);

  expect(parts).toHaveLength(100);
  expect(parts.filter(({ name }) => name.startsWith("ten-"))).toHaveLength(50);
});
