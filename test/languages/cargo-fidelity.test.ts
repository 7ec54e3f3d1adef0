import { beforeAll, describe, expect, test } from "vitest";
import { CARGO_FILES, CARGO_ODDITIES, CARGO_SHOP, CARGO_TESTS, moduleOf } from "./oddities/cargo.ts";
import { expectSame, type Lines, merged } from "./oddities/same.ts";
import { Project } from "./project.ts";

const FILES = {
  plan: "tests: {runner: cargo, timeout_seconds: 900, files: [tests/odd.rs, tests/with_common.rs, tests/folder/main.rs, tests/no-tests.rs, src/tests.rs]}",
  workspace: {
    "Cargo.toml":
      '[package]\nname = "shop"\nversion = "0.1.0"\nedition = "2021"\n\n[features]\nextra = []\n\n[dependencies]\nanyhow = "1"\n',
  },
  tests: CARGO_TESTS,
  solution: { "src/lib.rs": CARGO_SHOP },
};

// libtest's own JSON, which is another writer than that of the lines that the grader reads; each program by itself.
const BY_HAND = ["--lib", ...["folder", "no-tests", "odd", "with_common"].map((name) => `--test ${name}`)]
  .map(
    (target) =>
      `echo; echo "@ ${target}"; RUSTC_BOOTSTRAP=1 CARGO_TARGET_DIR=/tmp/t cargo test --offline -q ${target} -- -Z unstable-options --format json 2>/tmp/errors || tail -5 /tmp/errors`,
  )
  .join("\n");
const STATUS: Readonly<Record<string, string>> = { ok: "passed", failed: "failed", ignored: "skipped" };

type Event = { readonly type: string; readonly event: string; readonly name: string };

function resultsIn(output: string): Lines {
  const [, ...programs] = output.split(/^@ /m);
  const found = programs.flatMap((text) => {
    const target = text.slice(0, text.indexOf("\n")).replace("--test ", "").replace("--lib", "crate");
    const events = text
      .split("\n")
      .filter((line) => line.startsWith('{ "type": "test"'))
      .map((line) => JSON.parse(line) as Event);
    return events.filter(({ event }) => event in STATUS).map(({ event, name }) => [STATUS[event] ?? "", `${target}::${name}`] as const);
  });
  return merged(found);
}

describe("cargo test by itself and the grader say the same of", () => {
  let here: Lines = [];
  let plain: Lines = [];
  beforeAll(async () => {
    const project = await Project.open(FILES);
    const verdict = await project.grade({}, ["nothing"]);
    const { output } = await project.byHand(BY_HAND);
    if (process.env["BENCH_TEST_LOG"] !== undefined) process.stdout.write(`${verdict.log}\n${output}`);
    here = verdict.lines;
    plain = resultsIn(output);
  });

  test.for(CARGO_ODDITIES)("$title", (one) => {
    expectSame(here, plain, (name) => name.startsWith(`odd::${moduleOf(one)}::`));
  });

  test.for(CARGO_FILES)("$title", ({ tests }) => {
    expectSame(here, plain, (name) => tests.includes(name));
  });

  test("all tests together", () => {
    expect(here).toEqual(plain);
  });
});
