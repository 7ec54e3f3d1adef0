import type { ArmSummary } from "../../analysis/summary.ts";
import { formatPoints, formatRatio } from "../../core/format.ts";
import { oneLine, plainText } from "../../core/printable.ts";
import type { TrialRecord } from "../../core/record.ts";
import { gateSentence } from "../gate-words.ts";
import type { Report, WrittenGate } from "../written-report.ts";

type Case = { readonly kind: "passed" | "failure" | "error" | "skipped"; readonly seconds: number; readonly xml: string };

/**
 * Writes JUnit XML as CI systems read it: a test suite for each arm, a test case for each trial, and one suite for the gate if there is one. Planned trials
 * without a result are skipped; errors of the harness are errors, not failures.
 */
export function junitReport(report: Report, trials: readonly TrialRecord[]): string {
  const byArm = new Map<string, TrialRecord[]>();
  for (const trial of trials) {
    const key = `${trial.runId}/${trial.armId}`;
    const known = byArm.get(key);
    if (known) known.push(trial);
    else byArm.set(key, [trial]);
  }
  const suites = report.arms.map((arm) => armSuite(arm, byArm.get(`${arm.runId}/${arm.armId}`) ?? [], report));
  const all = [...(report.gate ? [gateSuite(report.gate)] : []), ...suites];
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="bench" ${counts(all.flatMap(({ cases }) => cases))}>`,
    ...all.map(({ xml }) => xml),
    "</testsuites>",
    "",
  ].join("\n");
}

type Suite = { readonly cases: readonly Case[]; readonly xml: string };

function suite(name: string, cases: readonly Case[], more = ""): Suite {
  const head = `<testsuite name=${quoted(name)} ${counts(cases)}${more}>`;
  return { cases, xml: [head, ...cases.map(({ xml }) => xml), "</testsuite>"].join("\n") };
}

function counts(cases: readonly Case[]): string {
  const count = (kind: Case["kind"]): number => cases.filter((one) => one.kind === kind).length;
  const seconds = cases.reduce((sum, one) => sum + one.seconds, 0);
  return `tests="${cases.length}" failures="${count("failure")}" errors="${count("error")}" skipped="${count("skipped")}" time="${seconds.toFixed(3)}"`;
}

function armSuite(arm: ArmSummary, trials: readonly TrialRecord[], { runs }: Report): Suite {
  const run = runs.find(({ id }) => id === arm.runId);
  const done = new Set(trials.map(({ taskId, attempt }) => `${attempt}/${taskId}`));
  const attempts = Array.from({ length: run?.attempts ?? 0 }, (_, index) => index + 1);
  const missing = arm.perTask.flatMap(({ taskId }) =>
    attempts.filter((attempt) => !done.has(`${attempt}/${taskId}`)).map((attempt) => ({ taskId, attempt })),
  );
  const cases = [
    ...trials.map((trial) => trialCase(arm.label, trial)),
    ...missing.map((one) => testCase({ label: arm.label, name: nameOf(one), kind: "skipped", type: "", message: "no result yet" })),
  ];
  return suite(arm.label, cases, run ? ` timestamp=${quoted(run.createdAt.slice(0, 19))}` : "");
}

function nameOf({ taskId, attempt }: Pick<TrialRecord, "taskId" | "attempt">): string {
  return `${taskId} #${attempt}`;
}

function trialCase(label: string, trial: TrialRecord): Case {
  const base = { label, name: nameOf(trial), seconds: trial.workingMs / 1000 };
  if (trial.passed) return testCase({ ...base, kind: "passed", type: "", message: "" });
  if (trial.passed === null) {
    const message = trial.errorMessage ?? "no message";
    return testCase({ ...base, kind: "error", type: trial.errorSource ?? "harness", message: firstLine(message), detail: message });
  }
  const tests = trial.testsTotal === null ? "" : `, ${trial.testsPassed} of ${trial.testsTotal} tests passed`;
  const tampered = trial.tampered ? ", tampering was found or attempted" : "";
  const message = `${trial.reason ?? "failed"}${tests}${tampered}; stopped: ${trial.stop ?? "unknown"}`;
  const detail = `${message}\nRead it with: bench show ${trial.id}`;
  return testCase({ ...base, kind: "failure", type: trial.reason ?? "failed", message, detail });
}

type Check = { readonly name: string; readonly state: string; readonly found: string; readonly is: "fine" | "blocking" | "open" };

// One case for each check: a failure if it fails the gate, an error if it has no answer, and neither if the gate passes nevertheless.
function gateSuite(gate: WrittenGate): Suite {
  const { outcome } = gate;
  const checks = checksOf(gate);
  const openIs = outcome === "fail" && !checks.some(({ is }) => is === "blocking") ? "failure" : "error";
  const kinds = { fine: "passed", blocking: outcome === "fail" ? "failure" : "error", open: openIs } as const;
  const detail = [gateSentence(gate), ...gate.reasons].join("\n");
  const sides = `${gate.candidate.label} against ${gate.baseline.label}`;
  const cases = checks.map(({ name, state, found, is }) =>
    testCase({
      label: "gate",
      name: `${sides}: ${name}`,
      kind: outcome === "pass" ? "passed" : kinds[is],
      type: state,
      message: `${state}: ${found}`,
      detail,
    }),
  );
  return suite("gate", cases);
}

function checksOf({ state, difference, margin, cost }: WrittenGate): readonly Check[] {
  const rate: Check = {
    name: "pass rate",
    state,
    found: `${difference ? `${formatPoints(difference.value)}, ` : ""}a drop of ${formatPoints(margin, { sign: false })} is accepted`,
    is: state === "worse" ? "blocking" : state === "inconclusive" || state === "invalid" ? "open" : "fine",
  };
  if (!cost) return [rate];
  const increase = cost.increase ? `${formatRatio(1 + cost.increase.value)}, ` : "";
  const bill: Check = {
    name: "cost",
    state: cost.state,
    found: `${increase}${formatRatio(1 + cost.limit)} is accepted`,
    is: cost.state === "over" ? "blocking" : cost.state === "within" ? "fine" : "open",
  };
  return [rate, bill];
}

function testCase(one: {
  readonly label: string;
  readonly name: string;
  readonly kind: Case["kind"];
  readonly type: string;
  readonly message: string;
  readonly seconds?: number;
  readonly detail?: string;
}): Case {
  const { label, name, kind, type, message, seconds = 0, detail = "" } = one;
  const head = `<testcase classname=${quoted(label)} name=${quoted(name)} time="${seconds.toFixed(3)}"`;
  const body = {
    passed: detail === "" ? "" : `<system-out>${escaped(detail)}</system-out>`,
    skipped: `<skipped message=${quoted(message)}/>`,
    failure: `<failure type=${quoted(type)} message=${quoted(message)}>${escaped(detail)}</failure>`,
    error: `<error type=${quoted(type)} message=${quoted(message)}>${escaped(detail)}</error>`,
  }[kind];
  return { kind, seconds, xml: body === "" ? `${head}/>` : `${head}>${body}</testcase>` };
}

function firstLine(text: string): string {
  return text.trim().split("\n")[0] ?? "";
}

function quoted(text: string): string {
  return `"${escaped(oneLine(text)).replaceAll('"', "&quot;")}"`;
}

// XML 1.0 cannot represent most control characters, lone surrogates and two other characters.
function escaped(text: string): string {
  return plainText(text)
    .replace(/\p{Surrogate}/gu, "\uFFFD")
    .replace(/[\uFFFE\uFFFF]/g, "")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;");
}
