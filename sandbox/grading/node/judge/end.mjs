/** Knows when the run of one test file is over: as Node does, and where something that a test or the solution left behind keeps the process alive. */

import { before } from "node:test";
import { declareCanaries } from "./canary.mjs";
import { progress } from "./reporter.mjs";

const CHECK_MS = 100;
/** How long nothing may happen after the last test before the run is ended. */
const QUIET_MS = 3_000;
const { setInterval, clearInterval, setTimeout } = globalThis;
const leave = process.exit.bind(process);
const listenersOf = process.rawListeners.bind(process);
const now = performance.now.bind(performance);

/** Watches the run; `ended` is called at its end. `remote` is the solution's process, or null; `canaries` are names of tests that must fail. */
export function watchEnd({ remote, canaries, ended }) {
  // Makes the runner load its reporter now, before any code of the task.
  before(() => {});
  let isDeclared = false;
  const atEnd = () => {
    if (isDeclared) return;
    isDeclared = true;
    // Who runs before them could undo what it did to the tests.
    if (listenersOf("beforeExit")[0] === atEnd) declareCanaries(canaries);
  };
  process.prependListener("beforeExit", atEnd);
  if (remote === null) {
    // Only a process that ends by itself has run everything; a solution can call process.exit().
    process.on("beforeExit", () => process.nextTick(ended));
  } else process.on("exit", ended);
  const quiet = setInterval(() => {
    const isOver = progress.reported > 0 && progress.unfinished <= 0 && now() - progress.lastMs > QUIET_MS;
    if (isOver && !(remote?.pending() > 0)) endNow(quiet);
  }, CHECK_MS);
  quiet.unref();
  if (remote !== null) followSolution(remote);
}

// What is told to Node's runner at the end of every run; nothing else keeps it from ending.
function endNow(quiet) {
  clearInterval(quiet);
  process.emit("beforeExit", process.exitCode ?? 0);
  setTimeout(() => leave(), CHECK_MS);
}

/** Keeps the process alive while something in the solution's process will still run, as it would in one process. */
function followSolution(remote) {
  let timer = null;
  const rest = () => {
    clearInterval(timer);
    timer = null;
    remote.keepAwake(false);
  };
  const look = () => {
    const isDone = progress.unfinished <= 0 && progress.reported > 0 && remote.pending() === 0;
    // What settled without waiting for anything has been told before this answer.
    if (isDone || !remote.isBusy()) rest();
  };
  remote.onTold(() => {
    if (timer !== null || !(remote.wasBusy() || remote.pending() > 0)) return;
    timer = setInterval(look, CHECK_MS);
    remote.keepAwake(true);
  });
  rest();
}
