import { counted, folded, h } from "./dom.js";
import { formatDuration, formatTokens, formatUsd } from "./format.js";

const LINES_SHOWN = 14;
const TESTS_SHOWN = 10;

/** Shows one trial: how it came out, what its tests said, and all that was said and done. `trajectory` is null where the file does not hold it. */
export function trialPane(trial, { arm, trajectory }) {
  const parts =
    trajectory === null
      ? [h("p", { class: "note" }, "This file does not hold the trajectory. Read it with ", h("code", {}, `bench show ${trial.id}`), ".")]
      : held(trial, trajectory);
  return h(
    "article",
    { class: "pane", "aria-label": `${arm}, attempt ${trial.attempt}` },
    h("h3", {}, arm, h("span", { class: "quiet" }, `, attempt ${trial.attempt}, trial ${trial.id}`)),
    verdictLine(trial),
    figures(trial),
    parts,
  );
}

/** The outcome of a trial in a word, with a sign beside its colour. */
export function outcomeOf(trial) {
  if (trial.errorSource !== null) return { kind: "error", mark: "!", text: "error" };
  if (trial.tampered) return { kind: "none", mark: "⚑", text: "tampered" };
  return trial.passed ? { kind: "all", mark: "✓", text: "passed" } : { kind: "none", mark: "✗", text: "failed" };
}

function verdictLine(trial) {
  const { kind, mark, text } = outcomeOf(trial);
  const why = trial.errorSource !== null ? `${trial.errorSource}: ${trial.errorMessage ?? ""}` : trial.passed ? "" : (trial.reason ?? "");
  const stop = trial.stop === null ? "" : `stopped: ${trial.stop}${trial.stopDetail ? ` (${trial.stopDetail})` : ""}`;
  return h("p", {}, h("span", { class: `tag ${kind}` }, `${mark} ${text}`), " ", [why, stop].filter((part) => part !== "").join("; "));
}

function figures(trial) {
  const pairs = [
    ["Tests", trial.testsTotal === null ? "-" : `${trial.testsPassed}/${trial.testsTotal}`],
    ["Iterations", trial.iterations],
    ["Uncached", formatTokens(trial.uncached)],
    ["Cached", formatTokens(trial.cached)],
    ["Output", formatTokens(trial.output)],
    ["Cost", formatUsd(trial.costUsd)],
    ["Time", formatDuration(trial.workingMs)],
  ];
  return h(
    "dl",
    { class: "figures" },
    pairs.map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, String(value)))),
  );
}

function held(trial, trajectory) {
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

function testList(tests) {
  if (tests.length === 0) return null;
  const passed = tests.filter(({ status }) => status === "passed");
  const others = tests.filter(({ status }) => status !== "passed");
  const list = (some) => h("ul", { class: "tests" }, some.map(testLine));
  const rest =
    passed.length === 0
      ? null
      : passed.length <= TESTS_SHOWN && others.length === 0
        ? list(passed)
        : folded(`${counted(passed.length, "test")} passed`, list(passed));
  return h(
    "section",
    {},
    h("h4", {}, `Hidden tests, ${passed.length} of ${tests.length} passed`),
    others.length === 0 ? null : list(others),
    rest,
  );
}

function testLine({ name, status, message }) {
  const kind = status === "passed" ? "all" : "none";
  return h(
    "li",
    {},
    h("span", { class: `tag ${kind}` }, status === "passed" ? "✓ passed" : `✗ ${status}`),
    " ",
    h("span", { class: "name" }, name),
    message ? pre(message) : null,
  );
}

function stepSection(step) {
  const told = `${formatTokens(step.uncached)} uncached, ${formatTokens(step.cached)} cached, ${formatTokens(step.output)} output, ${step.costUsd === null ? "cost unknown" : formatUsd(step.costUsd)}, ${formatDuration(step.durationMs)}, ${step.finish}`;
  return h(
    "section",
    { class: "step" },
    h("h5", {}, `Step ${step.iteration}`, h("span", { class: "quiet" }, ` ${told}`)),
    step.reasoning === "" ? null : folded("Reasoning", h("div", { class: "said" }, plain(step.reasoning))),
    step.text === "" ? null : h("div", { class: "said" }, plain(step.text)),
    step.calls.map(callBlock),
    step.notes.map(noteLine),
  );
}

function noteLine({ kind, text }) {
  return h("p", { class: "note" }, h("strong", {}, `harness, ${kind}: `), plain(text));
}

function callBlock(call) {
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
      h("code", {}, plain(inline)),
      signs.map((sign) => [" ", h("span", { class: "tag error" }, sign)]),
    ),
    blocks.map(([name, text]) => longText(name, text)),
    longText("result", call.result ?? "(the harness stopped while this ran)"),
  );
}

function longText(name, text) {
  const lines = text.split("\n").length;
  if (lines <= LINES_SHOWN) return h("div", { class: "text" }, h("span", { class: "quiet" }, name), pre(text));
  return folded(`${name}, ${lines} lines`, pre(text));
}

// Short arguments stay on the line of the call; text of several lines is shown as it was written.
function argumentParts(text) {
  const values = parsedObject(text);
  if (values === null) return { inline: text, blocks: [] };
  const isBlock = ([, value]) => typeof value === "string" && value.includes("\n");
  const entries = Object.entries(values);
  const inline = entries.filter((entry) => !isBlock(entry)).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  return { inline: inline.join(" "), blocks: entries.filter(isBlock) };
}

function parsedObject(text) {
  try {
    const value = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? value : null;
  } catch {
    return null;
  }
}

function pre(text) {
  return h("pre", { tabindex: 0 }, plain(text));
}

// Colours meant for a terminal would stand between the words.
function plain(text) {
  return text.replace(/\u001b\[[0-9;?]*[A-Za-z]/g, "").replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, "");
}
