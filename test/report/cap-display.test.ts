import { expect, test } from "vitest";
import { compareArms } from "../../src/analysis/compare.ts";
import { decideGate } from "../../src/analysis/gate/decide-gate.ts";
import { type ArmInRun, summarize, summarizeRun } from "../../src/analysis/summary.ts";
import type { CapStop } from "../../src/core/cap.ts";
import { markdownReport } from "../../src/report/file/markdown.ts";
import { pageData } from "../../src/report/html/make-page-data.ts";
import { comparisonText } from "../../src/report/terminal/comparison-text.ts";
import { gateText } from "../../src/report/terminal/gate-text.ts";
import { palette } from "../../src/report/terminal/palette.ts";
import { summaryTable } from "../../src/report/terminal/table/arm-tables.ts";
import { type Report, writeReport } from "../../src/report/written-report.ts";
import { anArmResult, aRun, aTaskResult } from "../fixtures/record.ts";

const PLAIN = palette(false);
const RUN = aRun({ attempts: 1, settings: { flags: { maxTrialCost: 0.05 } } });

function side(name: string, capped: boolean): ArmInRun {
  const perTask = Array.from({ length: 8 }, (_, task) =>
    aTaskResult(`task-${task}`, capped ? 0 : 1, 1, capped ? { atCostCap: 1, failedAtCostCap: 1 } : {}),
  );
  const arm = anArmResult(name, perTask);
  return { run: RUN, arm: { ...arm, maxTrialCostUsd: 0.05, trialCap: { ...arm.trialCap, spentUsd: capped ? 0.096 : 0 } } };
}

const SIDES = [side("base", false), side("head", true)] as const;
const ENDED = "8 of 8 trials of head ended at their cap of $0.05 each, with 24 % of it used";
const STOP: CapStop = { owner: null, cap: { kind: "usd", most: 5 }, spent: 4.71, assumed: 0.12, brokenOff: 3, left: 12, of: 40 };
const STOPPED =
  "The run's cap of $5 stopped it: $4.71 is spent, and $0.12 more may have been billed for 3 requests that broke off; 12 of 40 trials are left; resume with a higher --max-cost.";

// As it reads when its escapes are rendered.
const markdown = (report: Report): string => markdownReport(report).replaceAll("<span>$</span>", "$").replace(/\\(.)/g, "$1");

test("the table of a run names its caps below it, and so do its Markdown and its page", () => {
  const report = writeReport({ ...summarizeRun(RUN, [SIDES[1].arm]), capStops: [STOP] });
  const ended = `${ENDED}; their next requests could have cost more than was left; raise --max-trial-cost to let them go on.`;

  expect(report.caps).toEqual([STOPPED, ended]);
  expect(summaryTable(report, PLAIN)).toContain(`\n${STOPPED}\n${ended}`);
  expect(markdown(report)).toContain(`⚠️ ${STOPPED}\n\n⚠️ ${ended}\n`);
  expect(pageData(report).caps).toEqual(report.caps);
});

test("a comparison says below its verdict that a cap ended one side, in every form", () => {
  const report = writeReport(compareArms(SIDES, "tasks"));
  const note = `${ENDED}; no trial of base did, and the figures hold for head within its cap only.`;

  expect(comparisonText(report, PLAIN)).toContain(`over tasks like these.\n${note}`);
  expect(markdown(report)).toContain(`**\n\n⚠️ ${note}`);
  expect(pageData(report).comparisons[0]?.capNote).toBe(note);
});

test("a comparison over runs that a cap stopped says so before its figures", () => {
  const report = writeReport({ ...compareArms(SIDES, "tasks"), missing: 12, planned: 40, capStops: [STOP] });

  expect(comparisonText(report, PLAIN)).toContain(STOPPED);
});

test("a gate gives the cap among its reasons, on the terminal and in Markdown", () => {
  const [baseline, candidate] = SIDES;
  const label = ({ run, arm }: ArmInRun) => ({ label: arm.name, armId: arm.armId, runId: run.id, scripted: false });
  const labels = { baseline: label(baseline), candidate: label(candidate) };
  const terms = { margin: 0.05, alpha: 0.05, mode: "regression", failWhen: "worse", maxCostIncrease: null, onInconclusive: null } as const;
  const report = writeReport({ ...summarize(SIDES, [RUN]), gate: decideGate({ baseline, candidate, labels }, terms) });

  expect(report.gate && gateText(report.gate, PLAIN)).toContain(`\n- ${ENDED}\n- The verdict on the pass rate could be another one`);
  expect(markdown(report)).toContain(`- ${ENDED}\n`);
});

test("arms that no cap ended, and runs that none stopped, have no line about caps in any form", () => {
  const report = writeReport(compareArms([side("base", false), side("head", false)], "tasks"));

  expect(report.caps).toEqual([]);
  expect([comparisonText(report, PLAIN), summaryTable(report, PLAIN), markdownReport(report)].join("\n")).not.toMatch(/\bcaps?\b/);
});
