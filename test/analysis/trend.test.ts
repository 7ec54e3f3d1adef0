import { expect, test } from "vitest";
import { makeTrend, type Trend } from "../../src/analysis/trend.ts";
import type { SeriesPoint } from "../../src/core/history.ts";
import { trendHtml } from "../../src/report/html/trend-html.ts";
import { palette } from "../../src/report/terminal/palette.ts";
import { intervalPicture, sparkline, trendText } from "../../src/report/terminal/trend-text.ts";
import { driftTexts, runFlawTexts } from "../../src/report/trend-drift.ts";

// Eight tasks, of which so many passed in both attempts; one more passed one of two.
function point(day: number, solved: number, changes: Partial<SeriesPoint> = {}): SeriesPoint {
  const date = `2026-01-${String(day).padStart(2, "0")}`;
  return {
    runId: `${date.replaceAll("-", "")}-0800-aaaa`,
    createdAt: `${date}T08:00:00.000Z`,
    tags: [],
    suite: "starter",
    suiteDigest: "d1",
    settings: { git: { commit: `c0ffee${day}0000`, dirty: false } },
    armId: "arm-1",
    name: "gpt",
    api: "openai-chat",
    promptDigest: "p",
    errors: 0,
    tampered: 0,
    end: "complete",
    stoppedBy: null,
    tasks: 8,
    finishedTasks: 8,
    perTask: Array.from({ length: 8 }, (_, task) => ({
      taskId: `task-${task}`,
      passed: task < solved ? 2 : task === solved ? 1 : 0,
      trials: 2,
      costUsd: 0.02 + 0.004 * day,
    })),
    ...changes,
  };
}

const unpriced = point(4, 6).perTask.map((task) => ({ ...task, costUsd: null }));

function wholeTrend(): Trend {
  return makeTrend([
    point(1, 2),
    point(2, 4, { tags: ["v1.2"] }),
    point(3, 5, { armId: "arm-2" }),
    point(4, 6, { suiteDigest: "d2", perTask: unpriced }),
    point(5, 7, { suiteDigest: "d2" }),
  ]);
}

test("a trend has the results of each run, and marks where tasks or settings changed", () => {
  const [line] = wholeTrend().lines;

  expect(line?.points.map(({ suiteChanged, armChanged }) => [suiteChanged, armChanged])).toEqual([
    [false, false],
    [false, false],
    [false, true],
    [true, true],
    [false, false],
  ]);
  expect(line?.points[0]).toMatchObject({ passed: 5, trials: 16, commit: "c0ffee10000", passRate: { rate: 5 / 16, tasks: 8 } });
  expect(line?.points[0]?.costPerTrialUsd).toBeCloseTo(0.012, 12);
  expect(line?.points[0]?.costPerSolvedUsd).toBeCloseTo((8 * 0.024) / 5, 12);
  expect(line?.points[3]).toMatchObject({ costPerTrialUsd: null, costPerSolvedUsd: null });
});

test("a run that solved nothing has no cost per solved task", () => {
  const none = point(1, 0).perTask.map((task) => ({ ...task, passed: 0 }));

  expect(makeTrend([point(1, 0, { perTask: none })]).lines[0]?.points[0]).toMatchObject({ passed: 0, costPerSolvedUsd: null });
});

test("arms of several names get a line each", () => {
  const trend = makeTrend([point(1, 2), point(1, 3, { name: "claude", api: "scripted" }), point(2, 4)]);

  expect(trend.lines.map(({ name, scripted, points }) => [name, scripted, points.length])).toEqual([
    ["gpt", false, 2],
    ["claude", true, 1],
  ]);
});

function oneOfTwo(day: number, passed: number): SeriesPoint {
  return point(day, 0, { perTask: ["a", "b"].map((taskId) => ({ taskId, passed, trials: 1, costUsd: null })) });
}

test("runs with errors or tampering are marked, and a note says what they had", () => {
  const trend = makeTrend([point(1, 4, { errors: 2 }), point(2, 4, { tampered: 1, armId: "arm-2" }), point(3, 4)]);
  const text = trendText(trend, palette(false));

  expect(text).toContain("20260101-0800-aaaa! ");
  expect(text).toContain("20260102-0800-aaaa*!");
  expect(text).toMatch(/20260103-0800-aaaa\* /);
  expect(text).toContain("! 20260101-0800-aaaa: 2 errors\n! 20260102-0800-aaaa: 1 tampered\n");
  expect(trendHtml(trend)).toContain("<p>! 20260102-0800-aaaa: 1 tampered</p>");
});

test("of many such runs the first are named", () => {
  const [line] = makeTrend(Array.from({ length: 9 }, (_, day) => point(day + 1, 4, { errors: 1 }))).lines;

  expect(line && runFlawTexts(line)).toHaveLength(6);
  expect(line && runFlawTexts(line).at(-1)).toBe("! and 4 more runs; --json has all");
});

test("the picture shows every run with its interval, and what cannot be compared", () => {
  const text = trendText(wholeTrend(), palette(false));

  expect(text).toMatchInlineSnapshot(`
    "gpt
    Date        Run                  Tag/commit  Passed  Rate  0         50    100 %    Trial   Solved
    2026-01-01  20260101-0800-aaaa   c0ffee1       5/16  31 %    ├───●───────┤         $0.012   $0.038
    2026-01-02  20260102-0800-aaaa   v1.2          9/16  56 %      ├──────●─────┤      $0.014   $0.025
    2026-01-03  20260103-0800-aaaa*  c0ffee3      11/16  69 %        ├───────●───┤     $0.016   $0.023
    - - - other tasks from here on: do not compare across this line - - -
    2026-01-04  20260104-0800-aaaa*  c0ffee4      13/16  81 %          ├───────●──┤   unknown  unknown
    2026-01-05  20260105-0800-aaaa   c0ffee5      15/16  94 %            ├────────●┤   $0.020   $0.021
    pass rate       ▃▅▆|▇█  now 93.8 %
    cost per trial  ▅▆▇|·█  $0.012 to $0.020
    The pass rate drifted over 3 runs of the same tasks (suite starter, from run 20260101-0800-aaaa):
    pass rates between 31.3 % and 68.8 % differ by more than chance explains (p = 0.006). The arm itself
    changed between them (*), which may be the cause.
    The newest run is not shown to differ from the 2 runs before it: 68.8 % against 43.8 % on 8 tasks is
    no more than chance explains (p = 0.036, above its 0.025).
    Too few results to test for drift over 2 runs of the same tasks (suite starter, from run
    20260104-0800-aaaa): only tasks that both passed and failed tell anything, and no result of these 2
    tasks with 8 trials could show it.

    ├──●──┤ is the pass rate with its 95 % interval for tasks like these.
    * the model's entry, the prompt or the settings changed.
    Drift is tested at 5 % in all, task by task over the runs shown: two runs exactly; more by
    Cochran-Mantel-Haenszel, and the newest against the earlier ones exactly, at half of it each. Of 20
    arms that never changed, about one appears to drift."
  `);
  expect(Math.max(...text.split("\n").map((line) => line.length))).toBeLessThanOrEqual(100);
});

test.for([
  { rate: 0.5, low: 0.2, high: 0.8, picture: "    ├─────●─────┤" },
  { rate: 0, low: 0, high: 0.3, picture: "●─────┤" },
  { rate: 1, low: 0.7, high: 1, picture: "              ├─────●" },
  { rate: 0.5, low: null, high: null, picture: "          ●" },
  { rate: null, low: null, high: null, picture: "" },
])("a rate of $rate between $low and $high is drawn in its place", ({ picture, ...interval }) => {
  expect(intervalPicture(interval)).toBe(picture);
});

test.for([
  { title: "what is unknown", sparks: [0, null, 1].map((value) => ({ value })), high: 1, picture: "▁·█" },
  { title: "the whole range", sparks: [0, 1, 2, 3, 4, 5, 6, 7].map((value) => ({ value })), high: 7, picture: "▁▂▃▄▅▆▇█" },
  { title: "nothing but zeros", sparks: [{ value: 0 }, { value: 0 }], high: 0, picture: "▁▁" },
  { title: "where values cannot be compared", sparks: [{ value: 1 }, { value: 1, breaks: true }], high: 1, picture: "█|█" },
])("a sparkline shows $title", ({ sparks, high, picture }) => {
  expect(sparkline(sparks, high)).toBe(picture);
});

test("the page is one file without a script, which may load nothing, and its line breaks where the tasks changed", () => {
  const html = trendHtml(wholeTrend());

  expect(html).toContain("default-src 'none'");
  expect(html).not.toMatch(/<script|https?:\/\/|url\(/);
  expect(html.match(/<polyline/g)).toHaveLength(3);
  expect(html.match(/class="break"/g)).toHaveLength(2);
  expect(html.match(/class="dot"/g)).toHaveLength(5 + 4);
  expect(html.match(/class="whisker"/g)).toHaveLength(5);
  expect(html).toContain("<td>unknown</td>");
});

test("names from outside cannot inject anything into the page", () => {
  const html = trendHtml(makeTrend([point(1, 2, { name: "<img src=x onerror=alert(1)>", tags: ['"><script>'] })]));

  expect(html).not.toContain("<img");
  expect(html).not.toContain("<script");
  expect(html).toContain("&#60;img src=x");
});

// Twelve tasks with three attempts each, whose passes move by `shift`.
function spread(day: number, shift: number, changes: Partial<SeriesPoint> = {}): SeriesPoint {
  const perTask = Array.from({ length: 12 }, (_, task) => ({
    taskId: `task-${task}`,
    passed: Math.max(0, Math.min(3, (task % 4) + shift)),
    trials: 3,
    costUsd: 0.01,
  }));
  return point(day, 0, { perTask, ...changes });
}

test.for([
  {
    title: "a steady arm has not drifted",
    points: [spread(1, 0), spread(2, 0), spread(3, 0), spread(4, 0)],
    conclusion: "not-shown",
    says: [
      "No drift shown over 4 runs of the same tasks: pass rates between 50.0 % and 50.0 % differ by no more than chance explains (p = 1.000).",
      "The newest run is not shown to differ from the 3 runs before it: 50.0 % against 50.0 % on 12 tasks is no more than chance explains (p = 1.000).",
    ],
  },
  {
    title: "few runs are said to show only a large change",
    points: [spread(1, 0), spread(2, 0)],
    conclusion: "not-shown",
    says: [
      "No drift shown over 2 runs of the same tasks: pass rates between 50.0 % and 50.0 % differ by no more than chance explains (p = 1.000). With so few runs only a large change would show.",
    ],
  },
  {
    title: "an arm that fell has drifted, though it is the same",
    points: [spread(1, 0), spread(2, 0), spread(3, -2)],
    conclusion: "drifted",
    says: [
      "The pass rate drifted over 3 runs of the same tasks: pass rates between 8.3 % and 50.0 % differ by more than chance explains (p < 0.001). The arm is the same in all of them, so the model behind its name, the sandbox or the grading may have changed.",
      "The newest run passes less than the 2 runs before it: 8.3 % against 50.0 % on 12 tasks (p < 0.001).",
    ],
  },
  {
    title: "a changed arm is named as a cause",
    points: [spread(1, 0), spread(2, 0), spread(3, -2, { armId: "arm-2" })],
    conclusion: "drifted",
    says: [
      "The pass rate drifted over 3 runs of the same tasks: pass rates between 8.3 % and 50.0 % differ by more than chance explains (p < 0.001). The arm itself changed between them (*), which may be the cause.",
      "The newest run passes less than the 2 runs before it: 8.3 % against 50.0 % on 12 tasks (p < 0.001).",
    ],
  },
  {
    title: "tasks that always passed leave too little to test",
    points: [spread(1, 3), spread(2, 3)],
    conclusion: "too-few-results",
    says: [
      "Too few results to test for drift over 2 runs of the same tasks: no task both passed and failed in them, and only such tasks tell anything.",
    ],
  },
  {
    title: "two runs of two tasks that cannot tell say so, however different they are",
    points: [oneOfTwo(1, 1), oneOfTwo(2, 0)],
    conclusion: "too-few-results",
    says: [
      "Too few results to test for drift over 2 runs of the same tasks: only tasks that both passed and failed tell anything, and no result of these 2 tasks with 4 trials could show it.",
    ],
  },
  {
    title: "runs of different tasks cannot be tested",
    points: [spread(1, 0), spread(2, 0, { suiteDigest: "d2" })],
    conclusion: undefined,
    says: ["Drift cannot be tested: no two of these runs have the same tasks."],
  },
  { title: "of a single run nothing is said about drift", points: [spread(1, 0)], conclusion: undefined, says: [] },
])("$title", ({ points, conclusion, says }) => {
  const trend = makeTrend(points);
  const [line] = trend.lines;

  expect(line?.drift[0]?.conclusion).toBe(conclusion);
  expect(line && driftTexts(line)).toEqual(says);
  for (const text of says) {
    expect(trendText(trend, palette(false)).replaceAll("\n", " ")).toContain(text);
    expect(trendHtml(trend)).toContain(`<p>${text.replaceAll("<", "&#60;")}</p>`);
  }
});

test("runs of one suite are tested together though runs of another lie between them", () => {
  const [line] = makeTrend([spread(1, 0), spread(2, 0, { suiteDigest: "d2" }), spread(3, -2), spread(4, 0, { suiteDigest: "d2" })]).lines;

  expect(line?.drift.map(({ suiteDigest, runIds, conclusion }) => [suiteDigest, runIds.length, conclusion])).toEqual([
    ["d1", 2, "drifted"],
    ["d2", 2, "not-shown"],
  ]);
  expect(line && driftTexts(line)[1]).toContain("(suite starter, from run 20260102-0800-aaaa)");
});

test("control characters of a tag never reach the terminal", () => {
  expect(trendText(makeTrend([point(1, 2, { tags: ["\u001b[31mred"] })]), palette(false))).not.toContain("\u001b");
});
