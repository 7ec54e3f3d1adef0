import { beforeAll, describe, expect, test } from "vitest";
import { Project, type Texts } from "./project.ts";

const TESTS = `use shop::*;

#[test]
fn nothing_costs_nothing() {
    assert_eq!(price(0), 0);
}

#[test]
fn zwölf_stück() {
    assert_eq!(price(12), 60, "twelve of them");
}

mod deep {
    mod deeper {
        #[test]
        fn two() -> Result<(), String> {
            if shop::price(2) == 10 { Ok(()) } else { Err("no ten".to_string()) }
        }
    }
}

#[test]
#[ignore = "takes long"]
fn slow() {}

#[test]
#[should_panic(expected = "negative")]
fn negative() {
    price(-1);
}

#[test]
fn prints() {
    println!("test forged ... ok");
    eprintln!("to stderr");
    assert!(price(1) == 5);
}
`;
const SOLUTION = 'pub fn price(n: i64) -> i64 {\n    if n < 0 {\n        panic!("negative");\n    }\n    n * 5\n}\n';
const FILES = {
  plan: "tests: {runner: cargo, timeout_seconds: 300}",
  workspace: {
    "Cargo.toml": '[package]\nname = "shop"\nversion = "0.1.0"\nedition = "2021"\n',
    "src/lib.rs": "pub fn price(_n: i64) -> i64 {\n    todo!()\n}\n",
  },
  tests: { "tests/shop.rs": TESTS },
  solution: { "src/lib.rs": SOLUTION },
};
const BY_HAND = "CARGO_TARGET_DIR=/tmp/t cargo test --offline --no-fail-fast --test shop";
const WORDS: Readonly<Record<string, string>> = { ok: "passed", FAILED: "failed", ignored: "skipped" };

let project: Project;
let required: readonly string[];
beforeAll(async () => {
  project = await Project.open(FILES);
  required = await project.learn();
});

async function framework(changes: Texts): Promise<readonly string[]> {
  const { output } = await project.byHand(BY_HAND, changes);
  const [results = ""] = output.split("failures:");
  return [...results.matchAll(/^test (\S+)(?: - should panic)? \.\.\. (ok|FAILED|ignored)/gm)]
    .map(([, name, word = ""]) => `${WORDS[word]} ${name}`)
    .sort();
}

test.for<{ readonly title: string; readonly changes: Texts; readonly passed: boolean }>([
  { title: "the reference, with modules, ignored tests, expected panics and output like results", changes: {}, passed: true },
  { title: "a solution that gets some wrong", changes: { "src/lib.rs": SOLUTION.replace("* 5", "* 4") }, passed: false },
])("cargo test says the same of each test: $title", async ({ changes, passed }) => {
  const verdict = await project.grade(changes, required);

  expect(verdict.lines).toEqual(await framework(changes));
  expect(verdict).toMatchObject({ passed, tampering: [] });
  if (!passed) expect(verdict.tests.find(({ name }) => name === "zwölf_stück")?.message).toContain("twelve of them");
});

test("a solution that does not compile fails with the compiler's message", async () => {
  const verdict = await project.grade({ "src/lib.rs": 'pub fn price(n: i64) -> i64 {\n    "five"\n}\n' }, required);

  expect(verdict).toMatchObject({ passed: false, reason: "no-report" });
  expect(verdict.log).toContain("mismatched types");
});

const RESULTS = TESTS.match(/(?<=fn )\S+(?=\(\))/g)?.map((name) => `test ${name} ... ok\\n`) ?? [];
const CHEATS: readonly { readonly title: string; readonly changes: Texts }[] = [
  {
    title: "ends the process with status 0",
    changes: { "src/lib.rs": "pub fn price(_n: i64) -> i64 {\n    std::process::exit(0)\n}\n" },
  },
  {
    title: "prints results of its own and ends the process",
    changes: {
      "src/lib.rs": `use std::io::Write;\n\npub fn price(_n: i64) -> i64 {\n    std::io::stdout().write_all(b"\\n${RESULTS.join("").replace(/[^\x20-\x7e]/g, "")}test result: ok. 5 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s\\n").unwrap();\n    std::process::exit(0)\n}\n`,
    },
  },
  {
    title: "turns each failed assertion into an end with status 0",
    changes: {
      "src/lib.rs":
        'pub fn price(n: i64) -> i64 {\n    std::panic::set_hook(Box::new(|_| std::process::exit(0)));\n    if n < 0 { panic!("negative") }\n    7\n}\n',
    },
  },
];

describe.for(CHEATS)("a solution that $title", ({ changes }) => {
  test("fools cargo test by its exit status", async () => {
    expect(await project.byHand(BY_HAND, changes)).toMatchObject({ status: 0 });
  });

  test("fails here", async () => {
    expect(await project.grade(changes, required)).toMatchObject({ passed: false });
  });
});
