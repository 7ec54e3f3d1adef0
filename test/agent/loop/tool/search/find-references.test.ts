import { expect, test } from "vitest";
import { definitionTest } from "../../../../../src/agent/loop/tool/search/definition.ts";
import { openContainerWorkshop } from "../workshop.ts";

test("find_references lists definitions first, as whole words", async () => {
  const { textOf } = await openContainerWorkshop({
    "a.py": "from b import parse\nparse(1)\nparser = 2\n",
    "b.py": "def parse(x):\n    return parse_all(x)\n",
  });

  expect(await textOf("find_references", { symbol: "parse" })).toBe(
    ["Definitions:", "b.py:1: def parse(x):", "References:", "a.py:1: from b import parse", "a.py:2: parse(1)"].join("\n"),
  );
});

test("find_references leaves out a heading with nothing under it", async () => {
  const { textOf } = await openContainerWorkshop({ "a.py": "print(value)\n" });

  expect(await textOf("find_references", { symbol: "value" })).toBe("References:\na.py:1: print(value)");
  expect(await textOf("find_references", { symbol: "nothing" })).toBe("No matches.");
});

test("find_references accepts dollars in identifiers", async () => {
  const { textOf } = await openContainerWorkshop({ "a.js": "const $el = 1;\nuse($el);\nconst el = 2;\n" });

  expect(await textOf("find_references", { symbol: "$el" })).toBe("Definitions:\na.js:1: const $el = 1;\nReferences:\na.js:2: use($el);");
});

test.for(["a b", "", "a.b", "1a", "--pre", "a\nb"])("find_references refuses %j as a symbol", async (symbol) => {
  const { textOf } = await openContainerWorkshop({});

  expect(await textOf("find_references", { symbol })).toBe(
    `Error: invalid_arguments: symbol must be one identifier, got ${JSON.stringify(symbol)}.\nUse search_files for other text.`,
  );
});

test("find_references keeps the definitions when there is too much to show", async () => {
  const { textOf } = await openContainerWorkshop({ "a.go": "hit()\n".repeat(300), "z.go": "func hit() {\n" });

  const text = await textOf("find_references", { symbol: "hit" });
  expect(text.startsWith("Definitions:\nz.go:1: func hit() {\nReferences:\na.go:1: hit()\n")).toBe(true);
  expect(text).toContain("[301 matches in 2 files; showing the first 98. Narrow the pattern or path.]");
});

test.for([
  {
    path: "a.py",
    defines: ["def f(x):", "  async def f():", "class f:", "f = 1", "f: int = 1"],
    uses: ["f()", "x = f", "f == 1", "import f"],
  },
  {
    path: "a.ts",
    defines: ["export function f() {", "const f = 1", "export class f {", "type f = 1", "  private async f(x: number): void {", "  f() {"],
    uses: ["f();", "return f(x);", "import { f } from 'x'", "x.f = 1", "if (f(x)) {"],
  },
  { path: "a.go", defines: ["func f() {", "func (r *R) f(x int) {", "type f struct {", "f := 1", "var f int"], uses: ["f()", "x = f"] },
  { path: "a.rs", defines: ["pub fn f<T>(x: T) {", "struct f;", "let mut f = 1;", "macro_rules! f {"], uses: ["f();", "use a::f;"] },
  {
    path: "A.java",
    defines: ["public class f {", "  public static int f(int x) {", "interface f {"],
    uses: ["    f(1);", "return f(x);", "x = f(1);"],
  },
  { path: "a.c", defines: ["#define f 1", "static int *f(void)", "struct f {", "typedef int f;"], uses: ["  f();", "x = f(1);"] },
  { path: "a.rb", defines: ["def f", "def self.f(x)", "class f", "f = 1"], uses: ["f 1", "f == 2"] },
  { path: "a.sh", defines: ["f() {", "function f {", "f=1"], uses: ["f x", "echo $f"] },
  { path: "a.txt", defines: [], uses: ["def f():", "function f()"] },
])("lines that define a symbol are shown from uses in $path", ({ path, defines, uses }) => {
  const isDefinition = definitionTest("f");

  expect(defines.filter((line) => !isDefinition(path, line))).toEqual([]);
  expect(uses.filter((line) => isDefinition(path, line))).toEqual([]);
});
