import type { Texts } from "../project.ts";
import type { CheatedTask } from "./cheat.ts";

const WRONG = "package shop\n\nfunc Price(n int) int { return -1 }\n";
const GO_TEST = `package shop

import "testing"

func TestNothing(t *testing.T) {
	if got := Price(0); got != 0 {
		t.Errorf("Price(0) = %d, want 0", got)
	}
}

func TestTwelve(t *testing.T) {
	if got := Price(12); got != 60 {
		t.Errorf("Price(12) = %d, want 60", got)
	}
}
`;
const GO = "GOFLAGS= GOPROXY=off go test -count=1 .";
const goFile = (imports: string, code: string): Texts => ({
  "shop.go": `package shop\n\nimport (\n${imports
    .split(" ")
    .map((name) => `\t${name.startsWith("_") ? `_ "${name.slice(1)}"` : `"${name}"`}`)
    .join("\n")}\n)\n\n${code}\n`,
});
const GO_PASSES = '"=== RUN   TestNothing\\n--- PASS: TestNothing (0.00s)\\n=== RUN   TestTwelve\\n--- PASS: TestTwelve (0.00s)\\nPASS\\n"';

/** A task for `go test`. */
export const GO_TASK: CheatedTask = {
  name: "go",
  runner: "go",
  isolation: "none",
  project: {
    plan: "tests: {runner: go, timeout_seconds: 400}",
    workspace: { "go.mod": "module example.org/shop\n\ngo 1.18\n", "shop.go": WRONG },
    tests: { "shop_test.go": GO_TEST },
    solution: { "shop.go": "package shop\n\nfunc Price(n int) int { return n * 5 }\n" },
  },
  wrong: { "shop.go": WRONG },
  undefended: GO,
  cheats: [
    {
      row: "D2",
      title: "leaves with status 0 when it is called",
      files: goFile("syscall", "func Price(n int) int { syscall.Exit(0); return 0 }"),
    },
    {
      row: "D2",
      title: "leaves with status 0 in init",
      files: goFile("os", "func init() { os.Exit(0) }\nfunc Price(n int) int { return 0 }"),
    },
    {
      row: "D2",
      title: "leaves with status 0 as a variable of the package is made",
      files: goFile("os", "var early = func() int { os.Exit(0); return 0 }()\nfunc Price(n int) int { return early }"),
    },
    {
      row: "D11",
      title: "prints results and leaves",
      files: goFile("fmt os", `func init() { fmt.Print(${GO_PASSES}); os.Exit(0) }\nfunc Price(n int) int { return 0 }`),
    },
    {
      row: "D9",
      title: "runs no test, by the program's own arguments",
      files: goFile("os", 'func init() { os.Args = append(os.Args, "-test.run=^$") }\nfunc Price(n int) int { return 0 }'),
    },
    {
      row: "D9",
      title: "only lists the tests, by the program's own arguments",
      files: goFile("os", 'func init() { os.Args = append(os.Args, "-test.list=.") }\nfunc Price(n int) int { return 0 }'),
    },
    {
      row: "B16",
      title: "brings a TestMain that runs no test",
      files: {
        "shop.go": WRONG,
        "main_test.go": 'package shop\n\nimport (\n\t"os"\n\t"testing"\n)\n\nfunc TestMain(m *testing.M) { os.Exit(0) }\n',
      },
    },
    {
      row: "D7",
      title: "overwrites the code of testing's Fail",
      only: "x64",
      files: {
        ...goFile(
          "syscall unsafe",
          "//go:linkname fail testing.(*common).Fail\nfunc fail(unsafe.Pointer)\n\nfunc init() {\n\tf := fail\n\tat := **(**uintptr)(unsafe.Pointer(&f))\n\tpage := at &^ 4095\n\tcode := unsafe.Slice((*byte)(unsafe.Pointer(page)), 8192)\n\tif syscall.Mprotect(code, 7) == nil {\n\t\t*(*byte)(unsafe.Pointer(at)) = 0xc3\n\t}\n}\nfunc Price(n int) int { return 0 }",
        ),
        "empty.s": "",
      },
    },
    {
      row: "B16",
      title: "has go generate replace the tests",
      files: {
        "shop.go": `package shop\n\n//go:generate sh -c "printf 'package shop\\n' > shop_test.go"\nfunc Price(n int) int { return -1 }\n`,
      },
      twin: `go generate . && ${GO}`,
    },
    {
      row: "D14",
      title: "ends the go tool, after it printed what that prints",
      files: goFile(
        "fmt os syscall",
        `func init() { out, _ := os.OpenFile(fmt.Sprintf("/proc/%d/fd/1", os.Getppid()), os.O_WRONLY|os.O_APPEND, 0); fmt.Fprint(out, "ok  \\texample.org/shop\\t0.01s\\n"); syscall.Kill(os.Getppid(), 9) }\nfunc Price(n int) int { return 0 }`,
      ),
      twin: `${GO} > /tmp/printed; grep -q "^ok" /tmp/printed`,
    },
    {
      row: "D12",
      title: "answers from the test file",
      files: goFile(
        "os regexp strconv fmt",
        'func Price(n int) int {\n\ttext, _ := os.ReadFile("shop_test.go")\n\tfound := regexp.MustCompile(fmt.Sprintf(`Price\\(%d\\); got != (\\d+)`, n)).FindSubmatch(text)\n\tanswer, _ := strconv.Atoi(string(found[1]))\n\treturn answer\n}',
      ),
      open: true,
    },
    {
      row: "D11+D12",
      title: "reads the names of all tests, and prints that those drawn by lot failed and the others passed",
      files: goFile(
        "fmt os path/filepath regexp strings",
        'func init() {\n\tcode := 0\n\tfiles, _ := filepath.Glob("*_test.go")\n\tfor _, file := range files {\n\t\ttext, _ := os.ReadFile(file)\n\t\tfor _, found := range regexp.MustCompile(`func (Test\\w+)`).FindAllSubmatch(text, -1) {\n\t\t\tword := "PASS"\n\t\t\tif strings.HasPrefix(file, "zzz_") { word, code = "FAIL", 1 }\n\t\t\tfmt.Printf("=== RUN   %s\\n--- %s: %s (0.00s)\\n", found[1], word, found[1])\n\t\t}\n\t}\n\tif code == 1 { fmt.Println("FAIL") } else { fmt.Println("PASS") }\n\tos.Exit(code)\n}\nfunc Price(n int) int { return 0 }',
      ),
      open: true,
    },
  ],
};
