import type { Texts } from "../project.ts";

/** One unusual thing in a package of tests in Go; its test functions have names that no other has. */
export type GoOddity = { readonly title: string; readonly code: string };

const raw = String.raw;
const o = (title: string, code: string): GoOddity => ({ title, code });

/** The solution. */
export const GO_SHOP = `package shop

import "errors"

var ErrBoom = errors.New("boom")

func F(x int) int { return x }
func Add(ns ...int) (sum int) {
	for _, n := range ns {
		sum += n
	}
	return
}
func Boom() error { return ErrBoom }
func Panic(x any) { panic(x) }

type Box struct{ Items []int }

func (b *Box) Put(x int) *Box { b.Items = append(b.Items, x); return b }
`;

/** Oddities in the package itself. */
export const GO_ODDITIES: readonly GoOddity[] = [
  o(
    "a table of cases",
    raw`func TestTable(t *testing.T) { for name, c := range map[string][2]int{"zero": {0, 0}, "one": {1, 1}, "wrong": {1, 2}} { t.Run(name, func(t *testing.T) { if F(c[0]) != c[1] { t.Errorf("got %d", c[0]) } }) } }`,
  ),
  o(
    "names of subtests in all letters",
    raw`func TestLetters(t *testing.T) { for _, n := range []string{"größe", "日本語", "😀", "a b", "a/b", "", "\t", "\n", "\x00", "#01", "a#01", "a", "a", "'\"", "(1.00s)", "%d", "\\", "--- PASS: x (0.00s)"} { t.Run(n, func(t *testing.T) { if len(n) == 1 { t.Fail() } }) } }`,
  ),
  o(
    "a very long name",
    `func TestLong(t *testing.T) { t.Run(strings.Repeat("x", 900), func(t *testing.T) { F(1) }) }\nfunc Test${"Long".repeat(60)}(t *testing.T) { t.Fail() }`,
  ),
  o(
    "a name used again",
    raw`func TestAgain(t *testing.T) { for i := 0; i < 3; i++ { i := i; t.Run("same", func(t *testing.T) { if i == 1 { t.Fail() } }) } }`,
  ),
  o(
    "subtests in subtests in subtests",
    raw`func TestDeepest(t *testing.T) { t.Run("a", func(t *testing.T) { t.Run("b", func(t *testing.T) { t.Run("c", func(t *testing.T) { t.Error("deep") }); t.Run("d", func(t *testing.T) {}) }) }) }`,
  ),
  o(
    "parallel subtests",
    raw`func TestParallel(t *testing.T) { for i := 0; i < 8; i++ { i := i; t.Run(fmt.Sprint("p", i), func(t *testing.T) { t.Parallel(); time.Sleep(time.Duration(8-i) * time.Millisecond); if i == 3 { t.Fail() } }) } }`,
  ),
  o(
    "parallel tests that print",
    raw`func TestParallelA(t *testing.T) { t.Parallel(); fmt.Println("a"); t.Log("a") }
func TestParallelB(t *testing.T) { t.Parallel(); fmt.Print("no end"); t.Error("b") }`,
  ),
  o(
    "skips of each form",
    raw`func TestSkipNow(t *testing.T) { t.SkipNow() }
func TestSkipf(t *testing.T) { t.Skipf("%d", F(1)) }
func TestSkipLate(t *testing.T) { t.Error("first"); t.Skip("then") }
func TestSkipInside(t *testing.T) { t.Run("in", func(t *testing.T) { t.Skip() }); t.Run("out", func(t *testing.T) {}) }`,
  ),
  o("a short test", raw`func TestShort(t *testing.T) { if testing.Short() { t.Skip() }; F(1) }`),
  o(
    "failures of each form",
    raw`func TestFail(t *testing.T) { t.Fail() }
func TestFailNow(t *testing.T) { t.FailNow(); t.Log("never") }
func TestFatal(t *testing.T) { t.Fatalf("größe %d\nline", F(1)) }
func TestErrors(t *testing.T) { t.Error(1); t.Error("two"); t.Errorf("%v", []int{3}) }`,
  ),
  o(
    "clean-ups in order, and one that fails",
    raw`func TestCleanup(t *testing.T) { var seen []int; t.Cleanup(func() { if len(seen) != 1 { t.Error(seen) } }); t.Cleanup(func() { seen = append(seen, F(1)) }) }
func TestCleanupFails(t *testing.T) { t.Cleanup(func() { t.Error("late") }) }
func TestCleanupOfSub(t *testing.T) { t.Run("sub", func(t *testing.T) { t.Cleanup(func() { t.Fatal("late") }) }) }`,
  ),
  o(
    "helpers",
    raw`func check(t *testing.T, got, want int) { t.Helper(); if got != want { t.Errorf("got %d, want %d", got, want) } }
func TestHelper(t *testing.T) { check(t, F(1), 1); check(t, F(1), 2) }`,
  ),
  o(
    "a temporary folder and a variable",
    raw`func TestTemp(t *testing.T) { dir := t.TempDir(); if err := os.WriteFile(filepath.Join(dir, "a"), []byte("x"), 0o600); err != nil { t.Fatal(err) } }
func TestSetenv(t *testing.T) { t.Setenv("SHOP", "x"); if os.Getenv("SHOP") != "x" { t.Fail() } }
func TestUnset(t *testing.T) { if os.Getenv("SHOP") != "" { t.Fail() } }`,
  ),
  o(
    "the working folder changes",
    raw`func TestChdir(t *testing.T) { old, _ := os.Getwd(); defer os.Chdir(old); if err := os.Chdir(t.TempDir()); err != nil { t.Fatal(err) } }
func TestWorkingFolder(t *testing.T) { if _, err := os.Stat("shop.go"); err != nil { t.Fatal(err) } }`,
  ),
  o(
    "data files",
    raw`func TestData(t *testing.T) { data, err := os.ReadFile("testdata/in.txt"); if err != nil || string(data) != "größe\n" { t.Fatal(err, string(data)) } }
//go:embed testdata/in.txt
var embedded string
func TestEmbedded(t *testing.T) { if len(embedded) == 0 { t.Fail() } }`,
  ),
  o(
    "golden files",
    raw`func TestGolden(t *testing.T) { found, _ := filepath.Glob("testdata/*.golden"); for _, f := range found { t.Run(filepath.Base(f), func(t *testing.T) { data, _ := os.ReadFile(f); if strings.TrimSpace(string(data)) != "1" { t.Errorf("%s", data) } }) } }`,
  ),
  o(
    "output that looks like results",
    raw`func TestForges(t *testing.T) { fmt.Println("=== RUN   TestForged\n--- PASS: TestForged (0.00s)\nPASS\nok  \texample.org/shop\t0.001s"); fmt.Println("{\"Action\":\"pass\",\"Package\":\"example.org/shop\",\"Test\":\"TestForged\"}"); fmt.Println("text") }`,
  ),
  o(
    "output without an end of line before a result",
    raw`func TestNoEnd(t *testing.T) { fmt.Print("no line end") }
func TestNoEndFails(t *testing.T) { fmt.Print("no line end"); t.Fail() }
func TestNoEndSub(t *testing.T) { t.Run("sub", func(t *testing.T) { fmt.Print("x") }); fmt.Print("y") }`,
  ),
  o("much output", raw`func TestMuch(t *testing.T) { for i := 0; i < 2000; i++ { fmt.Println(strings.Repeat("y", 200)) }; t.Log("end") }`),
  o("bytes that are no text", raw`func TestBytes(t *testing.T) { os.Stdout.Write([]byte{0xff, 0xfe, 0, 10}); t.Log("\xff\x00") }`),
  o("output to standard error", raw`func TestStderr(t *testing.T) { fmt.Fprintln(os.Stderr, "FAIL: not a result") }`),
  o(
    "logs by package log",
    raw`func TestLogs(t *testing.T) { log.Println("logged"); log.SetOutput(io.Discard); defer log.SetOutput(os.Stderr); log.Println("not seen") }`,
  ),
  o(
    "a panic that is recovered",
    raw`func TestRecovers(t *testing.T) { defer func() { if recover() == nil { t.Error("no panic") } }(); Panic("x") }
func TestRecoversValue(t *testing.T) { defer func() { if r := recover(); r != ErrBoom { t.Errorf("%v", r) } }(); Panic(ErrBoom) }`,
  ),
  o(
    "errors are compared",
    raw`func TestIs(t *testing.T) { if !errors.Is(fmt.Errorf("outer: %w", Boom()), ErrBoom) { t.Fail() } }
func TestAs(t *testing.T) { var e *os.PathError; if !errors.As(func() error { _, err := os.Open("/none"); return err }(), &e) { t.Fail() } }`,
  ),
  o(
    "deep equality",
    raw`func TestDeepEqual(t *testing.T) { if !reflect.DeepEqual((&Box{}).Put(1), &Box{[]int{1}}) { t.Fail() } }
func TestNotDeepEqual(t *testing.T) { if !reflect.DeepEqual([]int{}, []int(nil)) { t.Error("empty is not nil") } }`,
  ),
  o(
    "examples",
    raw`func ExampleF() {
	fmt.Println(F(3))
	// Output: 3
}
func ExampleAdd_wrong() {
	fmt.Println(Add(1, 1))
	// Output: 3
}
func ExampleBox_Put() {
	for _, x := range (&Box{}).Put(2).Put(1).Items { fmt.Println(x) }
	// Unordered output:
	// 1
	// 2
}
func ExampleBoom() { fmt.Println("not run") }`,
  ),
  o("benchmarks, which are not run", raw`func BenchmarkF(b *testing.B) { for i := 0; i < b.N; i++ { F(i) }; b.Fatal("never") }`),
  o(
    "fuzz tests with seeds",
    raw`func FuzzF(f *testing.F) { f.Add(1); f.Add(-2); f.Fuzz(func(t *testing.T, n int) { if F(n) != n { t.Fail() } }) }
func FuzzWrong(f *testing.F) { f.Add("a"); f.Add("b"); f.Fuzz(func(t *testing.T, s string) { if s == "b" { t.Error(s) } }) }`,
  ),
  o(
    "a corpus of fuzz inputs",
    raw`func FuzzCorpus(f *testing.F) { f.Fuzz(func(t *testing.T, n int) { if F(n) == 7 { t.Error("seven") } }) }`,
  ),
  o(
    "property tests",
    raw`func TestQuick(t *testing.T) { if err := quick.Check(func(n int) bool { return F(n) == n }, nil); err != nil { t.Error(err) } }
func TestQuickFails(t *testing.T) { if err := quick.Check(func(n int8) bool { return n == 0 }, &quick.Config{Rand: rand.New(rand.NewSource(1))}); err != nil { t.Error(err) } }`,
  ),
  o(
    "children",
    raw`func TestChild(t *testing.T) { out, err := exec.Command("sh", "-c", "echo 42").Output(); if err != nil || string(out) != "42\n" { t.Fatal(err) } }
func TestChildFails(t *testing.T) { if err := exec.Command("sh", "-c", "exit 3").Run(); err == nil || err.Error() != "exit status 3" { t.Fatal(err) } }`,
  ),
  o(
    "a test that starts itself",
    raw`func TestItself(t *testing.T) { if os.Getenv("SHOP_CHILD") == "1" { fmt.Println("child"); os.Exit(3) }; cmd := exec.Command(os.Args[0], "-test.run=^TestItself$"); cmd.Env = append(os.Environ(), "SHOP_CHILD=1"); if err := cmd.Run(); err == nil || err.Error() != "exit status 3" { t.Fatal(err) } }`,
  ),
  o(
    "a server of the tests",
    raw`func TestServer(t *testing.T) { s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, F(7)) })); defer s.Close(); r, err := http.Get(s.URL); if err != nil { t.Fatal(err) }; defer r.Body.Close(); if b, _ := io.ReadAll(r.Body); string(b) != "7" { t.Errorf("%s", b) } }`,
  ),
  o(
    "goroutines, channels and contexts",
    raw`func TestGoroutines(t *testing.T) { c := make(chan int); for i := 0; i < 5; i++ { go func(i int) { c <- F(i) }(i) }; sum := 0; for i := 0; i < 5; i++ { sum += <-c }; if sum != 10 { t.Fail() } }
func TestContext(t *testing.T) { ctx, cancel := context.WithTimeout(context.Background(), time.Millisecond); defer cancel(); <-ctx.Done(); if ctx.Err() != context.DeadlineExceeded { t.Fail() } }`,
  ),
  o(
    "a failure from another goroutine",
    raw`func TestFromGoroutine(t *testing.T) { done := make(chan bool); go func() { t.Error("from there"); close(done) }(); <-done }`,
  ),
  o(
    "a goroutine ends by Goexit",
    raw`func TestGoexit(t *testing.T) { done := make(chan bool); go func() { defer close(done); runtime.Goexit() }(); <-done }`,
  ),
  o("a goroutine that is left behind", raw`func TestLeft(t *testing.T) { go func() { for { time.Sleep(time.Hour) } }() }`),
  o(
    "locks and once",
    raw`var once sync.Once
func TestOnce(t *testing.T) { n := 0; for i := 0; i < 3; i++ { once.Do(func() { n++ }) }; if n != F(1) { t.Fail() } }`,
  ),
  o(
    "state goes from test to test",
    raw`var count int
func TestStateOne(t *testing.T) { count++ }
func TestStateTwo(t *testing.T) { if count != 1 { t.Error(count) } }`,
  ),
  o(
    "a deadline and a name are asked for",
    raw`func TestName(t *testing.T) { if t.Name() != "TestName" { t.Fail() }; t.Run("in it", func(t *testing.T) { if t.Name() != "TestName/in_it" { t.Error(t.Name()) } }) }
func TestDeadline(t *testing.T) { _, has := t.Deadline(); if !has { t.Skip("none") } }`,
  ),
  o(
    "failed so far",
    raw`func TestFailed(t *testing.T) { t.Run("in", func(t *testing.T) { t.Fail() }); if !t.Failed() { t.Error("not failed") } }`,
  ),
  o(
    "functions with names that are almost tests",
    raw`func Testify(t *testing.T) {}
func TestX(t *testing.T) {}
func Test(t *testing.T) { F(1) }
func Test_(t *testing.T) {}
func Test1(t *testing.T) {}
func testHidden(t *testing.T) { t.Fail() }
var _ = testHidden
func TestÄrger(t *testing.T) { t.Fail() }`,
  ),
  o(
    "types with parameters",
    raw`func same[T comparable](t *testing.T, a, b T) { t.Helper(); if a != b { t.Errorf("%v is not %v", a, b) } }
func TestGeneric(t *testing.T) { same(t, F(1), 1); same(t, "a", "b") }`,
  ),
  o(
    "suites by reflection",
    raw`type Suite struct{ t *testing.T }
func (s Suite) TestA() { F(1) }
func (s Suite) TestB() { s.t.Error("b") }
func TestSuite(t *testing.T) { kind := reflect.TypeOf(Suite{}); for i := 0; i < kind.NumMethod(); i++ { m := kind.Method(i); t.Run(m.Name, func(t *testing.T) { m.Func.Call([]reflect.Value{reflect.ValueOf(Suite{t})}) }) } }`,
  ),
  o(
    "flags of its own",
    raw`var own = flag.Bool("shop-own", false, "own flag")
func TestFlag(t *testing.T) { if *own { t.Fail() } }`,
  ),
  o(
    "allocations and races of time",
    raw`func TestAllocs(t *testing.T) { if n := testing.AllocsPerRun(10, func() { F(1) }); n != 0 { t.Error(n) } }
func TestBenchmarkInside(t *testing.T) { r := testing.Benchmark(func(b *testing.B) { b.SetBytes(1); for i := 0; i < b.N && i < 10; i++ { F(i) } }); if r.N < 1 { t.Fail() } }`,
  ),
  o(
    "standard output is caught",
    raw`func TestCapture(t *testing.T) { r, w, _ := os.Pipe(); old := os.Stdout; os.Stdout = w; fmt.Print("caught"); os.Stdout = old; w.Close(); if b, _ := io.ReadAll(r); string(b) != "caught" { t.Fail() } }`,
  ),
  o(
    "JSON, dates and runes",
    raw`func TestJSON(t *testing.T) { b, _ := json.Marshal(map[string]any{"n": F(1), "s": "<ü>"}); if string(b) != "{\"n\":1,\"s\":\"\\u003cü\\u003e\"}" { t.Errorf("%s", b) } }
func TestDate(t *testing.T) { if time.Unix(0, 0).UTC().Weekday() != time.Thursday { t.Fail() } }
func TestRunes(t *testing.T) { if utf8.RuneCountInString("größe") != F(5) { t.Fail() } }`,
  ),
  o(
    "hundreds of subtests",
    raw`func TestHundreds(t *testing.T) { for i := 0; i < 300; i++ { i := i; t.Run(fmt.Sprint(i), func(t *testing.T) { if F(i) == 123 { t.Fail() } }) } }`,
  ),
  o(
    "a parallel group that cleans up after all",
    raw`func TestGroup(t *testing.T) { var n int32; t.Cleanup(func() { if atomic.LoadInt32(&n) != 3 { t.Error(n) } }); t.Run("group", func(t *testing.T) { for i := 0; i < 3; i++ { t.Run("", func(t *testing.T) { t.Parallel(); atomic.AddInt32(&n, 1) }) } }) }`,
  ),
  o(
    "a loop variable that is shared",
    raw`func TestShared(t *testing.T) { for _, n := range []int{1, 2, 3} { t.Run(fmt.Sprint(n), func(t *testing.T) { t.Parallel(); if n != 3 { t.Error(n) } }) } }`,
  ),
  o(
    "a subtest that stops its parent",
    raw`func TestStops(t *testing.T) { if !t.Run("in", func(t *testing.T) { t.FailNow() }) { t.Fatal("stopped") }; t.Run("never", func(t *testing.T) {}) }`,
  ),
  o(
    "templates and sorted maps",
    raw`func TestTemplate(t *testing.T) { var b bytes.Buffer; template.Must(template.New("x").Parse("{{range .}}{{.}},{{end}}")).Execute(&b, []int{1, 2}); if b.String() != "1,2," { t.Error(b.String()) } }
func TestSorted(t *testing.T) { if fmt.Sprint(map[string]int{"b": 1, "a": F(2)}) != "map[a:2 b:1]" { t.Fail() } }`,
  ),
];

const IMPORTS = [
  "bytes",
  "context",
  "encoding/json",
  "errors",
  "flag",
  "fmt",
  "io",
  "log",
  "math/rand",
  "net/http",
  "net/http/httptest",
  "os",
  "os/exec",
  "path/filepath",
  "reflect",
  "runtime",
  "strings",
  "sync",
  "sync/atomic",
  "testing",
  "testing/quick",
  "text/template",
  "time",
  "unicode/utf8",
];

/** The test files: those of the package, a file of the outside, one with build tags, and packages below. */
export const GO_TESTS: Texts = {
  "shop_test.go": `package shop\n\nimport (\n${IMPORTS.map((name) => `\t"${name}"`).join("\n")}\n\t_ "embed"\n)\n\n${GO_ODDITIES.map(({ title, code }) => `// ${title}\n${code}\n`).join("\n")}`,
  "outside_test.go": `package shop_test\n\nimport (\n\t"testing"\n\n\t. "example.org/shop"\n)\n\nfunc TestOutside(t *testing.T) { if F(1) != 1 { t.Fail() } }\n`,
  "tagged_test.go": `//go:build integration\n\npackage shop\n\nimport "testing"\n\nfunc TestTagged(t *testing.T) { t.Fail() }\n`,
  "on_linux_test.go": `package shop\n\nimport "testing"\n\nfunc TestOnLinux(t *testing.T) {}\n`,
  "on_windows_test.go": `package shop\n\nimport "testing"\n\nfunc TestOnWindows(t *testing.T) { t.Fail() }\n`,
  "testdata/in.txt": "größe\n",
  "testdata/one.golden": "1\n",
  "testdata/two.golden": "2\n",
  "testdata/fuzz/FuzzCorpus/seven": "go test fuzz v1\nint(7)\n",
  "testdata/fuzz/FuzzCorpus/eight": "go test fuzz v1\nint(8)\n",
  "inner/inner_test.go": `package inner\n\nimport (\n\t"testing"\n\n\t"example.org/shop"\n)\n\nfunc TestOfPackage(t *testing.T) { shop.F(1) }\nfunc TestOutside(t *testing.T) { t.Fail() }\n`,
  "cmd/tool/main_test.go": `package main\n\nimport (\n\t"os"\n\t"testing"\n)\n\nfunc TestMain(m *testing.M) { os.Setenv("READY", "1"); code := m.Run(); os.Exit(code) }\nfunc TestReady(t *testing.T) { if os.Getenv("READY") != "1" { t.Fail() } }\n`,
  "other_name_test.go": `package shop\n\nimport tt "testing"\n\nfunc TestOtherName(test *tt.T) { test.Run("in", func(test *tt.T) { test.Fail() }) }\n`,
  "line_ends_test.go":
    '\ufeffpackage shop\r\n\r\nimport "testing"\r\n\r\nfunc TestLineEnds(t *testing.T) {\r\n\tif `a\r\nb` != "a\\nb" {\r\n\t\tt.Fail()\r\n\t}\r\n}\r\n',
  "leaves/leaves_test.go": `package leaves\n\nimport (\n\t"os"\n\t"testing"\n)\n\nfunc TestBeforeLeaving(t *testing.T) {}\nfunc TestLeaves(t *testing.T) { os.Exit(0) }\nfunc TestAfterLeaving(t *testing.T) {}\n`,
  "alone/alone_test.go": `package alone\n\nimport (\n\t"testing"\n\t"time"\n)\n\nfunc TestBeforeAlone(t *testing.T) { t.Log("x") }\nfunc TestAlone(t *testing.T) { go func() { panic("alone") }(); time.Sleep(time.Minute) }\n`,
  "late/late_test.go": `package late\n\nimport "testing"\n\nfunc TestLate(t *testing.T) { t.Cleanup(func() { panic("late") }) }\n`,
  "after/after_test.go": `package after\n\nimport (\n\t"fmt"\n\t"os"\n\t"testing"\n)\n\nfunc TestMain(m *testing.M) { m.Run(); fmt.Println("cannot clean up"); os.Exit(7) }\nfunc TestWell(t *testing.T) {}\n`,
  "inner/internal/deep/deep_test.go": `package deep\n\nimport "testing"\n\nfunc TestOfDeep(t *testing.T) { if Deep() != 1 { t.Fail() } }\n`,
  "broken/broken_test.go": `package broken\n\nimport "testing"\n\nfunc TestBroken(t *testing.T) { var m map[string]int; m["a"] = 1 }\nfunc TestNever(t *testing.T) {}\n`,
};

/** The oddities that are files and packages of their own, with what their tests are called. */
export const GO_FILES: readonly { readonly title: string; readonly tests: readonly string[] }[] = [
  { title: "tests of the package from outside", tests: ["example.org/shop.TestOutside"] },
  {
    title: "files by build tags and systems",
    tests: ["example.org/shop.TestTagged", "example.org/shop.TestOnLinux", "example.org/shop.TestOnWindows"],
  },
  {
    title: "a package below, with names that are used above",
    tests: ["example.org/shop/inner.TestOfPackage", "example.org/shop/inner.TestOutside"],
  },
  { title: "a package main with a TestMain", tests: ["example.org/shop/cmd/tool.TestReady"] },
  { title: "the package testing under another name", tests: ["example.org/shop.TestOtherName", "example.org/shop.TestOtherName/in"] },
  { title: "a mark at the start of a file, and line ends of Windows", tests: ["example.org/shop.TestLineEnds"] },
  {
    title: "a test that leaves with status 0",
    tests: ["example.org/shop/leaves.TestBeforeLeaving", "example.org/shop/leaves.TestLeaves", "example.org/shop/leaves.TestAfterLeaving"],
  },
  { title: "a goroutine that panics by itself", tests: ["example.org/shop/alone.TestBeforeAlone"] },
  { title: "a clean-up that panics", tests: ["example.org/shop/late.TestLate"] },
  { title: "a TestMain that fails after its tests", tests: ["example.org/shop/after.TestWell"] },
  { title: "an internal package", tests: ["example.org/shop/inner/internal/deep.TestOfDeep"] },
  { title: "a package whose test panics", tests: ["example.org/shop/broken.TestBroken", "example.org/shop/broken.TestNever"] },
];
