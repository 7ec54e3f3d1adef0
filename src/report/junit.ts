import type { TrialRecord } from "../core/record.ts";
import { plainText } from "./format.ts";
import type { GateResult } from "./gate-result.ts";
import { gateSentence } from "./gate-text.ts";
import type { Report } from "./report.ts";

/** Writes JUnit XML as CI systems read it: a test suite for each arm, a test case for each trial, and one suite for the gate where there is one. */
export function junitReport(report: Report, trials: readonly TrialRecord[]): string {
  const byArm = new Map<string, TrialRecord[]>();
  for (const trial of trials) {
    const key = `${trial.runId}/${trial.armId}`;
    byArm.set(key, [...(byArm.get(key) ?? []), trial]);
  }
  const suites = report.arms.map((arm) => armSuite(arm.label, byArm.get(`${arm.runId}/${arm.armId}`) ?? []));
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<testsuites name="bench">',
    ...(report.gate ? [gateSuite(report.gate)] : []),
    ...suites,
    "</testsuites>",
    "",
  ].join("\n");
}

function armSuite(label: string, trials: readonly TrialRecord[]): string {
  const failures = trials.filter((trial) => trial.passed === false).length;
  const errors = trials.filter((trial) => trial.passed === null).length;
  const seconds = trials.reduce((sum, trial) => sum + trial.workingMs, 0) / 1000;
  const head = `<testsuite name=${quoted(label)} tests="${trials.length}" failures="${failures}" errors="${errors}" skipped="0" time="${seconds.toFixed(3)}">`;
  return [head, ...trials.map((trial) => trialCase(label, trial)), "</testsuite>"].join("\n");
}

function trialCase(label: string, trial: TrialRecord): string {
  const name = `${trial.taskId} #${trial.attempt}`;
  const head = `<testcase classname=${quoted(label)} name=${quoted(name)} time="${(trial.workingMs / 1000).toFixed(3)}"`;
  if (trial.passed) return `${head}/>`;
  if (trial.passed === null) {
    const message = trial.errorMessage ?? "";
    return `${head}><error type=${quoted(trial.errorSource ?? "error")} message=${quoted(firstLine(message))}>${escaped(message)}</error></testcase>`;
  }
  const tests = trial.testsTotal === null ? "" : `, ${trial.testsPassed} of ${trial.testsTotal} tests passed`;
  const tampered = trial.tampered ? ", tampering was found" : "";
  const message = `${trial.reason}${tests}${tampered}; stopped: ${trial.stop}`;
  return `${head}><failure type=${quoted(trial.reason ?? "failed")} message=${quoted(message)}>${escaped(`${message}\nRead it with: bench show ${trial.id}`)}</failure></testcase>`;
}

function gateSuite(gate: GateResult): string {
  const isOpen = gate.outcome === "inconclusive" || gate.outcome === "invalid";
  const counts = `tests="1" failures="${gate.outcome === "fail" ? 1 : 0}" errors="${isOpen ? 1 : 0}" skipped="0"`;
  const name = `${gate.candidate.label} against ${gate.baseline.label}`;
  const tag = gate.outcome === "fail" ? "failure" : "error";
  const detail = escaped(gate.reasons.join("\n"));
  const body =
    gate.outcome === "pass"
      ? `<system-out>${detail}</system-out>`
      : `<${tag} type=${quoted(gate.state)} message=${quoted(gateSentence(gate))}>${detail}</${tag}>`;
  return `<testsuite name="gate" ${counts} time="0">\n<testcase classname="gate" name=${quoted(name)} time="0">${body}</testcase>\n</testsuite>`;
}

function firstLine(text: string): string {
  return text.split("\n")[0] ?? "";
}

function quoted(text: string): string {
  return `"${escaped(text).replaceAll('"', "&quot;").replaceAll("\n", "&#10;").replaceAll("\t", "&#9;")}"`;
}

// XML 1.0 has no way to write most control characters, lone surrogates and two others.
function escaped(text: string): string {
  return plainText(text)
    .replace(/\p{Surrogate}/gu, "\uFFFD")
    .replace(/[\uFFFE\uFFFF]/g, "")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;");
}
