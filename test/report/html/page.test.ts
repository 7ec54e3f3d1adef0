import { writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { compareArms } from "../../../src/analysis/compare.ts";
import { summarizeRun } from "../../../src/analysis/summary.ts";
import { pageAssets } from "../../../src/command/report/page-assets.ts";
import type { Trajectory } from "../../../src/core/record.ts";
import { type PageInput, renderHtml } from "../../../src/report/html/html-report.ts";
import { type Report, type WrittenGate, writeReport } from "../../../src/report/written-report.ts";
import { openBrowser } from "../../fixtures/browser.ts";
import { type PageSample, pageSample } from "../../fixtures/page-sample.ts";
import { anArmResult, aRun, aTaskResult } from "../../fixtures/record.ts";
import { TempFolder } from "../../fixtures/temp-folder.ts";

const ASSETS = await pageAssets();
const SAMPLE = pageSample({ tasks: 18, arms: 3, attempts: 3, steps: 6 });
const PAGE = render(SAMPLE);

let browser: Browser;
const folder = new TempFolder();

beforeAll(async () => {
  browser = await openBrowser();
});

afterAll(async () => {
  await browser?.close();
  folder[Symbol.dispose]();
});

function render(sample: PageSample, changes: Partial<PageInput> = {}): string {
  const { report, trials, trajectoryOf } = sample;
  return renderHtml({ report, trials, trajectoryOf, assets: ASSETS, ...changes });
}

/** A page from disk without a network; `faults` gathers errors, and requests that it should not make. */
type Opened = AsyncDisposable & { readonly page: Page; readonly faults: readonly string[]; readonly url: string };

let files = 0;

async function open(html: string, { hash = "", width = 1280 } = {}): Promise<Opened> {
  files += 1;
  const file = folder.at(`page-${files}.html`);
  writeFileSync(file, html);
  const url = pathToFileURL(file).href;
  const context = await browser.newContext({ viewport: { width, height: 900 } });
  await context.setOffline(true);
  const page = await context.newPage();
  const faults: string[] = [];
  page.on("console", (message) => faults.push(message.text()));
  page.on("pageerror", (error) => faults.push(String(error)));
  page.on("request", (request) => {
    if (!/^(file|data):/.test(request.url())) faults.push(request.url());
  });
  await page.goto(url + hash);
  await page.waitForSelector("html[data-ready]");
  return { page, faults, url, [Symbol.asyncDispose]: () => context.close() };
}

function labelOf(arm: number): string {
  return SAMPLE.report.arms[arm]?.label ?? "";
}

function ratesOf(report: Report): Map<string, number[]> {
  const rates = new Map<string, number[]>();
  for (const { taskId, passed, trials } of report.arms.flatMap(({ perTask }) => perTask)) {
    if (trials > 0) rates.set(taskId, [...(rates.get(taskId) ?? []), passed / trials]);
  }
  return rates;
}

function shownTasks(page: Page): Promise<string[]> {
  return page.locator(".matrix tbody tr:not([hidden]) th").allTextContents();
}

const sampleTasks = [...ratesOf(SAMPLE.report).keys()];
const differing = [...ratesOf(SAMPLE.report)].filter(([, rates]) => new Set(rates).size > 1).map(([taskId]) => taskId);

test("the page opens from disk without a network, requests nothing, and reports no error", async () => {
  await using opened = await open(PAGE);

  expect(await opened.page.title()).toBe("starter: 3 arms - bench");
  expect(await opened.page.locator("#runs").textContent()).toContain("20260301-0915-c0de");
  expect(await opened.page.locator("#runs").textContent()).toContain("0123456789 with changes");
  expect(await opened.page.locator("#about").textContent()).toMatch(/^3 arms on 18 tasks\./);
  expect(opened.faults).toEqual([]);
});

test("caps that decided results are told below the totals and below the verdict that they touch", async () => {
  const sentence = "40 of 40 trials of gpt-x ended at their cap of $0.05 each, with 24 % of it used";
  const { report } = SAMPLE;
  const comparisons = report.comparisons.map((comparison, index) => ({ ...comparison, capNote: index === 0 ? `${sentence}; note` : null }));
  await using opened = await open(render({ ...SAMPLE, report: { ...report, caps: [`${sentence}.`], comparisons } }));

  expect(await opened.page.locator("#footnotes li").allTextContents()).toContain(`${sentence}.`);
  expect(await opened.page.locator(".card .sentence + p", { hasText: sentence }).allTextContents()).toEqual([`${sentence}; note`]);
  expect(opened.faults).toEqual([]);
});

test("the page's policy blocks requests before they are made", async () => {
  await using opened = await open(PAGE);
  const answer = await opened.page.evaluate("fetch('http://127.0.0.1:9/').then(() => 'reached', (error) => String(error))");

  expect(answer).toContain("Failed to fetch");
  expect(opened.faults.join("\n")).toContain("Content Security Policy");
});

test("the totals show one row for each arm, and sort by a column in either direction", async () => {
  await using opened = await open(PAGE);
  const { page } = opened;
  const names = page.locator(".totals tbody th .arm");
  const byRate = SAMPLE.report.arms.toSorted((a, b) => (b.passRate.rate ?? 0) - (a.passRate.rate ?? 0)).map(({ label }) => label);

  expect(await names.allTextContents()).toEqual(SAMPLE.report.arms.map(({ label }) => label));
  await page.getByRole("button", { name: "Pass rate" }).click();
  expect(await names.allTextContents()).toEqual(byRate);
  await page.getByRole("button", { name: "Pass rate" }).click();
  expect(await names.allTextContents()).toEqual(byRate.toReversed());
  expect(await page.locator('.totals th[aria-sort="ascending"]').textContent()).toBe("Pass rate");
});

test("unknown tokens are unknown, doubtful figures are marked and explained once, and speeds are columns", async () => {
  const unknown = { inputTokens: null, cacheReadTokens: null, cacheWriteTokens: null, outputTokens: null };
  const sample = pageSample({ tasks: 3, arms: 2, attempts: 1, steps: 2 }, (sides) =>
    sides.map((side, index) => {
      const doubts = { unbilledAttempts: 3, assumedUsd: 0.06, doubtfulUsageSteps: 2, outputTokensPerSecond: 47.13, firstTokenMs: 420 };
      return { ...side, arm: { ...side.arm, ...(index === 0 ? doubts : { ...unknown, unknownUsageSteps: 4 }) } };
    }),
  );
  await using opened = await open(render(sample));
  const { page } = opened;
  const [first, second] = await page.locator(".totals tbody tr").allTextContents();

  expect(first).toMatch(/\$[\d.]+\+\?.*47\.1\?0\.4 s$/);
  expect(second).toMatch(/unknownunknownunknown/);
  expect(await page.locator(".totals thead").textContent()).toContain("Tokens/sFirst token");
  const notes = (await page.locator("#footnotes").textContent()) ?? "";
  expect(notes).toContain("+ 3 requests failed, broke off or had no count of tokens and may have been billed: $0.060 more is assumed");
  expect(notes.split("the provider's figures disagree")).toHaveLength(2);
  expect(opened.faults).toEqual([]);
});

test("a trial shows which of its steps have unknown tokens or figures that disagree", async () => {
  const { trial, arm } = failed();
  const unknown = { inputTokens: null, cacheReadTokens: null, cacheWriteTokens: null, outputTokens: null };
  const doubt = "a total of 6040 against 1000 + 40";
  const trials = SAMPLE.trials.map((one) => (one.id === trial.id ? { ...one, ...unknown, unknownUsageSteps: 1, firstTokenMs: 420 } : one));
  const trajectoryOf = (id: number): Trajectory | null => {
    const found = SAMPLE.trajectoryOf(id);
    if (id !== trial.id || found === null) return found;
    const [first, second, ...rest] = found.steps;
    if (!first || !second) throw new Error("the sample has too few steps");
    return { ...found, steps: [{ ...first, ...unknown, firstTokenMs: 310 }, { ...second, usageInconsistency: doubt }, ...rest] };
  };
  await using opened = await open(render(SAMPLE, { trials, trajectoryOf }));
  const { page } = opened;

  await cell(page, trial.taskId, arm).click();
  await page.locator(`[data-key="trial-${trial.id}"]`).click();
  const pane = page.locator(`.pane:has(h3:has-text("trial ${trial.id}"))`);
  await pane.waitFor();
  const text = (await pane.textContent()) ?? "";

  expect(text).toContain("Uncachedunknown");
  expect(text).toContain("First token0.4 s");
  expect(text).toMatch(/Step 1 tokens unknown, \$[\d.]+, 4\.2 s \(first token 0\.3 s\)/);
  expect(text).toContain(`harness, the provider's figures disagree: ${doubt}`);
});

test("the matrix shows every task against every arm with passed of graded", async () => {
  await using opened = await open(PAGE);
  const { page } = opened;
  const first = SAMPLE.report.arms.map((arm) => arm.perTask[0]).map((task) => `${task?.passed}/${task?.trials}`);

  expect(await shownTasks(page)).toEqual(sampleTasks);
  expect(await page.locator(".matrix button.cell").count()).toBe(18 * 3);
  const cells = await page.locator(".matrix tbody tr").first().locator("button.cell").allTextContents();
  expect(cells.map((text) => /\d+\/\d+/.exec(text)?.[0])).toEqual(first);
});

test("the filter for differences shows the tasks on which arms differ, and search those whose name contains the word", async () => {
  await using opened = await open(PAGE);
  const { page } = opened;

  await page.getByRole("button", { name: "Different only" }).click();
  expect(differing.length).toBeGreaterThan(0);
  expect(await shownTasks(page)).toEqual(differing);

  await page.locator("#find").fill("Cache");
  expect(await shownTasks(page)).toEqual(differing.filter((taskId) => taskId.includes("cache")));
  expect(new URL(page.url()).hash).toBe("#show=different&find=Cache");
});

test("the filter for errors shows the tasks that have a trial with an error", async () => {
  await using opened = await open(PAGE);
  const wrong = new Set(SAMPLE.trials.filter(({ passed }) => passed === null).map(({ taskId }) => taskId));

  await opened.page.locator('[data-show="errors"]').click();

  expect(wrong.size).toBeGreaterThan(0);
  expect(new Set(await shownTasks(opened.page))).toEqual(wrong);
});

test("tasks can be sorted by how hard they are", async () => {
  await using opened = await open(PAGE);
  const mean = (rates: readonly number[] = []): number => rates.reduce((sum, rate) => sum + rate, 0) / rates.length;

  await opened.page.getByLabel("Sort tasks").selectOption("hardest");

  const means = (await shownTasks(opened.page)).map((taskId) => mean(ratesOf(SAMPLE.report).get(taskId)));
  expect(means).toEqual(means.toSorted((a, b) => a - b));
});

test("the counts above a column are those of the comparison, and swap when its arm becomes the baseline", async () => {
  await using opened = await open(PAGE);
  const { page } = opened;
  const { better, worse } = SAMPLE.report.comparisons[0] ?? { better: [], worse: [] };
  const changes = (column: number): Promise<string | null> =>
    page.locator(".matrix thead th").nth(column).locator(".changes").textContent();

  expect(await changes(1)).toBe("baseline");
  expect(await changes(2)).toBe(`▲ ${better.length}▼ ${worse.length}`);

  await page.locator(".pin", { hasText: labelOf(1) }).click();
  expect(await changes(1)).toBe(`▲ ${worse.length}▼ ${better.length}`);
  expect(new URL(page.url()).hash).toBe(`#base=${labelOf(1)}`);
});

test("a comparison's list of tasks filters the matrix", async () => {
  await using opened = await open(PAGE);
  const comparison = SAMPLE.report.comparisons[1];

  expect(await opened.page.locator(".card .sentence").allTextContents()).toEqual(SAMPLE.report.comparisons.map(({ sentence }) => sentence));
  await opened.page.locator(".card").nth(1).locator('[data-list="worse"]').click();

  expect(comparison?.worse.length).toBeGreaterThan(0);
  expect((await shownTasks(opened.page)).toSorted()).toEqual(comparison?.worse.map(({ taskId }) => taskId).toSorted());
});

test("a ratio whose interval contains 1 is shown as a tilde, any other with its size", async () => {
  await using opened = await open(PAGE);
  const ratios = SAMPLE.report.comparisons[0]?.ratios.flatMap(({ ratio }) => (ratio ? [ratio] : [])) ?? [];
  const open1 = ratios.filter(({ low, high }) => (low ?? 0) <= 1 && (high ?? 0) >= 1);

  const column = await opened.page.locator(".card").first().locator(".ratios tbody td:nth-child(4)").allTextContents();
  expect(open1.length).toBeGreaterThan(0);
  expect(open1.length).toBeLessThan(ratios.length);
  expect(column.filter((text) => text === "~")).toHaveLength(open1.length);
  expect(column.filter((text) => /^x\d/.test(text))).toHaveLength(ratios.length - open1.length);
});

test("the chart has a point for each arm with a known cost and a line through the arms that no other beats, and lists arms without a cost", async () => {
  const sample = pageSample({ tasks: 10, arms: 5, attempts: 2, steps: 1 }, (sides) =>
    sides.map((side, index) => {
      const perTask = side.arm.perTask.map((task) => ({ ...task, costUsd: index === 4 ? null : task.costUsd }));
      return { ...side, arm: { ...side.arm, perTask, costUsd: index === 4 ? null : side.arm.costUsd } };
    }),
  );
  const points = sample.report.arms.slice(0, 4).map((arm) => ({
    rate: arm.passRate.rate ?? 0,
    cost: arm.perTask.reduce((sum, task) => sum + (task.costUsd ?? 0) / task.trials, 0) / arm.perTask.length,
  }));
  const best = points.filter((one) => !points.some((other) => other.cost < one.cost && other.rate >= one.rate));
  await using opened = await open(render(sample));
  const { page } = opened;

  expect(await page.locator(".chart .point").count()).toBe(4);
  expect(await page.locator(".chart .point.best").count()).toBe(best.length);
  const path = await page.locator(".chart .frontier").getAttribute("d");
  expect(path?.match(/M|HV?/g)).toHaveLength(best.length);
  expect(await page.locator("#chart-notes").textContent()).toMatch(/^Not plotted, cost unknown: gemini-flash/);
  expect(await page.locator(".totals").textContent()).toContain("unknown");
});

test("labels of the chart do not overlap, however close the arms are", async () => {
  const run = aRun();
  const arms = Array.from({ length: 8 }, (_, index) =>
    anArmResult(`model-with-a-long-name-${index}`, [
      aTaskResult("a", 1, 1, { costUsd: 0.02 + index * 0.0001 }),
      aTaskResult("b", index % 2, 1, { costUsd: 0.02 }),
    ]),
  );
  await using opened = await open(render({ ...SAMPLE, report: writeReport(summarizeRun(run, arms)) }, { trials: [] }), { width: 1000 });
  const sandboxes = await Promise.all((await opened.page.locator(".chart .label").all()).map((label) => label.boundingBox()));

  expect(sandboxes).toHaveLength(8);
  const clashes = sandboxes.flatMap((one, index) =>
    sandboxes
      .slice(index + 1)
      .filter((other) => one && other && Math.abs(one.y - other.y) < 11 && one.x < other.x + other.width && other.x < one.x + one.width),
  );
  expect(clashes).toEqual([]);
});

const FAILED = SAMPLE.trials.find((trial) => trial.passed === false && !trial.tampered);

function failed(): { readonly trial: NonNullable<typeof FAILED>; readonly trajectory: Trajectory; readonly arm: number } {
  const trajectory = FAILED && SAMPLE.trajectoryOf(FAILED.id);
  if (!FAILED || !trajectory) throw new Error("the sample has no failed trial");
  return { trial: FAILED, trajectory, arm: SAMPLE.report.arms.findIndex(({ armId }) => armId === FAILED.armId) };
}

function cell(page: Page, taskId: string, arm: number): ReturnType<Page["locator"]> {
  return page.locator(".matrix tbody tr").nth(sampleTasks.indexOf(taskId)).locator("button.cell").nth(arm);
}

test("a cell opens its trials with their steps, tool calls, hidden tests and test output; Escape closes them and returns the focus", async () => {
  const { trial, trajectory, arm } = failed();
  await using opened = await open(PAGE);
  const { page } = opened;
  const button = cell(page, trial.taskId, arm);

  await button.focus();
  await page.keyboard.press("Enter");
  await page.locator(`[data-key="trial-${trial.id}"]`).click();
  const pane = page.locator(`.pane:has(h3:has-text("trial ${trial.id}"))`);
  await pane.waitFor();

  const text = (await pane.textContent()) ?? "";
  expect(text).toContain(trajectory.steps[0]?.text);
  expect(text).toContain(trajectory.steps[0]?.toolCalls[0]?.result);
  expect(text).toContain('path="src/main.py"');
  expect(text).toContain(trajectory.testLog);
  expect(text).toContain("Hidden tests, 4 of 6 passed");
  expect(text).toContain(trajectory.tests[5]?.message);
  expect(text).toContain(trajectory.system);
  expect(text).toContain(trajectory.firstTurns[0]);
  expect(await pane.locator(".step").count()).toBe(trajectory.steps.length);

  await page.keyboard.press("Escape");
  await page.waitForSelector("dialog:not([open])", { state: "attached" });
  expect(await button.evaluate((element) => element === element.ownerDocument.activeElement)).toBe(true);
  expect(opened.faults).toEqual([]);
});

test("a trial is shown beside one of another arm", async () => {
  const { trial, arm } = failed();
  const other = arm === 0 ? 1 : 0;
  await using opened = await open(PAGE);
  const { page } = opened;

  await cell(page, trial.taskId, arm).click();
  await page.locator('[data-key="with-arm"]').selectOption(labelOf(other));
  await page.locator(".panes-2").waitFor();

  const heads = await page.locator(".pane h3").allTextContents();
  expect(heads).toHaveLength(2);
  expect(heads[0]).toContain(labelOf(arm));
  expect(heads[1]).toContain(labelOf(other));
  const [left, right] = await Promise.all((await page.locator(".pane").all()).map((pane) => pane.boundingBox()));
  expect(left?.y).toBe(right?.y);
  expect((left?.x ?? 0) + (left?.width ?? 0)).toBeLessThanOrEqual(right?.x ?? 0);
});

test("arrow keys move between visible cells", async () => {
  await using opened = await open(PAGE, { hash: "#show=different" });
  const { page } = opened;
  const [first = "", second = ""] = differing;

  await cell(page, first, 0).focus();
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowDown");

  const focused = await page.evaluate("document.activeElement.getAttribute('aria-label')");
  expect(focused).toMatch(new RegExp(`^${second}, ${labelOf(1)}: `));
});

test("an address restores the filter, the search, the baseline and the open trials", async () => {
  const { trial, arm } = failed();
  const other = SAMPLE.trials.find((one) => one.taskId === trial.taskId && one.armId !== trial.armId);
  const chosen = {
    show: "different",
    find: "c",
    sort: "name",
    base: labelOf(2),
    task: trial.taskId,
    arm: labelOf(arm),
    trial: trial.id,
    with: other?.id,
  };
  const hash = `#${new URLSearchParams(Object.entries(chosen).map(([name, value]): [string, string] => [name, String(value)])).toString()}`;
  await using opened = await open(PAGE, { hash });
  const { page } = opened;
  await page.locator(".panes-2").waitFor();

  expect(await shownTasks(page)).toEqual(differing.filter((taskId) => taskId.includes("c")).toSorted((a, b) => a.localeCompare(b)));
  expect(await page.locator("#find").inputValue()).toBe("c");
  expect(await page.locator('.pin[aria-pressed="true"]').textContent()).toBe(labelOf(2));
  expect(await page.locator("#drawer-title").textContent()).toBe(trial.taskId);
  expect(await page.locator(".pane h3").allTextContents()).toEqual([
    expect.stringContaining(`trial ${trial.id}`),
    expect.stringContaining(`trial ${other?.id}`),
  ]);
});

test("an address with names that the page does not have opens the page without them", async () => {
  await using opened = await open(PAGE, { hash: "#show=nonsense&sort=nonsense&base=nobody&task=gone&arm=nobody&trial=99999" });

  expect(await shownTasks(opened.page)).toEqual(sampleTasks);
  expect(await opened.page.locator("dialog[open]").count()).toBe(0);
  expect(opened.faults).toEqual([]);
});

test("a trial whose trajectory is not in the file shows its figures and the command that shows the rest", async () => {
  const { trial, arm } = failed();
  await using opened = await open(render(SAMPLE, { trajectoryOf: () => null }));

  await cell(opened.page, trial.taskId, arm).click();
  await opened.page.locator(".pane").waitFor();

  expect(await opened.page.locator(".pane").textContent()).toMatch(/Tests4\/6.*Read it with bench show \d+\./);
});

test("text of a model, a task or a tool is shown as text and never executed", async () => {
  const hostile = `</script><img src=x onerror="document.title='taken'"><b>bold</b><!--`;
  const run = aRun({ suite: hostile });
  const arm = anArmResult(hostile, [aTaskResult(hostile, 0, 1)]);
  const trial = {
    ...failed().trial,
    runId: run.id,
    taskId: hostile,
    armId: arm.armId,
    armName: hostile,
    stopDetail: hostile,
    stop: "refused" as const,
  };
  const trajectory: Trajectory = {
    ...failed().trajectory,
    trial,
    system: hostile,
    firstTurns: [hostile],
    steps: failed().trajectory.steps.map((step) => ({
      ...step,
      text: hostile,
      reasoning: hostile,
      toolCalls: [
        {
          tool: hostile,
          arguments: JSON.stringify({ [hostile]: hostile }),
          decision: null,
          result: hostile,
          errorKind: hostile,
          exitCode: 1,
          timedOut: true,
          durationMs: 1,
        },
      ],
      notes: [{ kind: hostile, text: hostile }],
    })),
    tests: [{ name: hostile, status: hostile, message: hostile }],
    tampering: [{ kind: hostile, evidence: hostile }],
    testLog: hostile,
  };
  await using opened = await open(
    render({ ...SAMPLE, report: writeReport(summarizeRun(run, [arm])) }, { trials: [trial], trajectoryOf: () => trajectory }),
  );
  const { page } = opened;

  await page.locator("button.cell").click();
  await page.locator(".step").first().waitFor();

  expect(await page.locator("img, b").count()).toBe(0);
  expect(await page.title()).toContain("<img");
  expect(await page.locator("#drawer-title").textContent()).toBe(hostile);
  expect(await page.locator(".said").last().textContent()).toBe(hostile);
  expect(await page.locator(".tampering").textContent()).toContain(hostile);
  expect(opened.faults).toEqual([]);
});

test("the gate's verdict comes first; misleading mismatches are open and others folded", async () => {
  const [comparison] = SAMPLE.report.comparisons;
  if (!comparison) throw new Error("the sample compares nothing");
  const gate: WrittenGate = {
    baseline: comparison.baseline,
    candidate: comparison.candidate,
    mode: "regression",
    margin: 0.05,
    alpha: 0.05,
    failWhen: "worse",
    state: "worse",
    difference: { value: -0.1, low: -0.2, high: -0.01 },
    cost: { limit: 0.2, state: "over", increase: { value: 0.5, low: 0.3, high: 0.7 }, uneven: false },
    sequential: {
      plannedRounds: 3,
      looks: [{ round: 1, difference: -0.1, low: -0.2, high: -0.01, state: "worse" }],
      plannedTrials: 9,
      trials: 3,
    },
    decidedBy: "pass-rate",
    outcome: "fail",
    exitCode: 1,
    sentence: "The candidate is worse",
    reasons: ["The candidate is worse", "Fix the prompt"],
  };
  const mismatches = [
    { what: "image", baseline: "sha-1", candidate: "sha-2", misleading: true },
    { what: "attempts", baseline: "3", candidate: "2", misleading: false },
  ];
  const report: Report = { ...SAMPLE.report, gate, comparisons: [{ ...comparison, mismatches }] };
  await using opened = await open(render(SAMPLE, { report }));
  const { page } = opened;

  const verdict = (await page.locator(".gate-fail").textContent()) ?? "";
  expect(verdict).toContain("Gate failed");
  expect(verdict).toContain("The candidate is worse");
  expect(verdict).toContain("Cost over (x1.50), limit x1.20");
  expect(await page.locator(".misleading").textContent()).toContain("sha-1");
  expect(await page.getByText("sha-1").isVisible()).toBe(true);
  expect(await page.locator(".other details").getAttribute("open")).toBeNull();
});

test("a report without comparisons has no section for them, and its only arm is its own baseline", async () => {
  const report = writeReport(summarizeRun(aRun(), [anArmResult("alone", [aTaskResult("add", 1, 2), aTaskResult("sub", 0, 0)])]));
  await using opened = await open(render({ ...SAMPLE, report }, { trials: [] }));
  const { page } = opened;

  expect(await page.locator("#comparisons-section").isHidden()).toBe(true);
  expect(await page.locator(".changes").textContent()).toBe("baseline");
  expect(await page.locator("td.empty").textContent()).toBe("–");
  await page.locator("button.cell").click();
  await page.locator("dialog[open]").waitFor();
  expect(await page.locator("dialog").textContent()).toContain("holds no trials of this cell");
  expect(opened.faults).toEqual([]);
});

test("pass rates by tag and group, and of several attempts, have tables, and a comparison has its differences by part folded", async () => {
  const side = (name: string, passes: (task: number) => number) => ({
    run: aRun({ attempts: 3 }),
    arm: anArmResult(
      name,
      Array.from({ length: 24 }, (_, task) =>
        aTaskResult(`t${task}`, passes(task), 3, { tags: [task % 2 ? "<b>easy</b>" : "hard"], group: `repo-${task % 8}` }),
      ),
    ),
  });
  const report = writeReport(compareArms([side("before", (task) => task % 4), side("after", (task) => task % 3)], "tasks"));
  await using opened = await open(render({ ...SAMPLE, report }, { trials: [] }), { width: 390 });
  const { page } = opened;

  expect(await page.locator("#attempts tbody tr").count()).toBe(2);
  expect(await page.locator("#attempts").textContent()).toContain("Of 1, 2, 3 attempts");
  const parts = page.locator("#parts tbody tr");
  expect(await parts.count()).toBe(10);
  expect(await parts.first().textContent()).toContain("<b>easy</b>");
  expect(await parts.nth(2).textContent()).toContain("repo-0 (group)");
  const folded = page.locator("#comparisons details", { hasText: "By tag and group" });
  expect(await folded.getAttribute("open")).toBeNull();
  expect(await folded.textContent()).toContain("all 10 parts looked at (Holm)");
  expect(await page.evaluate("document.documentElement.scrollWidth - innerWidth")).toBeLessThanOrEqual(0);
  expect(opened.faults).toEqual([]);
});

test("a page without tags, groups and repeats has none of these tables", async () => {
  const report = writeReport(summarizeRun(aRun(), [anArmResult("alone", [aTaskResult("add", 1, 1), aTaskResult("sub", 0, 1)])]));
  await using opened = await open(render({ ...SAMPLE, report }, { trials: [] }));

  expect(await opened.page.locator("#parts-section").isHidden()).toBe(true);
  expect(await opened.page.locator("#attempts").textContent()).toBe("");
});

test.for([{ width: 390 }, { width: 1280 }])("nothing makes the page wider than $width pixels", async ({ width }) => {
  await using opened = await open(PAGE, { width });
  const { page } = opened;
  const overflow = "document.documentElement.scrollWidth - innerWidth";

  expect(await page.evaluate(overflow)).toBeLessThanOrEqual(0);
  await page.locator("button.cell").first().click();
  await page.locator(".pane").waitFor();
  expect(await page.locator("dialog").evaluate((element) => element.scrollWidth - element.clientWidth)).toBeLessThanOrEqual(0);
});
