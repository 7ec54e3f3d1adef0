/**
 * Makes a test process of Node's own runner the judge of one test file: loaded with `--import` before the file, with reporter.mjs as its reporter.
 *
 * In a process that has no plan, such as one that a test starts, it does nothing.
 */

import fs from "node:fs";
import path from "node:path";
import { readPlan, send } from "./events.mjs";
import { progress } from "./reporter.mjs";

const plan = readPlan();
if (plan !== null) await prepare(plan.judge, plan.boundary);

async function prepare({ file, hidden, tsx, jestGlobals, timeoutMs, shapes, canaries }, pipes) {
  const { TESTS: tests, WORKSPACE: workspace, TMPDIR: shared, HOME: home } = process.env;
  progress.file = file;
  progress.canaries = new Set(canaries);
  // As for a file that `node --test` runs: `only` has no effect without its flag, and run() does not start again.
  process.env.NODE_TEST_CONTEXT = "child-bench";
  if (pipes !== null) {
    keepToTests(tests);
    useShim();
  }
  if (tsx) await (await import("./typescript.mjs")).useTypeScript({ tests, home });
  const { watchEnd } = await import("./end.mjs");
  const provided = jestGlobals ? (await import("./jest.mjs")).defineGlobals({ timeoutMs }) : {};
  let remote = null;
  if (pipes !== null) {
    const { connect } = await import("./remote.mjs");
    remote = connect({ pipes, shapes, hidden, provided, tsx, folders: { tests, workspace, shared } });
  } else {
    const { closeToSolution } = await import("./same-process.mjs");
    closeToSolution({ provided, tests });
  }
  watchEnd({ remote, canaries, ended: () => send({ kind: "end" }) });
}

/** Ends the search for a package.json above the tests there: farther up it could be the solution's. */
function keepToTests(tests) {
  try {
    fs.writeFileSync(path.join(path.dirname(tests), "package.json"), "{}\n", { flag: "wx" });
  } catch {
    // it is there already
  }
}

/** Lets tests that start a program of the workspace with `process.execPath` do so: the first `node` in the PATH runs such a program as the solution. */
function useShim() {
  const shim = path.join(process.env.PATH.split(path.delimiter)[0], "node");
  if (fs.existsSync(shim)) process.execPath = shim;
}
