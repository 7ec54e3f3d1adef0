import assert from "node:assert/strict";
import { test } from "node:test";
import { planBuild } from "/workspace/src/plan.ts";

type Entry = { needs: string[]; after?: string[] };

/** Targets from text: "a: b c | d" is a, which needs b and c and comes after d. */
function targets(...lines: string[]): Map<string, Entry> {
  return new Map(
    lines.map((line) => {
      const [name = "", rest = ""] = line.split(":").map((part) => part.trim());
      const [needs = "", after] = rest.split("|").map((part) => part.trim());
      const words = (text: string) => text.split(" ").filter((word) => word !== "");
      return [name, after === undefined ? { needs: words(needs) } : { needs: words(needs), after: words(after) }];
    }),
  );
}

const waves = (lines: string[], ...wanted: string[]) => {
  const plan = planBuild(targets(...lines), wanted);
  assert.equal(plan.kind, "ok");
  return plan.kind === "ok" ? plan.waves : [];
};
const cycle = (lines: string[], ...wanted: string[]) => {
  const plan = planBuild(targets(...lines), wanted);
  assert.equal(plan.kind, "cycle");
  return plan.kind === "cycle" ? plan.cycle : [];
};

test("one target without needs is one wave", () => {
  assert.deepEqual(planBuild(targets("a:"), ["a"]), { kind: "ok", waves: [["a"]] });
});

test("nothing wanted gives no waves", () => {
  assert.deepEqual(planBuild(targets("a: a"), []), { kind: "ok", waves: [] });
});

test("needs come in earlier waves", () => {
  assert.deepEqual(waves(["app: lib ui", "ui: lib", "lib:"], "app"), [["lib"], ["ui"], ["app"]]);
});

test("a target stands right after the last it waits for", () => {
  assert.deepEqual(waves(["a:", "b: a", "c: b", "d: a", "e: c d", "f:"], "e", "f"), [["a", "f"], ["b", "d"], ["c"], ["e"]]);
});

test("targets that do not take part have no influence", () => {
  const lines = ["a: b", "b:", "x: y", "y: x", "z: nowhere", "b2: | b"];
  assert.deepEqual(waves(lines, "a"), [["b"], ["a"]]);
});

test("after orders targets that take part", () => {
  assert.deepEqual(waves(["a: | b", "b:"], "a", "b"), [["b"], ["a"]]);
});

test("after brings no target in", () => {
  const result = waves(["a: | b ghost", "b: c", "c:"], "a");
  assert.deepEqual(result, [["a"]]);
  assert.ok(!result.flat().includes("b"));
});

test("after works for a target brought in by a need elsewhere", () => {
  assert.deepEqual(waves(["a: | c", "b: c", "c: d", "d:"], "a", "b"), [["d"], ["c"], ["a", "b"]]);
});

test("names listed twice count once", () => {
  assert.deepEqual(waves(["a: b b | b b", "b:"], "a", "a", "b"), [["b"], ["a"]]);
});

test("names in a wave are in the order of strings", () => {
  assert.deepEqual(waves(["b:", "a:", "B:", "_:", "10:", "9:", "\u00e9:", "z:"], "b", "a", "B", "_", "10", "9", "\u00e9", "z"), [
    ["10", "9", "B", "_", "a", "b", "z", "\u00e9"],
  ]);
});

test("missing names are listed with those who need them", () => {
  assert.deepEqual(planBuild(targets("a: m n", "b: m", "c: a"), ["c", "b"]), {
    kind: "missing",
    missing: [
      { name: "m", neededBy: ["a", "b"] },
      { name: "n", neededBy: ["a"] },
    ],
  });
});

test("a wanted name that is missing has null first", () => {
  assert.deepEqual(planBuild(targets("a: w w", "Z: w"), ["w", "a", "Z", "v"]), {
    kind: "missing",
    missing: [
      { name: "v", neededBy: [null] },
      { name: "w", neededBy: [null, "Z", "a"] },
    ],
  });
});

test("missing names are in the order of strings", () => {
  const plan = planBuild(targets("a: y X \u00e4 x"), ["a"]);
  assert.deepEqual(plan.kind === "missing" && plan.missing.map(({ name }) => name), ["X", "x", "y", "\u00e4"]);
});

test("missing is reported before a cycle", () => {
  const plan = planBuild(targets("a: b", "b: a gone"), ["a"]);
  assert.equal(plan.kind, "missing");
  assert.notEqual(plan.kind, "cycle");
});

test("names missing only for targets that do not take part do not matter", () => {
  assert.equal(planBuild(targets("a:", "b: gone | a", "c: | gone"), ["a", "c"]).kind, "ok");
});

test("a cycle begins and ends with its smallest name", () => {
  assert.deepEqual(cycle(["c: b", "b: a", "a: c"], "c"), ["a", "c", "b", "a"]);
});

test("a cycle follows the direction of needs", () => {
  assert.deepEqual(cycle(["a: b", "b: c", "c: a"], "b"), ["a", "b", "c", "a"]);
});

test("a target that lists itself is a cycle", () => {
  assert.deepEqual(cycle(["a: b", "b: b"], "a"), ["b", "b"]);
  assert.deepEqual(cycle(["a: | a"], "a"), ["a", "a"]);
});

test("after can close a cycle", () => {
  assert.deepEqual(cycle(["a: b", "b: | a"], "a"), ["a", "b", "a"]);
  assert.deepEqual(waves(["a: | b", "b: a"], "a"), [["a"]]);
});

test("the smallest of several cycles is reported", () => {
  assert.deepEqual(cycle(["a: b", "b: c", "c: a x", "x: y", "y: x"], "a"), ["x", "y", "x"]);
  assert.deepEqual(cycle(["a: b z", "b: c", "c: d", "d: a", "z: q", "q: p", "p: z"], "a"), ["p", "z", "q", "p"]);
});

test("of two cycles that share targets the shorter is reported", () => {
  assert.deepEqual(cycle(["a: b d", "b: c", "c: a", "d: a"], "a"), ["a", "d", "a"]);
  assert.deepEqual(cycle(["a: b", "b: c", "c: d a", "d: b c"], "a"), ["c", "d", "c"]);
});

test("of equally small cycles the one with the smaller names is reported", () => {
  assert.deepEqual(cycle(["r: x m", "x: y", "y: x", "m: n", "n: m"], "r"), ["m", "n", "m"]);
  assert.deepEqual(cycle(["a: d c", "c: b", "d: b", "b: a"], "a"), ["a", "c", "b", "a"]);
  assert.deepEqual(cycle(["a: b c", "b: e", "c: d", "d: a", "e: a"], "a"), ["a", "b", "e", "a"]);
});

test("targets before or behind a cycle are not part of it", () => {
  assert.deepEqual(cycle(["a0: b", "b: c z", "c: b", "z:", "a1: c"], "a0", "a1"), ["b", "c", "b"]);
});

test("the result does not depend on the order of the input", () => {
  const lines = ["app: ui db log", "ui: log | db", "db: log", "log:", "doc: | app"];
  const expected = waves(lines, "app", "doc");
  const turned = lines.map((line) => line).reverse();
  assert.deepEqual(waves(turned, "doc", "app"), expected);
  assert.deepEqual(waves(["app: log db ui", ...lines.slice(1)], "doc", "app", "log"), expected);
  assert.deepEqual(expected, [["log"], ["db"], ["ui"], ["app"], ["doc"]]);
});

test("the arguments are left as they were", () => {
  const map = targets("b: c a", "a:", "c:");
  const wanted = Object.freeze(["c", "b"]);
  for (const target of map.values()) Object.freeze(Object.freeze(target).needs);
  planBuild(map, wanted);
  assert.deepEqual([...map.keys()], ["b", "a", "c"]);
  assert.deepEqual(map.get("b")?.needs, ["c", "a"]);
});

test("names like those of object properties are plain names", () => {
  assert.deepEqual(waves(["__proto__: constructor", "constructor:", "toString: __proto__"], "toString"), [["constructor"], ["__proto__"], ["toString"]]);
  assert.equal(planBuild(targets("a: hasOwnProperty"), ["a"]).kind, "missing");
});

test("a chain of many targets is planned", () => {
  const map = new Map<string, Entry>();
  for (let n = 0; n < 100_000; n += 1) map.set(`t${n}`, { needs: n === 0 ? [] : [`t${n - 1}`] });
  const plan = planBuild(map, ["t99999"]);
  assert.equal(plan.kind, "ok");
  assert.equal(plan.kind === "ok" && plan.waves.length, 100_000);
  assert.deepEqual(plan.kind === "ok" && plan.waves[500], ["t500"]);
});

test("many targets with one common need are planned", () => {
  const map = new Map<string, Entry>([["base", { needs: [] }]]);
  for (let n = 0; n < 50_000; n += 1) map.set(`t${n}`, { needs: ["base"] });
  const plan = planBuild(map, [...map.keys()]);
  assert.equal(plan.kind === "ok" && plan.waves.length, 2);
  assert.equal(plan.kind === "ok" && typeof plan.waves[1]?.[0], "string");
});

test("a cycle at the end of a long chain is found", () => {
  const map = new Map<string, Entry>();
  for (let n = 0; n < 2_000; n += 1) map.set(`t${n}`, { needs: [`t${n + 1}`] });
  map.set("t2000", { needs: ["t1999"] });
  assert.deepEqual(planBuild(map, ["t0"]), { kind: "cycle", cycle: ["t1999", "t2000", "t1999"] });
});
