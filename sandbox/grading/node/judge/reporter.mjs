/** Reports the tests of one file as events, by the names that tasks use: "file > suite > test". */

import { send } from "./events.mjs";
import { messageOf } from "./message.mjs";

/** What a run has told so far; `unfinished` counts the tests that have started or wait, `canaries` are names that are not for the log. */
export const progress = { file: "", canaries: new Set(), unfinished: 0, reported: 0, lastMs: performance.now() };

/** Reads the events of node:test, as `--test-reporter` gives them, and says in text what failed. */
export default async function* report(source) {
  const names = new Names();
  for await (const { type, data } of source) {
    progress.lastMs = performance.now();
    if (type === "test:enqueue") progress.unfinished++;
    else if (type === "test:complete") progress.unfinished--;
    else if (type === "test:start") names.open(data);
    else if (type === "test:pass" || type === "test:fail") yield reported(type, data, names);
    else if (type === "test:diagnostic" && data.nesting === 0 && data.message.startsWith("Error: ")) {
      // So the runner tells what was thrown while no test ran.
      send({ kind: "outside", message: data.message.slice(0, 2_000) });
      yield `${data.message}\n`;
    }
  }
}

function reported(type, data, names) {
  const failed = type === "test:fail" && isFalse(data.todo);
  if (data.details.type === "suite" && !(failed && isOwnFailure(data.details.error))) return "";
  const isMarked = !isFalse(data.skip) || !isFalse(data.todo);
  const status = isMarked ? "skipped" : failed ? "failed" : "passed";
  const message = status === "failed" ? messageOf(data.details.error) : null;
  const { name, repeats } = names.full(data);
  progress.reported++;
  send({ kind: "test", name, repeats, status, message, durationMs: durationOf(data.details.duration_ms) });
  return message === null || progress.canaries.has(data.name) ? "" : `failed: ${name}\n  ${message.replaceAll("\n", "\n  ")}\n`;
}

/** Full names of tests: those of the suites around them come before, and one that is used again gets a number. */
class Names {
  #open = [];
  #times = new Map();

  open({ nesting, name }) {
    this.#open.length = nesting;
    this.#open.push(name);
  }

  full({ nesting, name }) {
    const joined = [progress.file, ...this.#open.slice(0, nesting), name].join(" > ");
    const count = (this.#times.get(joined) ?? 0) + 1;
    this.#times.set(joined, count);
    return count === 1 ? { name: joined } : { name: `${joined} (${count})`, repeats: joined };
  }
}

const isFalse = (reason) => reason === undefined || reason === false;

// A suite fails with its tests; one that could not be declared, or whose hook failed, has failed itself.
function isOwnFailure(error) {
  return error?.failureType !== "subtestsFailed" && error?.failureType !== "cancelledByParent";
}

function durationOf(milliseconds) {
  return Number.isFinite(milliseconds) && milliseconds >= 0 ? milliseconds : null;
}
