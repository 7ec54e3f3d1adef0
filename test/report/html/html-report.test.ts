import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { Script } from "node:vm";
import { inflateRawSync } from "node:zlib";
import { expect, test } from "vitest";
import { summarize, summarizeRun } from "../../../src/analysis/summary.ts";
import { pageAssets } from "../../../src/command/report/page-assets.ts";
import type { Trajectory } from "../../../src/core/record.ts";
import { cutText, cutTrajectory } from "../../../src/report/html/cut.ts";
import { type PageInput, renderHtml } from "../../../src/report/html/html-report.ts";
import { taskIdsOf } from "../../../src/report/html/make-page-data.ts";
import { byPriority } from "../../../src/report/html/priority.ts";
import { placedTrials } from "../../../src/report/html/trial-columns.ts";
import { writeReport } from "../../../src/report/written-report.ts";
import { type PageSample, pageSample } from "../../fixtures/page-sample.ts";
import { anArmResult, aRun, aTaskResult } from "../../fixtures/record.ts";

const ASSETS = await pageAssets();
const SMALL = { tasks: 6, arms: 3, attempts: 2, steps: 4 };

function page(sample: PageSample, changes: Partial<PageInput> = {}): string {
  const { report, trials, trajectoryOf } = sample;
  return renderHtml({ report, trials, trajectoryOf, assets: ASSETS, ...changes });
}

function element(html: string, id: string): string {
  const found = new RegExp(`<script type="[^"]+" id="${id}">([^<]*)</script>`).exec(html);
  if (!found?.[1]) throw new Error(`the page has no element "${id}"`);
  return found[1];
}

function inflated(base64: string): Record<string, unknown> {
  return JSON.parse(inflateRawSync(Buffer.from(base64, "base64")).toString()) as Record<string, unknown>;
}

type Columns = {
  readonly id: number[];
  readonly segment: number[];
  readonly costUsd: (number | null)[];
  readonly passed: number[];
  readonly kept: number;
};

function columns(html: string): Columns {
  return inflated(element(html, "trials")) as Columns;
}

test("the page holds every figure of the report and every trial, unchanged", () => {
  const sample = pageSample(SMALL);
  const html = page(sample);

  const data = JSON.parse(element(html, "data")) as { arms: { label: string; cells: Record<string, number[]> }[]; tasks: string[] };
  const trials = columns(html);

  expect(data.tasks).toEqual(taskIdsOf(sample.report));
  for (const [index, arm] of sample.report.arms.entries()) {
    const read = data.arms[index];
    expect(read?.label).toBe(arm.label);
    expect(read?.cells["passed"]).toEqual(arm.perTask.map(({ passed }) => passed));
    expect(read?.cells["trials"]).toEqual(arm.perTask.map((task) => task.trials));
    expect(read?.cells["errors"]).toEqual(arm.perTask.map(({ errors }) => errors));
  }
  expect(trials.id).toEqual(sample.trials.map(({ id }) => id));
  for (const [index, { costUsd }] of sample.trials.entries()) expect((trials.costUsd[index] ?? 0) / (costUsd ?? 0)).toBeCloseTo(1, 4);
  expect(trials.kept).toBe(sample.trials.length);
});

test("an unknown cost stays unknown in the page, and is never zero", () => {
  const run = aRun();
  const arm = anArmResult("local", [aTaskResult("add", 1, 1, { costUsd: null, meanLogCost: null }), aTaskResult("sub", 1, 1)]);
  const html = page({ ...pageSample(SMALL), report: writeReport(summarizeRun(run, [arm])), trials: [] });

  const [read] = (JSON.parse(element(html, "data")) as { arms: Record<string, unknown>[] }).arms;
  expect(read).toMatchObject({ costUsd: null, costPerSolvedUsd: null, trialCost: null, cells: { costUsd: [null, 0.01] } });
});

test("a report without arms and an arm without tasks make a page, and trials of arms that the report does not show are left out", () => {
  const sample = pageSample(SMALL);
  const empty = page({ ...sample, report: writeReport(summarize([], [])) });
  const idle = page({ ...sample, report: writeReport(summarizeRun(aRun(), [anArmResult("idle", [])])), trials: [] });

  expect(columns(empty).id).toEqual([]);
  expect(JSON.parse(element(idle, "data"))).toMatchObject({ arms: [{ label: "idle", passRate: { rate: null } }], tasks: [] });
});

test("arms of runs with different tasks share one list of tasks, and versions of a task have different numbers", () => {
  const first = { run: aRun({ id: "one" }), arm: anArmResult("a", [aTaskResult("add", 1, 1), aTaskResult("sub", 1, 1)]) };
  const second = {
    run: aRun({ id: "two" }),
    arm: anArmResult("a", [aTaskResult("mul", 1, 1), aTaskResult("sub", 0, 1, { taskDigest: "another" })]),
  };
  const html = page({ ...pageSample(SMALL), report: writeReport(summarize([first, second], [first.run, second.run])), trials: [] });

  const data = JSON.parse(element(html, "data")) as { tasks: string[]; arms: { cells: { task: number[]; version: number[] } }[] };
  expect(data.tasks).toEqual(["add", "sub", "mul"]);
  expect(data.arms.map(({ cells }) => cells.task)).toEqual([
    [0, 1],
    [2, 1],
  ]);
  expect(data.arms.map(({ cells }) => cells.version)).toEqual([
    [0, 0],
    [0, 1],
  ]);
});

test.for([
  { title: "just enough for the figures", budgetBytes: 150_000 },
  { title: "enough for some trajectories", budgetBytes: 300_000 },
  { title: "enough for all trajectories", budgetBytes: 4_500_000 },
])("the file stays within its budget: $title", ({ budgetBytes }) => {
  const sample = pageSample({ tasks: 20, arms: 4, attempts: 3, steps: 10 });
  const html = page(sample, { budgetBytes });

  expect(Buffer.byteLength(html)).toBeLessThanOrEqual(budgetBytes);
  expect(columns(html).kept).toBeGreaterThan(0);
  expect(columns(html).segment.filter((segment) => segment >= 0)).toHaveLength(columns(html).kept);
});

test("no trajectory is read once the budget is filled, and none twice", () => {
  const sample = pageSample({ tasks: 20, arms: 4, attempts: 3, steps: 10 });
  const read: number[] = [];
  const trajectoryOf = (id: number): Trajectory | null => {
    read.push(id);
    return sample.trajectoryOf(id);
  };
  const html = page(sample, { budgetBytes: 200_000, trajectoryOf });

  expect(new Set(read).size).toBe(read.length);
  expect(read.length).toBeLessThan(sample.trials.length / 2);
  expect(read.length).toBeLessThanOrEqual(columns(html).kept + 40);
});

test("a page whose trials have no trajectories holds their figures", () => {
  const trials = columns(page(pageSample(SMALL), { trajectoryOf: () => null }));

  expect(trials.kept).toBe(0);
  expect(new Set(trials.segment)).toEqual(new Set([-1]));
});

test("trajectories are packed in order of priority: trials that did not pass and tasks that flipped, then one pass of each cell, then the rest", () => {
  const sample = pageSample({ tasks: 12, arms: 2, attempts: 4, steps: 1 });
  const flipped = new Set(sample.report.comparisons.flatMap(({ better, worse }) => [...better, ...worse]).map(({ taskId }) => taskId));
  const isUrgent = ({ passed, tampered, taskId }: (typeof sample.trials)[number]): boolean =>
    passed !== true || tampered || flipped.has(taskId);

  const order = byPriority(placedTrials(sample.report, sample.trials), sample.report).map(({ trial }) => trial);

  const urgent = sample.trials.filter(isUrgent).length;
  expect(urgent).toBeGreaterThan(0);
  expect(order).toHaveLength(sample.trials.length);
  expect(order.slice(0, urgent).every(isUrgent)).toBe(true);
  const others = order.slice(urgent);
  const cells = new Set(others.map(({ taskId, armId }) => `${taskId}/${armId}`));
  expect(others.length).toBeGreaterThan(cells.size);
  expect(new Set(others.slice(0, cells.size).map(({ taskId, armId }) => `${taskId}/${armId}`)).size).toBe(cells.size);
});

test("every cell with a failure gets its first trajectory before any cell gets a second", () => {
  const sample = pageSample({ tasks: 12, arms: 2, attempts: 4, steps: 1 });
  const failed = new Set(
    sample.report.arms.flatMap((arm) =>
      arm.perTask.filter((task) => task.passed < task.trials).map(({ taskId }) => `${taskId}/${arm.armId}`),
    ),
  );
  const order = byPriority(placedTrials(sample.report, sample.trials), sample.report).map(({ trial }) => `${trial.taskId}/${trial.armId}`);
  const firstRepeat = order.findIndex((cell, index) => order.indexOf(cell) < index);

  expect([...failed].every((cell) => order.indexOf(cell) < firstRepeat)).toBe(true);
});

test("a long text is cut in its middle, with a note of how much is missing and which command shows it", () => {
  const text = `begin${"x".repeat(10_000)}end`;

  expect(cutText(text, 100, 7)).toMatch(/^beginx+\n\[\.\.\. 9,908 characters left out here; "bench show 7" has them \.\.\.\]\nx+end$/);
  expect(cutText("short", 100, 7)).toBe("short");
});

test("arguments that are cut stay an object", () => {
  const sample = pageSample(SMALL);
  const trajectory = sample.trajectoryOf(1);
  const step = trajectory?.steps[0];
  const first = step?.toolCalls[0];
  if (!trajectory || !step || !first) throw new Error("the sample has no call");
  const call = { ...first, arguments: JSON.stringify({ path: "a.py", content: "y".repeat(9_000) }) };
  const cut = cutTrajectory({ ...trajectory, steps: [{ ...step, toolCalls: [call] }] }, 500);

  const args = JSON.parse(cut.steps[0]?.toolCalls[0]?.arguments ?? "") as Record<string, string>;
  expect(args["path"]).toBe("a.py");
  expect(args["content"]).toMatch(/8,500 characters left out/);
});

test("texts that occur more than once in a task are kept once", () => {
  const sample = pageSample(SMALL);
  const html = page(sample);
  const segments = element(html, "task-0").split(" ").map(inflated) as { texts: string[]; firstTurns: unknown[] }[];

  const texts = segments.flatMap((segment) => segment.texts);
  expect(new Set(texts).size).toBe(texts.length);
  expect(new Set(segments.map(({ firstTurns }) => JSON.stringify(firstTurns))).size).toBe(1);
});

const HOSTILE = `</script><script>document.title="taken"</script><!--<img src=x onerror=alert(1)>\u2028$&{{data}}<!-- program -->`;

test("no name or text can end the element that holds it", () => {
  const sample = pageSample(SMALL);
  const run = aRun({ suite: HOSTILE });
  const report = writeReport(summarizeRun(run, [anArmResult(HOSTILE, [aTaskResult(HOSTILE, 1, 1)])]));
  const html = page({ ...sample, report, trials: [] });

  expect(html.match(/<script/g)).toHaveLength(page(sample, { trials: [] }).match(/<script/g)?.length ?? 0);
  expect(html).not.toContain("<img");
  expect((JSON.parse(element(html, "data")) as { tasks: string[] }).tasks).toEqual([HOSTILE.replace("\u2028", "\\u2028")]);
});

test("the page's policy forbids the network and allows only this style and this program, whichever line ends its files have", () => {
  const assets = ASSETS;
  const windows = { html: assets.html, css: assets.css.replace(/\n/g, "\r\n"), script: assets.script.replace(/\n/g, "\r\n") };
  const html = page(pageSample(SMALL));
  const digest = (text: string): string => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;

  const policy = /http-equiv="Content-Security-Policy" content="([^"]+)"/.exec(html)?.[1];
  expect(policy).toBe(
    `default-src 'none'; script-src ${digest(assets.script)}; style-src ${digest(assets.css)}; base-uri 'none'; form-action 'none'`,
  );
  expect(page(pageSample(SMALL), { assets: windows })).toBe(html);
});

test("a frame with an unknown placeholder is refused", () => {
  const assets = { ...ASSETS, html: "<!-- footer -->" };

  expect(() => page(pageSample(SMALL), { assets })).toThrow('its placeholder "footer" has no element');
});

test("the page's program is one script that imports nothing and leaves no global", () => {
  const { script } = ASSETS;

  expect(script).toMatch(/^"use strict";\n\(\(\) => \{\n[\s\S]+\}\)\(\);\n$/);
  expect(script).not.toMatch(/^\s*(import|export)\b/m);
  expect(script).not.toMatch(/<\/script/i);
  expect(() => new Script(script)).not.toThrow();
});
