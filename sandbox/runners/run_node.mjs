/**
 * Runs hidden test files over an untrusted workspace, in the same process or, where the plan asks for a boundary, in another.
 *
 * Everything that is needed later is taken before any code of the workspace runs. The test files are read once and emptied, so
 * that the code under test cannot read the expected results. Tests that must fail run first and last.
 */

import fs from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { remoteModules } from "./node/boundary/remote-modules.mjs";
import { declareCanaries } from "./node/canary.mjs";
import { engine } from "./node/engine.mjs";
import { installLoader } from "./node/loader.mjs";

const leave = process.reallyExit.bind(process);
const { readFileSync, writeFileSync, writeSync } = fs;
const { stringify } = JSON;
const toBytes = Buffer.from;

const [planIn, eventsOut] = process.argv.slice(2).map(Number);
const { secret, ...plan } = JSON.parse(readFileSync(planIn, "utf8"));
process.argv.length = 2;
fs.closeSync(planIn);

const CODE = /\.[cm]?[jt]s$/;
let failures = 0;
function send(event) {
  const bytes = toBytes(`${stringify({ ...event, secret })}\n`);
  for (let done = 0; done < bytes.length; ) done += writeSync(eventsOut, bytes, done);
}

const canaries = new Set(plan.canaries);
engine.configure({
  // Jest ignores an unhandled rejection, node:test does not.
  failsOnRejection: !plan.jestGlobals,
  defaultTimeoutMs: Math.max(2, plan.timeoutSeconds / 2) * 1000,
  report: ({ name, ...rest }) => {
    if (rest.status === "failed") failures++;
    const own = name.slice(name.lastIndexOf(" > ") + 3);
    send({ kind: "test", name: canaries.has(own) ? own : name, ...rest });
  },
});

/** Reads the test files into memory, by URL; behind a boundary also the code beside them, which the solution could rewrite on the disk. */
function takeFiles() {
  const hidden = new Map();
  const helpers = plan.pipes !== null && plan.testsRoot !== plan.workspace ? fs.readdirSync(plan.testsRoot, { recursive: true }) : [];
  for (const file of [...plan.files, ...helpers.filter((name) => CODE.test(name) && !plan.files.includes(name))]) {
    const full = path.join(plan.testsRoot, file);
    hidden.set(pathToFileURL(full).href, readFileSync(full, "utf8"));
    writeFileSync(full, "");
  }
  return hidden;
}

/** Ends a run whose solution has ended: no test can pass any more, and a test that expects an error must not mistake this for one. */
function giveUp(error) {
  send({ kind: "test", name: "(the solution's process)", status: "failed", message: `${error?.message}`, durationMs: null });
  leave(1);
}

/** Defines Jest's globals so that they cannot be replaced. */
async function defineGlobals() {
  const { globals } = await import("./node/provide-jest.mjs");
  for (const [name, value] of Object.entries(globals)) {
    Object.defineProperty(globalThis, name, { value, writable: false, configurable: false });
  }
}

async function main() {
  const hidden = takeFiles();
  if (plan.jestGlobals) await defineGlobals();
  const remote = plan.pipes === null ? null : remoteModules(plan.pipes, giveUp);
  installLoader({ hidden, workspace: plan.workspace, remote });
  if (remote !== null) send({ kind: "ready" });
  const half = Math.ceil(plan.canaries.length / 2);
  const keepAlive = setInterval(() => {}, 1_000_000);
  await engine.file("first", () => declareCanaries(engine.test, plan.canaries.slice(0, half), plan.jestGlobals));
  for (const [index, url] of [...hidden.keys()].slice(0, plan.files.length).entries())
    await engine.file(plan.files[index], () => import(url));
  await engine.file("last", () => declareCanaries(engine.test, plan.canaries.slice(half).reverse(), plan.jestGlobals));
  await engine.run();
  clearInterval(keepAlive);
  send({ kind: "end" });
  leave(failures > 0 ? 1 : 0);
}

await main();
