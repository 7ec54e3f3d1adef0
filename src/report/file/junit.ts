import type { ArmSummary } from "../../analysis/summary.ts";
import { formatPoints, formatRatio } from "../../core/format.ts";
import { clipped, oneLine, plainText } from "../../core/printable.ts";
import type { TrialRecord } from "../../core/record.ts";
import { otherReasons } from "../gate-words.ts";
import { cutText } from "../html/cut.ts";
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

// In characters: the whole answer of a provider, and its first line.
const MAX_DETAIL = 20_000;
const MAX_LINE = 1_000;
// Names that people choose are far shorter; each is written twice in every case.
const MAX_NAME = 300;

type Suite = { readonly cases: readonly Case[]; readonly xml: string };

function suite(name: string, cases: readonly Case[], { attributes = "", left = 0 } = {}): Suite {
  const head = `<testsuite name=${quoted(clipped(name, MAX_NAME))} ${counts(cases)}${attributes}>`;
  const rest = left === 0 ? [] : [`<system-out>${left} more trials do not fit here; the JSON report has all</system-out>`];
  return { cases, xml: [head, ...cases.map(({ xml }) => xml), ...rest, "</testsuite>"].join("\n") };
}

function counts(cases: readonly Case[]): string {
  const count = (kind: Case["kind"]): number => cases.filter((one) => one.kind === kind).length;
  const seconds = cases.reduce((sum, one) => sum + one.seconds, 0);
  return `tests="${cases.length}" failures="${count("failure")}" errors="${count("error")}" skipped="${count("skipped")}" time="${seconds.toFixed(3)}"`;
}

function armSuite(arm: ArmSummary, trials: readonly TrialRecord[], { runs, arms }: Report): Suite {
  const run = runs.find(({ id }) => id === arm.runId);
  const done = new Set(trials.map(({ taskId, attempt }) => `${attempt}/${taskId}`));
  const missing = missingTrials(arm, run?.attempts ?? 0, done);
  const cases = [
    ...trials.map((trial) => trialCase(arm.label, trial)),
    ...missing.map((one) => testCase({ label: arm.label, name: nameOf(one), kind: "skipped", type: "", message: "no result yet" })),
  ];
  const kept = fitting(cases, Math.floor(MAX_CHARACTERS / arms.length));
  const timestamp = run ? ` timestamp=${quoted(run.createdAt.slice(0, 19))}` : "";
  return suite(arm.label, kept, { attributes: timestamp, left: cases.length - kept.length });
}

// In characters: systems of CI hold a report in memory as a whole, and some refuse larger ones.
const MAX_CHARACTERS = 16_000_000;
// Those of one arm; a run that has so many left says little by naming each.
const MAX_MISSING = 50_000;

function missingTrials(arm: ArmSummary, attempts: number, done: ReadonlySet<string>): readonly Pick<TrialRecord, "taskId" | "attempt">[] {
  const missing: Pick<TrialRecord, "taskId" | "attempt">[] = [];
  for (const { taskId } of arm.perTask)
    for (let attempt = 1; attempt <= attempts && missing.length < MAX_MISSING; attempt++)
      if (!done.has(`${attempt}/${taskId}`)) missing.push({ taskId, attempt });
  return missing;
}

const PRIORITY: Readonly<Record<Case["kind"], number>> = { failure: 0, error: 0, passed: 1, skipped: 2 };

// Leaves cases out where there is no room for all: those that did not pass say most.
function fitting(cases: readonly Case[], most: number): readonly Case[] {
  if (cases.reduce((sum, { xml }) => sum + xml.length, 0) <= most) return cases;
  const kept = new Set<Case>();
  let length = 0;
  for (const one of cases.toSorted((a, b) => PRIORITY[a.kind] - PRIORITY[b.kind])) {
    length += one.xml.length;
    if (length > most) break;
    kept.add(one);
  }
  return cases.filter((one) => kept.has(one));
}

function nameOf({ taskId, attempt }: Pick<TrialRecord, "taskId" | "attempt">): string {
  return `${taskId} #${attempt}`;
}

function trialCase(label: string, trial: TrialRecord): Case {
  const base = { label, name: nameOf(trial), seconds: trial.workingMs / 1000 };
  if (trial.passed) return testCase({ ...base, kind: "passed", type: "", message: "" });
  if (trial.passed === null) {
    const message = trial.errorMessage ?? "no message";
    const detail = cutText(message, MAX_DETAIL, trial.id);
    return testCase({ ...base, kind: "error", type: trial.errorSource ?? "harness", message: firstLine(message), detail });
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
  const detail = [gate.sentence, ...otherReasons(gate)].join("\n");
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

// Worse, but not so that the rule of the gate fails it.
const OPEN_STATES: ReadonlySet<WrittenGate["state"]> = new Set(["inconclusive", "invalid", "worse"]);

function checksOf({ state, difference, margin, failWhen, decidedBy, cost }: WrittenGate): readonly Check[] {
  const rate: Check = {
    name: "pass rate",
    state,
    found: `${difference ? `${formatPoints(difference.value)}, ` : ""}margin ${formatPoints(margin, { sign: false })}, fails when ${failWhen}`,
    is: state === "worse" && decidedBy === "pass-rate" ? "blocking" : OPEN_STATES.has(state) ? "open" : "fine",
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
  const head = `<testcase classname=${quoted(clipped(label, MAX_NAME))} name=${quoted(clipped(name, MAX_NAME))} time="${seconds.toFixed(3)}"`;
  const body = {
    passed: () => (detail === "" ? "" : `<system-out>${escaped(detail)}</system-out>`),
    skipped: () => `<skipped message=${quoted(message)}/>`,
    failure: () => `<failure type=${quoted(type)} message=${quoted(message)}>${escaped(detail)}</failure>`,
    error: () => `<error type=${quoted(type)} message=${quoted(message)}>${escaped(detail)}</error>`,
  }[kind]();
  return { kind, seconds, xml: body === "" ? `${head}/>` : `${head}>${body}</testcase>` };
}

function firstLine(text: string): string {
  return clipped(text.trim().split("\n", 1)[0] ?? "", MAX_LINE);
}

function quoted(text: string): string {
  return `"${escaped(oneLine(text)).replaceAll('"', "&quot;")}"`;
}

// What XML 1.0 cannot represent (most control characters, lone surrogates, two other characters) is no longer there in plain text.
function escaped(text: string): string {
  return plainText(text).replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
