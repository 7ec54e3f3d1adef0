import { beforeAll, describe, test } from "vitest";
import { GO_FILES, GO_ODDITIES, GO_SHOP, GO_TESTS } from "./oddities/go.ts";
import { type Both, expectSame, type Lines, merged, runBoth } from "./oddities/same.ts";

const MODULE = "example.org/shop";
const PACKAGES = ["", "/inner", "/cmd/tool", "/broken", "/leaves", "/alone", "/late", "/after", "/inner/internal/deep"];
const STATUS: Readonly<Record<string, string>> = { PASS: "passed", FAIL: "failed", SKIP: "skipped" };
const FILES = {
  plan: "tests: {runner: go, timeout_seconds: 900}",
  workspace: { "go.mod": `module ${MODULE}\n\ngo 1.18\n` },
  tests: GO_TESTS,
  solution: {
    "shop.go": GO_SHOP,
    "inner/inner.go": "package inner\n",
    "cmd/tool/main.go": "package main\n\nfunc main() {}\n",
    "broken/b.go": "package broken\n",
    "leaves/l.go": "package leaves\n",
    "alone/a.go": "package alone\n",
    "late/l.go": "package late\n",
    "after/a.go": "package after\n",
    "inner/internal/deep/d.go": "package deep\n\nfunc Deep() int { return 1 }\n",
  },
};

// Go's words for people: one package after the other, so that each result is known to be of its package.
const BY_HAND = PACKAGES.map(
  (path) => `echo; echo "@ ${MODULE}${path}"; CGO_ENABLED=0 GOFLAGS= GOPROXY=off go test -v -count=1 .${path} 2>&1`,
).join("\n");

function resultsIn(output: string): Lines {
  const [, ...packages] = output.split(/^@ /m);
  const found = packages.flatMap((text) => {
    const path = text.slice(0, text.indexOf("\n"));
    return [...text.matchAll(/--- (PASS|FAIL|SKIP): (\S+) \(\d/g)].map(
      ([, word = "", name = ""]) => [STATUS[word] ?? "", `${path}.${name}`] as const,
    );
  });
  return merged(found);
}

describe("go test by itself and the grader say the same of", () => {
  let both: Both;
  beforeAll(async () => {
    both = await runBoth(FILES, BY_HAND, resultsIn);
  });

  test.for(GO_ODDITIES)("$title", ({ code }) => {
    const names = [...code.matchAll(/func ((?:Test|Fuzz|Example)[\p{L}\p{N}_]*)\(/gu)].map(([, name]) => `${MODULE}.${name}`);
    // Go runs no benchmark unless it is asked to, and no function whose name only begins like that of a test.
    if (names.length === 0)
      expectSame(
        both.here.filter((line) => line.includes(".Benchmark")),
        [],
        () => true,
        0,
      );
    else expectSame(both.here, both.plain, (name) => names.some((own) => name === own || name.startsWith(`${own}/`)));
  });

  test.for(GO_FILES)("$title", ({ tests }) => {
    expectSame(both.here, both.plain, (name) => tests.includes(name));
  });
});
