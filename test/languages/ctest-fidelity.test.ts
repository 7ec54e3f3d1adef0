import { beforeAll, describe, test } from "vitest";
import { CATCH_ODDITIES, CATCH_PROGRAMS, CATCH_PROJECT, CATCH_SHOP, CATCH_TESTS } from "./oddities/catch.ts";
import { CTEST_ODDITIES, CTEST_TESTS, ctestProject } from "./oddities/ctest.ts";
import { CTEST_MACHINERY, MACHINERY_TESTS } from "./oddities/ctest-machinery.ts";
import { type Both, expectSame, type Lines, merged, runBoth } from "./oddities/same.ts";

describe("Catch2 by itself and the grader say the same of", () => {
  const files = {
    plan: "tests: {runner: ctest, timeout_seconds: 1200, files: [one_test.cpp, two_test.cpp, three_test.cpp, crash_test.cpp]}",
    workspace: CATCH_PROJECT,
    tests: CATCH_TESTS,
    solution: { "shop.cpp": CATCH_SHOP },
  };
  // Each test case by itself, whose status counts.
  const byHand = `cmake -S . -B /tmp/b > /tmp/output 2>&1 && cmake --build /tmp/b --parallel 2 >> /tmp/output 2>&1 || tail -50 /tmp/output
cd /tmp/b && python3 - <<'END'
import re, subprocess
for program in ${JSON.stringify(CATCH_PROGRAMS)}:
    listed = subprocess.run(["./" + program, "--list-test-names-only"], capture_output=True).stdout.decode()
    for name in filter(None, listed.split("\\n")):
        spec = re.sub(r'([\\\\,\\["])', r"\\\\\\1", name).strip()
        done = subprocess.run(["./" + program, spec], capture_output=True)
        text = done.stdout.decode("utf-8", "replace")
        print("@", "none" if "No test cases matched" in text else "passed" if done.returncode == 0 else "failed", name)
END`;
  let both: Both;
  beforeAll(async () => {
    both = await runBoth(files, byHand, (output) =>
      merged([...output.matchAll(/^@ (passed|failed) (.*)$/gm)].map(([, status = "", name = ""]) => [status, name.trim()] as const)),
    );
  });

  test.for(CATCH_ODDITIES)("$title", ({ code }) => {
    const names = [...code.matchAll(/(?:TEST_CASE|SCENARIO|_METHOD|_SIG)\((?:[\w:]+, )?"((?:[^"\\]|\\.)*)"/g)].map(([, name = ""]) =>
      (JSON.parse(`"${name.replaceAll("\\'", "'")}"`) as string).trim(),
    );
    const isOwn = (name: string) => names.some((own) => name.includes(own)) || (names.length === 0 && name.includes("nonymous"));
    expectSame(both.here, both.plain, isOwn, code.includes("[.]") ? 0 : 1);
  });
});

describe("CTest by itself and the grader say the same of", () => {
  const oddities = [...CTEST_ODDITIES, ...CTEST_MACHINERY];
  const files = {
    plan: "tests: {runner: ctest, timeout_seconds: 1200, files: [odd_test.c]}",
    workspace: ctestProject(oddities),
    tests: { ...CTEST_TESTS, ...MACHINERY_TESTS },
    solution: { "shop.c": "int f(int n) { return n; }\n" },
  };
  const byHand =
    "cmake -S . -B /tmp/b > /tmp/output 2>&1 && cmake --build /tmp/b --parallel 2 >> /tmp/output 2>&1 || tail -50 /tmp/output\nLC_ALL=C.UTF-8 ctest --test-dir /tmp/b 2>&1";
  let both: Both;
  beforeAll(async () => {
    both = await runBoth(files, byHand, resultsOf);
  });

  test.for(oddities)("$title", ({ names }) => {
    expectSame(both.here, both.plain, (name) => names.includes(name));
  });
});

// "1/58 Test  #1: ends 0 .........   Passed    0.00 sec", and so on.
function resultsOf(output: string): Lines {
  const found = [...output.matchAll(/^ *\d+\/\d+ Test +#\d+: (.*?) \.{3,}(.*?)(?: +[\d.]+ sec|Regex=)/gm)];
  return merged(
    found.map(([, name = "", words = ""]) => {
      if (words.includes("Passed")) return ["passed", name] as const;
      return [/Skipped|Disabled/.test(words) ? "skipped" : "failed", name] as const;
    }),
  );
}
