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
  const finish = remote === null ? finishWith(canaries) : () => process.emit("beforeExit", process.exitCode ?? 0);
  // Only a process that ends by itself has run everything; a solution in it can call process.exit().
  process.on("exit", () => (remote !== null || finish.isComplete) && ended());
  const quiet = setInterval(() => {
    const isOver = progress.reported > 0 && progress.unfinished <= 0 && now() - progress.lastMs > QUIET_MS;
    if (!isOver || remote?.pending() > 0) return;
    clearInterval(quiet);
    Promise.resolve(finish()).then(() => setTimeout(() => leave(), CHECK_MS));
  }, CHECK_MS);
  quiet.unref();
  if (remote !== null) followSolution(remote);
}

/** Returns what ends a run in the solution's own process: it runs the canaries before Node's runner says that the run is over, so that nothing comes after them. */
function finishWith(canaries) {
  // Makes the runner load its reporter now, before any code of the task.
  before(() => {});
  const [end] = process.listeners("beforeExit");
  process.removeListener("beforeExit", end);
  let finished = null;
  const finish = () => {
    finished ??= run();
    return finished;
  };
  finish.isComplete = false;
  async function run() {
    const awake = setInterval(() => {}, 1_000_000);
    // Who runs before them could undo what it did to the tests.
    if (listenersOf("beforeExit")[0] === finish) await Promise.all(declareCanaries(canaries));
    await end();
    finish.isComplete = true;
    clearInterval(awake);
  }
  process.prependListener("beforeExit", finish);
  return finish;
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
