import { marked } from "marked";
import { expect, test } from "vitest";
import { compareArms } from "../../../src/analysis/compare.ts";
import { markdownReport } from "../../../src/report/file/markdown.ts";
import { writeReport } from "../../../src/report/written-report.ts";
import {
  aCandidateReport,
  aComparison,
  aComparisonReport,
  aGate,
  aGateReport,
  anArmInRun,
  anArmReport,
  aReport,
  aSide,
} from "../../fixtures/report.ts";

const rendered = (text: string): string => marked.parse(text, { gfm: true, async: false });

test("a comparison is written from the closing sentence to the footnotes", () => {
  expect(markdownReport(aReport())).toMatchInlineSnapshot(`
    "<!-- bench-report -->

    **Cannot tell: claude-sonnet-4-5 passes 5.6 points less than gpt-5.1 \\[-59.8 to +52.5\\]; about 1600 more trials (274 tasks like these in all) would show a true difference of this size 4 times in 5.**

    | Model | Pass rate | 95% interval | Passed | Errors | Iterations | Uncached | Cached | Output | Cost | Cost/solved | Median time |
    |---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|
    | gpt-5.1 | 66.7 % | 23 to 93 % | 12/18 | 0 | 5.1 | 81.0k | 540.0k | 27.0k | $0.270 | $0.022 | 40 s |
    | claude-sonnet-4-5 | 61.1 % | 20 to 91 % | 11/18 | 0 | 6.1 | 97.2k | 777.6k | 21.6k | $0.324 | $0.029 | 48 s |

    **claude-sonnet-4-5** against **gpt-5.1** on 6 tasks, over tasks like these (p = 0.752, sign-flip test p = 0.750)

    |  | gpt-5.1 | claude-sonnet-4-5 | Difference | 95% interval |
    |---|---:|---:|---:|---|
    | Pass rate | 66.7 % | 61.1 % | \\~ -5.6 points | [-59.8 to +52.5] |
    | All of 3 pass | 50.0 % | 50.0 % | \\~ 0.0 points | [-52.4 to +52.4] |
    | Any of 3 passes | 83.3 % | 66.7 % | \\~ -16.7 points | [-66.3 to +44.5] |
    | Iterations | 5.1 | 6.1 | x1.20 | [x1.16 to x1.23], p = 0.020 |
    | Uncached tokens | 4.5k | 5.4k | x1.20 | [x1.11 to x1.30], p = 0.020 |
    | Cached tokens | 30.0k | 43.2k | x1.44 | [x1.21 to x1.71], p = 0.020 |
    | Output tokens | 1.5k | 1.2k | x0.80 | [x0.71 to x0.90], p = 0.020 |
    | Cost of a trial | $0.015 | $0.018 | x1.20 | [x1.08 to x1.46], p = 0.020 |
    | Cost per solved | $0.022 | $0.029 | \\~ x1.31 | [x0.78 to x2.20], p = 0.300 |
    | Time of a trial | 40 s | 48 s | x1.20 | [x1.05 to x1.37], p = 0.020 |

    <details>
    <summary>1 task better, 1 worse, 4 alike</summary>

    | Task |  | Before | After |
    |---|---|---:|---:|
    | lru-cache | worse | 2/3 | 0/3 |
    | matrix | better | 1/3 | 2/3 |

    </details>

    A difference of 77.1 points would have been found 4 times in 5; smaller ones may be missed.

    <sub>Run 20260102-0304-abcd of starter, bench 1<br>\\~ the interval includes "no difference"; x is candidate / baseline</sub>"
  `);
});

test("the comment begins with its marker and the verdict", () => {
  const text = markdownReport(aGateReport());

  expect(text.split("\n")[0]).toBe("<!-- bench-report -->");
  expect(rendered(text)).toMatch(
    /^<!-- bench-report -->\s*<h3>❌ Fail: head passes 38\.9 points less than base \[-62\.0 to -13\.2\]: shown to be worse, and a drop beyond 5\.0 points is not excluded<\/h3>/,
  );
});

test("a sequential gate shows its rounds, what they saved and its terms", () => {
  const html = rendered(markdownReport(aReport({ gate: aGate() })));

  expect(html).toContain("Fails when the candidate is shown to be worse and a drop beyond 5.0 points is not excluded;");
  expect(html).toContain("Stopped early: 72 of 180 trials, 108 saved (60 %).");
  expect(cellsOf(html)).toContainEqual(["2 of 5", "-22.2 points", "[-34.1 to -9.8]", "worse"]);
});

function cellsOf(html: string): readonly (readonly string[])[] {
  return html.split("<tr>").map((row) => [...row.matchAll(/<t[dh][^>]*>(.*?)<\/t[dh]>/g)].map(([, cell]) => cell ?? ""));
}

test("tables and folded lists are rendered as such", () => {
  const html = rendered(markdownReport(aComparisonReport()));

  expect(html.match(/<table>/g)).toHaveLength(4);
  expect(html).toContain("<summary>0 tasks better, 6 worse, 6 alike</summary>");
  expect(cellsOf(html)).toContainEqual(["task-2", "worse", "3/3", "0/3"]);
  expect(cellsOf(html)).toContainEqual(["Pass rate", "80.6 %", "41.7 %", "-38.9 points", "[-66.5 to -3.6]"]);
  expect(html).not.toMatch(/\|\s*---/);
});

test("places are shown for more than two arms, and a report without a comparison has its arms alone", () => {
  const three = aReport({ arms: [anArmReport(), aCandidateReport(), aCandidateReport({ label: "third", rank: { low: 3, high: 3 } })] });
  const alone = rendered(markdownReport(aReport({ comparisons: [] })));

  expect(
    cellsOf(rendered(markdownReport(three)))
      .find(([name]) => name === "third")
      ?.at(-1),
  ).toBe("3");
  expect(alone).toContain("<strong>2 arms on 6 tasks of starter</strong>");
  expect(alone.match(/<table>/g)).toHaveLength(1);
});

const EVIL = [
  "a|b\\|c</details><script>alert(1)</script><img src=x onerror=alert(1)>",
  "@octocat @github/team (@octocat) **bold** _it_ ~~gone~~ `x` ``y`` \\`z`",
  "https://evil.example www.evil.example mail@evil.example [l](https://evil.example)",
  "#12 owner/repo#34 GH-56 o/r@abcdef1 $x$ $`x`$ &lt;b&gt; &#64;octocat <!-- bench-report -->",
  "# head",
  "12. item",
  "- - -",
  "\u001b[31m\r\n# head\n- item\n| x | y |\n|---|---|\n```\n<details>",
];

function told(evil: string): ReturnType<typeof aReport> {
  return aReport({
    runs: aReport().runs.map((run) => ({ ...run, id: evil, suite: evil, harnessVersion: evil })),
    arms: [anArmReport({ label: evil }), aCandidateReport()],
    comparisons: [
      aComparison({
        candidate: aSide(evil, { scripted: true }),
        worse: [{ taskId: evil, baseline: { passed: 2, trials: 3 }, candidate: { passed: 0, trials: 3 }, difference: -2 / 3 }],
        tasks: { compared: 6, leftOut: [evil], withoutRepeats: [] },
        mismatches: [{ what: evil, baseline: evil, candidate: evil, misleading: true }],
        sentence: evil,
      }),
    ],
    gate: aGate({ candidate: aSide(evil), reasons: [evil] }),
  });
}

test.for(EVIL)("wherever a name stands, it can neither format, mention, link, fold nor break a table: %j", (evil) => {
  const html = rendered(markdownReport(told(evil)));

  expect(html).not.toMatch(/<(script|img|a|code|pre|em|del|h1|h2|ol|hr)[\s>]|<strong>bold|<li>\s*<ul>/);
  // GitHub finds mentions, issues and addresses in a run of text, so none may hold one.
  for (const run of html.split(/<[^>]*>/)) expect(run).not.toMatch(/[@#]\w|&#64;\w|\bGH-\d|www\.|:\/\/|\$x\$/);
  expect(html.match(/<\/?details>/g)).toEqual(["<details>", "</details>"]);
  expect(html.match(/<!--/g)).toHaveLength(1);
  const tables = html.split("<table>").slice(1);
  expect(tables).toHaveLength(4);
  for (const table of tables)
    expect(
      new Set(
        cellsOf(table.split("</table>")[0] ?? "")
          .slice(1)
          .map((row) => row.length),
      ).size,
    ).toBe(1);
});

test("an escaped name still reads as it was written", () => {
  const name = "a|b\\|c <b> &amp; @me #1 `x` *y* $z$";
  const html = rendered(markdownReport(aReport({ arms: [anArmReport({ label: name })] })));
  const shown = html
    .replace(/<[^>]*>/g, "")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&amp;", "&");

  expect(shown).toContain(name);
});

function sides(arms: number, tasks: number): Parameters<typeof compareArms>[0] {
  return Array.from({ length: arms }, (_, arm) =>
    anArmInRun(
      `model-with-a-rather-long-name-${arm}`,
      Array.from({ length: tasks }, (__, task) => (task * 7 + arm * 3) % 4),
      { taskName: (index) => `some-rather-long-task-name-in-a-folder/${index}` },
    ),
  );
}

test("a comment on 300 tasks and 8 arms fits its limit with every comparison", () => {
  const report = writeReport(compareArms(sides(8, 300), "tasks"));
  const text = markdownReport(report);

  expect(text.length).toBeLessThan(65_000);
  expect(text).toMatch(/\nand \d+ more\n/);
  expect(text.match(/\d+ tasks? better, \d+ worse, \d+ alike/g)).toHaveLength(7);
  expect(text.trimEnd()).toMatch(/<\/sub>$/);
});

test("very long names full of special characters do not exceed the limit", () => {
  const odd = (index: number): string => `${index} ${"@x#1<&".repeat(100)}`;
  const summary = compareArms(
    Array.from({ length: 40 }, (_, arm) =>
      anArmInRun(
        odd(arm),
        Array.from({ length: 50 }, (__, task) => (task * 7 + arm * 3) % 4),
        { taskName: odd },
      ),
    ),
    "tasks",
  );
  const text = markdownReport(writeReport(summary));

  expect(text.length).toBeLessThan(65_000);
  expect(text.startsWith("<!-- bench-report -->\n")).toBe(true);
});

test("comparisons that do not fit are counted", () => {
  expect(markdownReport(writeReport(compareArms(sides(30, 20), "tasks")))).toMatch(/and \d+ more comparisons/);
});

test("marks of costs are explained below, and speeds are columns where an arm has one", () => {
  const doubts = { unbilledAttempts: 3, assumedUsd: 0.06, doubtfulUsageSteps: 2, outputTokensPerSecond: 47.13, firstTokenMs: 420 };
  const unknown = { uncachedTokens: null, cachedTokens: null, outputTokens: null, costUsd: null, unknownUsageSteps: 4 };
  const text = markdownReport(aReport({ arms: [anArmReport(doubts), aCandidateReport(unknown)], comparisons: [] }));

  expect(text).toContain("| Cost | Cost/solved | Median time | Tokens/s | First token |");
  expect(text).toMatch(/\$0\.270\+\? \| \$0\.022 \| 40 s \| 47\.1\? \| 0\.4 s \|/);
  expect(text).toMatch(/unknown \| unknown \| unknown \| unknown \| \$0\.029 \| 48 s \| - \| - \|/);
  expect(rendered(text)).toContain("+ 3 requests failed, broke off or had no count of tokens and may have been billed");
  expect(rendered(text)).toContain("? In 2 steps the provider");
});
