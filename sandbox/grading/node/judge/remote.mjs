/** Connects the judge of one test file to the solution's process. */

import { AsyncResource, executionAsyncId } from "node:async_hooks";
import fs from "node:fs";
import path from "node:path";
import { Endpoint } from "../boundary/endpoint.mjs";
import { Transport } from "../boundary/transport.mjs";
import { Ambient } from "./ambient.mjs";
import { send } from "./events.mjs";
import { changeExport, installModules, namespaceOf } from "./modules.mjs";
import { guardOpening } from "./opening.mjs";
import { Paths } from "./paths.mjs";
import { progress } from "./reporter.mjs";
import { Shapes } from "./shapes.mjs";
import { JudgeSide } from "./side.mjs";

const leave = process.reallyExit.bind(process);
const { setImmediate } = globalThis;

/** Makes modules of the workspace those of the solution's process, and returns what is needed to know when that rests. */
export function connect({ pipes, shapes, hidden, provided, tsx, folders }) {
  const places = new Shapes(shapes);
  const paths = new Paths({ ...folders, hidden });
  guardOpening((name, place) => paths.mayOpen(name, place));
  const side = new JudgeSide({
    shapes: places,
    ambient: new Ambient(),
    paths,
    onFault: raise,
    onExports: changeExport,
    namespaceOf,
  });
  const transport = new Transport(pipes);
  const endpoint = new Endpoint({ transport, side, leads: true, broken: (error) => giveUp(error, places) });
  side.connect({ handles: endpoint.handles, ask: (...request) => within(() => endpoint.ask(...request)) });
  installModules({
    folders,
    provided,
    isLoose: Object.keys(provided).length > 0,
    hasAliases: tsx && fs.existsSync(path.join(folders.tests, "tsconfig.json")),
    load(name, { isJson, isRequired }) {
      const about = { kind: "modules", name: path.relative(folders.workspace, name) };
      return within(() => endpoint.ask("import", null, { key: name, args: [isJson, isRequired], about }));
    },
  });
  process.on("exit", () => send({ kind: "shapes", shapes: places.seen() }));
  return {
    keepAwake: (isAwake) => transport.keepAwake(isAwake),
    pending: () => endpoint.handles.pending,
    wasBusy: () => side.isBusy,
    /** Asks whether anything in the solution's process will still run. */
    isBusy() {
      endpoint.ask("busy", null);
      return side.isBusy;
    },
    /** Calls `told` whenever the solution has said whether it is busy. */
    onTold(told) {
      side.told = told;
    },
  };
}

let asker = 0;

// Remembers which test asks, so that an error that the solution raises later is that test's.
function within(work) {
  asker = executionAsyncId();
  return work();
}

/** Raises an unhandled error of the solution here, as it would be raised in one process. */
function raise(isException, error) {
  new AsyncResource("Solution", { triggerAsyncId: asker }).runInAsyncScope(() => {
    if (!isException) return Promise.reject(error);
    setImmediate(() => {
      throw error;
    });
  });
}

/** Ends a run whose solution has ended: no test can pass any more, and a test that expects an error must not mistake this for one. */
function giveUp(error, places) {
  send({ kind: "test", name: progress.file, status: "failed", message: String(error?.message ?? error).slice(0, 2_000), durationMs: null });
  send({ kind: "shapes", shapes: places.seen() });
  process.stdout.write(`${error?.message}\n`);
  leave(1);
}
