import { markedCost, trialDoubtNotes } from "../core/figure.ts";
import { counted, formatDuration, formatTokens, formatUsd } from "../core/format.ts";
import { ISOLATION_CELLS } from "../core/isolation-words.ts";
import { withoutColours } from "../core/printable.ts";
import { type Content, folded, h } from "./dom.ts";
import type { Call, Note, PageTrajectory, Step, Trial } from "./packed-source.ts";

const MAX_OPEN_LINES = 14;
const MAX_OPEN_TESTS = 10;

/** Shows one trial of an arm: how it came out, what its tests reported, and every step. `trajectory` is null where the file does not hold it. */
export function trialPane(trial: Trial, arm: string, trajectory: PageTrajectory | null): HTMLElement {
  const content =
    trajectory === null
      ? h("p", { class: "note" }, "This file does not hold the trajectory. Read it with ", h("code", {}, `bench show ${trial.id}`), ".")
      : trajectoryContent(trial, trajectory);
  return h(
    "article",
    { class: "pane", "aria-label": `${arm}, attempt ${trial.attempt}` },
    h("h3", {}, arm, h("span", { class: "quiet" }, `, attempt ${trial.attempt}, trial ${trial.id}`)),
    verdictLine(trial),
    figures(trial),
    trialDoubtNotes(trial).map((note) => h("p", { class: "note" }, note)),
    content,
  );
}

/** The outcome of a trial in a word, with a sign beside its colour. */
export type Outcome = { readonly kind: "all" | "none" | "error"; readonly mark: string; readonly text: string };

/** Gives the outcome of a trial. */
export function outcomeOf(trial: Trial): Outcome {
  if (trial.errorSource !== null) return { kind: "error", mark: "!", text: "error" };
  if (trial.tampered) return { kind: "none", mark: "⚑", text: "tampered" };
  return trial.passed ? { kind: "all", mark: "✓", text: "passed" } : { kind: "none", mark: "✗", text: "failed" };
}

function verdictLine(trial: Trial): HTMLElement {
  const { kind, mark, text } = outcomeOf(trial);
  const why = trial.errorSource !== null ? `${trial.errorSource}: ${trial.errorMessage ?? ""}` : trial.passed ? "" : (trial.reason ?? "");
  const stop = trial.stop === null ? "" : `stopped: ${trial.stop}${trial.stopDetail ? ` (${trial.stopDetail})` : ""}`;
  return h("p", {}, h("span", { class: `tag ${kind}` }, `${mark} ${text}`), " ", [why, stop].filter((part) => part !== "").join("; "));
}

function figures(trial: Trial): HTMLElement {
  const pairs: readonly (readonly [name: string, value: string])[] = [
    ["Tests", trial.testsTotal === null ? "-" : `${trial.testsPassed}/${trial.testsTotal}`],
    ...(trial.isolation === null ? [] : [["Isolation", ISOLATION_CELLS[trial.isolation]] as const]),
    ["Iterations", String(trial.iterations)],
    ["Uncached", formatTokens(trial.uncached)],
    ["Cached", formatTokens(trial.cached)],
    ["Output", formatTokens(trial.output)],
    ["Cost", markedCost(trial.costUsd, trial)],
    ["Time", formatDuration(trial.workingMs)],
    ...(trial.firstTokenMs === null ? [] : [["First token", formatDuration(trial.firstTokenMs)] as const]),
  ];
  return h(
    "dl",
    { class: "figures" },
    pairs.map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, value))),
  );
}

function trajectoryContent(trial: Trial, trajectory: PageTrajectory): Content {
  const { tampering, testLog } = trajectory;
  return [
    tampering.length === 0
      ? null
      : h(
          "section",
          { class: "tampering" },
          h("h4", {}, "⚑ Tampering"),
          tampering.map((sign) => h("p", {}, h("strong", {}, sign.kind), pre(sign.evidence))),
        ),
    testList(trajectory.tests),
    testLog === "" ? null : folded("Output of the test run", pre(testLog), trial.passed === false),
    h("h4", {}, "Trajectory"),
    trajectory.system === "" ? null : folded("System prompt", pre(trajectory.system)),
    trajectory.firstTurns.map((turn, index) => folded(index === 0 ? "Task" : `Message ${index + 1}`, pre(turn))),
    trajectory.steps.map(stepSection),
    trajectory.notes.map(noteLine),
  ];
}

type Tests = PageTrajectory["tests"];

function testList(tests: Tests): HTMLElement | null {
  if (tests.length === 0) return null;
  const passed = tests.filter(({ status }) => status === "passed");
  const others = tests.filter(({ status }) => status !== "passed");
  return h(
    "section",
    {},
    h("h4", {}, `Hidden tests, ${passed.length} of ${tests.length} passed`),
    others.length === 0 ? null : testItems(others),
    passedTests(passed, others.length === 0),
  );
}

function passedTests(passed: Tests, isAll: boolean): HTMLElement | null {
  if (passed.length === 0) return null;
  if (isAll && passed.length <= MAX_OPEN_TESTS) return testItems(passed);
  return folded(`${counted(passed.length, "test")} passed`, testItems(passed));
}

function testItems(tests: Tests): HTMLElement {
  const items = tests.map(({ name, status, message }) =>
    h(
      "li",
      {},
      h("span", { class: `tag ${status === "passed" ? "all" : "none"}` }, status === "passed" ? "✓ passed" : `✗ ${status}`),
      " ",
      h("span", { class: "name" }, name),
      message ? pre(message) : null,
    ),
  );
  return h("ul", { class: "tests" }, items);
}

function stepSection(step: Step): HTMLElement {
  const tokens = [`${formatTokens(step.uncached)} uncached`, `${formatTokens(step.cached)} cached`, `${formatTokens(step.output)} output`];
  const summary = [
    ...(step.uncached === null ? ["tokens unknown"] : tokens),
    step.costUsd === null ? "cost unknown" : formatUsd(step.costUsd) + (step.doubt === null ? "" : "?"),
    formatDuration(step.durationMs) + (step.firstTokenMs === null ? "" : ` (first token ${formatDuration(step.firstTokenMs)})`),
    step.finish,
  ].join(", ");
  return h(
    "section",
    { class: "step" },
    h("h5", {}, `Step ${step.iteration}`, h("span", { class: "quiet" }, ` ${summary}`)),
    step.reasoning === "" ? null : folded("Reasoning", h("div", { class: "said" }, withoutColours(step.reasoning))),
    step.text === "" ? null : h("div", { class: "said" }, withoutColours(step.text)),
    step.calls.map(callBlock),
    step.doubt === null ? null : noteLine({ kind: "the provider's figures disagree", text: step.doubt }),
    step.notes.map(noteLine),
  );
}

function noteLine({ kind, text }: Note): HTMLElement {
  return h("p", { class: "note" }, h("strong", {}, `harness, ${kind}: `), withoutColours(text));
}

function callBlock(call: Call): HTMLElement {
  const { inline, blocks } = argumentParts(call.arguments);
  const signs = [
    call.decision === null || call.decision === "allowed" ? null : call.decision,
    call.timedOut ? "timed out" : null,
    call.exitCode === null || call.exitCode === 0 ? null : `exit ${call.exitCode}`,
    call.errorKind,
  ].filter((sign) => sign !== null);
  return h(
    "div",
    { class: "call" },
    h(
      "p",
      { class: "call-head" },
      h("strong", {}, call.tool),
      " ",
      h("code", {}, withoutColours(inline)),
      signs.map((sign) => [" ", h("span", { class: "tag error" }, sign)]),
    ),
    blocks.map(([name, text]) => longText(name, text)),
    longText("result", call.result ?? "(the harness stopped while this ran)"),
  );
}

function longText(name: string, text: string): HTMLElement {
  const lines = text.split("\n").length;
  if (lines <= MAX_OPEN_LINES) return h("div", { class: "text" }, h("span", { class: "quiet" }, name), pre(text));
  return folded(`${name}, ${lines} lines`, pre(text));
}

type ArgumentParts = { readonly inline: string; readonly blocks: readonly (readonly [name: string, text: string])[] };

// Short arguments stay on the line of the call; text of several lines is shown as it was written.
function argumentParts(text: string): ArgumentParts {
  const values = parsedObject(text);
  if (values === null) return { inline: text, blocks: [] };
  const inline: string[] = [];
  const blocks: [string, string][] = [];
  for (const [name, value] of Object.entries(values)) {
    if (typeof value === "string" && value.includes("\n")) blocks.push([name, value]);
    else inline.push(`${name}=${JSON.stringify(value)}`);
  }
  return { inline: inline.join(" "), blocks };
}

function parsedObject(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function pre(text: string): HTMLElement {
  return h("pre", { tabindex: 0 }, withoutColours(text));
}
