/** Jest's globals: its own expect, mocks and tables, over the tests of node:test. */

import { createRequire } from "node:module";
import * as runner from "node:test";

const require = createRequire("/opt/bench/js/");
const { expect: jestExpect } = require("expect");
const { ModuleMocker } = require("jest-mock");
const { bind } = require("jest-each");

/** Names that older suites use and that Jest 30 dropped. */
const OLD_NAMES = Object.entries({
  toThrowError: "toThrow",
  toBeCalled: "toHaveBeenCalled",
  toBeCalledTimes: "toHaveBeenCalledTimes",
  toBeCalledWith: "toHaveBeenCalledWith",
  lastCalledWith: "toHaveBeenLastCalledWith",
  nthCalledWith: "toHaveBeenNthCalledWith",
  toReturn: "toHaveReturned",
  toReturnTimes: "toHaveReturnedTimes",
  toReturnWith: "toHaveReturnedWith",
  lastReturnedWith: "toHaveLastReturnedWith",
  nthReturnedWith: "toHaveNthReturnedWith",
});

let defaultTimeoutMs = 5_000;
let isPrepared = false;

/** Defines the globals so that they cannot be replaced; returns the modules that give them by import. `timeoutMs` is what one test may take. */
export function defineGlobals({ timeoutMs }) {
  defaultTimeoutMs = timeoutMs;
  for (const [name, value] of Object.entries(GLOBALS))
    Object.defineProperty(globalThis, name, { value, writable: false, configurable: false });
  const provided = new URL("./jest-globals.mjs", import.meta.url).href;
  return { "@jest/globals": provided, expect: provided };
}

// Jest ignores an unhandled rejection, node:test does not.
function prepare() {
  if (isPrepared) return;
  isPrepared = true;
  process.removeAllListeners("unhandledRejection");
  process.on("unhandledRejection", () => {});
}

/** Waits for a `done` callback where the body takes one, as Jest does. */
function waiting(body) {
  if (body.length === 0) return () => body();
  return () =>
    new Promise((resolve, reject) => {
      const done = (error) => (error === undefined || error === null ? resolve() : reject(error));
      done.fail = (error) => reject(error instanceof Error ? error : new Error(String(error)));
      Promise.resolve(body(done)).catch(reject);
    });
}

function counted(body) {
  const run = waiting(body);
  return async () => {
    expect.setState({ assertionCalls: 0, expectedAssertionsNumber: null, isExpectingAssertions: false });
    await run();
    const [missing] = expect.extractExpectedAssertionsErrors();
    if (missing !== undefined) throw missing.error;
  };
}

function declareTest(options, name, body, timeoutMs) {
  const title = typeof name === "function" ? name.name : String(name);
  runner.test(title, { ...options, timeout: timeoutMs ?? defaultTimeoutMs }, body && counted(body));
  prepare();
}

function declareSuite(options, name, body) {
  runner.describe(typeof name === "function" ? name.name : String(name), options, body);
  prepare();
}

const withTables = (declare, takesDone) => Object.assign(declare, { each: bind(declare, takesDone) });
const failing = (name, body, timeoutMs) =>
  declareTest(
    {},
    name,
    async () => {
      const error = await counted(body)().then(
        () => new Error("Failing test passed even though it was supposed to fail. Remove `.failing` to remove error."),
        () => null,
      );
      if (error !== null) throw error;
    },
    timeoutMs,
  );

const run = withTables((...args) => declareTest({}, ...args));
const skip = withTables((...args) => declareTest({ skip: true }, ...args));
const suite = withTables((...args) => declareSuite({}, ...args), false);
const skipSuite = withTables((...args) => declareSuite({ skip: true }, ...args), false);
const test = Object.assign((...args) => run(...args), {
  each: run.each,
  skip,
  only: run,
  concurrent: run,
  failing: withTables(failing),
  todo: (name) => declareTest({ todo: true }, name),
});
const describe = Object.assign((...args) => suite(...args), { each: suite.each, skip: skipSuite, only: suite });

const hook =
  (declare) =>
  (body, timeoutMs = defaultTimeoutMs) => {
    declare(waiting(body), { timeout: timeoutMs });
    prepare();
  };

const expect = Object.assign((actual, ...rest) => {
  const matchers = jestExpect(actual, ...rest);
  const { not, resolves, rejects } = matchers;
  for (const set of [matchers, not, resolves, resolves.not, rejects, rejects.not])
    for (const [old, name] of OLD_NAMES) set[old] = set[name];
  return matchers;
}, jestExpect);

function jestObject() {
  const mocker = new ModuleMocker(globalThis);
  const all = (name) => () => {
    mocker[name]();
    return jest;
  };
  const jest = {
    fn: mocker.fn.bind(mocker),
    spyOn: mocker.spyOn.bind(mocker),
    replaceProperty: mocker.replaceProperty.bind(mocker),
    isMockFunction: mocker.isMockFunction.bind(mocker),
    mocked: (source) => source,
    clearAllMocks: all("clearAllMocks"),
    resetAllMocks: all("resetAllMocks"),
    restoreAllMocks: all("restoreAllMocks"),
    ...fakeTimers(() => jest),
    setTimeout(milliseconds) {
      defaultTimeoutMs = milliseconds;
      return jest;
    },
  };
  return jest;
}

const FAKED = ["setTimeout", "setInterval", "setImmediate", "Date"];

// Jest's fake timers by those of Node's own runner.
function fakeTimers(self) {
  const { timers } = runner.mock;
  const chained =
    (work) =>
    (...args) => {
      work(...args);
      return self();
    };
  const settled = async (work) => {
    await null;
    work();
    await null;
  };
  return {
    useFakeTimers: chained(({ now } = {}) => {
      timers.reset();
      timers.enable({ apis: FAKED, now: now ?? Date.now() });
    }),
    useRealTimers: chained(() => timers.reset()),
    advanceTimersByTime: (milliseconds) => timers.tick(milliseconds),
    advanceTimersByTimeAsync: (milliseconds) => settled(() => timers.tick(milliseconds)),
    runAllTimers: () => timers.runAll(),
    runAllTimersAsync: () => settled(() => timers.runAll()),
    setSystemTime: (now) => timers.setTime(Number(now)),
    now: () => Date.now(),
  };
}

/** Every global by name. Exercise suites ship tests as `xtest` so that a learner enables one after the other: all of them count here. */
export const GLOBALS = {
  describe,
  xdescribe: suite,
  fdescribe: suite,
  test,
  it: test,
  xtest: run,
  xit: run,
  fit: run,
  beforeAll: hook(runner.before),
  afterAll: hook(runner.after),
  beforeEach: hook(runner.beforeEach),
  afterEach: hook(runner.afterEach),
  expect,
  jest: jestObject(),
};
