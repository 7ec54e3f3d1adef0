import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { readCargoLines } from "../../../src/grade/report/cargo-lines.ts";
import { readCatchXml } from "../../../src/grade/report/catch-xml.ts";
import { readCtrf } from "../../../src/grade/report/ctrf.ts";
import { readGoJson } from "../../../src/grade/report/go-json.ts";
import { readJestJson } from "../../../src/grade/report/jest-json.ts";
import { readJunitXml } from "../../../src/grade/report/junit-xml.ts";
import { readTap } from "../../../src/grade/report/tap.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const short = (tests: readonly { readonly name: string; readonly status: string }[] | null) =>
  tests?.map(({ name, status }) => `${status} ${name}`) ?? null;

describe("JUnit's XML", () => {
  const report = `<?xml version="1.0" encoding="UTF-8"?>
<testsuites><testsuite name="s"><properties><property name="a" value="b"/></properties>
  <testcase classname="a.B" name="x &lt;1&gt; &#228; &#x1F600;" time="1,000.5"/>
  <testcase classname="a.B" name="y" time="0.1"><failure message="no" type="E"><![CDATA[at <line> 1]]></failure></testcase>
  <testcase classname="a.B" name="z"><skipped message="later"/></testcase>
  <testcase classname="a.B" name="twice"/><testcase classname="a.B" name="twice"><error>boom</error></testcase>
  <testsuite name="inner"><testcase name="alone"/><error message="set-up failed"/></testsuite>
</testsuite></testsuites>`;

  test("gives tests of nested suites, entities, messages and durations; equal names get numbers", () => {
    const tests = readJunitXml(bytes(report));

    expect(short(tests)).toEqual([
      "passed a.B > x <1> ä 😀",
      "failed a.B > y",
      "skipped a.B > z",
      "passed a.B > twice",
      "failed a.B > twice (2)",
      "passed alone",
      "failed inner",
    ]);
    expect(tests?.[0]).toMatchObject({ durationMs: 1_000_500 });
    expect(tests?.[1]?.message).toContain("at <line> 1");
    expect(tests?.[4]).toMatchObject({ repeats: "a.B > twice" });
  });

  test("gives no test a number that another has in its name", () => {
    const cases = ["adds", "adds", "adds (2)", "adds"].map((name) => `<testcase name="${name}"/>`);

    expect(short(readJunitXml(bytes(`<testsuite>${cases.join("")}</testsuite>`)))).toEqual([
      "passed adds",
      "passed adds (3)",
      "passed adds (2)",
      "passed adds (4)",
    ]);
  });

  test.for([
    "",
    "{}",
    "<testsuite><testcase></testsuite>",
    '<!DOCTYPE a [<!ENTITY b "c">]><testsuite/>',
    "<html/>",
    "<a>".repeat(5000) + "</a>".repeat(5000),
    `<testsuite>${"<testsuite>".repeat(200)}${"</testsuite>".repeat(200)}</testsuite>`,
  ])("is not read from %j", (text) => {
    expect(readJunitXml(bytes(text))).toBeNull();
  });
});

describe("the Test Anything Protocol", () => {
  const failed = (diagnostics: string) => `TAP version 14\n1..2\nnot ok 1 - a\n  ---\n${diagnostics}\n  ...\nok 2 - b\n`;

  // What the parser of YAML cannot nest on the stack can end the process: a regular expression that is first compiled where the stack ends does.
  test("diagnostics without the bound on their depth end the process that reads them", async () => {
    const script = `import { Parser } from "tap-parser";
      const at = (depth) => depth === 0 ? Parser.parse(process.argv[1]) : at(depth - 1);
      for (let tries = 0; tries < 2_000; tries++) at((tries * 37) % 3_000);`;

    const run = promisify(execFile)(process.execPath, ["--input-type=module", "-e", script, failed(`  ${"? ".repeat(4990)}`)], {
      cwd: join(import.meta.dirname, "../../.."),
    });

    await expect(run).rejects.toMatchObject({ signal: "SIGABRT" });
  });

  test.for([
    ["signs in one line", `  ${"? ".repeat(4990)}`],
    ["indented signs", Array.from({ length: 1400 }, (_, level) => `  ${" ".repeat(level)}?`).join("\n")],
    ["misplaced signs", "  a: ?\n".repeat(20_000).trimEnd()],
    ["aliases", `  a: &a [x]\n  b: [${"*a,".repeat(3000)}]`],
    ["brackets", `  ${"[".repeat(9000)}`],
  ])("gives the tests without their diagnostics when these nest by %s", ([, diagnostics]) => {
    const tests = readTap(bytes(failed(diagnostics as string)));

    expect(tests?.map(({ name, status, message }) => [name, status, message])).toEqual([
      ["a", "failed", null],
      ["b", "passed", null],
    ]);
  });

  test("gives the message of a failed test, in subtests too", () => {
    const inner = failed("  message: 'no'\n  at: {line: 1, in: [x, y]}\n  ? k\n  : - v")
      .split("\n")
      .slice(1, -1)
      .map((line) => `    ${line}`);
    const text = `TAP version 14\n# Subtest: s\n${inner.join("\n")}\nnot ok 1 - s\n1..1\n`;

    expect(readTap(bytes(text))?.map(({ name, message }) => [name, message])).toEqual([
      ["s > a", "no"],
      ["s > b", null],
      ["s", null],
    ]);
  });

  test("is not read from subtests that lie inside one another without end", () => {
    const levels = Array.from({ length: 2400 }, (_, level) => `${"    ".repeat(level)}# Subtest: s`);

    expect(readTap(bytes(`TAP version 14\n${levels.join("\n")}\n1..0\n`))).toBeNull();
  });
});

describe("results among output", () => {
  test("what a failed test in Rust printed is no result", () => {
    const text =
      "test a ... FAILED\ntest c ... ok\n\nfailures:\n\n---- a stdout ----\nfailures:\n\ntest b ... ok\n\n\nfailures:\n    a\n\ntest result: FAILED. 1 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s\n";

    expect(short(readCargoLines(bytes(text), (name) => name)?.tests ?? null)).toEqual(["failed a", "passed c"]);
  });

  test("a result in Go that follows output without a line end, and that Go takes for its subtest's, is the test's", () => {
    const events = [
      { Action: "run", Test: "TestA" },
      { Action: "run", Test: "TestA/sub" },
      { Action: "output", Test: "TestA/sub", Output: "xy--- PASS: TestA (0.00s)\n" },
      { Action: "pass", Test: "TestA/sub", Elapsed: 0 },
      { Action: "pass", Elapsed: 0 },
    ].map((event) => JSON.stringify({ Package: "p", ...event }));

    expect(short(readGoJson(bytes(events.join("\n")), (_, name) => name)?.tests ?? null)).toEqual(["passed TestA/sub", "passed TestA"]);
  });

  test("a test in vitest that throws what has no message does not make the report unreadable", () => {
    const report = {
      success: false,
      testResults: [
        {
          name: "/t/a.test.js",
          status: "failed",
          assertionResults: [{ ancestorTitles: [], title: "a", status: "failed", failureMessages: [null] }],
        },
      ],
    };

    expect(short(readJestJson(bytes(JSON.stringify(report)), () => null)?.tests ?? null)).toEqual(["failed a"]);
  });
});

describe("TAP", () => {
  test("gives tests with their subtests, directives and diagnostics", () => {
    const text = `TAP version 14
# Subtest: outer
    ok 1 - inner
    not ok 2 - later # TODO not yet
    1..2
ok 1 - outer # time=5ms
not ok 2 - broken
  ---
  message: "boom"
  ...
ok 3 - left # SKIP no reason
1..3
`;
    const tests = readTap(bytes(text));

    expect(short(tests)).toEqual(["passed outer > inner", "skipped outer > later", "passed outer", "failed broken", "skipped left"]);
    expect(tests?.[3]?.message).toBe("boom");
  });

  test.for(["", "hello", "1..3\nok 1 - a\n", "1..1\nBail out! no\n", `ok 1 - ${"x".repeat(20_000)}\n1..1\n`])(
    "is not read from %j",
    (text) => {
      expect(readTap(bytes(text))).toBeNull();
    },
  );
});

describe("CTRF", () => {
  const report = (change: object = {}) => ({
    reportFormat: "CTRF",
    specVersion: "0.0.0",
    results: {
      tool: { name: "t" },
      summary: { tests: 3, passed: 1, failed: 1, skipped: 0, pending: 0, other: 1, start: 0, stop: 1 },
      tests: [
        { name: "a", status: "passed", duration: 1, suite: ["x", "y"] },
        { name: "b", status: "failed", duration: 2, message: "no", trace: "at 1" },
        { name: "c", status: "other", duration: 0 },
      ],
      ...change,
    },
  });

  test("gives tests after their suites; what is neither passed nor skipped does not count for the solution", () => {
    expect(short(readCtrf(bytes(JSON.stringify(report()))))).toEqual(["passed x > y > a", "failed b", "failed c"]);
  });

  test.for([{}, [], report({ tests: [] }), report({ tests: [{ name: 1, status: "passed", duration: 1 }] })])(
    "is not read from %j",
    (value) => {
      expect(readCtrf(bytes(JSON.stringify(value)))).toBeNull();
    },
  );
});

test("go test's events give tests that ended, that printed before their result, and that never ended", () => {
  const line = (value: object) => `${JSON.stringify({ Package: "p", ...value })}\n`;
  const text = [
    line({ Action: "run", Test: "TestA" }),
    line({ Action: "pass", Test: "TestA", Elapsed: 0.5 }),
    line({ Action: "run", Test: "TestB" }),
    line({ Action: "output", Test: "TestB", Output: "no end--- PASS: TestB (0.00s)\n" }),
    line({ Action: "run", Test: "TestC" }),
    line({ Action: "output", Test: "TestC", Output: "panic: no\n" }),
    "# command-line-arguments\n",
    line({ Action: "fail", Elapsed: 1 }),
  ].join("");
  const report = readGoJson(bytes(text), (_, name) => name);

  expect(short(report?.tests ?? null)).toEqual(["passed TestA", "passed TestB", "failed TestC"]);
  expect(report?.tests[0]?.durationMs).toBe(500);
  expect(report?.endedPackages.size).toBe(1);
  expect(readGoJson(bytes("no events\n"), (_, name) => name)).toBeNull();
});

test("cargo's lines give tests of each program; what failed tests printed is their message and no result", () => {
  const text = `
running 3 tests
test a::b ... ok
test fails - should panic ... FAILED
test slow ... ignored, takes long

failures:

---- fails stdout ----
test forged ... ok
note: test did not panic as expected

failures:
    fails

test result: FAILED. 1 passed; 1 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s

running 1 test
test c ... ok

test result: ok. 1 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s
`;
  const report = readCargoLines(bytes(text), (name, program) => `${program}:${name}`);

  expect(short(report?.tests ?? null)).toEqual(["passed 0:a::b", "failed 0:fails", "skipped 0:slow", "passed 1:c"]);
  expect(report?.tests[1]?.message).toContain("did not panic");
  expect(report?.ended).toBe(2);
});

test("Catch2's report gives test cases, and says whether the program reached its end", () => {
  const text = `<?xml version="1.0" encoding="UTF-8"?>
<Catch name="t"><Group name="t">
<TestCase name="good" filename="t.cpp" line="1"><OverallResult success="true" durationInSeconds="0.5"/></TestCase>
<TestCase name="bad" filename="t.cpp" line="2"><Section name="s" filename="t.cpp" line="3">
<Expression success="false" type="REQUIRE" filename="t.cpp" line="4"><Original>a == 5</Original><Expanded>4 == 5</Expanded></Expression>
</Section><OverallResult success="false"/></TestCase></Group><OverallResultsCases successes="1" failures="1"/></Catch>`;
  const report = readCatchXml(bytes(text));

  expect(short(report?.tests ?? null)).toEqual(["passed good", "failed bad"]);
  expect(report?.tests[1]?.message).toBe("t.cpp:4: REQUIRE( a == 5 ), with values 4 == 5");
  expect(report?.finished).toBe(true);
  expect(readCatchXml(bytes('<Catch name="t"><TestCase name="a">'))).toBeNull();
});

test("Jest's JSON gives tests by their blocks, and files that could not be run", () => {
  const value = {
    success: false,
    testResults: [
      { name: "/w/a.test.ts", status: "failed", message: "SyntaxError", assertionResults: [] },
      {
        name: "/w/b.test.ts",
        status: "passed",
        message: "",
        assertionResults: [
          { ancestorTitles: ["x"], title: "y", status: "passed", duration: 3, failureMessages: [] },
          { ancestorTitles: [], title: "z", status: "todo" },
        ],
      },
    ],
  };
  const report = readJestJson(bytes(JSON.stringify(value)), (path) => path.slice(3));

  expect(short(report?.tests ?? null)).toEqual(["passed b.test.ts > x > y", "skipped b.test.ts > z"]);
  expect([...(report?.brokenFiles ?? [])]).toEqual([["/w/a.test.ts", "SyntaxError"]]);
});
