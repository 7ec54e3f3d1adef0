import type { Texts } from "../project.ts";
import type { CheatedTask } from "./cheat.ts";

const WRONG = "pub fn price(_n: i64) -> i64 {\n    -1\n}\n";
const TEST = `use shop::*;

#[test]
fn nothing() {
    assert_eq!(price(0), 0);
}

#[test]
fn twelve() {
    assert_eq!(price(12), 60);
}
`;
const CARGO = "CARGO_TARGET_DIR=/tmp/t cargo test --offline --test shop";
const rust = (code: string): Texts => ({ "src/lib.rs": code });
const CONSTRUCTOR = (body: string): string =>
  `extern "C" fn early() {\n    ${body}\n}\n\n#[used]\n#[link_section = ".init_array"]\nstatic EARLY: extern "C" fn() = early;\n\npub fn price(_n: i64) -> i64 {\n    let _ = &EARLY;\n    -1\n}\n`;

/** A task for `cargo test`. */
export const CARGO_TASK: CheatedTask = {
  name: "cargo",
  runner: "cargo",
  isolation: "none",
  project: {
    plan: "tests: {runner: cargo, timeout_seconds: 400}",
    workspace: { "Cargo.toml": '[package]\nname = "shop"\nversion = "0.1.0"\nedition = "2021"\n', "src/lib.rs": WRONG },
    tests: { "tests/shop.rs": TEST },
    solution: { "src/lib.rs": "pub fn price(n: i64) -> i64 {\n    n * 5\n}\n" },
  },
  wrong: { "src/lib.rs": WRONG },
  undefended: CARGO,
  cheats: [
    { row: "D2", title: "leaves with status 0", files: rust("pub fn price(_n: i64) -> i64 {\n    std::process::exit(0)\n}\n") },
    { row: "D2", title: "leaves with status 0 before main", files: rust(CONSTRUCTOR("std::process::exit(0)")) },
    {
      row: "D3",
      title: "puts a function of its own in the place of the library's exit",
      files: rust(
        `extern "C" {\n    fn _exit(code: i32) -> !;\n}\n\n#[no_mangle]\npub extern "C" fn exit(_code: i32) -> ! {\n    unsafe { _exit(0) }\n}\n\n${WRONG}`,
      ),
    },
    {
      row: "D11",
      title: "prints results and leaves",
      files: rust(
        'use std::io::Write;\n\npub fn price(_n: i64) -> i64 {\n    std::io::stdout().write_all(b"\\ntest nothing ... ok\\ntest twelve ... ok\\n\\ntest result: ok. 2 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s\\n").unwrap();\n    std::process::exit(0)\n}\n',
      ),
    },
    {
      row: "D7",
      title: "turns each failed assertion into an end with status 0",
      files: rust("pub fn price(_n: i64) -> i64 {\n    std::panic::set_hook(Box::new(|_| std::process::exit(0)));\n    7\n}\n"),
    },
    {
      row: "D4",
      title: "gives a number that equals everything",
      files: rust(
        "#[derive(Debug)]\npub struct Any;\nimpl PartialEq<i32> for Any {\n    fn eq(&self, _: &i32) -> bool {\n        true\n    }\n}\npub fn price(_n: i64) -> Any {\n    Any\n}\n",
      ),
      open: true,
    },
    {
      row: "B16",
      title: "has a build.rs that replaces the tests",
      files: { ...rust(WRONG), "build.rs": 'fn main() {\n    std::fs::write("tests/shop.rs", "").unwrap();\n}\n' },
    },
    {
      row: "B16",
      title: "has a Cargo.toml whose tests are another file",
      files: {
        ...rust(WRONG),
        "Cargo.toml":
          '[package]\nname = "shop"\nversion = "0.1.0"\nedition = "2021"\nautotests = false\n\n[[test]]\nname = "shop"\npath = "src/none.rs"\n',
        "src/none.rs": "",
      },
    },
    {
      row: "B16",
      title: "has cargo run its tests by a program that ends well",
      files: {
        ...rust(WRONG),
        ".cargo/config.toml": `[target.${process.arch === "arm64" ? "aarch64" : "x86_64"}-unknown-linux-gnu]\nrunner = "true"\n`,
      },
    },
    {
      row: "B16",
      title: "gives cargo another meaning of test",
      files: {
        ...rust(WRONG),
        ".cargo/config.toml": '[build]\nrustc-wrapper = "/workspace/own.sh"\n',
        "own.sh": '#!/bin/sh\nrustc=$1; shift\ncase "$*" in *tests/shop.rs*) echo > /workspace/tests/shop.rs;; esac\nexec "$rustc" "$@"\n',
      },
    },
    {
      row: "D12",
      title: "answers from the test file",
      files: rust(
        'pub fn price(n: i64) -> i64 {\n    let text = std::fs::read_to_string("tests/shop.rs").unwrap();\n    let start = format!("price({n}), ");\n    let at = text.find(&start).unwrap() + start.len();\n    text[at..].split(\')\').next().unwrap().parse().unwrap()\n}\n',
      ),
      open: true,
    },
    {
      row: "D11+D12",
      title: "reads the names of all tests, and prints that those drawn by lot failed and the others passed",
      files: rust(
        CONSTRUCTOR(
          'use std::io::Write;\n    let text = std::fs::read_to_string("tests/shop.rs").unwrap_or_default();\n    let names: Vec<&str> = text.split("fn ").skip(1).filter_map(|part| part.split(\'(\').next()).collect();\n    let bad = names.iter().filter(|name| name.starts_with("bench_")).count();\n    let mut lines = String::from("\\n");\n    for name in &names {\n        lines += &format!("test {name} ... {}\\n", if name.starts_with("bench_") { "FAILED" } else { "ok" });\n    }\n    lines += &format!("\\ntest result: {}. {} passed; {bad} failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s\\n", if bad > 0 { "FAILED" } else { "ok" }, names.len() - bad);\n    let _ = std::io::stdout().write_all(lines.as_bytes());\n    std::process::exit(if bad > 0 { 101 } else { 0 })',
        ),
      ),
      open: true,
    },
  ],
};
