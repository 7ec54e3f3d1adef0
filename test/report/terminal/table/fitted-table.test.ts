import { stripVTControlCharacters } from "node:util";
import pc from "picocolors";
import stringWidth from "string-width";
import { describe, expect, test } from "vitest";
import { type Column, fittedTable, tableInBlocks } from "../../../../src/report/terminal/table/fitted-table.ts";

const paint = pc.createColors(true);

const COLUMNS: readonly Column[] = [
  { head: "Model", kind: "name", cells: ["claude-sonnet-5.5-thinking-high@20260102-0304-abcd", "gpt-5.4", "日本語のモデル"] },
  { head: "Pass rate", kind: "figure", cells: [paint.green("100.0 %"), "44.4 %", "0.0 %"] },
  { head: "95% interval", kind: "figure", cells: ["80 to 100 %", "23 to 68 %", "0 to 20 %"] },
  { head: "Cached", kind: "figure", drop: 2, cells: ["189.6k", "188.6k", "168.3k"] },
  { head: "Cost", kind: "figure", drop: 1, cells: ["$0.173", "$0.169", "unknown"] },
  { head: "Result", kind: "text", cells: ["passed every test", "wrong answer in two of them", "-"] },
];

const widest = (text: string): number => Math.max(...text.split("\n").map((line) => stringWidth(line)));

test("without a terminal every column is drawn in one line", () => {
  const lines = fittedTable(COLUMNS, null).split("\n");

  expect(lines).toHaveLength(4);
  expect(lines[1]).toContain("claude-sonnet-5.5-thinking-high@20260102-0304-abcd");
});

test.for([40, 60, 80, 100, 120, 200])("no line is wider than %s columns, and what is kept is all there", (width) => {
  const text = fittedTable(COLUMNS, width);

  expect(widest(text)).toBeLessThanOrEqual(width);
  const plain = stripVTControlCharacters(text).replaceAll(/\s/g, "");
  for (const kept of ["100.0%", "44.4%", "23to68%", "gpt-5.4"]) expect(plain).toContain(kept);
});

test("a wide terminal shows everything, a narrower one breaks names and texts, then leaves columns out by their order and says which", () => {
  expect(fittedTable(COLUMNS, 200)).toBe(fittedTable(COLUMNS, null));
  expect(fittedTable(COLUMNS, 90)).toContain("Cached");
  expect(stripVTControlCharacters(fittedTable(COLUMNS, 74))).toMatchInlineSnapshot(`
    "Model                Pass          95%  Cached     Cost  Result
                         rate     interval
    claude-sonnet-5.  100.0 %  80 to 100 %  189.6k   $0.173  passed every test
    5-thinking-high
    @20260102-0304-
    abcd
    gpt-5.4            44.4 %   23 to 68 %  188.6k   $0.169  wrong answer in
                                                             two of them
    日本語のモデル      0.0 %    0 to 20 %  168.3k  unknown  -"
  `);
  expect(fittedTable(COLUMNS, 60)).toContain("(not in 60 columns: Cached, Cost)");
});

test("where even the columns that stay are too wide, each row is a list", () => {
  expect(stripVTControlCharacters(fittedTable(COLUMNS, 30))).toMatchInlineSnapshot(`
    "claude-sonnet-5.5-thinking-hig
    h@20260102-0304-abcd
      Pass rate     100.0 %
      95% interval  80 to 100 %
      Result        passed every
                    test
    gpt-5.4
      Pass rate     44.4 %
      95% interval  23 to 68 %
      Result        wrong answer
                    in two of them
    日本語のモデル
      Pass rate     0.0 %
      95% interval  0 to 20 %
      Result        -
    (not in 30 columns: Cached,
    Cost)"
  `);
});

describe("columns that are alike", () => {
  const arm = (index: number): Column => ({ head: `model-number-${index}`, kind: "figure", cells: ["1/1", "0/1"] });
  const tasks: Column = { head: "Task", kind: "name", cells: ["word-count", "fizz-buzz"] };

  test("stand in blocks of as many as fit", () => {
    const text = tableInBlocks([tasks, arm(1), arm(2), arm(3), arm(4), arm(5)], 60);

    expect(widest(text)).toBeLessThanOrEqual(60);
    expect(text.split("\n\n").map((block) => block.match(/model-number-\d/g))).toEqual([
      ["model-number-1", "model-number-2", "model-number-3"],
      ["model-number-4", "model-number-5"],
    ]);
    expect(text.match(/word-count/g)).toHaveLength(2);
  });

  test("stand side by side without a terminal", () => {
    expect(tableInBlocks([tasks, arm(1), arm(2), arm(3)], null).split("\n")).toHaveLength(3);
  });
});
