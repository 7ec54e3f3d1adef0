import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { placeNamed } from "../src/files/place.ts";
import { tamperingInTrajectory } from "../src/grade/tampering/find-tampering.ts";
import { readExerciseConfig } from "../src/import/exercism/exercise-config.ts";
import { loadExercism } from "../src/import/exercism/exercism.ts";
import { loadMbpp } from "../src/import/python/mbpp.ts";
import { mutate } from "../src/model/scripted/mutation.ts";
import { serverWaitMs } from "../src/model/traffic/retry-after.ts";
import { offlineDockerfile } from "../src/sandbox/docker/build/offline-dockerfile.ts";
import { normalized } from "../src/store/schema.ts";

const folder = mkdtempSync(join(tmpdir(), "bench-hostile-"));
afterAll(() => rmSync(folder, { recursive: true }));

const inFile = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};

const submitted = (text: string) =>
  tamperingInTrajectory({
    calls: [],
    workspace: [],
    submitted: [{ path: "a.py", bytes: new TextEncoder().encode(text), executable: false }],
  });

// What the program does with a text of strangers, and the expression that it used before.
const ATTACKS: readonly {
  readonly title: string;
  readonly text: string;
  readonly before: RegExp;
  readonly act: (text: string) => unknown;
}[] = [
  {
    title: "line ends after a quote in an exercise's config.json",
    text: `{"a": "b"${"\n".repeat(900_000)}s`,
    before: /(["\]}\d]|true|false|null)(\s*\n\s*)(?=["[{])/g,
    act: (text) => expect(() => readExerciseConfig(placeNamed(inFile("config.json", text)))).toThrow(/it is not JSON/),
  },
  {
    title: "names of a module in a submitted file",
    text: '"assert"'.repeat(24_000),
    before: /["'](?:node:)?assert(?:\/strict)?["'][\s\S]*\[\w+\]\s*=\s*\(\)\s*=>\s*\{\s*\}/,
    act: submitted,
  },
  {
    title: "beginnings of a method in a submitted file",
    text: `def __eq__(self, ${"a".repeat(190_000)}`,
    before: /\bdef __eq__\(self,\s*\w+[^)]*\)[^:\n]*:\s*return True\b/,
    act: submitted,
  },
  {
    title: "a long line of a solution that a scripted model copies",
    text: `return ${" ".repeat(20_000)};e`,
    before: /^(\s*return) +([^;]+)(;?\s*)$/,
    act: (text) => mutate({ path: "a.py", before: "", after: text }, "1"),
  },
  {
    title: "dots in a header of a provider",
    text: ".".repeat(500_000),
    before: /([\d.]+)(ms|s|m|h|d)/g,
    act: (text) =>
      serverWaitMs({
        headers: new Headers({ "x-ratelimit-reset-requests": text, "x-ratelimit-remaining-requests": "0" }),
        error: {},
        text: "",
        now: new Date(0),
      }),
  },
  {
    title: "blanks in an instruction of a Dockerfile",
    text: `A${"\t".repeat(400_000)}\u2028`,
    before: /^([A-Za-z]+)[ \t]+(.*)$/,
    act: (text) => offlineDockerfile(`FROM a\nONBUILD ${text}\n`, async () => ({ id: "sha256:0", triggers: [] })),
  },
  {
    title: "open brackets in the schema of a database",
    text: "[".repeat(400_000),
    before: /\[[^\]]*\]|\s+|[\s\S]/g,
    act: normalized,
  },
];

test.for(ATTACKS)("$title: take no time", async ({ text, act }) => {
  const started = performance.now();

  await act(text);

  expect(performance.now() - started).toBeLessThan(15_000);
});

test.for(ATTACKS)("$title: the expression used before takes longer than a second", ({ text, before }) => {
  const script = `require("node:fs").readFileSync(process.argv[1], "utf8").replace(new RegExp(${JSON.stringify(before.source)}, ${JSON.stringify(before.flags)}), "")`;

  const { error } = spawnSync(process.execPath, ["-e", script, inFile("attack.txt", text)], { timeout: 1000 });

  expect((error as NodeJS.ErrnoException | undefined)?.code).toBe("ETIMEDOUT");
});

test("a problem whose code defines tens of thousands of names is read", () => {
  const code = Array.from({ length: 45_000 }, (_, index) => `def f${index}(): pass`).join("\n");
  const tests = Array.from({ length: 20_000 }, (_, index) => `assert g${index}() == f7()`);
  const started = performance.now();

  const { tasks } = loadMbpp(
    inFile("mbpp.jsonl", JSON.stringify({ task_id: 1, text: "t", code, test_list: tests.slice(0, 1), test_setup_code: tests.join("\n") })),
  );

  expect(tasks.map(({ title }) => title)).toEqual(["f7"]);
  expect(performance.now() - started).toBeLessThan(15_000);
});

const exercise = (config: unknown): string => {
  const home = join(folder, "exercise");
  mkdirSync(join(home, ".meta"), { recursive: true });
  writeFileSync(join(home, ".meta/config.json"), typeof config === "string" ? config : JSON.stringify(config));
  writeFileSync(join(home, "a.py"), "");
  writeFileSync(join(home, "a_test.py"), "");
  return home;
};

test.for([
  [
    "names nested a hundred thousand deep",
    `{"files": {"solution": [${"[".repeat(100_000)}${"]".repeat(100_000)}], "test": ["a_test.py"]}}`,
    /holds a list or a group of keys/,
  ],
  [
    "thousands of names",
    { files: { solution: ["a.py"], test: Array.from({ length: 1000 }, () => "a_test.py") } },
    /name at most 200 files/,
  ],
  [
    "a name with thirty choices",
    { files: { solution: ["a.py", `${"{a,b}".repeat(30)}.py`], test: ["a_test.py"] } },
    /a file name has braces that expand/,
  ],
  [
    "a name with many stars",
    { files: { solution: ["a.py", `${"*a".repeat(60)}.py`], test: ["a_test.py"] } },
    /a file name has more than 50 stars/,
  ],
] as const)("an exercise with %s is refused in one line", ([, config, expected]) => {
  expect(() => loadExercism(exercise(config))).toThrow(expected);
});
