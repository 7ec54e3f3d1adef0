import { marked } from "marked";
import { expect, test } from "vitest";
import { compareArms } from "../../src/report/compare.ts";
import { markdownReport } from "../../src/report/markdown.ts";
import { aComparisonReport, aGateReport, anArmInRun } from "../fixtures/report.ts";

const rendered = (text: string): string => marked.parse(text, { gfm: true, async: false });

test("the comment begins with its marker and the verdict", () => {
  const text = markdownReport(aGateReport());

  expect(text.split("\n")[0]).toBe("<!-- bench-report -->");
  expect(rendered(text)).toContain("<h3>❌ Fail: head is worse than base</h3>");
});

test("tables and folded lists are rendered as such", () => {
  const html = rendered(markdownReport(aComparisonReport()));

  expect(html.match(/<table>/g)).toHaveLength(3);
  expect(html).toContain("<summary>0 tasks better, 6 worse, 6 alike</summary>");
  expect(html).toMatch(/<td>task-2<\/td>\s*<td>worse<\/td>\s*<td align="right">3\/3<\/td>\s*<td align="right">0\/3<\/td>/);
  expect(html).not.toMatch(/\|\s*---/);
});

test("names can neither format, mention, link, fold nor break a table", () => {
  const evil = "a|b</details><img src=x onerror=alert(1)> @octocat **bold** `x` https://evil.example [l](https://evil.example)";
  const html = rendered(markdownReport(aComparisonReport([evil, "head"], (index) => `${index} ${evil}`)));

  expect(html).not.toMatch(/<img|<strong>bold|<code>|<a |@octocat/);
  expect(html.match(/<\/details>/g)).toHaveLength(1);
  expect(html.match(/<table>/g)).toHaveLength(3);
});

test("a comment of many arms and tasks fits where it goes", () => {
  const sides = Array.from({ length: 30 }, (_, arm) =>
    anArmInRun(
      `model-with-a-rather-long-name-${arm}`,
      Array.from({ length: 300 }, (__, task) => (task * 7 + arm * 3) % 4),
      { taskName: (index) => `some-rather-long-task-name-in-a-folder/${index}` },
    ),
  );

  const text = markdownReport(compareArms(sides, "tasks"));

  expect(text.length).toBeLessThan(65_000);
  expect(text).toMatch(/and 17 more comparisons|The rest does not fit here/);
});
