/** The part of `node:test` that test files use, on top of the engine. */

import { mock } from "node:test";
import { Skipped } from "./engine.mjs";

/** Gives every export of the module by name. */
export function nodeTest(engine) {
  const test = testFunction(engine.test);
  const describe = describeFunction(engine);
  const hooks = {
    before: (body) => engine.hook("before", body),
    after: (body) => engine.hook("after", body),
    beforeEach: (body) => engine.hook("beforeEach", body),
    afterEach: (body) => engine.hook("afterEach", body),
  };
  const all = { test, it: test, describe, suite: describe, ...hooks, mock };
  Object.assign(test, { test, it: test, describe, suite: describe, ...hooks, mock });
  return all;
}

/** Reads `(name?, options?, body?)` in any of the forms that node:test takes. */
function readArguments(args) {
  const rest = [...args];
  const name = typeof rest[0] === "string" ? rest.shift() : undefined;
  const options = typeof rest[0] === "object" && rest[0] !== null ? rest.shift() : {};
  const body = rest[0];
  return { name: name ?? (body?.name || "<anonymous>"), options, body };
}

function testFunction(declare) {
  const make =
    (fixed) =>
    (...args) => {
      const { name, options, body } = readArguments(args);
      const merged = { ...options, ...fixed };
      const isSkipped = Boolean(merged.skip) || Boolean(merged.todo);
      const timeoutMs = Number.isFinite(merged.timeout) ? merged.timeout : undefined;
      declare(name, body && (() => runBody(name, body)), { skip: isSkipped, timeoutMs });
      return Promise.resolve();
    };
  const test = make({});
  test.skip = make({ skip: true });
  test.todo = make({ todo: true });
  test.only = make({});
  return test;
}

function describeFunction(engine) {
  const make =
    (fixed) =>
    (...args) => {
      const { name, options, body } = readArguments(args);
      const merged = { ...options, ...fixed };
      engine.suite(name, body, { skip: Boolean(merged.skip) || Boolean(merged.todo) });
      return Promise.resolve();
    };
  const describe = make({});
  describe.skip = make({ skip: true });
  describe.todo = make({ todo: true });
  describe.only = make({});
  return describe;
}

/** Runs a body with its context; hooks set through the context run here, and subtests run as parts of the test. */
async function runBody(name, body) {
  const hooks = { before: [], after: [], beforeEach: [], afterEach: [] };
  const context = {
    name,
    fullName: name,
    signal: new AbortController().signal,
    mock,
    diagnostic: () => {},
    plan: () => {},
    runOnly: () => {},
    skip: (reason) => {
      throw new Skipped(String(reason ?? "skipped"));
    },
    todo: () => {},
    test: async (...args) => {
      const inner = readArguments(args);
      if (inner.options.skip || inner.options.todo || inner.body === undefined) return;
      for (const each of hooks.beforeEach) await each();
      await runBody(inner.name, inner.body);
      for (const each of hooks.afterEach) await each();
    },
  };
  for (const kind of Object.keys(hooks)) context[kind] = (hook) => hooks[kind].push(hook);
  try {
    if (body.length < 2) return await body(context);
    await new Promise((resolve, reject) => {
      const done = (error) => (error === undefined || error === null ? resolve() : reject(error));
      Promise.resolve(body(context, done)).catch(reject);
    });
  } finally {
    for (const each of hooks.after) await each();
  }
}
