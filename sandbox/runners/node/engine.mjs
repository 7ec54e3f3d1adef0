/** A small test engine: collects suites and tests, runs them in order and reports each result once. */

const { setTimeout, clearTimeout, setImmediate } = globalThis;

/** Thrown by a test that skips itself. */
export class Skipped extends Error {}

function newSuite(name, parent, isSkipped = false) {
  return { name, parent, isSkipped, hooks: { before: [], after: [], beforeEach: [], afterEach: [] }, children: [], pending: [] };
}

// biome-ignore lint/complexity/noExcessiveLinesPerFunction: its parts share one state, which nothing outside may reach
function createEngine() {
  let report = () => {};
  let defaultTimeoutMs = 30_000;
  let failsOnRejection = true;
  const clock = performance.now.bind(performance);
  const root = newSuite(null, null);
  const seen = new Map();
  let current = root;
  let failRunning = null;

  process.on("uncaughtException", (error) => failRunning?.(error));
  process.on("unhandledRejection", (error) => {
    if (failsOnRejection) failRunning?.(error);
  });

  /** Opens a suite and collects what `body` declares in it. */
  function suite(name, body, options = {}) {
    const opened = newSuite(String(name), current, current.isSkipped || options.skip === true);
    current.children.push({ kind: "suite", suite: opened });
    const outer = current;
    current = opened;
    try {
      const result = body?.(opened);
      if (typeof result?.then === "function") outer.pending.push(result);
    } finally {
      current = outer;
    }
  }

  function test(name, body, options = {}) {
    const isSkipped = current.isSkipped || options.skip === true || typeof body !== "function";
    current.children.push({ kind: "test", name: String(name), body, isSkipped, timeoutMs: options.timeoutMs ?? defaultTimeoutMs });
  }

  function hook(kind, body) {
    current.hooks[kind].push(body);
  }

  /** Loads one test file as a suite of its own; a file that cannot be loaded is a failed test. */
  async function file(name, load) {
    const outer = current;
    const opened = newSuite(name, root);
    root.children.push({ kind: "suite", suite: opened });
    current = opened;
    try {
      await load();
      await settle(opened);
    } catch (error) {
      report({ name: `${name} (import)`, status: "failed", message: describe(error), durationMs: null });
    } finally {
      current = outer;
    }
  }

  async function settle(opened) {
    for (const waiting of opened.pending) await waiting;
    for (const child of opened.children) if (child.kind === "suite") await settle(child.suite);
  }

  function fullName(owner, name) {
    const parts = [name];
    for (let at = owner; at !== null && at.name !== null; at = at.parent) parts.unshift(at.name);
    const joined = parts.join(" > ");
    const times = (seen.get(joined) ?? 0) + 1;
    seen.set(joined, times);
    return times === 1 ? joined : `${joined} (${times})`;
  }

  async function runSuite(opened) {
    let fault = null;
    try {
      for (const each of opened.hooks.before) await bounded(each, defaultTimeoutMs);
    } catch (error) {
      fault = error;
    }
    for (const child of opened.children) {
      if (child.kind === "suite") await (fault === null ? runSuite(child.suite) : failSuite(child.suite, fault));
      else await runTest(opened, child, fault);
    }
    try {
      for (const each of opened.hooks.after) await bounded(each, defaultTimeoutMs);
    } catch (error) {
      report({ name: fullName(opened, "(after)"), status: "failed", message: describe(error), durationMs: null });
    }
  }

  async function failSuite(opened, fault) {
    for (const child of opened.children) {
      if (child.kind === "suite") await failSuite(child.suite, fault);
      else await runTest(opened, child, fault);
    }
  }

  async function runTest(owner, one, fault) {
    const name = fullName(owner, one.name);
    if (one.isSkipped) return report({ name, status: "skipped", message: null, durationMs: null });
    const started = clock();
    const finish = (status, error) =>
      report({ name, status, message: error === null ? null : describe(error), durationMs: clock() - started });
    if (fault !== null) return finish("failed", fault);
    const error = await attempt(owner, one);
    if (error === null) return finish("passed", null);
    finish(error.thrown instanceof Skipped ? "skipped" : "failed", error.thrown);
  }

  /** Runs hooks and body; returns null, or the first error. */
  async function attempt(owner, one) {
    let first = null;
    try {
      for (const each of hooksFor(owner, "beforeEach")) await bounded(each, one.timeoutMs);
      await bounded(one.body, one.timeoutMs);
    } catch (error) {
      first = { thrown: error };
    }
    try {
      for (const each of hooksFor(owner, "afterEach")) await bounded(each, one.timeoutMs);
    } catch (error) {
      first ??= { thrown: error };
    }
    return first;
  }

  function hooksFor(owner, kind) {
    const found = [];
    for (let at = owner; at !== null; at = at.parent) {
      if (kind === "beforeEach") found.unshift(...at.hooks[kind]);
      else found.push(...at.hooks[kind]);
    }
    return found;
  }

  function bounded(body, timeoutMs) {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`no end after ${timeoutMs} ms`)), timeoutMs);
      failRunning = reject;
      Promise.resolve()
        .then(() => body())
        .then(nextTurn)
        .then(resolve, reject)
        .finally(() => {
          clearTimeout(timer);
        });
    });
  }

  /** Runs what has been collected and calls `report` for every finished test. */
  async function run() {
    for (const child of root.children) await runSuite(child.suite);
  }

  function configure(options) {
    report = options.report;
    defaultTimeoutMs = options.defaultTimeoutMs;
    failsOnRejection = options.failsOnRejection;
  }

  return { suite, test, hook, file, run, configure };
}

/** The one engine of this process; only the runner's own files can import it. */
export const engine = createEngine();

/** Waits one turn, so that errors of work that a test started and did not wait for still count for that test. */
function nextTurn() {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Gives the message of anything thrown, without colours and of limited length. */
export function describe(error) {
  try {
    const text = error instanceof Error ? `${error.name}: ${error.message}` : `thrown: ${String(error)}`;
    return text.replace(/\u001b\[[0-9;]*m/g, "").slice(0, 2000);
  } catch {
    return "thrown: something that cannot be shown";
  }
}
