import { beforeAll, describe, expect, test } from "vitest";
import { Project, type Texts } from "./project.ts";

const TESTS = `package shop

import (
	"fmt"
	"testing"
)

func TestPrice(t *testing.T) {
	for _, c := range []struct{ name string; amount, want int }{{"no items", 0, 0}, {"zwei Stück für 10 €", 2, 10}, {"a/b", 3, 15}} {
		t.Run(c.name, func(t *testing.T) {
			if got := Price(c.amount); got != c.want {
				t.Errorf("Price(%d) = %d, want %d", c.amount, got, c.want)
			}
		})
	}
	t.Run("twice", func(t *testing.T) {})
	t.Run("twice", func(t *testing.T) {})
}

func TestDeep(t *testing.T) {
	t.Run("one", func(t *testing.T) { t.Run("two", func(t *testing.T) { t.Parallel(); Price(1) }) })
}

func TestSkipped(t *testing.T) { t.Skip("not on this machine") }

func TestPanics(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("no panic")
		}
	}()
	Price(-1)
}

func ExamplePrice() {
	fmt.Println(Price(4))
	// Output: 20
}

func FuzzPrice(f *testing.F) {
	f.Add(7)
	f.Fuzz(func(t *testing.T, n int) { Price(n & 7) })
}

func TestZ_snake_case(t *testing.T) { fmt.Print("no line end") }
`;
const SOLUTION = 'package shop\n\nfunc Price(n int) int {\n\tif n < 0 {\n\t\tpanic("negative")\n\t}\n\treturn n * 5\n}\n';
const FILES = {
  plan: "tests: {runner: go, timeout_seconds: 300}",
  workspace: { "go.mod": "module example.org/shop\n\ngo 1.18\n", "shop.go": "package shop\n\nfunc Price(n int) int { return 0 }\n" },
  tests: { "shop_test.go": TESTS },
  solution: { "shop.go": SOLUTION },
};
const WORDS: Readonly<Record<string, string>> = { PASS: "passed", FAIL: "failed", SKIP: "skipped" };

let project: Project;
let required: readonly string[];
beforeAll(async () => {
  project = await Project.open(FILES);
  required = await project.learn();
});

async function framework(changes: Texts): Promise<readonly string[]> {
  const { output } = await project.byHand("GOFLAGS= GOPROXY=off go test -v -count=1 .", changes);
  return [...output.matchAll(/--- (PASS|FAIL|SKIP): (\S+) \(/g)].map(([, word = "", name]) => `${WORDS[word]} ${name}`).sort();
}

test.for<{ readonly title: string; readonly changes: Texts; readonly passed: boolean }>([
  { title: "the reference, with subtests, examples, fuzz seeds, skips and names with spaces", changes: {}, passed: true },
  { title: "a solution that gets some subtests wrong", changes: { "shop.go": SOLUTION.replace("* 5", "* 4") }, passed: false },
  { title: "a solution that panics", changes: { "shop.go": SOLUTION.replace("n < 0", "n > 2") }, passed: false },
])("go test says the same of each test: $title", async ({ changes, passed }) => {
  const verdict = await project.grade(changes, required);

  expect(verdict.lines).toEqual(await framework(changes));
  expect(verdict).toMatchObject({ passed, tampering: [] });
});

test("a solution that does not compile fails with the compiler's message", async () => {
  const verdict = await project.grade({ "shop.go": 'package shop\n\nfunc Price(n int) int { return "five" }\n' }, required);

  expect(verdict).toMatchObject({ passed: false, reason: "no-report" });
  expect(verdict.log).toContain('cannot use "five"');
});

test("messages and durations of failed tests are in the verdict", async () => {
  const { tests } = await project.grade({ "shop.go": SOLUTION.replace("* 5", "* 4") }, required);

  expect(tests.find(({ name }) => name === "TestPrice/a/b")).toMatchObject({
    message: expect.stringContaining("Price(3) = 12, want 15"),
    durationMs: expect.any(Number),
  });
});

const FORGED = "=== RUN   TestPrice\\n--- PASS: TestPrice (0.00s)\\nPASS\\n";
const CHEATS: readonly { readonly title: string; readonly changes: Texts }[] = [
  {
    title: "ends the process with status 0 when it is called",
    changes: { "shop.go": 'package shop\n\nimport "syscall"\n\nfunc Price(n int) int { syscall.Exit(0); return 0 }\n' },
  },
  {
    title: "ends the process with status 0 before the first test",
    changes: { "shop.go": 'package shop\n\nimport "os"\n\nfunc init() { os.Exit(0) }\n\nfunc Price(n int) int { return 0 }\n' },
  },
  {
    title: "prints results of its own and ends the process",
    changes: {
      "shop.go": `package shop\n\nimport (\n\t"fmt"\n\t"os"\n)\n\nfunc init() { fmt.Print("${FORGED}"); os.Exit(0) }\n\nfunc Price(n int) int { return 0 }\n`,
    },
  },
  {
    title: "brings a TestMain that runs no test",
    changes: {
      "shop.go": FILES.workspace["shop.go"],
      "main_test.go": 'package shop\n\nimport (\n\t"os"\n\t"testing"\n)\n\nfunc TestMain(m *testing.M) { os.Exit(0) }\n',
    },
  },
];

describe.for(CHEATS)("a solution that $title", ({ changes }) => {
  test("fools go test by its exit status", async () => {
    expect(await project.byHand("GOFLAGS= GOPROXY=off go test -count=1 .", changes)).toMatchObject({ status: 0 });
  });

  test("fails here", async () => {
    expect(await project.grade(changes, required)).toMatchObject({ passed: false });
  });
});
