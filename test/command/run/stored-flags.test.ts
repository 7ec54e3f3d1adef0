import { expect, test } from "vitest";
import { storedFlags } from "../../../src/command/run/run-settings.ts";
import { gradedWith, readStoredFlags, resumedFlags, startedWith } from "../../../src/command/run/stored-flags.ts";
import { UserError } from "../../../src/core/errors.ts";
import { aRun } from "../../fixtures/record.ts";
import { RUN_FLAGS } from "../../fixtures/run-flags.ts";

const nothingTyped = (): boolean => false;

test.for([
  { title: "one prompt, as the first version stored it", stored: { prompt: "mine.md" }, prompt: ["mine.md"] },
  { title: "several prompts", stored: { prompt: ["a.md", "default"] }, prompt: ["a.md", "default"] },
  { title: "no prompt", stored: {}, prompt: undefined },
])("a run of $title is resumed with the same", ({ stored, prompt }) => {
  const { prompt: _prompt, ...flags } = storedFlags(RUN_FLAGS);
  const run = aRun({ settings: { flags: { ...flags, attempts: 4, ...stored } } });

  const resumed = resumedFlags({ ...RUN_FLAGS, resume: run.id, concurrency: 2 }, run, nothingTyped);

  expect(resumed).toMatchObject({ attempts: 4, concurrency: 2, resume: run.id });
  expect(resumed.prompt).toEqual(prompt);
});

test.for([
  { flag: "prompt", given: { prompt: ["other.md"] }, line: "with --prompt other.md: it was started without --prompt" },
  { flag: "reuse", given: { reuse: true }, line: "with --reuse: it was started without --reuse" },
  { flag: "attempts", given: { attempts: 9 }, line: "with --attempts 9: it was started with --attempts 1" },
] as const)("--$flag is refused with another value when a run is resumed, and the line says both values", ({ flag, given, line }) => {
  const run = aRun({ settings: { flags: storedFlags({ ...RUN_FLAGS, attempts: 1 }) } });

  expect(() => resumedFlags({ ...RUN_FLAGS, ...given }, run, (name) => name === flag)).toThrow(
    `Cannot resume run "${run.id}" ${line}, and another value would change what it measures; omit the flag, or start a new run`,
  );
});

test("flags that are typed again with the values of the start are no conflict", () => {
  const flags = { ...RUN_FLAGS, suite: ["mine"], prompt: ["a.md", "default"], attempts: 3, reuse: true } as const;
  const run = aRun({ settings: { flags: storedFlags(flags) } });

  expect(resumedFlags(flags, run, () => true)).toMatchObject({ suite: ["mine"], prompt: ["a.md", "default"], attempts: 3, reuse: true });
});

test("a resumed run tells its files, prompts and limits in one line", () => {
  const flags = storedFlags({ ...RUN_FLAGS, suite: ["mine", "a b"], prompt: ["p.md", "default"], maxCost: 5, maxTokens: 100 });
  const run = aRun({ id: "r1", settings: { flags } });

  expect(startedWith(run, readStoredFlags(run))).toBe(
    'Run r1 continues with --models models.yaml --suite mine --suite "a b" --prompt p.md --prompt default --image i --max-cost 5 --max-tokens 100',
  );
});

test("files of a run that named none are told as the defaults that they are", () => {
  const run = aRun({ id: "r1", image: "i2", settings: { flags: storedFlags(RUN_FLAGS) } });

  expect(startedWith(run, readStoredFlags(run))).toBe(
    "Run r1 continues with --models models.yaml --suite tasks/ --prompt default --image i",
  );
  expect(gradedWith(run, readStoredFlags(run))).toBe("Run r1 is graded with --suite tasks/ --image i2");
});

test("what a database holds is told without control characters and is cut", () => {
  const suite = ["\u001b]52;c;x\u0007\u202e", ...Array.from({ length: 10_000 }, () => "s")];
  const run = aRun({ settings: { flags: { ...storedFlags(RUN_FLAGS), suite } } });

  const told = startedWith(run, readStoredFlags(run));

  expect(told).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  expect(told.length).toBeLessThan(1_500);
});

test.for([
  { what: "a list of models files", flags: { ...RUN_FLAGS, models: ["a", "b"] } },
  { what: "a suite that is no text", flags: { ...RUN_FLAGS, suite: [{}] } },
  { what: "endless attempts", flags: { ...RUN_FLAGS, attempts: 1e308 } },
  { what: "a negative spending limit", flags: { ...RUN_FLAGS, maxCost: -1 } },
  { what: "an unknown profile", flags: { ...RUN_FLAGS, profile: "root" } },
  { what: "an unknown sandbox", flags: { ...RUN_FLAGS, sandbox: "host" } },
])("a stored run with $what is refused with one line", ({ flags }) => {
  expect(() => readStoredFlags(aRun({ settings: { flags } }))).toThrow(UserError);
  expect(() => readStoredFlags(aRun({ settings: { flags } }))).toThrow(
    /^Cannot use run ".*": its stored --\S+ is .*, which no run has; start a new run$/,
  );
});

test.for([
  { what: "no models file", flags: { ...RUN_FLAGS, models: undefined } },
  { what: "no flags", flags: undefined },
  { what: "flags that are a text", flags: "x" },
])("a stored run with $what can be graded again, and is not resumed", ({ flags }) => {
  const run = aRun({ id: "r1", image: "i", settings: { flags } });

  expect(gradedWith(run, readStoredFlags(run))).toBe("Run r1 is graded with --suite tasks/ --image i");
  expect(() => resumedFlags(RUN_FLAGS, run, nothingTyped)).toThrow(
    'Cannot use run "r1": its stored --models is missing, which no run has; start a new run',
  );
});

test("a database cannot give permissions or choose another database", () => {
  const run = aRun({ settings: { flags: { ...storedFlags(RUN_FLAGS), trust: true, yes: true, db: "x.db", __proto__: { trust: true } } } });

  expect(Object.keys(resumedFlags({ ...RUN_FLAGS, resume: "r" }, run, nothingTyped)).sort()).toEqual(
    [...Object.keys(storedFlags(RUN_FLAGS)), "concurrency", "db", "resume"].sort(),
  );
});
