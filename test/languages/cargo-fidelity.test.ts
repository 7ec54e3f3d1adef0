import { beforeAll, describe, expect, test } from "vitest";
import { CARGO_FILES, CARGO_ODDITIES, CARGO_SHOP, CARGO_TESTS, moduleOf } from "./oddities/cargo.ts";
import { type Both, expectSame, type Lines, merged, runBoth } from "./oddities/same.ts";

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
  let both: Both;
  beforeAll(async () => {
    both = await runBoth(FILES, BY_HAND, resultsIn);
  });

  test.for(CARGO_ODDITIES)("$title", (one) => {
    expectSame(both.here, both.plain, (name) => name.startsWith(`odd::${moduleOf(one)}::`));
  });

  test.for(CARGO_FILES)("$title", ({ tests }) => {
    expectSame(both.here, both.plain, (name) => tests.includes(name));
  });

  test("all tests together", () => {
    expect(both.here).toEqual(both.plain);
  });
});
